"""Starts a trained bot as a server, ours or stock Rasa's, and speaks with it; for measurements and tests."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.engine import command
from bot.settings import REPOSITORY

START_SECONDS = 120.0
TURN_SECONDS = 30.0
SECRET = "for-measurements-only"  # noqa: S105

OURS = """\
action_endpoint:
  url: http://127.0.0.1:{actions}/webhook
  headers: {{X-Palpate-Secret: {secret}}}
tracker_store:
  type: bot.engine.tracker_store.LiveTrackerStore
"""
STOCK = """\
action_endpoint:
  url: http://127.0.0.1:{actions}/webhook
  headers: {{X-Palpate-Secret: {secret}}}
tracker_store:
  type: SQL
  dialect: sqlite
  db: {home}/stock.db
"""


class NotStarted(RuntimeError):
    """The server did not come up; its log says why."""


@dataclass
class Server:
    """A running Rasa and how to speak with it: `ours` through our channel, else through the stock rest channel."""

    ours: bool
    port: int
    home: Path
    process: subprocess.Popen[bytes]
    start_seconds: float = 0.0
    _open: dict[int, http.client.HTTPConnection] = field(default_factory=dict)

    @property
    def log(self) -> str:
        """All it has written to its terminal."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def post(self, body: bytes, *, line: int = 0, secret: str = SECRET) -> tuple[int, Any, Mapping[str, str]]:
        """Status, JSON and headers of one posted turn; `line` numbers the kept connections."""
        path = "/webhooks/palpate/turns" if self.ours else "/webhooks/rest/webhook"
        return self.ask("POST", path, body, line=line, secret=secret)

    def ask(
        self, method: str, path: str, body: bytes = b"", *, line: int = 0, secret: str = SECRET
    ) -> tuple[int, Any, Mapping[str, str]]:
        """One request on a kept connection; raises OSError or HTTPException when the server is gone."""
        connection = self._open.pop(line, None) or http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=TURN_SECONDS
        )
        connection.request(method, path, body, {"Content-Type": "application/json", "X-Palpate-Secret": secret})
        answer = connection.getresponse()
        content = answer.read()
        self._open[line] = connection
        return answer.status, json.loads(content) if content else None, dict(answer.headers)

    def say(self, conversation: str, message_id: str, text: str, *, line: int = 0) -> list[dict[str, Any]]:
        """The replies to one message; raises `http.client.HTTPException` when it was not answered with 200."""
        status, answer, _ = self.post(self.body(conversation, message_id, text), line=line)
        if status != 200:
            raise http.client.HTTPException(f"status {status}")
        return answer["replies"] if self.ours else answer

    def body(self, conversation: str, message_id: str, text: str) -> bytes:
        """The request this server wants for a message."""
        if self.ours:
            return json.dumps({"conversation": conversation, "message_id": message_id, "text": text}).encode()
        return json.dumps({"sender": conversation, "message_id": message_id, "message": text}).encode()

    def megabytes(self) -> float:
        """Resident memory of the process."""
        return megabytes(self.process.pid)

    def cpu_seconds(self) -> float:
        """Processor time the process has used."""
        return cpu_seconds(self.process.pid)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process and wait for it."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, all its threads together; steadier than the clock on a busy machine."""
    numbers = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A TCP port of loopback that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    folder: Path, model: Path, home: Path, actions_port: int, *, ours: bool, more: Mapping[str, str] | None = None
) -> Server:
    """Serve this model from `home`, with `more` in its environment; returns once it answers.

    Raises `NotStarted` with the end of its log.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    (home / "endpoints.yml").write_text(
        (OURS if ours else STOCK).format(actions=actions_port, home=home, secret=SECRET)
    )
    (home / "credentials.yml").write_text("bot.engine.channel.PalpateChannel: {}\n" if ours else "rest:\n")
    files = ["--endpoints", str(home / "endpoints.yml"), "--credentials", str(home / "credentials.yml")]
    args = ["run", "--model", str(model), "--port", str(port), "--interface", "127.0.0.1", *files]
    env = {
        **os.environ,
        "HOME": str(home),
        "PALPATE_HOME": str(home),
        "PALPATE_INTERNAL_SECRET": SECRET,
        "PALPATE_ACTIONS_PORT": str(actions_port),
        "PALPATE_DATABASE_URL": os.environ.get("PALPATE_BENCH_DATABASE_URL", ""),
        **(more or {}),
    }
    made = (command.rasa if ours else command.stock_rasa)(REPOSITORY, args, env, folder=folder)
    began = time.monotonic()
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(made.words, cwd=made.folder, env=made.env, stdout=log, stderr=log)
    server = Server(ours, port, home, process)
    _wait(server, began)
    server.start_seconds = time.monotonic() - began
    return server


def _wait(server: Server, began: float) -> None:
    path = "/webhooks/palpate/health" if server.ours else "/webhooks/rest/"
    while time.monotonic() - began < START_SECONDS and server.process.poll() is None:
        try:
            if server.ask("GET", path)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    server.stop()
    raise NotStarted(server.log[-2000:])
