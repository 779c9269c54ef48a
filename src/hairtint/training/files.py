"""Files that are whole or not there, folders that one process at a time writes into, and files within files."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import whole_file
from hairtint.errors import OutputError, reason
from hairtint.whole_file import refusal

LOCK = ".lock"
LONGEST = 255  # bytes of a file's name


def put(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of one; raises OSError.

    durable: it outlives a loss of power.
    """
    with whole(path, durable=durable) as partial:
        partial.write_bytes(data)


def whole(path: Path, *, durable: bool = False) -> AbstractContextManager[Path]:
    """As hairtint.whole_file.whole, under a name that is written over when a run that was killed goes on."""
    return whole_file.whole(path, path.with_name(_partial(path.name)), durable=durable)


@contextmanager
def for_a_while(name: str, data: bytes) -> Iterator[Path]:
    """A file among the system's temporary ones, gone afterwards. Raises OutputError where there is no room for it."""
    with ExitStack() as stack:
        try:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / name
            path.write_bytes(data)
        except OSError as error:
            where = tempfile.tempdir or "any folder of temporary files"
            raise OutputError(
                f"cannot write {name} into {where} for a while: {reason(error)}; free some space there or set TMPDIR"
                " to another folder"
            ) from error
        yield path


def _partial(name: str) -> str:
    """A name to write under, which is no longer than file systems take where the name itself is not."""
    longer = f"{name}.part"
    return longer if len(os.fsencode(longer)) <= LONGEST else f"{hashlib.sha256(os.fsencode(name)).hexdigest()}.part"


def is_there(path: Path) -> bool:
    """Whether a path exists; one of a name that is too long does not, and `put` will say so."""
    try:
        return path.exists()
    except OSError:
        return False


def put_json(path: Path, values: dict[str, Any]) -> None:
    """The same for a JSON object, indented for people to read; it outlives a loss of power."""
    put(path, (json.dumps(values, indent=1) + "\n").encode(), durable=True)


def read_json(path: Path) -> Any:
    """What a file of JSON holds; raises OSError or ValueError."""
    return json.loads(path.read_text(encoding="utf-8"))


def put_picture(path: Path, pixels: NDArray[np.uint8]) -> None:
    """The same for a picture as OpenCV has it, uint8 (H, W) or BGR (H, W, 3), JPEG or lossless by its suffix.

    Makes its folder. Raises OutputError where it cannot be written.
    """
    coded, data = cv2.imencode(path.suffix, pixels, [cv2.IMWRITE_JPEG_QUALITY, 95] if path.suffix == ".jpg" else [])
    try:
        if not coded:
            raise OSError(f"cannot encode {path.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, data.tobytes())
    except OSError as error:
        too_long = error.errno == errno.ENAMETOOLONG
        cure = "give the photo a shorter name" if too_long else "choose another --out"
        raise refusal(f"cannot write {path}", error, cure) from error


@contextmanager
def alone(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Make a folder and hold it for this process, which the system ends when the process does, however it dies.

    wait: until another process that holds it lets go, for what takes a moment.
    Raises OutputError where another process holds it, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a")
    except OSError as error:
        raise refusal(f"cannot write into {folder}", error, "choose another folder") from error
    with file:
        try:
            _lock(file, wait)
        except OSError as error:
            raise OutputError(f"another run writes into {folder}: wait for it, or choose another folder") from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str], wait: bool) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # ten seconds, or not at all

else:
    import fcntl

    def _lock(file: IO[str], wait: bool) -> None:
        # Not flock: processes forked off would hold that one too.
        fcntl.lockf(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@dataclass(frozen=True, slots=True)
class Slice:
    """A file that lies within a larger one: `size` bytes from `offset` on; `name` is for messages.

    sha256: of its content, in hex, where it is known.
    """

    archive: Path
    name: str
    offset: int
    size: int
    sha256: str = ""

    def read_bytes(self) -> bytes:
        """Its content, as of a Path; fewer bytes where the larger file was cut."""
        with self.archive.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size)

    def __str__(self) -> str:
        return f"{self.archive}{os.sep}{self.name}"


def size_of(file: Path | Slice) -> int:
    """Bytes of a file, or of one within a file; raises OSError."""
    return file.size if isinstance(file, Slice) else file.stat().st_size


def digest_of(file: Path | Slice) -> str:
    """sha256 of a file's content, in hex; raises OSError."""
    return (isinstance(file, Slice) and file.sha256) or hashlib.sha256(file.read_bytes()).hexdigest()
