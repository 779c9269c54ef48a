"""Photos with hair masks: three published layouts read into one list of pairs, checked, and split by person.

Layouts (recognised by their folders):
- Figaro1k as published: `Original/{Training,Testing}/FrameNNNNN-org.jpg`, `GT/{Training,Testing}/FrameNNNNN-gt.pbm`;
  M. Svanera et al., "Figaro, hair detection and segmentation in the wild", ICIP 2016.
- CelebAMask-HQ as published: `CelebA-HQ-img/ID.jpg`, `CelebAMask-HQ-mask-anno/{0..14}/{ID:05d}_hair.png`, the mask
  absent where there is no hair; C.-H. Lee et al., "MaskGAN", CVPR 2020.
- plain: `images/` and `masks/`, partners share their stem.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.errors import DataError

Array = NDArray[np.uint8]
PICTURES = {".jpg", ".jpeg", ".png", ".pbm", ".bmp", ".webp", ".ppm"}
STYLES = ("straight", "wavy", "curly", "kinky", "braids", "dreadlocks", "short")
PHOTOS_A_STYLE = 150  # Figaro1k numbers its 1050 photos style by style


@dataclass(frozen=True)
class Pair:
    """One photo and its hair mask; `mask` is None where it is known that the photo shows no hair."""

    stem: str
    image: Path
    mask: Path | None
    person: str
    source: str
    style: str | None = None

    def read(self) -> tuple[Array, Array]:
        """RGB uint8 (H, W, 3) and mask uint8 (H, W) with values 0 or 255."""
        bgr = cv2.imread(str(self.image), cv2.IMREAD_COLOR)
        if bgr is None:
            raise DataError(f"{self.image} can no longer be read: check the disk or leave the photo out")
        rgb = np.ascontiguousarray(bgr[:, :, ::-1])
        if self.mask is None:
            return rgb, np.zeros(rgb.shape[:2], np.uint8)
        mask = cv2.imread(str(self.mask), cv2.IMREAD_GRAYSCALE)
        if mask is None:
            raise DataError(f"{self.mask} can no longer be read: check the disk or leave the photo out")
        if mask.shape != rgb.shape[:2]:  # CelebAMask-HQ draws on half the photo's size
            mask = cv2.resize(mask, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return rgb, np.where(mask > 127, np.uint8(255), np.uint8(0))


@dataclass
class Report:
    """What a check found: how many pairs are good, and which files were left out and why."""

    source: str
    pairs: int = 0
    empty: int = 0
    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def lines(self) -> list[str]:
        """The report as text, one finding a line, at most three names each."""
        text = [f"{self.source}: {self.pairs} pairs, {self.empty} of them without hair"]
        for why, names in sorted(self.left_out.items()):
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            text.append(f"{self.source}: left out {len(names)}, {why}: {', '.join(names[:3])}{more}")
        return text


def open_dataset(folder: Path, *, no_hair: bool = False, check: bool = True) -> tuple[list[Pair], Report]:
    """Pairs of a data folder, sorted by stem, and what was left out.

    `no_hair`: every picture of the folder (or of its images/) is known to show nothing to dye.
    Raises DataError where the folder is none of the layouts or holds no usable pair.
    """
    if not folder.is_dir():
        raise DataError(f"no data folder {folder}: give a folder with images/ and masks/, Figaro1k or CelebAMask-HQ")
    report = Report(source_name(folder))
    if no_hair:
        pairs = list(_without_hair(folder, report.source))
    elif (folder / "Original").is_dir() and (folder / "GT").is_dir():
        pairs = _figaro(folder, report)
    elif (folder / "CelebA-HQ-img").is_dir():
        pairs = _celebamask(folder, report)
    elif (folder / "images").is_dir() and (folder / "masks").is_dir():
        pairs = _plain(folder / "images", folder / "masks", report)
    else:
        raise DataError(
            f"{folder} is no data set: it needs images/ and masks/, or Original/ and GT/ (Figaro1k),"
            " or CelebA-HQ-img/ and CelebAMask-HQ-mask-anno/ (CelebAMask-HQ)"
        )
    if check:
        pairs = [pair for pair in pairs if _usable(pair, report)]
    return _counted(pairs, report, folder)


def open_folders(images: Path, masks: Path) -> tuple[list[Pair], Report]:
    """Checked pairs of two folders whose files share their stems; DataError where there is none."""
    for folder, what in ((images, "photos"), (masks, "masks")):
        if not folder.is_dir():
            raise DataError(f"no folder {folder}: give the folder that holds the {what}")
    report = Report(source_name(images))
    pairs = [pair for pair in _plain(images, masks, report) if _usable(pair, report)]
    return _counted(pairs, report, images)


def open_all(data: Sequence[Path], no_hair: Sequence[Path] = ()) -> tuple[list[Pair], list[Report]]:
    """The pairs of several folders after one another, and a report for each."""
    opened = [open_dataset(folder) for folder in data] + [open_dataset(folder, no_hair=True) for folder in no_hair]
    return [pair for pairs, _ in opened for pair in pairs], [report for _, report in opened]


def kept_for_validation(pairs: Sequence[Pair], run: Path) -> list[Pair]:
    """Those pairs that a training run kept apart; DataError where the run or all of its photos are not there."""
    try:
        names = set(json.loads((run / "data.json").read_text(encoding="utf-8"))["validation"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{run} is no run folder of hairtint train: it has no readable data.json") from error
    kept = [pair for pair in pairs if f"{pair.source}/{pair.stem}" in names]
    if not kept:
        raise DataError(f"none of the photos that {run} kept for validation are in these folders: give its --data again")
    return kept


def source_name(folder: Path) -> str:
    """The data set's name by its folder: the last part that is not a mere "train" or "images"."""
    parts = [part for part in folder.resolve().parts if part not in {"train", "test", "images"}]
    return parts[-1]


def split(pairs: Sequence[Pair], *, seed: int = 0, validation: float = 0.2) -> tuple[list[Pair], list[Pair]]:
    """Training and validation pairs; every person is on one side only, each source and style is split alike."""
    groups: dict[tuple[str, str | None], dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        groups[pair.source, pair.style][pair.person].append(pair)
    train: list[Pair] = []
    held: list[Pair] = []
    for key in sorted(groups, key=str):
        people = sorted(groups[key])
        random.Random(f"{seed} {key}").shuffle(people)
        wanted = round(validation * sum(len(groups[key][person]) for person in people))
        count = 0
        for person in people:
            side = held if count < wanted else train
            side += groups[key][person]
            count += len(groups[key][person]) if side is held else 0
    return train, held


def _counted(pairs: list[Pair], report: Report, folder: Path) -> tuple[list[Pair], Report]:
    if not pairs:
        why = "; ".join(f"{len(names)} left out, {w}" for w, names in report.left_out.items()) or "it is empty"
        raise DataError(f"{folder} holds no usable pair: {why}")
    report.pairs = len(pairs)
    return sorted(pairs, key=lambda pair: pair.stem), report


def _pictures(folder: Path) -> dict[str, Path]:
    return {p.stem: p for p in sorted(folder.iterdir()) if p.suffix.lower() in PICTURES and p.is_file()}


def _match(images: dict[str, Path], masks: dict[str, Path], report: Report) -> Iterable[tuple[str, Path, Path]]:
    for stem in images.keys() - masks.keys():
        report.left_out["no mask with this stem"].append(images[stem].name)
    for stem in masks.keys() - images.keys():
        report.left_out["no photo with this stem"].append(masks[stem].name)
    return ((stem, images[stem], masks[stem]) for stem in sorted(images.keys() & masks.keys()))


def _plain(images: Path, masks: Path, report: Report) -> list[Pair]:
    matched = _match(_pictures(images), _pictures(masks), report)
    return [Pair(stem, image, mask, _person(stem), report.source, _style(stem)) for stem, image, mask in matched]


def _figaro(folder: Path, report: Report) -> list[Pair]:
    pairs = []
    for part in sorted(p.name for p in (folder / "Original").iterdir() if p.is_dir()):
        if not (folder / "GT" / part).is_dir():
            report.left_out["no GT folder for it"].append(part)
            continue
        images = {s.removesuffix("-org"): p for s, p in _pictures(folder / "Original" / part).items()}
        masks = {s.removesuffix("-gt"): p for s, p in _pictures(folder / "GT" / part).items()}
        pairs += [
            Pair(stem, image, mask, stem, report.source, _style(stem))
            for stem, image, mask in _match(images, masks, report)
        ]
    counts = Counter(pair.stem for pair in pairs)  # one photo is published in both parts
    for stem in sorted(s for s, n in counts.items() if n > 1):
        report.left_out["in more than one part, kept once"].append(stem)
    return list({pair.stem: pair for pair in pairs}.values())


def _celebamask(folder: Path, report: Report) -> list[Pair]:
    masks = {p.name: p for p in (folder / "CelebAMask-HQ-mask-anno").glob("*/*_hair.png")}
    pairs = []
    for stem, image in _pictures(folder / "CelebA-HQ-img").items():
        if not stem.isdigit():
            report.left_out["its name is not a number"].append(image.name)
            continue
        pairs.append(Pair(stem.zfill(5), image, masks.get(f"{int(stem):05d}_hair.png"), stem, report.source))
    return pairs


def _without_hair(folder: Path, source: str) -> Iterable[Pair]:
    home = folder / "images" if (folder / "images").is_dir() else folder
    for stem, image in _pictures(home).items():
        yield Pair(stem, image, None, stem, source)


def _style(stem: str) -> str | None:
    frame = re.fullmatch(r"Frame(\d{5})", stem)
    return STYLES[(int(frame[1]) - 1) // PHOTOS_A_STYLE] if frame and 1 <= int(frame[1]) <= 1050 else None


def _person(stem: str) -> str:
    """LFW names its files First_Last_0001; elsewhere, and for numbered files, a photo is its own person."""
    named = re.fullmatch(r"(\D+)_\d{4}", stem)
    return named[1] if named else stem


def _usable(pair: Pair, report: Report) -> bool:
    """Whether both files can be decoded and have the same shape; counts empty masks."""
    try:
        with Image.open(pair.image) as image:
            size = image.size
            image.load()
    except Exception as error:
        report.left_out[f"photo unreadable ({type(error).__name__})"].append(pair.image.name)
        return False
    if pair.mask is None:
        report.empty += 1
        return True
    try:
        with Image.open(pair.mask) as mask:
            other, filled = mask.size, mask.convert("L").getbbox() is not None
    except Exception as error:
        report.left_out[f"mask unreadable ({type(error).__name__})"].append(pair.mask.name)
        return False
    if size[0] * other[1] != size[1] * other[0]:
        report.left_out["photo and mask differ in size"].append(f"{pair.stem} {size} {other}")
        return False
    report.empty += not filled
    return True
