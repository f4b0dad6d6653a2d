"""Whatever strangers send: no 5xx, nothing half-stored, nobody's words in a log or an error."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standin_rasa import Rasa

from bot.web.limits import OFF, Allowance

FINE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
ODD = st.sampled_from(
    [
        "\ud800",
        "a\udfff",
        "\x00",
        "x\x00y",
        "\u202e",
        "\ufeff",
        "/restart",
        "／intent{}",
        "\u200b/x",
        "𝕏" * 50,
        "{{7*7}}",
        "[[faq_cost]]",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), ODD)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(TEXTS, inner, max_size=5)),
    max_leaves=20,
)
FIELDS = st.sampled_from(["consent_privacy", "nrs", "emergency_gate", "age", "sites#2", "", "x" * 500, "\x00"])


@pytest.fixture
def quiet_free(start_edge: StartEdge, rasa: Rasa) -> Iterator[Visitor]:
    """The same without limits, for floods."""
    running = start_edge(allowance=Allowance(OFF, OFF, OFF, OFF))
    with httpx.Client(base_url=running.url, timeout=20) as http:
        yield Visitor(http).consent()


@pytest.fixture
def quiet(visitor: Visitor, rasa: Rasa) -> Visitor:
    """A conversation whose bot does not answer, so that only the edge is tested."""
    visitor.consent()
    rasa.gate.clear()
    return visitor


@dataclass
class Log:
    """A conversation's log, read on from where it was read last: a long run must not read all of it each time."""

    visitor: Visitor
    last: int = 0

    def new(self) -> int:
        """How many messages of the visitor have come since."""
        lines = self.visitor.log(self.last)["messages"]
        self.last = lines[-1]["seq"] if lines else self.last
        return sum(line["from"] == "visitor" for line in lines)

    def send(self, raw: bytes) -> httpx.Response:
        """Post these bytes as a message: accepted and stored, or refused with a code and not stored."""
        self.new()
        headers = {**self.visitor.auth, "Content-Type": "application/json"}
        answer = self.visitor.http.post(f"{self.visitor.path}/messages", headers=headers, content=raw)
        stored = self.new()
        if answer.status_code == 202:
            assert stored in (0, 1)  # the same id again is the same message
        else:
            assert 400 <= answer.status_code < 500, answer.text
            assert answer.json()["code"]
            assert stored == 0
        return answer


def any_json_object(log: Log, body: dict[str, Any]) -> None:
    log.send(json.dumps(body).encode())


def any_answer(log: Log, field: str, value: Any) -> None:
    log.send(json.dumps({"id": str(uuid.uuid4()), "answer": {"question": field, "value": value}}).encode())


def any_text(log: Log, text: str) -> None:
    assert log.send(json.dumps({"id": str(uuid.uuid4()), "text": text}).encode()).status_code in (202, 422)


def any_bytes(log: Log, raw: bytes) -> None:
    assert 400 <= log.send(raw).status_code < 500


LAWS = (
    (
        any_json_object,
        {"body": st.fixed_dictionaries({}, optional={"id": VALUES, "text": VALUES, "answer": VALUES, "more": VALUES})},
    ),
    (any_answer, {"field": FIELDS, "value": VALUES}),
    (any_text, {"text": TEXTS}),
    (any_bytes, {"raw": st.binary(max_size=400)}),
)


@pytest.mark.parametrize("examples", [250, pytest.param(2500, marks=pytest.mark.long)])
@pytest.mark.parametrize(("law", "drawn"), LAWS, ids=[law.__name__ for law, _ in LAWS])
def test_whatever_is_sent(quiet_free: Visitor, law: Any, drawn: dict[str, Any], examples: int) -> None:
    """A thousand cases in every run, ten thousand in the long one."""
    log = Log(quiet_free)

    @settings(FINE, max_examples=examples)
    @given(**drawn)
    def holds(**case: Any) -> None:
        law(log, **case)

    holds()


def test_twenty_megabytes_are_refused_before_they_are_read(visitor: Visitor) -> None:
    visitor.arrive()
    sent = visitor.http.post(
        f"{visitor.path}/messages",
        headers={**visitor.auth, "Content-Type": "application/json"},
        content=b'{"id":"large-one-1","text":"' + b"x" * 20_000_000 + b'"}',
    )
    assert sent.status_code == 413
    assert Log(visitor).new() == 0


@pytest.mark.parametrize("slash", ["/", "\uff0f", "\u200b/", "\ufeff/", "\u2060/", "\u2044", " /", "\u202e/"])
@pytest.mark.parametrize("word", ["restart", 'greet{"nrs": 9}', "session_start", "back", "intent@0.9{}"])
def test_commands_are_words_like_any_other(visitor: Visitor, rasa: Rasa, slash: str, word: str) -> None:
    visitor.consent()
    visitor.settled(visitor.say(slash + word))
    turn = rasa.turns[-1]
    assert turn["text"] == (slash + word).strip()
    assert turn["metadata"]["answer"] is None, "that these words stay words in Rasa too: tests/engine/test_faults.py"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        b"[" * 30_000,
        b'{"text":' * 5000,
        b"{}",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"id":NaN}',
        b"1" * 5000,
        b"",
    ],
)
def test_known_troublemakers(quiet: Visitor, raw: bytes) -> None:
    sent = quiet.http.post(
        f"{quiet.path}/messages", headers={**quiet.auth, "Content-Type": "application/json"}, content=raw
    )
    assert 400 <= sent.status_code < 500
    assert sent.json()["code"]


@pytest.mark.parametrize(
    "body", [{"channel": "twilio"}, {"channel": 1}, {"locale": "x" * 17}, {"locale": ["en"]}, {"locale": "en\x00"}]
)
def test_a_chat_opens_only_in_a_known_channel_and_language(http: httpx.Client, body: dict[str, Any]) -> None:
    assert http.post("/api/conversations", json=body).status_code == 422


def test_other_content_types_are_refused(visitor: Visitor) -> None:
    visitor.arrive()
    sent = visitor.http.post(f"{visitor.path}/messages", headers=visitor.auth, data={"id": "x" * 10, "text": "hello"})
    assert sent.status_code == 415


def test_what_is_stored_can_be_read_again(visitor: Visitor) -> None:
    visitor.consent()
    raw = b'{"id": "surrogate-1", "text": "left \\ud800 knee \\u0000 hurts"}'
    sent = visitor.http.post(
        f"{visitor.path}/messages", headers={**visitor.auth, "Content-Type": "application/json"}, content=raw
    )
    assert sent.status_code == 202
    (mine,) = [
        line
        for line in visitor.settled(sent.json()["seq"])["messages"]
        if "knee" in line["text"] and line["from"] == "visitor"
    ]
    assert mine["text"] == "left \ufffd knee   hurts"


def test_no_log_and_no_refusal_quotes_a_visitor(visitor: Visitor, rasa: Rasa, edge: Running, capfd: Any) -> None:
    secret = "my unmistakable groin"
    visitor.consent()
    rasa.failing.add(secret)
    visitor.settled(visitor.say(secret))
    answers = [
        visitor.answer("nrs", secret),
        visitor.answer(secret, 1),
        visitor.post({"id": secret, "text": secret}),
        visitor.post({"id": "12345678", "text": secret * 200}),
        visitor.post([secret]),
    ]
    for answer in answers:
        assert answer.status_code >= 400
        assert "groin" not in answer.text
    out, err = capfd.readouterr()
    assert "turn_failed" in out + err
    assert "groin" not in out + err
