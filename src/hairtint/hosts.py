"""Where a server is reached, and by whom."""

from __future__ import annotations

import contextlib
import ipaddress
import socket


def address(host: str, port: int, *, here: bool = False) -> str:
    """The http address of a server that listens on `host`, without a slash at its end.

    here: for a browser on the same machine, which gives the camera to "localhost", instead of for others.
    """
    if host in ("", "0.0.0.0", "::"):
        host = "localhost" if here else _outward()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a server there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _outward() -> str:
    """This machine's address, of those that it has the one by which the default route leaves."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a documentation address; connecting UDP sends nothing
        return str(probe.getsockname()[0])
    return socket.gethostname()
