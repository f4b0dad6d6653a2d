"""Stands in for Telegram: remembers what every chat was sent, and can be down as networks are, refusing or silent."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

TOKEN, SECRET = "1:chaos", "chaos-only"
CHANNEL = "telegram"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
LONGEST = 60.0  # seconds a request waits for a network that is silent


class Network:
    """An HTTP server on loopback; `sent` is chat → texts, in the order in which they came."""

    def __init__(self) -> None:
        self.sent: dict[str, list[str]] = {}
        self.turned_away = 0
        self._refuses = False
        self._speaks = threading.Event()
        self._speaks.set()
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def set_up(self, home: Path) -> None:
        """Write the channel's settings into a home of the product."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = home / "channels.toml"
        api = f"http://127.0.0.1:{self._server.server_port}"
        file.write_text(f'[telegram]\ntoken = "{TOKEN}"\nsecret = "{SECRET}"\napi = "{api}"\n', encoding="ascii")
        file.chmod(0o600)

    @contextlib.contextmanager
    def down(self, *, refuses: bool) -> Iterator[None]:
        """While the block lasts every call is refused, or (the worse case) taken and never answered."""
        self._refuses = refuses
        if not refuses:
            self._speaks.clear()
        try:
            yield
        finally:
            self._refuses = False
            self._speaks.set()

    def take(self, chat: str, text: str) -> int | None:
        """The number of the message, or None when it was not taken."""
        if self._refuses or not self._speaks.is_set():
            self.turned_away += 1
            self._speaks.wait(LONGEST)
            return None
        with self._lock:
            self.sent.setdefault(chat, []).append(text)
            return sum(map(len, self.sent.values()))

    def heard(self, chat: str) -> int:
        """How many messages a chat was sent."""
        return len(self.sent.get(chat, ()))

    def close(self) -> None:
        """Stop listening."""
        self._speaks.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(network: Network) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            number = network.take(str(body["chat_id"]), str(body["text"]))
            answer = {"ok": number is not None, "result": {"message_id": number}}
            content = json.dumps(answer).encode()
            with contextlib.suppress(OSError):  # who waited too long is gone
                self.send_response(200 if number is not None else 503)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Nothing is printed."""

    return Handler


def update(number: int, chat: str, text: str) -> dict[str, object]:
    """What Telegram posts when somebody writes; the same number again is the same message."""
    return {
        "update_id": number,
        "message": {"message_id": number, "chat": {"id": int(chat), "type": "private"}, "text": text},
    }
