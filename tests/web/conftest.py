"""A running edge on a database of its own, a stand-in for Rasa, and a visitor's client."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from edge_fixtures import FAST, home, migrated, rasa  # noqa: F401 - fixtures
from edge_process import PlainReader
from standin_rasa import Rasa, Serving

from bot.settings import Settings
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web.app import create_app
from bot.web.context import WebContext
from bot.web.limits import Allowance
from bot.web.turns.dispatcher import Pace


@dataclass
class Visitor:
    """A client with the token of one conversation."""

    http: httpx.Client
    id: str = ""
    token: str = ""
    made: list[str] = field(default_factory=list)

    @property
    def auth(self) -> dict[str, str]:
        """The header every call needs."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def path(self) -> str:
        """The address of the conversation."""
        return f"/api/conversations/{self.id}"

    def open(self, locale: str = "en") -> Visitor:
        """A new conversation, before the greeting."""
        made = self.http.post("/api/conversations", json={"channel": "web", "locale": locale})
        assert made.status_code == 201, made.text
        self.id, self.token = made.json()["id"], made.json()["token"]
        return self

    def arrive(self, locale: str = "en") -> Visitor:
        """A new conversation, greeted."""
        self.open(locale)
        self.read_until(lambda body: bool(body["messages"]))
        return self

    def consent(self) -> Visitor:
        """A greeted conversation with the visitor's yes."""
        self.arrive()
        self.settled(self.say("yes"))
        return self

    def post(self, body: Any, **options: Any) -> httpx.Response:
        """Post a message as it is."""
        return self.http.post(f"{self.path}/messages", headers=self.auth, json=body, **options)

    def say(self, text: str, client_id: str | None = None, **more: Any) -> int:
        """Post a text; the seq."""
        sent = self.post({"id": client_id or str(uuid.uuid4()), "text": text, **more})
        assert sent.status_code == 202, sent.text
        return int(sent.json()["seq"])

    def answer(self, question: str, value: Any, client_id: str | None = None) -> httpx.Response:
        """Post a structured answer."""
        return self.post({"id": client_id or str(uuid.uuid4()), "answer": {"question": question, "value": value}})

    def log(self, after: int = 0, wait: float = 0) -> dict[str, Any]:
        """The log and the state."""
        got = self.http.get(f"{self.path}/messages", headers=self.auth, params={"after": after, "wait": wait})
        assert got.status_code == 200, got.text
        return got.json()

    def read_until(self, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The whole log as soon as `done`; waits by long polls."""
        seen: dict[str, Any] = {"messages": [], "state": {}}
        for _ in range(200):
            last = seen["messages"][-1]["seq"] if seen["messages"] else 0
            news = self.log(last, 1)
            seen = {"messages": seen["messages"] + news["messages"], "state": news["state"]}
            if done(seen):
                return seen
        raise AssertionError(f"never came: {seen}")

    def settled(self, seq: int) -> dict[str, Any]:
        """The whole log once message `seq` is dealt with."""
        self.read_until(lambda body: body["state"]["answered_through"] >= seq)
        return self.log()

    def bot(self) -> list[str]:
        """What the bot has said."""
        return [line["text"] for line in self.log()["messages"] if line["from"] == "bot"]


@dataclass
class Running:
    """The edge in this process, on a real socket."""

    context: WebContext
    serving: Serving
    home: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.serving.url

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.context.hub.close()
        self.serving.stop()


StartEdge = Callable[..., Running]


@pytest.fixture
def start_edge(home: Path, rasa: Rasa) -> Iterator[StartEdge]:  # noqa: F811 - asks for the fixtures above
    """Starts the edge; whatever is still running at the end is stopped."""
    running: list[Running] = []

    def start(*, allowance: Allowance | None = None, pace: Pace = FAST, storage: Any = None, **env: str) -> Running:
        settings = Settings.from_env(
            {"PALPATE_HOME": str(home), "PALPATE_RASA_PORT": str(rasa.port), "PALPATE_INTERNAL_SECRET": "s3cret", **env}
        )
        vault = Vault.open(home)
        made = SqlStorage.open(settings.database_url, vault)
        context = WebContext(
            storage(made) if storage else made, settings, vault, PlainReader(), allowance=allowance or Allowance()
        )
        running.append(Running(context, Serving(create_app(context, pace)).start(), home))
        return running[-1]

    yield start
    for one in running:
        if one.serving._thread.is_alive():
            one.stop()
        one.context.uow.close()


@pytest.fixture
def edge(start_edge: StartEdge) -> Running:
    """A running edge."""
    return start_edge()


@pytest.fixture
def http(edge: Running) -> Iterator[httpx.Client]:
    """A client of the running edge."""
    with httpx.Client(base_url=edge.url, timeout=20) as client:
        yield client


@pytest.fixture
def visitor(http: httpx.Client) -> Visitor:
    """Somebody who has not opened the chat yet."""
    return Visitor(http)
