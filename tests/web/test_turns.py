"""What happens to a message when things break: nothing is lost, nothing is said twice, help in danger comes anyway."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from standin_rasa import Rasa

from bot.domain.errors import StorageUnavailable
from bot.web.chat import api
from bot.web.turns import replies
from bot.web.turns.chores import Chores

EMERGENCY = {"urgency": "emergency", "call": "911"}


def alerts(visitor: Visitor) -> list[Any]:
    """Every alert the visitor was shown."""
    return [line["alert"] for line in visitor.log()["messages"] if line["alert"]]


def troubles(visitor: Visitor) -> int:
    """How often the visitor was told that the bot cannot answer."""
    return sum("having trouble" in text for text in visitor.bot())


# --- danger ---------------------------------------------------------------------------------------------------------


def test_danger_is_answered_in_the_same_commit_as_the_message(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    seq = visitor.say("I have chest pain right now")
    body = visitor.log(after=seq)
    assert [line["alert"] for line in body["messages"]] == [EMERGENCY]
    assert "911" in body["messages"][0]["text"]
    assert body["state"]["phase"] == "stopped"
    rasa.gate.set()
    visitor.settled(seq)
    assert rasa.turns[-1]["metadata"]["scripted"] is True
    assert len(alerts(visitor)) == 1


def test_danger_is_answered_while_rasa_is_down(visitor: Visitor, rasa: Rasa) -> None:
    rasa.up = False
    visitor.open()
    seq = visitor.say("chest pain")
    assert [line["alert"] for line in visitor.log(after=seq)["messages"] if line["alert"]] == [EMERGENCY]
    assert visitor.log()["state"]["phase"] == "stopped"
    rasa.up = True
    visitor.settled(seq)
    assert len(alerts(visitor)) == 1
    assert [turn["text"] for turn in rasa.turns] == ["hello", "chest pain"]


def test_danger_before_consent_is_answered_and_the_fact_of_it_kept(visitor: Visitor, edge: Running) -> None:
    visitor.arrive()
    visitor.settled(visitor.say("hello, chest pain since this morning"))
    assert alerts(visitor) == [EMERGENCY]
    with edge.context.uow.reading() as uow:
        (entry,) = [e for e in uow.audit.of_conversation(visitor.id) if e.action == "danger_advice"]
    assert (entry.to_status, entry.detail) == ("emergency", None)


def test_denied_and_doubtful_danger_is_left_to_the_dialogue(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    visitor.say("no chest pain")
    visitor.settled(visitor.say("maybe chest pain"))
    assert alerts(visitor) == []
    assert [turn["metadata"]["scripted"] for turn in rasa.turns[-2:]] == [False, False]


def test_a_sign_ticked_on_the_emergency_card_is_answered_at_once(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    visitor.settled(visitor.say("card"))
    rasa.gate.clear()
    sent = visitor.answer("emergency_gate", ["RF-ACS"])
    assert sent.status_code == 202
    assert [line["alert"] for line in visitor.log(after=sent.json()["seq"])["messages"]] == [EMERGENCY]
    rasa.gate.set()


def test_a_sign_ticked_on_a_card_that_is_no_longer_open_still_brings_help(visitor: Visitor) -> None:
    visitor.consent()
    refused = visitor.answer("emergency_gate", ["RF-ACS"])
    assert refused.status_code == 409
    assert refused.json()["alert"] == EMERGENCY


def test_an_interview_that_danger_stopped_stays_stopped(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    visitor.say("yes")  # a turn that will say: interview
    last = visitor.say("chest pain")
    rasa.gate.set()
    assert visitor.settled(last)["state"]["phase"] == "stopped"


def test_while_a_person_speaks_the_bot_is_silent_but_hears_danger(visitor: Visitor, rasa: Rasa, edge: Running) -> None:
    visitor.consent()
    with edge.context.uow() as uow:
        uow.conversations.taken(visitor.id, "dana")
        uow.commit()
    before = len(visitor.bot())
    body = visitor.settled(visitor.say("hello dana"))
    assert len(visitor.bot()) == before
    assert body["state"]["phase"] == "with_staff"
    assert "hello dana" not in [turn["text"] for turn in rasa.turns]
    visitor.settled(visitor.say("chest pain"))
    assert alerts(visitor) == [EMERGENCY]
    assert len(visitor.bot()) == before + 1
    assert rasa.turns[-1]["text"] == "chest pain"
    assert visitor.log()["state"]["phase"] == "with_staff"


# --- outage ---------------------------------------------------------------------------------------------------------


def test_rasa_down_then_up_loses_and_doubles_nothing(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.up = False
    sent = [f"kept {n}" for n in range(5)]
    last = [visitor.say(text) for text in sent][-1]
    visitor.read_until(lambda _body: troubles(visitor) == 1)
    rasa.up = True
    visitor.settled(last)
    assert troubles(visitor) == 1, "told once"
    assert [text for text in visitor.bot() if "kept" in text and "heard" in text] == [
        f"I heard {text}" for text in sent
    ]
    assert [turn["text"] for turn in rasa.turns if "kept" in turn["text"]] == sent


def test_a_chat_opened_while_rasa_is_down_says_so_and_then_greets(visitor: Visitor, rasa: Rasa) -> None:
    rasa.up = False
    visitor.arrive()
    assert troubles(visitor) == 1
    rasa.up = True
    visitor.read_until(lambda _body: "May I keep it?" in visitor.bot())


def test_a_slow_turn_is_told_and_still_ends_once(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    seq = visitor.say("slow one")
    visitor.read_until(lambda _body: troubles(visitor) == 1)
    rasa.gate.set()
    visitor.settled(seq)
    assert visitor.bot().count("I heard slow one") == 1


def test_a_message_rasa_never_takes_does_not_hold_up_the_next(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.failing.add("poison")
    rasa.refusing.add("refused")
    visitor.say("poison")
    visitor.say("refused")
    body = visitor.settled(visitor.say("healthy"))
    assert sum("couldn't work with that" in text for text in visitor.bot()) == 2
    assert body["messages"][-1]["text"] == "I heard healthy"
    assert body["messages"][-1]["question"]["field"] == "nrs"


def test_a_fault_of_our_own_leaves_nobody_in_silence(
    visitor: Visitor, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.consent()
    understand = replies.understand

    def faulty(told: Any, chat: Any, clinic: Any, **options: Any) -> Any:
        if rasa.turns[-1]["text"] == "poison":
            raise KeyError("a fault nobody thought of")
        return understand(told, chat, clinic, **options)

    monkeypatch.setattr(replies, "understand", faulty)
    visitor.settled(visitor.say("poison"))
    assert troubles(visitor) == 1
    assert sum("couldn't work with" in text for text in visitor.bot()) == 1
    visitor.settled(visitor.say("go on"))
    assert [turn["text"] for turn in rasa.turns][-2:] == ["poison", "go on"]


def test_others_are_answered_while_one_hangs(http: httpx.Client, rasa: Rasa) -> None:
    stuck, other = Visitor(http).consent(), Visitor(http).consent()
    rasa.failing.add("stuck")
    stuck.say("stuck")
    other.settled(other.say("fine"))
    assert other.bot()[-1] == "I heard fine"


class Failing:
    """A storage whose writes fail while `broken`."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.broken = False

    def __call__(self) -> Any:
        if self.broken:
            raise StorageUnavailable("locked")
        return self._real()

    def brisk(self) -> Any:
        if self.broken:
            raise StorageUnavailable("locked")
        return self._real.brisk()

    def reading(self) -> Any:
        return self._real.reading()

    def close(self) -> None:
        self._real.close()


class Hanging:
    """Storage whose database stops answering in the middle, until it goes on."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.goes_on = threading.Event()
        self.goes_on.set()

    def __call__(self) -> Any:
        self.goes_on.wait(30)
        return self._real()

    def brisk(self) -> Any:
        self.goes_on.wait(30)
        return self._real.brisk()

    def reading(self) -> Any:
        self.goes_on.wait(30)
        return self._real.reading()

    def close(self) -> None:
        self._real.close()


def test_nothing_is_accepted_that_cannot_be_stored(start_edge: StartEdge, rasa: Rasa) -> None:
    running = start_edge(storage=Failing)
    storage: Any = running.context.uow
    with httpx.Client(base_url=running.url) as http:
        visitor = Visitor(http).consent()
        storage.broken = True
        refused = visitor.post({"id": "kept-or-not", "text": "hello"})
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert http.post("/api/conversations", json={}).status_code == 503
        storage.broken = False
        visitor.settled(visitor.say("hello", "kept-or-not"))
    assert [turn["text"] for turn in rasa.turns].count("hello") == 2  # the opening turn and this one


def test_danger_is_answered_although_nothing_can_be_stored(start_edge: StartEdge) -> None:
    running = start_edge(storage=Failing)
    storage: Any = running.context.uow
    with httpx.Client(base_url=running.url, headers={"Accept-Language": "es"}) as http:
        visitor = Visitor(http).consent()
        storage.broken = True
        calm = visitor.post({"id": "calm-or-not", "text": "my knee aches"})
        assert (calm.status_code, "alert" in calm.json()) == (503, False)
        ticked = {"question": "emergency_gate", "value": ["RF-ACS"]}
        for said in ({"text": "I have chest pain"}, {"answer": ticked}):
            help_ = visitor.post({"id": "help-me-now", **said})
            assert (help_.status_code, help_.json()["code"]) == (503, "storage_unavailable")
            assert help_.json()["alert"] == {"urgency": "emergency", "call": "911"}
            assert "911" in help_.json()["emergency"]
        assert visitor.post({"id": "bad", "text": "chest pain"}).status_code == 422
        storage.broken = False
        visitor.settled(visitor.say("I have chest pain", "help-me-now"))
        assert visitor.log()["state"]["phase"] == "stopped"


def test_a_database_that_hangs_lets_nobody_wait_for_an_answer(
    start_edge: StartEdge, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start_edge(storage=Hanging)
    storage: Any = running.context.uow
    with httpx.Client(base_url=running.url, timeout=20) as http:
        visitor = Visitor(http).consent()
        monkeypatch.setattr(api, "STORE_SECONDS", 0.2)
        storage.goes_on.clear()
        for number in range(12):  # more than there are threads
            hung = visitor.post({"id": f"hung-{number:04}", "text": "I have chest pain" if number else "hello"})
            assert hung.status_code == 503
            assert ("alert" in hung.json()) is bool(number)
        monkeypatch.undo()
        storage.goes_on.set()
        seq = visitor.say("hello", "hung-0000")
        visitor.settled(seq)
    assert [turn["text"] for turn in rasa.turns].count("hello") == 2  # the opening turn and this one


def test_a_turn_that_cannot_be_stored_is_stored_later_once(start_edge: StartEdge, rasa: Rasa) -> None:
    running = start_edge(storage=Failing)
    storage: Any = running.context.uow
    with httpx.Client(base_url=running.url) as http:
        visitor = Visitor(http).consent()
        rasa.gate.clear()
        rasa.entered.clear()
        seq = visitor.say("late")
        assert rasa.entered.wait(5)
        storage.broken = True
        rasa.gate.set()
        threading.Event().wait(0.3)
        storage.broken = False
        visitor.settled(seq)
        assert visitor.bot().count("I heard late") == 1
    assert [turn["text"] for turn in rasa.turns].count("late") == 1


# --- restart --------------------------------------------------------------------------------------------------------


def test_a_restart_takes_up_what_was_in_work(start_edge: StartEdge, rasa: Rasa) -> None:
    first = start_edge()
    with httpx.Client(base_url=first.url) as http:
        visitor = Visitor(http).consent()
        rasa.gate.clear()
        rasa.entered.clear()
        seq = visitor.say("in work")
        visitor.say("behind it")
        assert rasa.entered.wait(5)
        first.stop()
    rasa.gate.set()
    second = start_edge()
    with httpx.Client(base_url=second.url) as http:
        again = Visitor(http, visitor.id, visitor.token)
        again.settled(seq + 1)
        assert again.bot()[-2:] == ["I heard in work", "I heard behind it"]
    assert [turn["text"] for turn in rasa.turns].count("in work") == 1


@contextmanager
def process(home: Path, rasa: Rasa, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The edge as a process of its own."""
    env = {
        **os.environ, "PALPATE_HOME": str(home), "PALPATE_RASA_PORT": str(rasa.port), "PALPATE_PORT": str(port),
    }  # fmt: skip
    started = subprocess.Popen([sys.executable, str(Path(__file__).with_name("edge_process.py"))], env=env)
    try:
        for _ in range(400):
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
                break
            except httpx.HTTPError:
                threading.Event().wait(0.05)
        yield started
    finally:
        started.kill()
        started.wait()


def free_port() -> int:
    """A port nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_kill_9_in_the_middle_of_a_turn_answers_exactly_once(home: Path, rasa: Rasa) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with process(home, rasa, port) as first, httpx.Client(base_url=url, timeout=20) as http:
        visitor = Visitor(http).consent()
        rasa.gate.clear()
        rasa.entered.clear()
        seq = visitor.say("cut off")
        assert rasa.entered.wait(10)
        first.send_signal(signal.SIGKILL)
        first.wait()
    rasa.gate.set()
    with process(home, rasa, port), httpx.Client(base_url=url, timeout=20) as http:
        again = Visitor(http, visitor.id, visitor.token)
        began = datetime.now(UTC)
        again.settled(seq)
        assert datetime.now(UTC) - began < timedelta(seconds=10)
        assert again.bot().count("I heard cut off") == 1
    assert [turn["text"] for turn in rasa.turns].count("cut off") == 1


def test_ctrl_c_ends_the_process_soon_although_people_are_listening(home: Path, rasa: Rasa) -> None:
    port = free_port()
    with process(home, rasa, port) as running, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        visitor = Visitor(http).consent()
        with http.stream("GET", f"{visitor.path}/events", headers=visitor.auth) as stream:
            next(stream.iter_lines())
            running.send_signal(signal.SIGINT)
            running.wait(6)


# --- consent --------------------------------------------------------------------------------------------------------


def test_refused_consent_purges_what_was_written(visitor: Visitor, rasa: Rasa, edge: Running) -> None:
    visitor.arrive()
    visitor.say("my secret knee")
    body = visitor.settled(visitor.say("no"))
    assert [line["text"] for line in body["messages"]] == ["I keep nothing."]
    assert body["state"]["phase"] == "closed"
    visitor.read_until(lambda _body: visitor.id in rasa.deleted)
    with edge.context.uow.reading() as uow:
        chat = uow.conversations.get(visitor.id)
    assert chat is not None
    assert chat.consent_at is None


def test_consent_is_stored_with_time_and_version(visitor: Visitor, edge: Running) -> None:
    visitor.consent()
    with edge.context.uow.reading() as uow:
        chat = uow.conversations.get(visitor.id)
    assert chat is not None
    assert chat.consent_at is not None
    assert chat.consent_version


def test_what_waits_too_long_for_a_yes_is_purged(start_edge: StartEdge, rasa: Rasa) -> None:
    running = start_edge(PALPATE_WAITING_SECONDS="0")
    with httpx.Client(base_url=running.url) as http:
        waiting, agreed = Visitor(http).arrive(), Visitor(http).consent()
        waiting.settled(waiting.say("a story"))
        Chores(running.context).purge()
        body = waiting.log()
        assert (body["messages"], body["state"]["phase"]) == ([], "closed")
        assert len(agreed.log()["messages"]) > 2
        waiting.read_until(lambda _body: waiting.id in rasa.deleted)


def test_a_chat_that_led_to_no_visit_is_erased_after_thirty_days(visitor: Visitor, edge: Running) -> None:
    visitor.consent()
    for days, erased in ((29, False), (31, True)):
        later = dataclasses.replace(edge.context, clock=lambda days=days: datetime.now(UTC) + timedelta(days=days))
        Chores(later).retain()
        with edge.context.uow.reading() as uow:
            chat = uow.conversations.get(visitor.id)
        assert chat is not None
        assert (chat.erased_at is not None) == erased, days


def test_forgotten_in_the_middle_of_a_turn_stays_forgotten(visitor: Visitor, rasa: Rasa, edge: Running) -> None:
    visitor.consent()
    rasa.gate.clear()
    rasa.entered.clear()
    visitor.say("forget this")
    assert rasa.entered.wait(5)
    assert visitor.http.delete(visitor.path, headers=visitor.auth).status_code == 204
    for _ in range(500):
        if rasa.deleted:
            break
        threading.Event().wait(0.01)
    rasa.gate.set()  # the turn ends after the tracker was deleted, and makes a new one
    for _ in range(500):
        if rasa.deleted.count(visitor.id) >= 2:
            break
        threading.Event().wait(0.01)
    assert rasa.deleted.count(visitor.id) >= 2
    with edge.context.uow.reading() as uow:
        assert uow.conversations.messages(visitor.id) == []
