"""The page as static files: everything that it names is there, and nothing of it needs a server."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest

from hairtint import zoo
from hairtint.cli import run
from hairtint.web import RUNTIME
from hairtint.web import export as exporting


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    """The package's page; where onnxruntime-web was not fetched, with stand-ins for its files."""
    if all((exporting.HOME / "static" / "vendor" / name).is_file() for name in RUNTIME):
        return
    home = tmp_path / "package"
    (home / "static").mkdir(parents=True)
    for path in (exporting.HOME / "static").iterdir():
        (home / "static" / path.name).symlink_to(path)
    (home / "static" / "vendor").mkdir(exist_ok=True)
    for name in RUNTIME:
        (home / "static" / "vendor" / name).write_text("stand-in")
    monkeypatch.setattr(exporting, "HOME", home)


def test_everything_that_the_page_names_is_there(tmp_path, runtime, capsys):
    site = tmp_path / "site"
    assert run(["web", "--export", str(site)]) == 0
    assert "HOSTING.txt" in capsys.readouterr().out
    page = (site / "index.html").read_text()
    found = re.search(r'data-config="([^"]*)"', page)
    config = json.loads(html.unescape(found[1]))
    assert config["api"] is None
    links = [*re.findall(r'(?:href|src)="([^#"]+)[#"]', page)]
    links += [config[key] for key in ("photoModelUrl", "videoModelUrl")]
    assert len(links) > 5
    for link in links:
        assert not re.match(r"/|\w+:", link), f"{link} must be relative, so that a subfolder does"
        assert (site / link.partition("?")[0]).exists(), link
    for name in ("fine", "swift"):
        assert (site / "models" / f"{name}.onnx").read_bytes() == zoo.find(name).read()
    [static] = site.glob("static*")
    for name in RUNTIME:
        assert (static / "vendor" / name).stat().st_size > 0
    assert "{{" not in page
    assert "{%" not in page


def test_the_scripts_import_only_what_is_there(tmp_path, runtime):
    site = tmp_path / "site"
    exporting.export(site)
    scripts = [path for path in site.rglob("*.js") if "vendor" not in path.parts]
    assert len(scripts) > 5
    for script in scripts:
        for name in re.findall(r'^(?:import|export|\}) [^"]*?"(\.{1,2}/[^"]+)"', script.read_text(), re.MULTILINE):
            assert (script.parent / name).resolve().is_file(), f"{script.name} imports {name}"


def test_another_versions_page_has_other_addresses(tmp_path, monkeypatch):
    """So that no browser runs it with scripts that it has of the one before. What the host's owner put there stays."""
    site, static = tmp_path / "site", tmp_path / "package" / "static"
    shutil.copytree(exporting.HOME / "static", static, ignore=shutil.ignore_patterns("vendor"))
    (static / "vendor").mkdir()
    for name in RUNTIME:
        (static / "vendor" / name).write_text("stand-in")
    monkeypatch.setattr(exporting, "HOME", static.parent)
    exporting.export(site)
    (site / "static-pictures").mkdir()
    named = set()
    for text in ("", "// another version"):
        with (static / "app" / "main.js").open("a") as script:
            script.write(text)
        exporting.export(site, force=True)
        [script] = re.findall(r'src="(.*/app/main.js)"', (site / "index.html").read_text())
        assert (site / script).read_text().endswith(text)
        assert sorted(path.name for path in site.glob("static*")) == [script.partition("/")[0], "static-pictures"]
        named.add(script)
    assert len(named) == 2


def test_hosts_are_told_the_headers(tmp_path, runtime):
    exporting.export(tmp_path / "site")
    headers = (tmp_path / "site" / "_headers").read_text()
    assert headers.startswith("/*\n")
    assert "  Cross-Origin-Opener-Policy: same-origin\n" in headers
    assert "  Cross-Origin-Embedder-Policy: require-corp\n" in headers
    assert (tmp_path / "site" / ".nojekyll").exists()


def test_pages_beside_the_exported_one_may_show_it_in_a_frame_and_none_the_servers(tmp_path, runtime, client):
    exporting.export(tmp_path / "site")
    headers = (tmp_path / "site" / "_headers").read_text()
    [policy] = re.findall(r"^  Content-Security-Policy: (.*)$", headers, re.MULTILINE)
    assert policy.endswith("; frame-ancestors 'self'")
    assert "    frame-ancestors 'self' https://" in (tmp_path / "site" / "HOSTING.txt").read_text()
    assert client.get("/").headers["Content-Security-Policy"].endswith("; frame-ancestors 'none'")


def refused(capsys, *arguments):
    assert run(["web", *map(str, arguments)]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("hairtint: ")
    assert printed.count("\n") == 1
    return printed


def test_what_lies_there_already_stays(tmp_path, runtime, capsys):
    (tmp_path / "file").write_text("mine")
    assert "name a folder" in refused(capsys, "--export", tmp_path / "file")
    assert "--force" in refused(capsys, "--export", tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name != "package"] == ["file"]
    assert run(["web", "--export", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "index.html").exists()


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a folder that nobody can write to")
def test_where_nothing_can_be_written(runtime, capsys):
    assert "another folder" in refused(capsys, "--export", "/proc/hairtint")


def test_without_the_runtime_the_cure_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exporting, "HOME", tmp_path)
    line = refused(capsys, "--export", tmp_path / "site")
    assert "scripts/fetch-web-assets" in line
    assert "install anew" in line, "what an installation holds, a script of the checkout does not change"
    assert not (tmp_path / "site").exists()
