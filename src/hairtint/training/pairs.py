"""One photo with its hair mask, how it is read and checked, and the report of what was left out."""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.errors import DataError
from hairtint.training.files import Slice

File = Path | Slice  # what a photo or a mask is read from
Array = NDArray[Any]  # uint8 everywhere; OpenCV's own types know only "some number"
DARK = 16  # what the white of 12 bits stays below where 16 are taken for 8
GREY = 32, 223  # from darkest to lightest, neither hair nor none: a mask has them along its outline
MOST_GREY = 0.05  # of a mask's pixels, before it is said
MOST_HAIR = 0.7  # likewise; an inverted mask has more
Progress = Callable[[int, int], None]  # how many are done, and how many there are


@dataclass(frozen=True, slots=True)
class Original:
    """The photo that `hairtint data expand` made others of: its source and person, the size and sha256 of its file."""

    source: str
    person: str
    size: int
    sha256: str

    @property
    def whom(self) -> str:
        """See Pair."""
        return f"{self.source}/{self.person}"


@dataclass(frozen=True)
class Pair:
    """One photo and its hair mask; `mask` is None where it is known that the photo shows no hair.

    person: who is on it, or the photo itself; nobody is both trained on and kept for validation.
    varied: made from another photo by `hairtint data expand`; never used for validation.
    kin: one name for all that belong together across persons and sources (hairtint.training.kin), "" where none do.
    original: the photo that this one was made of by `hairtint data expand`.
    taught: a teacher's soft mask of the photo (hairtint.training.teacher).
    """

    stem: str
    image: File
    mask: File | None
    person: str
    source: str
    style: str | None = None
    varied: bool = False
    kin: str = ""
    original: Original | None = None
    taught: Path | None = None

    @property
    def whom(self) -> str:
        """The person among those of all sources."""
        return f"{self.source}/{self.person}"

    @property
    def name(self) -> str:
        """What run folders call it."""
        return f"{self.source}/{self.stem}"

    def read(self) -> tuple[Array, Array]:
        """RGB uint8 (H, W, 3) and mask uint8 (H, W) with values 0 or 255."""
        rgb = np.ascontiguousarray(decoded(self.image, cv2.IMREAD_COLOR)[:, :, ::-1])
        height, width = rgb.shape[:2]
        if self.mask is None:
            return rgb, np.zeros((height, width), np.uint8)
        mask = decoded(self.mask, cv2.IMREAD_GRAYSCALE)
        if mask.shape != (height, width):  # CelebAMask-HQ draws on half the photo's size
            mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
        return rgb, hard(mask)


@dataclass
class Report:
    """What a check found: how many pairs are good, which files were left out and why, and what else is to be known.

    facts: what the good ones show. notes: what may be wrong with them.
    """

    source: str
    pairs: int = 0
    empty: int = 0
    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    facts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reasons(self) -> dict[str, str]:
        """Why photos were left out, by their stems, and by what else the names of their files may stand for."""
        left_out = reversed(self.left_out.items())  # the first reason is the one that counts
        return {stem: why for why, names in left_out for name in names for stem in _stems(name)}

    def lines(self) -> list[str]:
        """The report as text, one finding a line, at most three names each."""
        first = [f"{self.pairs} pairs, {self.empty} of them without hair", *self.facts]
        return [f"{self.source}: {fact}" for fact in first] + self.complaints()

    def complaints(self) -> list[str]:
        """Those lines of the report that say what is wrong, or may be."""
        text = [f"{self.source}: {note}" for note in self.notes]
        for why, names in sorted(self.left_out.items()):
            text.append(f"{self.source}: left out {len(names)}, {why}: {_some(names)}")
        return text


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _stems(name: str) -> set[str]:
    """What the name of a file that was left out may stand for: "a-org.jpg" for "a", and "a.b 4x4 and 4x5" for "a.b"."""
    whole = {name, re.sub(r"(\.\w+| \d+x\d+ and \d+x\d+)\Z", "", name)}
    return whole | {re.sub(r"-(org|gt)\Z", "", stem) for stem in whole}


def some(pairs: Sequence[Pair], count: int) -> Sequence[Pair]:
    """So many of the pairs from all over them, or up to twice as many; all where there are fewer."""
    return pairs[:: max(1, len(pairs) // count)]


def usable(pairs: Sequence[Pair], report: Report, *, scaled: bool = False) -> list[Pair]:
    """The pairs whose files can both be decoded and have the same size, and whose mask has its shape in what is read.

    report: takes in which are not and why, counts empty masks, and notes how much is hair and which masks look like
    none. scaled: masks may have another size in the same proportions, as in CelebAMask-HQ.
    """
    kept = []
    with _in_silence(), ThreadPoolExecutor() as pool:
        for pair, found in zip(pairs, pool.map(partial(_found, scaled=scaled), pairs), strict=True):
            if found.why:
                report.left_out[found.why].append(found.what)
            else:
                report.empty += not found.hair
                kept.append((pair, found))
    if any(shares := [found.hair for _, found in kept]):
        least, median, most = np.round(100 * np.quantile(shares, [0, 0.5, 1])).astype(int)
        report.facts.append(f"hair covers {least} to {most} % of a photo, in the median {median} %")
    report.notes += _doubts(kept)
    return [pair for pair, _ in kept]


class _Finding(NamedTuple):
    """Why a pair cannot be used and what of it, or "" twice; how much of its mask, from 0 to 1, is hair and is grey."""

    why: str = ""
    what: str = ""
    hair: float = 0.0
    grey: float = 0.0


def _doubts(kept: Sequence[tuple[Pair, _Finding]]) -> Iterator[str]:
    """Which masks are hardly masks of hair."""
    if full := [pair.mask.name for pair, found in kept if pair.mask and found.hair > MOST_HAIR]:
        yield f"over {100 * MOST_HAIR:.0f} % of a mask is white, look whether that is the hair: {_some(full)}"
    if grey := [pair.mask.name for pair, found in kept if pair.mask and found.grey > MOST_GREY]:
        yield f"over {100 * MOST_GREY:.0f} % of a mask is grey, hair must be white and all else black: {_some(grey)}"


@contextmanager
def _in_silence() -> Iterator[None]:
    """The libraries' own warnings of a file would stand between the report's lines, which say what is wrong with it."""
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    finally:
        cv2.utils.logging.setLogLevel(before)


def _found(pair: Pair, scaled: bool) -> _Finding:
    photo, _, why = _pixels(pair.image, cv2.IMREAD_COLOR)
    if photo is None:
        return _Finding(f"photo unreadable ({why})", pair.image.name)
    if why := _lacks_light(pair.image, photo):
        return _Finding(why, pair.image.name)
    if pair.mask is None:
        return _Finding()
    mask, mode, why = _pixels(pair.mask, cv2.IMREAD_GRAYSCALE)
    if mask is None:
        return _Finding(f"mask unreadable ({why})", pair.mask.name)
    (height, width), (other_height, other_width) = photo.shape[:2], mask.shape
    alike = width * other_height == height * other_width if scaled else photo.shape[:2] == mask.shape
    if not alike:
        sizes = f"{pair.stem} {width}x{height} and {other_width}x{other_height}"
        return _Finding("photo and mask differ in size", sizes)
    if why := _lacks_shape(pair.mask, mode, int(mask.max())):
        return _Finding(why, pair.mask.name)
    return _Finding(hair=float((mask > 127).mean()), grey=float(cv2.inRange(mask, *GREY).mean() / 255))


def _lacks_light(file: File, photo: Array) -> str:
    """Why a photo is black in what is read of it, though it is not in the file, or ""."""
    if photo.max() >= DARK:
        return ""
    whole = _unchanged(file)
    if whole is None:
        return "photo unreadable (OpenCV)"
    if whole.itemsize > 1 and whole.max() > 0:
        return "photo of 16 bits without light: white must be 65535, or the photo have 8 bits"
    return ""


def _lacks_shape(mask: File, mode: str, brightest: int) -> str:
    """Why a mask does not have the shape of the hair, or "".

    mode: Pillow's. brightest: its brightest grey, as `read` sees it.
    """
    if mode not in ("1", "L"):  # in these, as nearly all are, nothing else is there
        whole = _unchanged(mask)
        if whole is None:
            return "mask unreadable (OpenCV)"
        if whole.ndim == 3 and whole.shape[2] == 4:
            if whole[..., 3].min() < whole[..., 3].max():
                return "mask with transparency: hair must be white on black"
            whole = whole[..., :3]
        if whole.itemsize > 1 and 0 < whole.max() <= 255:
            return "mask of 16 bits without white: hair must be 65535, or the mask have 8 bits"
    if 0 < brightest <= 127:  # a label map of 0 and 1, say, which would pass for a photo without hair
        return "mask without white: hair must be 255"
    return ""


def _unchanged(file: File) -> Array | None:
    """All that OpenCV finds in a file, with its bits and channels; None where it finds nothing."""
    try:
        return decoded(file, cv2.IMREAD_UNCHANGED)
    except DataError:
        return None


def _pixels(path: File, flags: int) -> tuple[Array | None, str, str]:
    """What `read` sees of a file, turned upright as there, or None; Pillow's mode of it; and why there is nothing."""
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.load()  # OpenCV takes files that were cut short
            mode = image.mode
        return decoded(path, flags), mode, ""
    except DataError:
        return None, "", "OpenCV"
    except Exception as error:  # Pillow's decoders raise whatever they like
        return None, "", type(error).__name__


def hard(mask: Array) -> Array:
    """A mask of uint8 (H, W) with 255 where it was above 127 and 0 elsewhere."""
    return np.where(mask > 127, np.uint8(255), np.uint8(0))


def lost(file: File) -> DataError:
    """The refusal of a file that was there when the data was opened."""
    return DataError(f"{file} can no longer be read: check the disk or leave the photo out")


def decoded(path: File, flags: int) -> Array:
    """The pixels of a file as OpenCV gives them for `flags`; DataError where it cannot be read."""
    try:
        pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), flags)
    except (OSError, cv2.error):  # more pixels than OpenCV takes, or none
        pixels = None
    if pixels is None:
        raise lost(path)
    return pixels
