"""One persistent HTTP connection, with cookies and a form token, and how long each answer took."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from bench.middleware import HEADER

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
FIELD = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
BOUNDARY = "bench-9f31c2"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `seconds` from the first byte sent to the last byte read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def statements(self) -> int | None:
        counted = self.headers.get(HEADER.lower())
        return int(counted) if counted is not None else None

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """A browser as far as the bench needs one: keeps its connection, cookies and the form token."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port = port
        self.cookies: dict[str, str] = dict(cookies or {})
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post_form(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes] | None = None
    ) -> Answer:
        """A form as a browser sends it, with the token that an earlier page of this client set."""
        filled = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        if files is None:
            body = urlencode(filled).encode()
            return self.request("POST", path, body, "application/x-www-form-urlencoded")
        return self.request(
            "POST", path, _multipart(filled, files), f"multipart/form-data; boundary={BOUNDARY}"
        )

    def post_json(self, path: str, data: Mapping[str, Any]) -> Answer:
        body = json.dumps(data, ensure_ascii=False).encode()
        return self.request(
            "POST", path, body, "application/json", {"X-CSRFToken": self.cookies.get("csrftoken", "")}
        )

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **(extra or {}),
        }
        if kind:
            headers["Content-Type"] = kind
        self._ready()
        started = time.perf_counter()
        self.connection.request(method, path, body or None, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: item.value for name, item in SimpleCookie(line).items()})
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, seconds)

    def _ready(self) -> None:
        """Connect again where the server has closed an idle connection; that is not timed."""
        if self.connection.sock is not None and _is_closed(self.connection.sock):
            self.connection.close()
        if self.connection.sock is None:
            self.connection.connect()


def _is_closed(sock: Any) -> bool:
    sock.setblocking(False)
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(60)


def _multipart(fields: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="p.jpg"\r\n'
        parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), content, b"\r\n"]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
