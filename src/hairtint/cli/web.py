"""`hairtint web`: the page and the API, or the page as static files."""

from __future__ import annotations

from pathlib import Path

import click

from hairtint.cli.options import PATH, Number, model_option
from hairtint.hosts import address, is_loopback


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for the network.")
@click.option("--port", type=click.IntRange(0, 65535), default=5000, show_default=True, help="0 takes a free one.")
@click.option("--open/--no-open", "show", default=True, help="Open the page in the browser, where there is a desktop.")
@model_option("Network of the API by name or .onnx path; default: the finest for photos.")
@click.option(
    "--workers", type=click.IntRange(0), default=0, help="Pictures worked on at the same time; default: one per core."
)
@click.option(
    "--queue", type=click.IntRange(0), default=64, show_default=True, help="Requests that may wait; more get a 503."
)
@click.option(
    "--patience", type=Number(0, min_open=True), default=5, show_default=True,
    help="Seconds that a request may wait; longer gets a 503.",
)  # fmt: skip
@click.option(
    "--rate", type=Number(0), default=300, show_default=True, help="Requests a minute for one client; 0: any."
)
@click.option("--max-bytes", type=click.IntRange(1), default=20_000_000, show_default=True, help="Of one picture file.")
@click.option("--max-pixels", type=click.IntRange(1), default=25_000_000, show_default=True, help="Of one picture.")
@click.option(
    "--keep", type=click.IntRange(0), default=256, show_default=True, help="MB of memory for pictures kept on request."
)
@click.option(
    "--behind-proxy", is_flag=True,
    help="A reverse proxy stands in front: believe its X-Forwarded-For, -Proto and -Prefix.",
)  # fmt: skip
@click.option("--allow-origin", "origins", multiple=True, help="Another site that may use the API. Repeatable.")
@click.option("--export", "folder", type=PATH, help="Write the page as static files, and end.")
@click.option("--force", is_flag=True, help="With --export: into a folder that is not empty.")
def web(
    host: str,
    port: int,
    show: bool,
    model: str | None,
    workers: int,
    queue: int,
    patience: float,
    rate: float,
    max_bytes: int,
    max_pixels: int,
    keep: int,
    behind_proxy: bool,
    origins: tuple[str, ...],
    folder: Path | None,
    force: bool,
) -> None:
    """Show the page that recolours photos and the camera, with an API for programs (its documentation: /docs).

    The page works in the browser; the API keeps and logs no picture.
    """
    from hairtint.web import create_app, require

    require()
    if folder is not None:
        from hairtint.web.export import export

        files = export(folder, force=force)
        size = sum(path.stat().st_size for path in files) / 1e6
        click.echo(f"{folder}: {len(files)} files, {size:.1f} MB; HOSTING.txt says what a host should know")
        return
    from hairtint.web import serving

    app = create_app(
        model=model, workers=workers, queue=queue, patience=patience, rate=rate, max_bytes=max_bytes,
        max_pixels=max_pixels, keep_bytes=keep * 1_000_000, behind_proxy=behind_proxy, origins=origins,
    )  # fmt: skip

    def ready(port: int) -> None:
        local = address(host, port, here=True)
        click.echo(f"hairtint listens on {local} (Ctrl-C ends it)")
        if not is_loopback(host) and not behind_proxy:
            click.echo(f"whoever is in the network can use it at {address(host, port)}", err=True)
            click.echo("browsers give the camera to https pages only: see docs/web.md for a proxy with https", err=True)
        if show:
            serving.open_browser(local)

    serving.serve(app, host, port, ready)
