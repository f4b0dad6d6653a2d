"""Figures for the clinic's monitoring, at an address of their own: counts and times, never a word, an id or an address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain.errors import StorageUnavailable
from bot.services.ports import Storage

REGISTRY = CollectorRegistry()
REQUESTS = Counter("palpate_requests", "Answered requests", ("part", "method", "status"), registry=REGISTRY)
MESSAGES = Counter("palpate_messages", "Messages of visitors that were stored", registry=REGISTRY)
DANGER = Counter("palpate_danger_scripts", "Danger scripts shown by the edge", ("urgency",), registry=REGISTRY)
TURNS = Counter("palpate_turns", "Turns, by how they ended", ("end",), registry=REGISTRY)
TURN_SECONDS = Histogram(
    "palpate_turn_seconds",
    "Time from asking the dialogue to its answer",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25),
    registry=REGISTRY,
)
RASA_UP = Gauge("palpate_rasa_up", "1 while the dialogue takes turns", registry=REGISTRY)
# The first part of a path says what was asked; the rest may name a conversation.
_PARTS = ("api", "desk", "channels", "widget", "healthz", "readyz")


def part_of(path: str) -> str:
    """Which part of the edge answers this path."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in _PARTS else "pages"


class Waiting(Collector):
    """Looks into the database when the figures are asked for."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """How much waits; nothing while the database cannot be read."""
        try:
            with self._storage.reading() as uow:
                figures = {
                    "palpate_conversations_waiting": (
                        uow.conversations.waiting(),
                        "Conversations with an unanswered message",
                    ),
                    "palpate_outbox_waiting": (uow.outbox.waiting(), "Items that still have to leave"),
                    "palpate_outbox_given_up": (len(uow.outbox.given_up()), "Items that staff have to look at"),
                    "palpate_call_backs_open": (len(uow.call_backs.open()), "People who wait for a call"),
                }
        except StorageUnavailable:
            yield GaugeMetricFamily("palpate_database_up", "1 while the database answers", value=0)
            return
        yield GaugeMetricFamily("palpate_database_up", "1 while the database answers", value=1)
        for name, (value, about) in figures.items():
            yield GaugeMetricFamily(name, about, value=value)


class _Server(Protocol):
    def shutdown(self) -> None:
        """Stop."""

    def server_close(self) -> None:
        """Give the port back."""


class Served:
    """The figures on `http://127.0.0.1:PORT/metrics` while the block lasts; port 0 serves nothing."""

    def __init__(
        self, port: int, storage: Storage, start: Callable[..., tuple[_Server, object]] = start_http_server
    ) -> None:
        self._port = port
        self._waiting = Waiting(storage)
        self._start = start
        self._server: _Server | None = None

    def __enter__(self) -> Served:
        """Begin to serve. Raises `OSError` when the port is taken."""
        if self._port:
            REGISTRY.register(self._waiting)
            self._server, _ = self._start(self._port, addr="127.0.0.1", registry=REGISTRY)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            REGISTRY.unregister(self._waiting)
