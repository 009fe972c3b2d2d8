"""One POST to another host, bounded in every way: time, size, no redirect, no surprise."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

MAX_ANSWER: Final = 64 * 1024


class TryLaterError(Exception):
    """The other side did not take it now; the same may work later. `away`: it did not answer at all."""

    def __init__(self, reason: str, *, away: bool = False) -> None:
        super().__init__(reason)
        self.away = away


class RefusedError(Exception):
    """The other side will never take it as it is."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> bytes:
    """Send `body` and return the answer's first 64 KB, within `seconds` altogether.

    Raises:
        TryLaterError: no answer in time, or 408, 429, 5xx.
        RefusedError: any other answer than 2xx, also a redirect.
    """
    status, answer = _exchange(url, body, headers, seconds)
    if 200 <= status < 300:
        return answer
    if status in {408, 429} or status >= 500:
        raise TryLaterError(f"HTTP {status}")
    raise RefusedError(f"HTTP {status}")


def _exchange(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    deadline = Deadline(seconds, connection)
    try:
        connection.connect()
        deadline.watch(connection.sock)
        connection.request("POST", parts._replace(scheme="", netloc="").geturl() or "/", body, dict(headers))
        response = connection.getresponse()
        answer = response.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException) as failure:
        raise TryLaterError(type(failure).__name__, away=True) from failure
    finally:
        deadline.timer.cancel()
        connection.close()
    if deadline.passed:
        raise TryLaterError("TimeoutError", away=True)
    return response.status, answer


class Deadline:
    """Ends an exchange that trickles: a socket's own timeout begins anew with every byte."""

    def __init__(self, seconds: float, connection: http.client.HTTPConnection) -> None:
        self.passed = False
        self._connection = connection
        self._socket: socket.socket | None = None
        self.timer = threading.Timer(seconds, self._cut)
        self.timer.daemon = True
        self.timer.start()

    def watch(self, opened: socket.socket) -> None:
        """Keep hold of the socket: the connection lets go of it before the answer is read."""
        self._socket = opened

    def _cut(self) -> None:
        self.passed = True
        opened = self._socket or self._connection.sock
        if opened is not None:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
