"""`make` on a machine that lacks something, with stand-ins for its programs."""

import shutil
import subprocess

from needs import left_out

from tests.conftest import ROOT

# `python3 -m venv` of Debian without python3-venv leaves half an environment; with it the environment is repaired
PYTHON = """#!/bin/sh
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
if test -e python3-venv; then body='echo "$@" >>called'; else body='exit 1'; fi
printf '#!/bin/sh\\n%s\\n' "$body" >"$3/bin/python"
chmod +x "$3/bin/python"
test -e python3-venv
"""


def test_half_an_environment_is_made_again(tmp_path):
    make = shutil.which("make") or left_out("needs make")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    call = [make, "PYTHON=./python", ".venv/bin/hairtint"]
    assert subprocess.run(call, cwd=tmp_path, capture_output=True, check=False).returncode != 0
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    (tmp_path / "python3-venv").touch()
    subprocess.run(call, cwd=tmp_path, capture_output=True, check=True)
    assert "-m pip install" in (tmp_path / "called").read_text()
