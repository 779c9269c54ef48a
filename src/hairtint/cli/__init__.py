"""The `hairtint` command. Each command parses, calls the library and prints; none of them computes.

Exit status: 0 done; 2 wrong usage; 1 any other refusal, one line on standard error. Shells see 130 after Ctrl-C, of
which the process dies, 143 after SIGTERM and 129 after SIGHUP.
"""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper
from typing import Any

import click

from hairtint.errors import HairtintError, printable

COMMANDS = {
    "image": "hairtint.cli.image",
    "video": "hairtint.cli.video",
    "camera": "hairtint.cli.camera",
    "web": "hairtint.cli.web",
    "style": "hairtint.cli.style",
    "benchmark": "hairtint.cli.benchmark",
    "colors": "hairtint.cli.listings",
    "models": "hairtint.cli.listings",
    "data": "hairtint.cli.data",
    "train": "hairtint.cli.train",
    "train-style": "hairtint.cli.train_style",
    "evaluate": "hairtint.cli.evaluate",
    "export": "hairtint.cli.export",
    "doctor": "hairtint.cli.doctor",
    "completion": "hairtint.cli.doctor",
}
STAND_INS = {"–": "-", "…": "...", "×": "x"}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used: `hairtint image` never waits for torch."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the work they do."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, or None."""
        import importlib

        if name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(COMMANDS[name]), name.replace("-", "_"))
        return found


@click.group(
    cls=LazyGroup,
    commands=dict.fromkeys(COMMANDS),  # their names alone, which the hint at a mistyped one is taken from
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="hairtint", message="%(prog)s %(version)s")
def cli() -> None:
    """See anybody with another hair colour: photos, videos, the camera, a web page; and train the networks."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    if isinstance(sys.stdout, TextIOWrapper):
        codecs.register_error("hairtint", _stand_in)
        sys.stdout.reconfigure(errors="hairtint")
    status = run(arguments)
    if status == 130:  # shells end a loop only where a command died of SIGINT, as Python does at the end of this
        sys.excepthook = lambda *_: None
        raise KeyboardInterrupt
    sys.exit(status)


def _stand_in(error: UnicodeError) -> tuple[str | bytes, int]:
    """What standard output gets for a character outside its encoding."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    char = error.object[error.start]
    if "\udc80" <= char <= "\udcff":  # of a file name, which goes out byte for byte, be it text or not
        return bytes([ord(char) - 0xDC00]), error.start + 1
    return STAND_INS.get(char, "?"), error.start + 1


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its status; every refusal is one line on standard error."""
    try:
        status: Any = cli.main(arguments, prog_name="hairtint", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except (HairtintError, click.ClickException) as error:
        click.echo(f"hairtint: {printable(str(error))}", err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("hairtint: interrupted", err=True)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        return 1
    except (OSError, MemoryError) as error:
        click.echo(f"hairtint: {type(error).__name__}: {printable(str(error))}", err=True)
        return 1
    return status if isinstance(status, int) else 0
