"""Which hairstyle is it? A picture and the mask of its hair in, one of the seven styles of Figaro1k out.

The network (hairtint.networks.style) sees the hair alone, in grey and with its lightness and contrast normalised, so
neither the hair's colour nor the face decides. The styles are those of M. Svanera et al., "Figaro, hair detection and
segmentation in the wild", ICIP 2016.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import runtime, zoo
from hairtint.errors import InputError, PictureError
from hairtint.frame import check_frame, check_mask
from hairtint.matte import without_specks
from hairtint.photo import Photo, Picture
from hairtint.photo_mask import to_grey
from hairtint.segmenter import Segmenter

STYLES = ("straight", "wavy", "curly", "kinky", "braids", "dreadlocks", "short")
Grey = NDArray[np.uint8]

LEAST = 576  # pixels of hair, 24x24: fewer show no texture
MARGIN = 1.05  # side of the square that is looked at, over the hair's longer side
MINOR = 0.05  # regions below this share of the largest are left out: they are specks elsewhere in the picture


@dataclass(frozen=True)
class Hairstyle:
    """The name of a hairstyle, and how probable each style is: in [0, 1], with sum 1, the likeliest first."""

    name: str
    probabilities: dict[str, float]


class StyleClassifier:
    """Names hairstyles. Loads its network once; may be called from several threads, and sent to other processes, which
    load their own.

    entry: another network of this kind; None for the one that is installed. threads: of the network, None for as many
    as there are cores.
    Raises ModelError where the network cannot be had, InputError for what is no entry and a wrong number of threads.

    >>> StyleClassifier().style(rgb, Segmenter().mask(rgb)).name  # doctest: +SKIP
    'curly'
    """

    def __init__(self, entry: zoo.Entry | None = None, *, threads: int | None = None) -> None:
        if entry is not None and not isinstance(entry, zoo.Entry):
            raise InputError(f"entry {entry!r}: give a zoo.Entry, or None for the network that is installed")
        self._again = partial(type(self), entry, threads=threads)
        self.entry = entry or zoo.find_style()
        self.session = runtime.session(self.entry, threads)

    def __reduce__(self) -> tuple[partial[StyleClassifier], tuple[()]]:
        return self._again, ()

    def style(self, rgb: NDArray[np.uint8], mask: NDArray[np.generic]) -> Hairstyle:
        """The hairstyle in an RGB picture, uint8 (H, W, 3), with its mask, (H, W): any that `recolor` takes.

        Raises PictureError where `rgb` is no such array or the mask shows too little hair to tell, MaskError where
        the mask does not belong to the picture, or holds NaN or values outside [0, 1].
        """
        grey, hair = hair_square(rgb, mask, self.entry.size)
        [found] = self.session.run(None, {"grey": grey[None], "mask": hair[None]})
        ranked = sorted(zip(STYLES, found[0].tolist(), strict=True), key=lambda pair: -pair[1])
        return Hairstyle(ranked[0][0], dict(ranked))


def style(picture: Picture, *, model: str | os.PathLike[str] | None = None) -> Hairstyle:
    """The hairstyle of whom a picture shows.

    picture: a path, the bytes of a picture file, a Pillow picture, or a uint8 array (H, W, 3) RGB, (H, W, 4) RGBA or
    (H, W) grey. model: of the mask, as in `tint`. Of many pictures, a StyleClassifier loads its network only once.
    Raises HairtintError: PictureError where no hair is found, ModelError, ….

    >>> style("me.jpg").name  # doctest: +SKIP
    'wavy'
    """
    rgb = Photo.open(picture).rgb
    return StyleClassifier().style(rgb, Segmenter(model, few=True).mask(rgb))


def hair_square(rgb: NDArray[np.uint8], mask: NDArray[np.generic], size: int) -> tuple[Grey, Grey]:
    """What the network sees: the square around the hair in grey, and its mask; both uint8 (size, size).

    Raises PictureError and MaskError, see StyleClassifier.style.
    """
    check_frame(rgb)
    cover, _ = check_mask(mask, rgb)
    levels = to_grey(cover)
    left, top, width, height = _hair_box(levels > 127)
    side = MARGIN * max(width, height)
    by = size / side
    corner = np.array([left + width / 2, top + height / 2]) - side / 2
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if by < 1:  # keep the resampling from aliasing
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 / by)
    place = np.array([[by, 0, -by * corner[0]], [0, by, -by * corner[1]]], np.float32)
    square, hair = (cv2.warpAffine(channel, place, (size, size)) for channel in (grey, levels))
    return np.asarray(square, np.uint8), np.asarray(hair, np.uint8)


def _hair_box(hair: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, width and height of the box around the hair; PictureError where there is too little of it."""
    if np.count_nonzero(hair) < LEAST:
        raise PictureError("no hair was found, or too little to tell its style: give a picture that shows it larger")
    box = cv2.boundingRect(without_specks(hair, MINOR).view(np.uint8))
    return int(box[0]), int(box[1]), int(box[2]), int(box[3])
