"""Files that are whole or not there at all: they have a name of their own until they are complete."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hairtint.errors import DiskError, OutputError, one_line, reason


def path_of(path: object) -> Path:
    """Return where something is to be written; OutputError for what is no path."""
    if not isinstance(path, str | os.PathLike):
        raise OutputError(f"nothing can be written to {type(path).__name__}: give the path of a file")
    return Path(os.fsdecode(path))


def check_target(path: Path, overwrite: bool) -> Path:
    """Return where a file for `path` is to be put (links followed), or refuse what can be known to fail.

    Raises:
        OutputError: the folder is missing, something is there already, or it is not a regular file.
    """
    name = one_line(path)
    try:
        target = Path(os.path.realpath(path))
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.is_dir():
            raise OutputError(f"{name} is a folder; name a file in it")
        if target.exists() and not target.is_file():
            raise OutputError(f"{name} is not a regular file; name another file")
        if target.exists() and not overwrite:
            raise OutputError(
                f"{name} exists already; overwrite it with --force (in Python overwrite=True), or name another file"
            )
        if not target.parent.is_dir():
            raise OutputError(f"{name}: the folder {one_line(target.parent)} does not exist; create it first")
    except (OSError, ValueError) as error:  # odd names and loops of links
        raise refusal(f"{name} cannot be written", error) from None
    return target


def unfinished(target: Path) -> Path:
    """Return a name to write a file under until it is complete, in the folder of `target`, that nobody else has."""
    return target.with_name(f".hairtint-{secrets.token_hex(6)}.part")


def publish(partial: Path, target: Path, *, overwrite: bool) -> None:
    """Give a complete file its name, and the permissions of the one that it replaces.

    Raises OSError, or OutputError where `target` is there by now and not to be overwritten.
    """
    if overwrite:
        with suppress(OSError):  # there is none
            shutil.copymode(target, partial)
        partial.replace(target)
        return
    try:
        target.hardlink_to(partial)  # which, unlike renaming, fails where another program was faster
    except OSError:
        check_target(target, overwrite)
        partial.replace(target)  # in a file system without links
    else:
        partial.unlink()


@contextmanager
def whole(target: Path, partial: Path, *, overwrite: bool = True, durable: bool = False) -> Iterator[Path]:
    """Write a whole file or none: under the name `partial`, which this gives, until `publish` at the end.

    durable: it lies on the disk before it has its name, so that it outlives a loss of power.
    Raises as `publish`; nothing is left behind.
    """
    try:
        yield partial
        if durable:
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
        publish(partial, target, overwrite=overwrite)
    finally:  # after Ctrl-C too; once it has its name there is nothing to remove
        with suppress(OSError):  # on a read-only disk nothing was written
            partial.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a whole file or none.

    Raises:
        OutputError: as `check_target`, or the folder is read-only, …; nothing is left behind.
        DiskError: the disk is full or read-only.
    """
    target = check_target(path, overwrite)
    try:
        with whole(target, unfinished(target), overwrite=overwrite) as partial:
            partial.write_bytes(data)
    except OSError as error:
        raise refusal(f"{one_line(path)} cannot be written", error) from None


def refusal(what: str, error: Exception, cure: str = "name a file in a folder that can be written to") -> OutputError:
    """What to raise where the system refuses to write: `what` says what cannot be done, `cure` what helps otherwise."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return DiskError(f"{what}, the disk is full: make room, then try again")
    kind = DiskError if number == errno.EROFS else OutputError
    return kind(f"{what} ({reason(error)}); {cure}")
