"""The live picture in a browser, for a machine without a screen: http.server, one page, one JPEG after another.

The page asks for the next frame when it shows the last one, and the answer waits for it (a long poll). So a slow viewer
skips frames, neither the loop nor the other viewers wait, and a page notices when the server ends or comes back. What
viewers choose is checked, queued, and drained by the loop.

Who may look: on a loopback address, this machine; on any other address, whoever has the URL, which then carries a
random token. Requests under a host name that is not this machine's are refused, so that a web page elsewhere cannot
reach in by DNS rebinding, and commands must be JSON, which no page of another origin can send unasked.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hairtint.color import Color
from hairtint.errors import InputError, reason
from hairtint.frame import check_frame
from hairtint.hosts import address, is_loopback
from hairtint.live.jpeg_slot import JpegSlot
from hairtint.live.serve_http import Http

MOST_COMMANDS = 100  # that wait for the loop; a slider sends many, and the last ones count
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Server:
    """Serves the live picture from entering to leaving its context.

    Args:
        host: the address to listen on; "0.0.0.0" for the whole local network.
        port: 0 takes any that is free.
        token: the secret part of the URL, 8 to 64 letters, digits, "-" and "_"; None makes a random one wherever
            `host` is not a loopback address.

    Attributes:
        url: where to look, with the token; known inside the context.
        state: what the page shows as chosen: "color" as "#rrggbb", "strength" in [0, 1], "mask" as a bool; and as
            "trouble" why no new picture comes, or None.

    Raises InputError for a wrong token, and on entering where the address cannot be listened on.

    >>> with Server() as server:  # doctest: +SKIP
    ...     print(server.url)
    ...     for frame in frames:
    ...         server.show(frame)
    ...         for command in server.commands():
    ...             obey(command)
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 8000, *, token: str | None = None) -> None:
        if token is not None and not TOKEN.fullmatch(token):
            raise InputError("the token of the live picture must be 8 to 64 letters, digits, - and _")
        self.host, self.port = host, port
        self.token = token or ("" if is_loopback(host) else secrets.token_urlsafe(12))
        self.state: dict[str, Any] = {"color": None, "strength": 1.0, "mask": False, "trouble": None}
        self.slot = JpegSlot()
        self._commands: deque[dict[str, Any]] = deque(maxlen=MOST_COMMANDS)
        self._http: Http | None = None

    def __enter__(self) -> Server:
        try:
            self._http = Http(self, self.host, self.port)
        except (OSError, OverflowError) as error:
            raise InputError(
                f"cannot serve on {self.host} port {self.port} ({reason(error)}): choose another address or port"
            ) from error
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.1,), name="hairtint-serve", daemon=True).start()
        return self

    def __exit__(self, *stopped: object) -> None:
        self.slot.close()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()

    @property
    def url(self) -> str:
        """The address of the page, ready to print."""
        return f"{address(self.host, self.port)}/" + (f"{self.token}/" if self.token else "")

    def show(self, rgb: NDArray[np.uint8]) -> None:
        """Make this the picture, uint8 (H, W, 3) RGB; kept, not copied, and encoded only while somebody watches.

        Raises PictureError where `rgb` is no such array.
        """
        check_frame(rgb)
        self.slot.put(rgb)

    def commands(self) -> list[dict[str, Any]]:
        """What viewers chose since the last call, oldest first.

        Each is one of {"color": "#rrggbb"}, {"strength": 0 to 1}, {"mask": bool}.
        """
        drained = []
        with contextlib.suppress(IndexError):
            while True:
                drained.append(self._commands.popleft())
        return drained

    def order(self, command: Any) -> None:
        """Queue a viewer's choice, one key or several; raises InputError where it is none."""
        checked = check_command(command)
        self.state.update(checked)
        self._commands.extend({key: value} for key, value in checked.items())


def check_command(command: Any) -> dict[str, Any]:
    """A command as it may be obeyed; raises InputError (ColorError for a colour) where it may not."""
    if not isinstance(command, dict) or not command:
        raise InputError('a command is a JSON object such as {"color": "#b5562b"}')
    checked: dict[str, Any] = {}
    for key, value in command.items():
        match key, value:
            case "color", str():
                checked[key] = Color.parse(value).hex
            case "strength", int() | float() if not isinstance(value, bool) and 0 <= value <= 1:
                checked[key] = float(value)
            case "mask", bool():
                checked[key] = value
            case _:
                raise InputError('give "color" as text, "strength" as a number from 0 to 1, "mask" as true or false')
    return checked
