"""Tables lose nothing, neither in a narrow terminal nor in a pipe."""

import pytest
from rich.table import Table

from hairtint.cli import tables

PATH = "/somewhere/far/away/" + 30 * "deep/" + "swift.onnx"
CURE = "sudo modprobe v4l2loopback card_label=hairtint"


def _table():
    table = Table("network", "parameters", "what there is to say", "file", box=None)
    table.add_row("swift", "1,394,784", CURE, PATH)
    return table


def test_a_pipe_gets_a_row_as_a_line(capsys):
    tables.show(_table())
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split() == ["swift", "1,394,784", *CURE.split(), PATH]


@pytest.mark.parametrize("columns", [30, 60, 80])
def test_a_narrow_terminal_folds(columns, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # counts as a terminal
    monkeypatch.setenv("COLUMNS", str(columns))
    tables.show(_table())
    lines = capsys.readouterr().out.splitlines()
    shown = "".join(lines)
    assert "…" not in shown
    assert all(shown.count(letter) >= PATH.count(letter) for letter in "/psw")
    if columns >= 60:
        assert any("1,394,784" in line for line in lines), "a number stays whole where there is room"
        assert any("card_label=hairtint" in line for line in lines)
