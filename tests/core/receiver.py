"""A small real HTTP server on loopback that plays the SMS gateway and the group robot."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Receiver:
    """Keeps what it was sent; answers as it is told to."""

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []
        self.status = 200
        self.answer: bytes = b'{"errcode": 0}'
        self.delay = 0.0
        self.trickle = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def texts(self) -> list[str]:
        return [letter["body"].get("text", "") for letter in self.letters]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.letters.append({"path": self.path, "headers": dict(self.headers), "body": body})
                time.sleep(receiver.delay)
                try:
                    self._reply()
                except OSError:
                    return

            def _reply(self) -> None:
                self.send_response(receiver.status)
                self.send_header("Location", receiver.url)
                self.send_header("Content-Length", str(len(receiver.answer)))
                self.end_headers()
                for byte in receiver.answer:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if receiver.trickle:
                        time.sleep(0.2)

            def log_message(self, *_line: object) -> None:
                """Silent."""

        return Handler
