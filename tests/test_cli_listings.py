import json
import re

import pytest

import hairtint
from hairtint.cli import COMMANDS, run


def printed(capsys, *arguments):
    assert run(list(arguments)) == 0
    return capsys.readouterr().out


def test_colors_lists_dyes_that_parse(capsys):
    dyes = json.loads(printed(capsys, "colors", "--json"))
    assert len(dyes) > 20
    assert all(hairtint.Color.parse(dye["name"]).hex == dye["hex"] for dye in dyes)
    assert "platinum" in printed(capsys, "colors")


def test_models_lists_what_is_here(capsys):
    rows = json.loads(printed(capsys, "models", "--json"))
    assert [row["name"] for row in rows] == hairtint.models()
    assert "226,913" in printed(capsys, "models")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    assert re.search(r"Usage: hairtint \w+", printed(capsys, command, "--help"))


def test_version_and_help(capsys):
    assert re.fullmatch(r"hairtint \d+\.\d+\.\d+\n", printed(capsys, "--version"))
    for command in COMMANDS:
        assert command in printed(capsys, "--help")


def test_an_unknown_command_is_wrong_usage(capsys):
    assert run(["paint"]) == 2
    assert "paint" in capsys.readouterr().err


def test_a_mistyped_command_gets_a_hint(capsys):
    assert run(["camra"]) == 2
    assert "Did you mean 'camera'?" in capsys.readouterr().err
