"""The headers that keep the page to itself, and other sites out unless they were let in."""

from __future__ import annotations

from flask import Flask, Response, request

_POLICY = (
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",  # no inline script; WebAssembly for the network in the browser
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)
_EXPOSED = "Hairtint-Photo, Hairtint-Share, Hairtint-Notes, Server-Timing, Retry-After"


def page_headers(*, framed_by: str) -> dict[str, str]:
    """Headers of every answer. framed_by: whose pages may show this one in a frame, as frame-ancestors names them."""
    return {
        "Content-Security-Policy": "; ".join((*_POLICY, f"frame-ancestors {framed_by}")),
        "Cross-Origin-Opener-Policy": "same-origin",  # with the next: shared memory, so threads for WebAssembly
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    }


def cross_origin(origin: str | None, origins: tuple[str, ...]) -> dict[str, str]:
    """Headers that let a page of `origin` read an answer; none where it is not one of `origins`."""
    if origin not in origins:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Expose-Headers": _EXPOSED,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def install(app: Flask, origins: tuple[str, ...]) -> None:
    """Set the headers of every answer; pages of `origins` may use the API."""
    headers = page_headers(framed_by="'none'")

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.method == "POST" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        if origins:
            response.vary.add("Origin")
        response.headers.update(cross_origin(request.headers.get("Origin"), origins))
        return response
