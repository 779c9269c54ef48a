"""The work itself: bytes -> photo -> mask -> dyed photo -> bytes, with the networks loaded once."""

from __future__ import annotations

import threading
from dataclasses import replace
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint import zoo
from hairtint.color import Color
from hairtint.look import Look
from hairtint.matte import Mask
from hairtint.photo import Photo
from hairtint.photo_mask import to_grey
from hairtint.segmenter import Segmenter
from hairtint.tinter import Tinter
from hairtint.web import uploads
from hairtint.web.metrics import Stages
from hairtint.web.settings import Settings

FORMATS = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class Studio:
    """The networks of one server and what they are used for; may be called from several threads."""

    def __init__(self, settings: Settings, stages: Stages) -> None:
        self.settings, self.stages = settings, stages
        self.lock = threading.Lock()
        self.segmenters: dict[str | None, Segmenter] = {}
        self._warm_up()

    def _warm_up(self) -> None:
        """Do everything once: the first visitor must not wait for decoders and networks to be loaded."""
        blank = Photo(np.zeros((64, 64, 3), np.uint8))
        photo = self.open(blank.encode("jpeg"))
        mask = self.mask(photo, None)
        self.segmenter(None).warm()
        mask[16:48, 16:48] = 255
        self.dye(photo, mask, Look(Color(181, 86, 43)))
        self.stages.forget()

    def segmenter(self, model: str | None) -> Segmenter:
        """The network of this name, loaded when it is first asked for; None: what the settings name for photos.

        Beside those for photos and frames only the one that was asked for last is kept: each takes memory.
        """
        model = model or self.settings.model
        if found := self.segmenters.get(model):  # without the lock: not to wait for networks that others have loaded
            return found
        with self.lock:
            if model not in self.segmenters:
                own = (self.settings.model, zoo.fastest())
                self.segmenters = {name: self.segmenters[name] for name in own if name in self.segmenters}
                self.segmenters[model] = Segmenter(model, threads=self.settings.network_threads)
            return self.segmenters[model]

    def tinter(self) -> Tinter:
        """A road for the frames of one video; all share one network, as each copy would take tens of megabytes."""
        return Tinter(self.segmenter(zoo.fastest()))

    def open(self, data: bytes, most: int | None = None) -> Photo:
        """The picture of a file's bytes, of at most so many pixels; by default as many as the settings allow.

        Problem where they are refused unseen, PictureError where they are damaged.
        """
        uploads.check(data, self.settings.max_bytes)
        with self.stages("decode"):
            limit = self.settings.max_pixels
            return Photo.open(data, max_pixels=limit if most is None else min(most, limit))

    def mask(self, photo: Photo, model: str | None) -> NDArray[np.uint8]:
        """The hair, uint8 (H, W) from 0 to 255."""
        with self.stages("mask"):
            return eight_bit(self.segmenter(model).mask(photo.rgb))

    def dye(self, photo: Photo, mask: NDArray[np.uint8], look: Look) -> Photo:
        """The photo in the colour of `look`; of the mask what `look.hair` leaves."""
        with self.stages("color"):
            return photo.with_rgb(look.dyed(photo.rgb, mask))

    def encode(self, photo: Photo, file_format: str | None, quality: int | None, metadata: bool) -> tuple[bytes, str]:
        """The bytes of a picture file and its media type; None: the original's format where it can be had, or PNG."""
        name = file_format or (photo.format.lower() if photo.format.lower() in FORMATS else "png")
        with self.stages("encode"):
            origin = photo.origin
            if not metadata:  # where and when a photo was taken is nobody's business once it is shared
                origin = replace(origin, exif=None, xmp=None, iptc=None, comment=None, texts=None, dpi=None)
            return replace(photo, origin=origin).encode(name, quality=quality, quick=True), FORMATS[name]

    def encode_mask(self, mask: NDArray[np.uint8]) -> bytes:
        """The mask as a grey PNG in which hair is white."""
        with self.stages("encode"):
            buffer = BytesIO()
            Image.fromarray(mask).save(buffer, "PNG", compress_level=1)
            return buffer.getvalue()


def eight_bit(mask: Mask) -> NDArray[np.uint8]:
    """A mask, float32 (H, W) in [0, 1], as uint8 from 0 to 255, which is what is kept and sent."""
    grey = to_grey(mask)
    if grey.max(initial=0) <= 1:  # to `recolor` this would be a mask of 0 and 1; it is none of hair either
        grey[:] = 0
    return grey
