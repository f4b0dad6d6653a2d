"""The running product, started once per test run, and a visitor who talks with it over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    import httpx  # Rasa's environment, whose tests read this file too, has none

# A busy machine is no fault of the code: how long things take is what `palpate bench` measures.
hypothesis_settings.register_profile("palpate", deadline=None)
hypothesis_settings.load_profile("palpate")

REPOSITORY = Path(__file__).resolve().parent.parent
PALPATE = REPOSITORY / ".venv" / "bin" / "palpate"
READY_SECONDS = 300
TURN_SECONDS = 20


def free_port() -> int:
    """A TCP port nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """The product as `palpate up` runs it, with a home of its own."""

    home: Path
    env: dict[str, str]
    url: str
    process: subprocess.Popen[str]

    def palpate(self, *args: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the product against this home."""
        return subprocess.run(
            [PALPATE, *args], env=self.env, input=text, capture_output=True, text=True, timeout=120, check=False
        )


def start(home: Path, **settings: str) -> Stack:
    """Start the product in `home` on free ports; returns when it says that it is ready."""
    names = ("PALPATE_PORT", "PALPATE_RASA_PORT", "PALPATE_ACTIONS_PORT", "PALPATE_METRICS_PORT")
    ports = {name: str(free_port()) for name in names}
    env = {**os.environ, "PALPATE_HOME": str(home), "PALPATE_SPARES": "off", **ports, **settings}
    process = subprocess.Popen(
        [PALPATE, "up"], env=env, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
    )
    stack = Stack(home, env, f"http://127.0.0.1:{ports['PALPATE_PORT']}", process)
    deadline = time.monotonic() + READY_SECONDS
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            return stack
        if time.monotonic() > deadline:
            break
    stop(stack)
    logs = "\n".join(
        f"--- {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
        for log in (home / "logs").glob("*.log")
    )
    pytest.fail(f"palpate up did not get ready\n{logs}")


def stop(stack: Stack) -> None:
    """Stop the product as Ctrl-C does."""
    stack.process.send_signal(signal.SIGINT)
    try:
        stack.process.wait(30)
    except subprocess.TimeoutExpired:
        stack.process.kill()
        stack.process.wait()
    if stack.process.stdout is not None:
        stack.process.stdout.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running product: trained model, real actions, real database. Started once."""
    running = start(tmp_path_factory.mktemp("home"))
    yield running
    stop(running)


@dataclass
class Visitor:
    """Somebody in the chat: says things, waits until they are dealt with, remembers everything."""

    http: httpx.Client
    id: str = ""
    token: str = ""
    seq: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    turns: int = 0

    def arrive(self, locale: str = "en") -> list[dict[str, Any]]:
        """Open the chat and wait for the greeting."""
        made = self.http.post("/api/conversations", json={"channel": "web", "locale": locale})
        assert made.status_code == 201, made.text
        self.id, self.token = made.json()["id"], made.json()["token"]
        return self._until(lambda: bool(self.open_field))

    def say(self, text: str) -> list[dict[str, Any]]:
        """Write a message; returns what came back."""
        return self._send({"text": text})

    def answer(self, value: Any, question: str | None = None) -> list[dict[str, Any]]:
        """Tap an answer to the open question."""
        return self._send({"answer": {"question": question or self.open_field, "value": value}})

    @property
    def open_field(self) -> str | None:
        """The field of the question that stands last in the chat."""
        last = next((m for m in reversed(self.messages) if m["from"] == "bot"), None)
        return last["question"]["field"] if last and last.get("question") else None

    def record(self) -> dict[str, Any]:
        """What the product says it knows."""
        got = self.http.get(f"/api/conversations/{self.id}/record", headers=self._auth)
        assert got.status_code == 200, got.text
        return got.json()

    def heard(self) -> str:
        """Everything the bot has said."""
        return "\n".join(m["text"] for m in self.messages if m["from"] == "bot")

    @property
    def _auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _send(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        self.turns += 1
        sent = self.http.post(
            f"/api/conversations/{self.id}/messages", headers=self._auth, json={"id": str(uuid.uuid4()), **body}
        )
        assert sent.status_code == 202, f"{body}: {sent.status_code} {sent.text}"
        mine = sent.json()["seq"]
        return self._until(lambda: self.state.get("answered_through", 0) >= mine)

    def _until(self, done: Any) -> list[dict[str, Any]]:
        """Read the log until `done`; returns the new messages of the bot."""
        fresh: list[dict[str, Any]] = []
        deadline = time.monotonic() + TURN_SECONDS
        while True:
            got = self.http.get(
                f"/api/conversations/{self.id}/messages", headers=self._auth, params={"after": self.seq, "wait": 5}
            )
            assert got.status_code == 200, got.text
            body = got.json()
            self.state = body["state"]
            for message in body["messages"]:
                self.seq = max(self.seq, message["seq"])
                self.messages.append(message)
                if message["from"] != "visitor":
                    fresh.append(message)
            if done():
                return fresh
            assert time.monotonic() < deadline, f"no answer in {TURN_SECONDS} s; state {self.state}"


@pytest.fixture
def hispanic(stack: Stack) -> Iterator[Visitor]:
    """A visitor who has just opened the chat in Spanish."""
    import httpx

    with httpx.Client(base_url=stack.url, timeout=30) as http:
        somebody = Visitor(http)
        somebody.arrive("es-MX")
        yield somebody


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    """A visitor who has just opened the chat."""
    import httpx

    with httpx.Client(base_url=stack.url, timeout=30) as http:
        somebody = Visitor(http)
        somebody.arrive()
        yield somebody
