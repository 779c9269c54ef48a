"""Setting up on a machine that lacks something, with stand-ins for its programs."""

import os
import shutil
import subprocess
import sys

import pytest
from needs import left_out

from hairtint.web import RUNTIME
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
# `npm ci --prefix FOLDER` that has fetched onnxruntime-web
NPM = """#!/bin/sh
home=$3/node_modules/onnxruntime-web
mkdir -p "$home/dist"
echo '  "version": "1.0.0",' >"$home/package.json"
for name in ort.wasm.min ort.jspi.min ort-wasm-simd-threaded ort-wasm-simd-threaded.jspi; do
    echo made >"$home/dist/$name.mjs"
    echo made >"$home/dist/$name.wasm"
done
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


def test_a_copy_that_has_taken_the_place_of_the_sources_is_noticed(tmp_path):
    make = shutil.which("make") or left_out("needs make")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    copy = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "hairtint" / "__init__.py"
    for path in (copy, tmp_path / ".venv" / "bin" / "hairtint"):
        path.parent.mkdir(parents=True)
        path.touch()
    call = [make, "--dry-run", ".venv/bin/hairtint"]
    assert "--editable ." in subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    copy.unlink()
    assert "--editable" not in subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


def test_the_runtime_of_the_page_has_its_notices_beside_it(tmp_path):
    bash = shutil.which("bash") or left_out("needs bash")
    script, web = tmp_path / "scripts" / "fetch-web-assets", tmp_path / "src" / "hairtint" / "web"
    script.parent.mkdir()
    shutil.copy(ROOT / "scripts" / "fetch-web-assets", script)
    (web / "static" / "vendor").mkdir(parents=True)
    for name in ("package-lock.json", ".lock"):
        (web / name).touch()
    for name in RUNTIME:
        (web / "static" / "vendor" / name).write_text("here")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    notices = web / "static" / "vendor" / "ThirdPartyNotices.txt"
    subprocess.run([bash, script], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, check=True)
    assert "protobuf" in notices.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("policy", "has"), [("  Candidate: 120.0-1", True), ("  Candidate: (none)", False), ("", False)]
)
def test_chromium_is_asked_for_where_apt_has_it_and_the_rest_anyway(tmp_path, policy, has):
    for name, body in {"apt-get": f'echo "$@" >>{tmp_path}/called', "apt-cache": f'echo "{policy}"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    bash = shutil.which("bash") or left_out("needs bash")
    call = [bash, ROOT / "scripts" / "system-packages"]
    done = subprocess.run(call, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    _, install = (tmp_path / "called").read_text().splitlines()
    assert {"make", "git", "xvfb", "xdotool", "python3-venv"} <= set(install.split())
    assert ("chromium" in install.split()) is has
    assert ("browser" in done.stderr) is not has


def test_the_mark_of_fetched_files_is_neither_served_nor_shipped(tmp_path):
    scripts, web = tmp_path / "scripts", tmp_path / "src" / "hairtint" / "web"
    (tmp_path / "npm").write_text(NPM)
    (tmp_path / "npm").chmod(0o755)
    scripts.mkdir()
    web.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "fetch-web-assets", scripts)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "src" / "hairtint" / "web" / name, web)
    bash = shutil.which("bash") or left_out("needs bash")
    call, path = [bash, scripts / "fetch-web-assets"], f"{tmp_path}:{os.environ['PATH']}"
    first, again = (subprocess.run(call, env={"PATH": path}, capture_output=True, text=True, check=True) for _ in "ab")
    assert not (web / "static" / "vendor" / ".lock").exists()
    assert "here already" in again.stdout
    assert "here already" not in first.stdout
