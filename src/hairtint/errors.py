"""Every error that hairtint raises on purpose.

    HairtintError
    ├── InputError                 what was given cannot be used
    │   ├── PictureError           not a picture, damaged, too large, or of a kind that cannot be kept
    │   ├── SourceError            a camera, stream or video that cannot be read
    │   ├── MaskError              a mask that does not belong to its picture
    │   ├── ColorError             a colour that cannot be read
    │   └── InputSizeError         a picture or tensor of a size that a network does not take
    ├── ModelError                 a network cannot be had
    │   ├── UnknownModelError      no network of this name
    │   └── DamagedModelError      weights that are not the ones the manifest describes
    ├── OutputError                the result cannot be written where it was asked for
    │   └── DiskError              nor could any other be, as the disk is full or read-only
    ├── DataError                  a data set that cannot be read
    ├── WorkerError                a process or host that died at its work
    ├── TrainingError              a training that cannot start or go on
    └── MissingExtraError          a part of hairtint whose dependencies are not installed

Each message is one line that says what is wrong and what to do about it, whatever the names in it are made of.
"""

LONGEST = 1000  # characters of a message: what it quotes may be as long as a file


def printable(text: str) -> str:
    """The text as one line without anything that a terminal would obey: each such character becomes "?"."""
    return "".join(char if char.isprintable() else "?" for char in " ".join(text.split()))


def one_line(name: object) -> str:
    """A file name or reason as it can be printed in one line, whatever it holds and however long it is."""
    text = printable(str(name))
    return text if len(text) <= 200 else f"{text[:100]}…{text[-99:]}"


def reason(error: BaseException) -> str:
    """Why something failed, in one line: what the system or FFmpeg says, else the error's own words or its kind."""
    return one_line(getattr(error, "strerror", None) or str(error).strip() or type(error).__name__)


def brief(error: BaseException) -> str:
    """The first line of another library's error, which may go on for pages; its kind where it says nothing."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return printable(lines[0])[:160]


class HairtintError(Exception):
    """The root of every error raised on purpose."""

    def __str__(self) -> str:
        text = printable(super().__str__())
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 100]} … {text[-97:]}"


class InputError(HairtintError):
    """What was given cannot be used."""


class PictureError(InputError):
    """Not a picture, damaged, too large, or of a kind that cannot be kept."""


class SourceError(InputError):
    """A camera, stream or video that cannot be read."""


class MaskError(InputError):
    """A mask that does not belong to its picture."""


class ColorError(InputError, ValueError):
    """A colour that cannot be read."""


class InputSizeError(InputError, ValueError):
    """A picture or tensor of a size that a network does not take."""


class ModelError(HairtintError):
    """A network cannot be had."""


class UnknownModelError(ModelError, LookupError):
    """No network of this name."""


class DamagedModelError(ModelError):
    """Weights that are not the ones the manifest describes."""


class OutputError(HairtintError):
    """The result cannot be written where it was asked for."""


class DiskError(OutputError):
    """Nor could any other be written there: the disk is full or read-only."""


class DataError(HairtintError):
    """A data set that cannot be read."""


class WorkerError(HairtintError):
    """A process or host that died at its work."""


class TrainingError(HairtintError):
    """A training that cannot start or go on."""


class MissingExtraError(HairtintError):
    """A part of hairtint whose dependencies are not installed."""
