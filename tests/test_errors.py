"""What every error promises: one line that a terminal only prints."""

import pytest

from hairtint.errors import LONGEST, ColorError, HairtintError, UnknownModelError, brief, printable, reason


@pytest.mark.parametrize("kind", [HairtintError, ColorError, UnknownModelError])
def test_a_message_is_one_printable_line(kind):
    error = kind("no file \x1b[31mred\nline two\u2028three \udcff.jpg: check the name")
    assert str(error) == "no file ?[31mred line two three ?.jpg: check the name"
    assert str(kind("plain: do this")) == "plain: do this"


def test_a_message_does_not_grow_with_what_it_quotes():
    text = str(HairtintError(f"{'x' * 100_000}: check the name"))
    assert len(text) <= LONGEST
    assert text.endswith("check the name")


def test_printable_keeps_every_script():
    assert printable("größer 颜色 لون 🎨") == "größer 颜色 لون 🎨"


def test_the_reason_is_what_the_system_says_or_else_the_error():
    assert reason(FileNotFoundError(2, "No such file or directory", "/tmp/a\nb")) == "No such file or directory"
    assert reason(OSError("cannot encode\nit")) == "cannot encode it"
    assert reason(ValueError("embedded null byte")) == "embedded null byte"
    assert reason(EOFError()) == "EOFError"


def test_a_brief_reason_is_the_first_line_of_a_long_one():
    assert brief(RuntimeError("\n[E:onnx] cannot \x1b[31mrun\n  at node 1\n  at node 2")) == "[E:onnx] cannot ?[31mrun"
    assert brief(RuntimeError("x" * 1000)) == 160 * "x"
    assert brief(RuntimeError(" \n")) == "RuntimeError"
