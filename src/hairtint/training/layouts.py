"""The published layouts of hair data sets, each read into pairs; datasets.py says which folder is which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PIL import Image

from hairtint.errors import DataError
from hairtint.style import STYLES
from hairtint.training import terms
from hairtint.training.files import read_json
from hairtint.training.pairs import Original, Pair, Report

PICTURES = {".jpg", ".jpeg", ".png", ".pbm", ".bmp", ".webp", ".ppm", ".tif", ".tiff"}
OTHERS = {".heic", ".heif", ".jxl", ".dng"}  # that photos come in as well, beside the kinds that Pillow knows
PHOTOS_A_STYLE = 150  # Figaro1k numbers its 1050 photos style by style
EXPANDED = "expanded.json"  # beside images/ and masks/ that `hairtint data expand` wrote: STEM-K comes from STEM
ORIGINALS = "originals"  # its key for what the photos were, by STEM; older ones have none
FEW = 4  # photos that may well be of one person
FILE_WORDS = {
    "cam", "camera", "download", "dsc", "file", "frame", "hair", "image", "img", "photo", "pic", "picture", "portrait",
    "scan", "screenshot",
}  # fmt: skip


def plain(images: Path, masks: Path, report: Report) -> list[Pair]:
    """Two folders whose files share their stems."""
    originals = _originals(images.parent / EXPANDED)
    matched = list(_match(_pictures(images, report), _pictures(masks, report), report))
    variants = {stem: (stem, "", "0") if originals is None else stem.rpartition("-") for stem, _, _ in matched}
    known = originals or {}
    people = {photo: known[photo].person if photo in known else person(photo) for photo, _, _ in variants.values()}
    people = _told_apart(people, report)
    recognised = [whom for photo, whom in people.items() if whom != photo]
    report.facts.append(
        f"persons by file names: {len(set(recognised))}, on {len(recognised)} of {len(people)} photos"
        if recognised
        else "no persons recognised by file names: photos of one person may be on both sides"
    )
    pairs = []
    for stem, image, mask in matched:
        photo, _, copy = variants[stem]
        original = replace(known[photo], person=people[photo]) if photo in known else None
        source = original.source if original else report.source
        named = style(photo) if source == terms.FIGARO else None  # anybody may number frames
        pairs.append(
            Pair(stem, image, mask, people[photo], report.source, named, varied=copy != "0", original=original)
        )
    return pairs


def _told_apart(people: dict[str, str], report: Report) -> dict[str, str]:
    """Who is on each photo, where a name that most photos share is taken for no person's: Selfie_0001, Selfie_0002, ….

    One person on most of them would leave nothing to train on, or nothing to validate on.
    """
    name, count = Counter(people.values()).most_common(1)[0] if people else ("", 0)
    if len(people) <= FEW or 2 * count <= len(people):
        return people
    report.notes.append(f"{count} of {len(people)} photos are called {name}: each is split as if of another person")
    return {photo: photo if whom == name else whom for photo, whom in people.items()}


def _originals(note: Path) -> dict[str, Original] | None:
    """What an expansion was made of, by stem, as far as it says so; None where it is none. DataError for a bad note."""
    if not note.is_file():
        return None
    try:
        known = read_json(note).get(ORIGINALS, {})
        return {stem: Original(*row) for stem, row in known.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{note} is damaged ({error}): expand the photos again, into another folder") from error


def figaro(folder: Path, report: Report) -> list[Pair]:
    """Figaro1k as published, by that name whatever its folder's."""
    report.source = terms.FIGARO
    pairs = []
    for part in sorted(p.name for p in (folder / "Original").iterdir() if p.is_dir()):
        if not (folder / "GT" / part).is_dir():
            report.left_out["no GT folder for it"].append(part)
            continue
        images, masks = (_pictures(folder / side / part, report) for side in ("Original", "GT"))
        images = {stem.removesuffix("-org"): path for stem, path in images.items()}
        masks = {stem.removesuffix("-gt"): path for stem, path in masks.items()}
        matched = _match(images, masks, report)
        pairs += [Pair(stem, image, mask, stem, report.source, style(stem)) for stem, image, mask in matched]
    counts = Counter(pair.stem for pair in pairs)  # one photo is published in both parts
    for stem in sorted(s for s, n in counts.items() if n > 1):
        report.left_out["in more than one part, kept once"].append(stem)
    return list({pair.stem: pair for pair in pairs}.values())


def celebamask(folder: Path, report: Report) -> list[Pair]:
    """CelebAMask-HQ as published, by that name whatever its folder's: a photo without a hair mask shows no hair."""
    report.source = terms.CELEBAMASK
    masks = {p.name: p for p in (folder / "CelebAMask-HQ-mask-anno").glob("*/*_hair.png")}
    pairs = []
    for stem, image in _pictures(folder / "CelebA-HQ-img", report).items():
        if not stem.isdecimal():
            report.left_out["its name is not a number"].append(image.name)
            continue
        pairs.append(Pair(stem.zfill(5), image, masks.get(f"{int(stem):05d}_hair.png"), stem, report.source))
    return pairs


def without_hair(folder: Path, report: Report) -> list[Pair]:
    """Pictures that show nothing to dye: a folder of them, or its images/."""
    home = folder / "images" if (folder / "images").is_dir() else folder
    return [Pair(stem, image, None, stem, report.source) for stem, image in _pictures(home, report).items()]


def style(stem: str) -> str | None:
    """The hairstyle of a photo of Figaro1k by its number, FrameNNNNN; None for other names."""
    frame = re.fullmatch(r"Frame(\d{5})", stem)
    return STYLES[(int(frame[1]) - 1) // PHOTOS_A_STYLE] if frame and 1 <= int(frame[1]) <= 1050 else None


def person(stem: str) -> str:
    """Who a photo shows, as far as its name says; elsewhere a photo is its own person.

    LFW names its files First_Last_0001, others have anna-1, "anna 1" or "anna (1)", or p01-1 by a participant's number;
    FASSEG's poses hold personneNN. IMG_0001, photo-1 and DSC0001-1 name nobody.
    """
    if posed := re.search(r"personne(\d{2})", stem):
        return f"personne{posed[1]}"
    named = re.fullmatch(r"(\D+?|([^\W\d_]+)\d{1,3})([-_ ]+\d+| *\(\d+\))", stem)
    if named is None:
        return stem
    words = re.split("[-_ ]", named[2] or named[1])
    if FILE_WORDS & {word.lower() for word in words} or (named[1].isalpha() and named[1].isupper()):  # of a camera
        return stem
    return named[1]


def _pictures(folder: Path, report: Report) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        suffix = path.suffix.lower()
        if path.name.startswith("."):
            continue
        if path.is_symlink() and not path.exists():
            report.left_out["a link to a file that is not there"].append(path.name)
        elif not path.is_file():
            continue
        elif suffix not in PICTURES:
            if suffix in OTHERS or suffix in Image.registered_extensions():
                report.left_out["not a kind of picture that is read here, make it a JPEG or PNG"].append(path.name)
        elif path.stem in found:
            report.left_out["another file has this stem"].append(path.name)
        else:
            found[path.stem] = path
    return found


def _match(images: dict[str, Path], masks: dict[str, Path], report: Report) -> Iterable[tuple[str, Path, Path]]:
    for stem in sorted(images.keys() - masks.keys()):
        report.left_out["no mask with this stem"].append(images[stem].name)
    for stem in sorted(masks.keys() - images.keys()):
        report.left_out["no photo with this stem"].append(masks[stem].name)
    return ((stem, images[stem], masks[stem]) for stem in sorted(images.keys() & masks.keys()))
