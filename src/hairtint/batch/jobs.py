"""Which photos there are, and where the results of each go."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hairtint.color import Color
from hairtint.errors import OutputError, PictureError, reason
from hairtint.palette import DYES, Dye
from hairtint.photo import PICTURE_SUFFIXES
from hairtint.photo_writing import OUTPUT_SUFFIXES

BOM = b"\xef\xbb\xbf"  # what some editors write before the first line
Found = tuple[Path, Path]  # a photo, and its place beneath the folder of the results


@dataclass(frozen=True)
class Job:
    """One photo and the files made of it; `mask` and `sheet` are None where they are not wanted."""

    source: Path
    result: Path
    mask: Path | None = None
    sheet: Path | None = None

    @property
    def outputs(self) -> list[Path]:
        """The files that the job writes."""
        return [path for path in (self.result, self.mask, self.sheet) if path]

    @property
    def done(self) -> bool:
        """Whether everything wanted is there already."""
        return all(os.path.exists(path) for path in self.outputs)

    def absolute(self) -> Job:
        """The same job, for somebody who is in another folder."""
        mask, sheet = (path and path.absolute() for path in (self.mask, self.sheet))
        return Job(self.source.absolute(), self.result.absolute(), mask, sheet)


def _refuse(error: PictureError) -> None:
    raise error


def find(
    names: Sequence[str],
    *,
    recursive: bool = False,
    without: Path | None = None,
    refuse: Callable[[PictureError], object] = _refuse,
) -> Iterator[Found]:
    """The pictures of names that are files, folders (every picture in them) or patterns such as "*.jpg".

    recursive: the folders in a folder too; what they hold keeps its place beneath the results. without: a folder that
    is passed over there, as the results may lie among the photos. refuse: called for each folder that cannot be
    read, with a line that says so; the default raises it.
    Raises PictureError for a folder without a picture and a pattern without a match; a missing file is reported when
    its turn comes.
    """
    for name in names:
        path = Path(name)
        unread: list[OSError] = []
        if os.path.isdir(path):
            inside = _tree(path, without, unread.append) if recursive else _in(path, unread.append)
            nothing = f"{path} holds no picture: give a folder with JPEG, PNG, WebP, … files"
            nothing += "" if recursive else ", or --recursive"
        elif is_many(name):
            files = (Path(match) for match in sorted(glob.glob(name, recursive=True)) if os.path.isfile(match))
            inside, nothing = ((file, Path(file.name)) for file in files), f"no file matches {name}: check the pattern"
        else:
            inside, nothing = iter([(path, Path(path.name))]), ""
        some = False
        for found in inside:
            some = True
            yield found
        if not some and not unread:
            raise PictureError(nothing)
        for error in unread:
            why = f"the folder {error.filename} cannot be read ({reason(error)})"
            refuse(PictureError(f"{why}: make it readable, then run the same command again"))


def is_many(name: str) -> bool:
    """Whether a name stands for all pictures of a folder or pattern, however many there happen to be."""
    path = Path(name)
    return os.path.isdir(path) or (not os.path.exists(path) and glob.has_magic(name))


def listed(lines: Iterable[bytes], base: Path) -> Iterator[Found]:
    """The photos of a list, one path a line; each keeps its place below `base` beneath the results.

    Either may be named by way of a link. Raises PictureError for a photo that lies elsewhere.
    """
    for count, line in enumerate(lines):
        name = os.fsdecode((line if count else line.removeprefix(BOM)).rstrip(b"\r\n"))
        if not name:
            continue
        place = _below(Path(name), base)
        if place is None:
            raise PictureError(f"{name} of the list does not lie in {base}: name the folder of all photos with --base")
        yield Path(name), place


def _below(path: Path, base: Path) -> Path | None:
    """The place of a path below a folder, as they are named or else where they really are; None if there is none."""
    for whole in (os.path.abspath, os.path.realpath):
        try:
            place = Path(os.path.relpath(whole(path), whole(base)))
        except ValueError:  # no file can be called so, or it lies on another drive
            return None
        if place.parts and place.parts[0] != os.pardir:
            return place
    return None


def is_folder(out: str) -> bool:
    """Whether results go into `out`: it is a folder, ends with a slash, or has no suffix."""
    return os.path.isdir(out) or out.endswith(("/", os.sep)) or not Path(out).suffix


def slug(dye: Color | Dye) -> str:
    """A colour as it stands in the names of files: "light-blonde", or "39ff14" where it has no name."""
    return re.sub(r"[^a-z0-9]+", "-", (dye.name or dye.hex[1:]).lower())


_COLORS = "|".join([*map(slug, DYES), "(?=[0-9]*[a-f])[0-9a-f]{6}"])  # six digits alone are rather a date


def plan(
    found: Iterable[Found],
    out: str | None,
    suffix: str,
    *,
    mask: bool = False,
    sheet: bool = False,
    passed: Callable[[Path, Path], object] = lambda source, original: None,
) -> Iterator[Job]:
    """Where each result goes: to `out` (a file, or a folder for many), or beside its photo as NAME-`suffix`.EXT.

    A name that another photo of the folder could lay claim to, as they differ in their suffix only, keeps the suffix:
    IMG_2.HEIC beside an IMG_2.jpg becomes IMG_2.HEIC.jpg, and masks x.jpg-mask.png and x.png-mask.png. This depends on
    what lies in the folder, not on which photos are given, nor on their order.

    A photo that comes again, be its path relative or absolute, is no other photo. suffix: the `slug` of the colour.
    passed: called for each that is passed over, as it is named like the result of another beside it, with both.
    Raises OutputError where two photos would be written to one file, or a photo over itself. What is remembered of each
    for this is a number.
    """
    folder = out is not None and is_folder(out)
    single = out is not None and not folder
    sources: dict[int, None] = {}
    met: dict[int, None] = {}
    shared = lru_cache(maxsize=1024)(_shared)

    def disputed(source: Path, target: Path) -> bool:
        """Whether a name of the stem alone could be another photo's, or pass for a photo among them."""
        among_photos = folder and _same(source.parent, target.parent)
        return among_photos or not _is_picture(source.name) or source.stem in shared(source.parent)

    for source, place in found:
        if not _first(source.absolute(), sources):
            continue
        end = ""
        if out is None:
            if original := _original(source, suffix):
                passed(source, original)
                continue
            target, end = source, f"-{suffix}"
        elif folder:
            target = Path(out) / place
        elif len(sources) > 1:
            raise OutputError(f"several photos cannot become one file {out}: name a folder, {out}/ say")
        else:
            target = Path(out)
        kind = target.suffix if single else _kind(target.suffix)
        keeps = not single and (mask or kind != target.suffix) and disputed(source, target)
        full = target.name if keeps else target.stem
        stem = target.stem if kind == target.suffix else full
        job = Job(
            source,
            target.with_name(f"{stem}{end}{kind}"),
            target.with_name(f"{full}{end}-mask.png") if mask else None,
            target.with_name(f"{stem}{end}-side-by-side{kind}") if sheet else None,
        )
        for path in job.outputs:
            if _same(source, path):
                raise OutputError(f"{source} would be overwritten by its own result: name another place with -o")
            if not _first(path, met):
                both = f"{source} and another photo would both become {path}"
                raise OutputError(f"{both}: give them in two calls, each with a folder of its own (-o)")
        yield job


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file; a file that is not there is none."""
    try:
        return other.samefile(one)
    except (OSError, ValueError):
        return False


def _original(path: Path, suffix: str) -> Path | None:
    """The photo beside a file that an earlier call made the file of, in this or another colour, by their names."""
    end = re.compile(rf"-({re.escape(suffix)}|{_COLORS})(-mask|-side-by-side)?")
    for cut in range(1, len(path.stem)):
        if end.fullmatch(path.stem, cut):
            for kind in ("", path.suffix, *PICTURE_SUFFIXES, *map(str.upper, PICTURE_SUFFIXES)):
                if os.path.isfile(photo := path.with_name(path.stem[:cut] + kind)):
                    return photo
    return None


def _kind(suffix: str) -> str:
    """The suffix of the result of a photo; of a kind that is read only: JPEG by another name, or without loss."""
    kind = suffix.lower()
    if kind in OUTPUT_SUFFIXES:
        return suffix
    return ".jpg" if kind in (".heic", ".heif", ".hif", ".jfif", ".jpe", ".mpo") else ".png"


def _shared(folder: Path) -> frozenset[str]:
    """The stems that several pictures of a folder have; none where it cannot be looked into."""
    try:
        stems = Counter(Path(name).stem for name in _pictures(folder))
    except (OSError, ValueError):
        return frozenset()
    return frozenset(stem for stem, count in stems.items() if count > 1)


def _first(path: Path, met: dict[int, None]) -> bool:
    """Whether a path has not been met before; a dict takes less memory for this than a set."""
    before = len(met)
    met[hash(str(path))] = None
    return len(met) > before


def _in(folder: Path, onerror: Callable[[OSError], object]) -> Iterator[Found]:
    try:
        names = sorted(_pictures(folder))
    except OSError as error:
        onerror(error)
    else:
        yield from ((folder / name, Path(name)) for name in names)


def _pictures(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        yield from (entry.name for entry in entries if _is_picture(entry.name) and entry.is_file())


def _tree(folder: Path, without: Path | None, onerror: Callable[[OSError], object]) -> Iterator[Found]:
    shut = os.path.realpath(without) if without else None
    for home, inner, names in os.walk(folder, onerror=onerror):
        inner[:] = sorted(name for name in inner if os.path.realpath(Path(home, name)) != shut)
        place = Path(home).relative_to(folder)
        yield from ((Path(home, name), place / name) for name in sorted(names) if _is_picture(name))


def _is_picture(name: str) -> bool:
    """By its name; macOS puts a "._NAME" that is none beside each file on a disk of another system."""
    return not name.startswith("._") and Path(name).suffix.lower() in PICTURE_SUFFIXES
