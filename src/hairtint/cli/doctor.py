"""`hairtint doctor` and `hairtint completion`: what the installation is like, and how the shell gets to know it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.table import Table
from rich.text import Text

from hairtint.cli import tables

STYLES = {"ok": "green", "missing": "yellow", "broken": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> int:
    """Say what is here, what is missing, and what to do about it.

    A camera is looked through for a moment. Exit status 1 where `hairtint image` cannot work.
    """
    from hairtint.doctor import examine, works

    findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        table = Table(box=None, show_header=False)
        for f in findings:
            found = f"{f.found}: {f.cure}" if f.cure else f.found
            table.add_row(f.part, Text(f.state, STYLES[f.state]), f.name, Text(found))
        tables.show(table)
    return 0 if works(findings) else 1


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands and options in a shell.

    \b
    bash:  eval "$(hairtint completion bash)"          in ~/.bashrc
    zsh:   eval "$(hairtint completion zsh)"           in ~/.zshrc
    fish:  hairtint completion fish | source           in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from hairtint.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "hairtint", "_HAIRTINT_COMPLETE").source())
