"""Photos with hair masks: the published layouts read into one list of pairs, checked, and split by person.

Layouts (recognised by their folders):
- Figaro1k as published: `Original/{Training,Testing}/FrameNNNNN-org.jpg`, `GT/{Training,Testing}/FrameNNNNN-gt.pbm`;
  M. Svanera et al., "Figaro, hair detection and segmentation in the wild", ICIP 2016.
- CelebAMask-HQ as published: `CelebA-HQ-img/ID.jpg`, `CelebAMask-HQ-mask-anno/{0..14}/{ID:05d}_hair.png`, the mask
  absent where there is no hair; C.-H. Lee et al., "MaskGAN", CVPR 2020.
- plain: `images/` and `masks/`, partners share their stem.
- shards: what `hairtint data pack` wrote of any of them (shards.py).
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from hairtint.errors import DataError
from hairtint.training import content, kin, layouts, run_files, shards, terms
from hairtint.training.files import read_json
from hairtint.training.pairs import Pair, Report, usable

MERE = ("train", "test", "images")  # folders that name no data set: the one above does
CHANGED = "its photo or mask is another one than then"


def open_dataset(folder: Path, *, no_hair: bool = False, check: bool = True) -> tuple[list[Pair], Report]:
    """Pairs of a data folder, sorted by stem, and what was left out; those of shards as they were packed.

    `no_hair`: every picture of the folder (or of its images/) is known to show nothing to dye.
    Raises DataError where the folder is none of the layouts or holds no usable pair.
    """
    pairs, report = _opened(folder, no_hair=no_hair, check=check)
    return kin.joined([pairs]), report


def _opened(folder: Path, *, no_hair: bool = False, check: bool = True) -> tuple[list[Pair], Report]:
    if not os.path.isdir(folder):
        raise DataError(f"no data folder {folder}: give a folder with images/ and masks/, Figaro1k or CelebAMask-HQ")
    report, scaled = Report(source_name(folder)), False
    if shards.found_in(folder):
        if no_hair:
            raise DataError(f"{folder} holds shards, which say themselves what shows no hair: give them with --data")
        pairs = shards.open_shards(folder, report)
        report.pairs = len(pairs)
        return pairs, report
    if no_hair:
        pairs = layouts.without_hair(folder, report)
    elif os.path.isdir(folder / "Original") and os.path.isdir(folder / "GT"):
        pairs = layouts.figaro(folder, report)
    elif os.path.isdir(folder / "CelebA-HQ-img") and os.path.isdir(folder / "CelebAMask-HQ-mask-anno"):
        pairs, scaled = layouts.celebamask(folder, report), True
    elif os.path.isdir(folder / "images") and os.path.isdir(folder / "masks"):
        pairs = layouts.plain(folder / "images", folder / "masks", report)
    else:
        raise DataError(
            f"{folder} is no data set: it needs images/ and masks/, or Original/ and GT/ (Figaro1k),"
            " or CelebA-HQ-img/ and CelebAMask-HQ-mask-anno/ (CelebAMask-HQ), or to be of hairtint data pack"
        )
    if check:
        pairs = usable(pairs, report, scaled=scaled)
    return _counted(pairs, report, folder)


def open_folders(images: Path, masks: Path) -> tuple[list[Pair], Report]:
    """Checked pairs of two folders whose files share their stems; DataError where there is none."""
    for folder, what in ((images, "photos"), (masks, "masks")):
        if not os.path.isdir(folder):
            raise DataError(f"no folder {folder}: give the folder that holds the {what}")
    report = Report(source_name(images))
    pairs, report = _counted(usable(layouts.plain(images, masks, report), report), report, images)
    return kin.joined([pairs]), report


def open_all(data: Sequence[Path], no_hair: Sequence[Path] = ()) -> tuple[list[Pair], list[Report]]:
    """The pairs of several folders after one another, and a report for each. What belongs together is joined across
    folders: copies of a photo, and what was made of it (hairtint.training.kin).

    Raises DataError where two folders of one name hold a photo of the same name: nobody could tell them apart.
    """
    opened = [_opened(folder) for folder in data] + [_opened(folder, no_hair=True) for folder in no_hair]
    pairs = kin.joined([some for some, _ in opened])
    name, times = Counter(pair.name for pair in pairs).most_common(1)[0] if pairs else ("", 0)
    if times > 1:
        one, other = [pair.image for pair in pairs if pair.name == name][:2]
        raise DataError(
            f"{name} is in the data twice, as {one} and as {other}: give each folder once, or rename a photo or a"
            f" folder (one called {' or '.join(MERE)} goes by the name of the folder above)"
        )
    return pairs, [report for _, report in opened]


def kept_for_validation(pairs: Sequence[Pair], run: Path, reports: Sequence[Report] = ()) -> tuple[list[Pair], str]:
    """Those pairs that a training run kept apart, and a line that says how many of them are missing, or "".

    They are known by their content, whatever they are called now, where the run noted that, else by their names; one
    whose photo or mask is not what it was is missing. reports: of the folders, where it may say why. Raises DataError
    where the run or all of its photos are not there, or it has learnt from one.
    """
    noted, learnt = _noted(run)
    digests = content.of(pairs)
    named = {both: name for name, both in digests.items()}
    here = {  # what each is called now; None where it is not there
        name: name if name in digests and both in (None, digests[name]) else both and named.get(both)
        for name, both in noted.items()
    }
    if known := [name for name in digests if here.get(name, "") in (None, name) and digests[name][0] in learnt]:
        raise DataError(
            f"{run} has learnt from {len(known)} of the photos that now have the names of those it kept for"
            f" validation ({known[0]}, say): give its --data as it was"
        )
    names = set(here.values())
    kept = [pair for pair in pairs if pair.name in names]
    if not kept:
        raise DataError(
            f"none of the photos that {run} kept for validation are in these folders as they were: give its --data"
            " again"
        )
    lacking = sorted(name for name, now in here.items() if now is None)
    if not lacking:
        return kept, ""
    counts = Counter(name.rpartition("/")[0] for name in lacking)
    which = ", ".join(f"{count} of {source}" for source, count in sorted(counts.items()))
    left_out = {
        f"{report.source}/{stem}": why for report in reversed(reports) for stem, why in report.reasons().items()
    }
    reasons = (CHANGED if name in digests else left_out.get(name) for name in lacking)
    which += next((f" ({name}: {why})" for name, why in zip(lacking, reasons, strict=True) if why), "")
    return kept, f"{len(lacking)} of the {len(noted)} photos that {run} kept for validation are not here: {which}"


def _noted(run: Path) -> tuple[dict[str, tuple[str, str] | None], set[str]]:
    """What a run kept for validation: sha256 of photo and mask by name, None where it noted none; and the sha256 of
    the photos that it has learnt from."""
    try:
        sides = read_json(run / run_files.DATA)
        known = {name: (str(photo), str(mask)) for name, (photo, mask) in sides.get(run_files.HELD, {}).items()}
        learnt = set(sides.get("sha256", {}).values()) - {""}
        return {str(name): known.get(name) for name in sides["validation"]}, learnt
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{run} is no run folder of hairtint train: it has no readable data.json") from error


def source_name(folder: Path) -> str:
    """The data set's name by its folder: the last part that is not a mere "train" or "images", if any is.

    A published set is called as in `terms`, in whatever case its folder is: the name is part of the split's seed.
    """
    whole = folder.resolve()
    parts = [part for part in whole.relative_to(whole.anchor).parts if part not in MERE]
    name = parts[-1] if parts else whole.name
    return name.lower() if name.lower() in terms.TERMS else name


def split(pairs: Sequence[Pair], *, seed: int = 0, validation: float = 0.2) -> tuple[list[Pair], list[Pair]]:
    """Training and validation pairs; every person is on one side only, each source and style is split alike, by a seed
    of which their names are a part.

    So are all that are joined by their `kin`. A side may miss its share by the photos of one person. Photos that were
    varied by `hairtint data expand` are trained on or, where their original is kept for validation, dropped.
    """
    groups: dict[tuple[str, str | None], dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        groups[pair.source, pair.style][pair.person].append(pair)
    train: list[Pair] = []
    held: list[Pair] = []
    sides: dict[str, list[Pair]] = {}  # of people: copies of a photo may be filed under several styles and sources
    for key in sorted(groups, key=str):
        people = [groups[key][person] for person in sorted(groups[key])]
        random.Random(f"{seed} {key}").shuffle(people)
        people.sort(key=lambda photos: photos[0].kin not in sides)  # first those whose side is known: they count too
        wanted = round(validation * sum(map(len, people)))
        count = 0
        for photos in people:
            side = sides.setdefault(photos[0].kin or photos[0].whom, held if count < wanted else train)
            side += photos
            count += len(photos) if side is held else 0
    return train, [pair for pair in held if not pair.varied]


def _counted(pairs: list[Pair], report: Report, folder: Path) -> tuple[list[Pair], Report]:
    if not pairs:
        why = "; ".join(f"{len(names)} left out, {w}" for w, names in report.left_out.items()) or "it is empty"
        raise DataError(f"{folder} holds no usable pair: {why}")
    report.pairs = len(pairs)
    return sorted(pairs, key=lambda pair: pair.stem), report
