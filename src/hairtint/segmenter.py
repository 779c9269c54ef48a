"""Where is the hair? A picture in, a soft mask of its size out. The only preprocessing of the live road is here."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import framing, glances, heap, matte, parts, runtime, softness, zoo
from hairtint.errors import InputError
from hairtint.framing import Shape
from hairtint.memory import Memory
from hairtint.pyramid import Pyramid

FEW = 30  # photos: ONNX Runtime has done fewer before OpenVINO, twice as fast then, would be ready
OFTEN = 15  # frames, after which and after a cut a video's hair is looked at in brown


class Segmenter:
    """Finds hair in single pictures. Loads its networks once; may be called from several threads, and sent to other
    processes, which load their own.

    model: a name of `hairtint.models()`, the path of an .onnx file of this project, or None for the finest for photos:
    the mean of the networks that are best at it, looking several times (hairtint.glances, hairtint.parts).
    backend: "auto", "onnxruntime", "openvino" or "cuda" (hairtint.runtime). threads: of the network, None for as many
    as there are cores. few: whether fewer than FEW photos will come: "auto", for the finest, is then the runtime that
    is ready first; a single network is ready soon in any.
    Raises ModelError where the network cannot be had, InputError for a wrong backend or number of threads.

    Examples:
        >>> mask = Segmenter().mask(rgb)  # doctest: +SKIP
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        backend: str = "auto",
        threads: int | None = None,
        few: bool = False,
    ) -> None:
        heap.keep_for_next_frame()
        self._load = partial(type(self), backend=backend, threads=threads, few=few)
        self._model = model
        self.finest = model is None
        self.entries = zoo.for_photos(model)
        few = few and self.finest
        self.networks = [runtime.load(e, backend=backend, threads=threads, few=few) for e in self.entries]

    def __reduce__(self) -> tuple[partial[Segmenter], tuple[str | os.PathLike[str] | None]]:
        return self._load, (self._model,)

    @property
    def name(self) -> str:
        """What answers: the name of the network, or of all whose mean is taken."""
        return " and ".join(entry.name for entry in self.entries)

    def mask(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Soft mask of the hair, float32 (H, W) in [0, 1], contiguous, of an RGB picture, uint8 (H, W, 3).

        The finest for photos makes its edge as soft as the photo's (hairtint.softness).
        Raises PictureError where `rgb` is no such array.
        """
        return self.probability_and_mask(rgb)[1]

    def probability_and_mask(self, rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Both `probability` and `mask` of a picture, for the work of one."""
        probability, mask = self._whole_and_parts(rgb, self._seen)
        return probability, mask

    def probability(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the network says: float32 (h, w) in [0, 1], before the mask is brought to full size.

        Raises PictureError as `mask` does.
        """
        return self._whole_and_parts(rgb, lambda pyramid: (self._looked(pyramid),))[0]

    def _whole_and_parts(self, rgb: NDArray[np.uint8], see: Callable[[Pyramid], parts.Maps]) -> parts.Maps:
        pyramid = Pyramid(rgb)
        return parts.seen(pyramid, see, *reversed(self._glances())) if self.finest else see(pyramid)

    def _looked(self, pyramid: Pyramid) -> NDArray[np.float32]:
        if not self.finest:
            return self.glance(pyramid)
        return glances.finest(pyramid, *self._glances(), knowing=lambda picture: self._knowing.glance(picture))

    def _seen(self, pyramid: Pyramid) -> parts.Maps:
        probability = self._looked(pyramid)
        mask = matte.refine(probability, pyramid, reach=matte.PHOTO_REACH if self.finest else None)
        return probability, softness.as_soft(mask, pyramid.rgb) if self.finest else mask

    @cached_property
    def _knowing(self) -> Segmenter:
        """The network that has learnt from dyed hair, which few photos need."""
        return self._load(zoo.fastest())

    def glance(
        self, picture: NDArray[np.uint8] | Pyramid, *, view: tuple[int, int] | None = None
    ) -> NDArray[np.float32]:
        """The answer of the network, or of the networks' mean, to one picture, as `probability`, by one look at it.

        view: height and width of what the picture shows, where it has been squeezed from other proportions.
        Raises PictureError as `mask` does.
        """
        pyramid = Pyramid.of(picture)
        return glances.mean(*(glance(pyramid) for glance in self._glances(view)))

    def warm(self) -> None:
        """Make ready what else the first picture of each shape would wait for."""
        for network in self.networks:
            for shape in network.shapes:
                network(np.zeros((*shape, 3), np.uint8))

    def _glances(self, view: tuple[int, int] | None = None) -> list[glances.Glance]:
        return [partial(_glance, network, view=view) for network in self.networks]


class VideoSegmenter:
    """Finds hair in the frames of a video, one after another, with memory of the frames before.

    The arguments and errors are those of Segmenter, but None stands for the fastest network, and a Segmenter lends its
    own, backend and threads included: many videos share one. One object per video; not for several threads at once. A
    copy, as in another process, remembers nothing.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | Segmenter | None = None,
        *,
        backend: str = "auto",
        threads: int | None = None,
    ) -> None:
        if not isinstance(model, Segmenter):
            model = Segmenter(zoo.fastest() if model is None else model, backend=backend, threads=threads)
        elif backend != "auto" or threads is not None:
            raise InputError("a Segmenter that is lent brings its backend and threads: leave both out here")
        self.still = model
        self.memory = Memory()
        self._frames, self._dyed = 0, False  # since the last reset; whether its hair is seen in brown

    def __reduce__(self) -> tuple[type[VideoSegmenter], tuple[Segmenter]]:
        return type(self), (self.still,)

    def mask(self, rgb: NDArray[np.uint8], small: NDArray[np.uint8] | None = None) -> NDArray[np.float32]:
        """Steadied probability of hair, float32 (H, W) in [0, 1], contiguous, of the next frame, uint8 (H, W, 3) RGB.

        `small`, uint8 (h, w, 3), is the same view from a camera's second stream: the network looks at it instead.
        A frame of another size, or after a cut, starts anew. Raises PictureError where either is no such array.
        """
        pyramid = Pyramid(rgb)
        found = self._found(Pyramid.of(pyramid if small is None else small), rgb.shape[:2])
        return matte.refine(self.memory.blend(found, pyramid), pyramid)

    def _found(self, picture: Pyramid, view: tuple[int, int]) -> NDArray[np.float32]:
        """The network's map of a frame, in brown where hair is blue, pink or green, which is asked now and then."""

        def look(picture: Pyramid) -> NDArray[np.float32]:
            return self.still.glance(picture, view=view)

        due = self._frames % OFTEN == 0 or self.memory.anew
        self._frames += 1
        if not (due or self._dyed):
            return look(picture)
        little = Pyramid(preprocess(picture, framing.nearest(self.still.networks[0].shapes, view[1], view[0])))
        if not due:
            return glances.browned(look)(little)
        share = glances.DYED / 2 if self._dyed else glances.DYED  # not to and fro
        seen = glances.seen_in_brown(little, little.size, look, look, share=share)
        self._dyed = seen is not None
        return look(picture) if seen is None else seen

    def reset(self) -> None:
        """Forget the frames before, as at the start of another video."""
        self.memory.reset()
        self._frames, self._dyed = 0, False


def _glance(network: runtime.Network, picture: Pyramid, view: tuple[int, int] | None = None) -> NDArray[np.float32]:
    height, width = view or picture.size
    return network(preprocess(picture, framing.nearest(network.shapes, width, height)))


def preprocess(picture: NDArray[np.uint8] | Pyramid, shape: Shape) -> NDArray[np.uint8]:
    """The whole picture squeezed to (*shape, 3); no padding, no normalisation."""
    height, width = shape
    level = Pyramid.of(picture).covering(width, height)
    return np.asarray(cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
