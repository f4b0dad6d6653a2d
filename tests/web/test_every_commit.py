"""The edge dies before, or just after, each commit of a conversation in turn; what stands in the log is always the same."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from standin_rasa import Rasa

from bot.domain.errors import StorageUnavailable

SAID = ("yes", "I have chest pain")
MOST_COMMITS = 60


class Mortal:
    """A storage that stops for good at one commit: `before` it, so that it is lost, or `after` it."""

    def __init__(self, real: Any, at: int, when: str) -> None:
        self._real, self._at, self._when = real, at, when
        self._lock = threading.Lock()
        self.commits = 0
        self.dead = False
        self.engine = real.engine

    def __call__(self) -> Any:
        return Dying(self, self._real())

    def reading(self) -> Any:
        return Dying(self, self._real.reading())

    def brisk(self) -> Any:
        return Dying(self, self._real.brisk())

    def close(self) -> None:
        self._real.close()

    def check(self) -> None:
        """Nothing works any more once it is dead."""
        if self.dead:
            raise StorageUnavailable("killed")

    def commit(self, uow: Any) -> None:
        """Count, and die at the one."""
        with self._lock:
            self.check()
            self.commits += 1
            mine = self.commits == self._at
            self.dead = mine
        if not mine or self._when == "after":
            uow.commit()
        if mine:
            raise StorageUnavailable("killed")


class Dying:
    """A unit of work of a mortal storage."""

    def __init__(self, storage: Mortal, real: Any) -> None:
        self._storage, self._real = storage, real

    def __enter__(self) -> Any:
        self._storage.check()
        self._real.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._real.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def commit(self) -> None:
        self._storage.commit(self._real)


class Stubborn:
    """A visitor whose client sends again, with the same id, until it is accepted, whichever edge is there."""

    def __init__(self, restart: Any) -> None:
        self._restart = restart
        self.edge: Running = restart()

    def until(self, ask: Any) -> Any:
        """The first answer that is no failure."""
        for _ in range(200):
            with httpx.Client(base_url=self.edge.url, timeout=20) as http:
                answer = ask(http)
            if answer is not None and answer.status_code < 500:
                return answer
            if self.edge.context.uow.dead:
                self.edge.stop()
                self.edge = self._restart()
        raise AssertionError("never accepted")

    def talk(self) -> tuple[Visitor, list[int]]:
        """The whole conversation, answered."""
        opened = self.until(lambda http: http.post("/api/conversations", json={})).json()
        visitor, seqs = Visitor(None, opened["id"], opened["token"]), []  # type: ignore[arg-type]
        self.until(lambda http: self._answered(http, visitor, 1))  # greeted
        for text in SAID:
            body = {"id": str(uuid.uuid4()), "text": text}
            sent = self.until(
                lambda http, body=body: http.post(f"{visitor.path}/messages", headers=visitor.auth, json=body)
            )
            assert sent.status_code == 202
            seqs.append(sent.json()["seq"])
            self.until(lambda http, seq=seqs[-1]: self._answered(http, visitor, seq))
        return visitor, seqs

    def _answered(self, http: httpx.Client, visitor: Visitor, seq: int) -> httpx.Response | None:
        got = http.get(f"{visitor.path}/messages", headers=visitor.auth, params={"after": 10**6, "wait": 0.1})
        return got if got.status_code == 200 and got.json()["state"]["answered_through"] >= seq else None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_commit_changes_nothing(start_edge: StartEdge, rasa: Rasa, when: str):
    reached, seen = True, None
    for at in range(1, MOST_COMMITS):
        storages: list[Mortal] = []

        def start(at: int = at, storages: list[Mortal] = storages) -> Running:
            # Only the first edge dies; the one that takes its place lives.
            return start_edge(
                storage=lambda real: storages.append(Mortal(real, at if not storages else 0, when)) or storages[-1]
            )

        rasa.turns.clear()
        visitor_client = Stubborn(start)
        visitor, _ = visitor_client.talk()
        reached = storages[0].dead
        with visitor_client.edge.context.uow.reading() as uow:
            log = [(line.sender, line.text) for line in uow.conversations.messages(visitor.id)]
            advice = [entry for entry in uow.audit.of_conversation(visitor.id) if entry.action == "danger_advice"]
        mine = [turn["text"] for turn in rasa.turns if turn["conversation"] == visitor.id]
        visitor_client.edge.stop()
        seen = seen or log
        assert log == seen, f"killed {when} commit {at}"
        assert len(advice) == 1, f"killed {when} commit {at}"
        assert mine == ["hello", *SAID], f"killed {when} commit {at}"
        if not reached:
            break
    assert not reached, "the conversation has fewer commits than that"
    assert at > len(SAID) * 2
