"""The page as static files: any web host can serve it, and every visitor's browser does the work."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from flask import Flask, render_template

from hairtint.errors import OutputError
from hairtint.web import HOME, require, require_runtime
from hairtint.web.headers import page_headers
from hairtint.web.pages import config, networks
from hairtint.whole_file import refusal

_NOTES = """\
hairtint as static files
========================

Put this folder on any web host; start with index.html. Everything is found by relative addresses, so a subfolder does.
The network runs in the visitor's browser and no picture leaves it. Browsers give the camera to https pages only (and
to localhost).

Headers. With the two headers below a browser runs the network with several threads; without them everything works,
more slowly. `_headers` says so, and more, to hosts that read such a file (Netlify, Cloudflare Pages). nginx:

    add_header Cross-Origin-Opener-Policy same-origin;
    add_header Cross-Origin-Embedder-Policy require-corp;

On a host that sets no headers of yours (GitHub Pages) a service worker can add them: the project coi-serviceworker
is one; put its file beside index.html and load it there first.

Embedding. `_headers` lets pages of the same site show this one in a frame, and no others. To let another in, name it in
the line Content-Security-Policy of `_headers`, at its end:

    frame-ancestors 'self' https://other.example

Policy. A Content-Security-Policy of your own must allow script-src 'self' 'wasm-unsafe-eval', or no network runs.

Compression. Let the host compress .wasm and .onnx (gzip or brotli): the runtime of 14 MB, or 17 with a GPU, then
travels as about 4 MB, once.

A newer page. Write it over this one (--force). What index.html loads lies in a folder that is named after its contents,
so a browser that has been here before mixes no two versions.

To try it here: python -m http.server, in this folder.
"""


def export(folder: Path, *, force: bool = False) -> list[Path]:
    """Write the page, its networks and their runtime into a folder; return the files.

    Raises OutputError where the folder holds something else (unless `force`) or cannot be written, MissingExtraError
    without the extra `web` or the runtime, ModelError without a network.
    """
    require()
    require_runtime(HOME)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise OutputError(f"{folder} is a file; name a folder")
    if os.path.isdir(folder) and any(folder.iterdir()) and not force:
        raise OutputError(f"{folder} is not empty; use --force to write into it, or name another folder")
    try:
        _write(folder)
    except OSError as error:
        raise refusal(f"{folder} cannot be written", error, "name another folder") from None
    return sorted(path for path in folder.rglob("*") if os.path.isfile(path))


def _write(folder: Path) -> None:
    source = HOME / "static"
    files = sorted(path for path in source.rglob("[!.]*") if path.is_file() and path.name != "docs.css")
    contents = hashlib.sha256(b"".join(path.read_bytes() for path in files))
    static = f"static-{contents.hexdigest()[:12]}"
    for path in files:
        place = folder / static / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    (folder / "models").mkdir(exist_ok=True)
    for network in networks():
        (folder / "models" / f"{network.name}.onnx").write_bytes(network.read())
    (folder / "index.html").write_text(_page(static), encoding="utf-8")
    for other in set(folder.glob("static-" + 12 * "[0-9a-f]")) - {folder / static}:
        shutil.rmtree(other)
    own = page_headers(framed_by="'self'")  # the host's other pages are its owner's, who may embed this one there
    headers = "".join(f"  {name}: {value}\n" for name, value in own.items())
    (folder / "_headers").write_text(f"/*\n{headers}", encoding="utf-8")
    (folder / ".nojekyll").touch()  # GitHub Pages leaves out files whose names begin with _ otherwise
    (folder / "HOSTING.txt").write_text(_NOTES, encoding="utf-8")


def _page(static: str) -> str:
    """index.html for a host that computes nothing, with its scripts in the folder `static`."""
    with Flask("hairtint.web").app_context():
        return render_template("index.html", config=config(server=False)).replace('"static/', f'"{static}/')
