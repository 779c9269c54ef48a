"""`hairtint doctor` on healthy and on broken installations; shell completion in a real bash."""

import json
import shutil
import subprocess
import sys
from importlib import metadata

import pytest
from live import fake_picamera2
from live.streams import COLORS, NetworkCamera, plain
from needs import left_out

from hairtint import doctor, web, zoo
from hairtint.cli import run
from hairtint.live import capture


def examined(capsys, status=0):
    assert run(["doctor", "--json"]) == status
    return {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}


def in_process(code, status):
    """The findings of a process that begins with some code."""
    code += "\nfrom hairtint.cli import main; main(['doctor', '--json'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, "")
    return {finding["name"]: finding for finding in json.loads(done.stdout)}


def test_a_healthy_installation(capsys):
    found = examined(capsys)
    assert found["hairtint image"]["state"] == "ok"
    assert found["swift"]["found"].count("sha256 is right") == 1
    assert {"hairtint", "Python", "numpy", "onnxruntime", "web", "display", "temporary folder"} <= found.keys()
    assert all(finding["cure"] for finding in found.values() if finding["state"] != "ok")
    assert run(["doctor"]) == 0
    assert "onnxruntime" in capsys.readouterr().out


def test_a_missing_runtime_is_named_and_ends_with_status_1():
    found = in_process("import sys; sys.modules['onnxruntime'] = None", 1)
    for name in ("onnxruntime", "hairtint image"):
        assert found[name]["state"] == "broken"
        assert found[name]["cure"].startswith("install hairtint again")
    assert found["numpy"]["state"] == found["swift"]["state"] == "ok"


def test_a_damaged_network_is_named(tmp_path, monkeypatch, capsys):
    entry = zoo.for_photos()[0]
    (tmp_path / entry.path.name).write_bytes(entry.path.read_bytes()[:-1])
    values = {"file": entry.path.name, "sha256": entry.sha256, "size": entry.size}
    (tmp_path / "manifest.json").write_text(json.dumps({entry.name: values}))
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))
    found = examined(capsys, status=1)
    for name in (entry.name, "hairtint image"):
        assert found[name]["state"] == "broken"
        assert "sha256 differs" in found[name]["found"]
        assert found[name]["cure"] == "install hairtint again, or export them again with hairtint export"


def test_a_damaged_network_that_photos_do_not_need_is_no_failure(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.onnx").write_bytes(b"")
    values = {"file": "mine.onnx", "sha256": "0" * 64, "size": 32}
    (tmp_path / "manifest.json").write_text(json.dumps({"mine": values}))
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))
    assert examined(capsys)["mine"]["state"] == "broken"


def test_the_network_that_names_hairstyles_is_looked_at_too(tmp_path, monkeypatch, capsys):
    assert examined(capsys)["style"]["state"] == "ok"
    (tmp_path / "style").mkdir()
    shipped = zoo.find_style()
    (tmp_path / "style" / shipped.path.name).write_bytes(shipped.path.read_bytes()[:-1] + b"?")
    (tmp_path / "style" / "manifest.json").write_bytes((shipped.path.parent / "manifest.json").read_bytes())
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))
    assert examined(capsys)["style"]["state"] == "broken"


def test_a_manifest_that_nobody_can_read_does_not_end_the_examination(tmp_path, monkeypatch, capsys):
    (tmp_path / "manifest.json").write_text("{")
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))
    found = examined(capsys, status=1)
    assert "not a manifest" in found["networks"]["found"]
    assert found["networks"]["cure"] == "repair or delete it"
    assert found["temporary folder"]["state"] == "ok"


def test_where_no_installing_helps_the_cure_is_the_refusals_own(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path / "missing"))
    found = examined(capsys, status=1)
    assert found["networks"]["cure"] == found["hairtint image"]["cure"] == "correct it or unset it"


def test_extras_of_developers_are_not_missed(capsys):
    assert not {"dev", "docs"} & examined(capsys).keys()


def test_a_missing_extra_is_named_with_its_cure(monkeypatch):
    real = metadata.version

    def version(name):
        if name == "av":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    found = {finding.name: finding for finding in doctor.examine()}
    assert (found["video"].state, found["video"].cure) == ("missing", "pip install 'hairtint[video]'")
    assert "no av" in found["video"].found


def test_the_pages_runtime_is_looked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(web, "HOME", tmp_path)
    missing = examined(capsys)["onnxruntime-web"]
    assert (missing["state"], missing["part"]) == ("missing", "page")
    assert missing["cure"].startswith("run scripts/fetch-web-assets")
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    for name in web.RUNTIME:
        (tmp_path / "static" / "vendor" / name).touch()
    assert examined(capsys)["onnxruntime-web"]["state"] == "ok"


def test_a_temporary_folder_that_is_full():
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    found = in_process(f"{limit}; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))", 0)
    assert found["temporary folder"]["state"] == "missing"
    assert "TMPDIR" in found["temporary folder"]["cure"]


def test_a_camera_is_looked_through(monkeypatch, capsys):
    with NetworkCamera(plain(COLORS[0])) as camera:
        monkeypatch.setattr(capture, "present", lambda: [camera.url])
        found = examined(capsys)
    assert found[camera.url]["found"] == "64 x 48"
    assert "cameras" not in found


def test_a_camera_that_is_there_and_does_not_answer(monkeypatch, capsys):
    monkeypatch.setattr(capture, "present", lambda: ["/dev/video77"])
    found = examined(capsys)
    assert found["/dev/video77"]["state"] == "missing"
    assert "plug it in" in found["/dev/video77"]["cure"]
    assert found["cameras"]["state"] == "missing"


@pytest.mark.parametrize(
    ("cameras", "state", "told"), [(0, "missing", "sees no camera"), (1, "ok", "imx219"), (2, "ok", "imx219, imx219")]
)
def test_the_cameras_of_a_raspberry_pi(monkeypatch, capsys, cameras, state, told):
    fake_picamera2.install(monkeypatch).cameras = cameras
    found = examined(capsys)["Picamera2"]
    assert (found["state"], found["found"]) == (state, told)
    assert ("ribbon cable" in found["cure"]) == (state == "missing")


def test_a_picamera2_that_cannot_be_imported(tmp_path, monkeypatch, capsys):
    (tmp_path / "picamera2.py").write_text("raise ValueError('numpy.dtype size changed')")
    monkeypatch.syspath_prepend(tmp_path)
    found = examined(capsys)["Picamera2"]
    assert found["state"] == "missing"
    assert "numpy.dtype size changed" in found["found"]
    assert found["cure"] == "pip install --force-reinstall --no-deps simplejpeg"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell, capsys):
    assert run(["completion", shell]) == 0
    assert "_HAIRTINT_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("image me-h", "file,me-h"),
        ("style me-h", "file,me-h"),
        ("image -o blu", "file,blu"),
        ("video -c champ", "plain,champagne"),
        ("camera -c dark-b", "plain,dark-brown\nplain,dark-blonde"),
        ("image --model swi", "plain,swift"),
        ("image --model ./min", "file,./min"),
        ("video --effect omb", "plain,ombre"),
    ],
)
def test_arguments_complete(line, expected, monkeypatch, capsys):
    monkeypatch.setenv("_HAIRTINT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"hairtint {line}")
    monkeypatch.setenv("COMP_CWORD", str(len(line.split())))
    with pytest.raises(SystemExit):
        run([])
    assert capsys.readouterr().out.strip() == expected


def test_bash_completes(tmp_path):
    bash = shutil.which("bash") or left_out("needs bash")
    command = tmp_path / "hairtint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hairtint "$@"\n')
    command.chmod(0o755)
    script = """
eval "$("$0" completion bash)" && complete -p hairtint
COMP_WORDS=(hairtint completion "") COMP_CWORD=2 COMPREPLY=()
_hairtint_completion "$0" && echo "${COMPREPLY[@]}"
COMP_WORDS=(hairtint image --str) COMP_CWORD=2 COMPREPLY=()
_hairtint_completion "$0" && echo "${COMPREPLY[@]}"
"""
    done = subprocess.run([bash, "-c", script, str(command)], capture_output=True, text=True, check=True)
    complete, shells, options = done.stdout.splitlines()
    assert complete.endswith("hairtint")
    assert shells.split() == ["bash", "zsh", "fish"]
    assert options == "--strength"
