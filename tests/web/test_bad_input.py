"""Whatever strangers send: no 5xx, nothing half-stored, nobody's words in a log or an error."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standin_rasa import Rasa

from bot.web.limits import OFF, Allowance

FINE = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
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


def written(visitor: Visitor) -> int:
    """How many messages of the visitor are in the log."""
    return sum(line["from"] == "visitor" for line in visitor.log()["messages"])


def check(visitor: Visitor, answer: httpx.Response, before: int) -> None:
    """Accepted and stored, or refused with a code and not stored."""
    after = written(visitor)
    if answer.status_code == 202:
        assert after in (before, before + 1)  # the same id again is the same message
    else:
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.json()["code"]
        assert after == before


@given(body=st.fixed_dictionaries({}, optional={"id": VALUES, "text": VALUES, "answer": VALUES, "more": VALUES}))
@settings(FINE)
def test_any_json_object(quiet_free: Visitor, body: dict[str, Any]) -> None:
    before = written(quiet_free)
    raw = json.dumps(body).encode()
    sent = quiet_free.http.post(
        f"{quiet_free.path}/messages", headers={**quiet_free.auth, "Content-Type": "application/json"}, content=raw
    )
    check(quiet_free, sent, before)


@given(field=FIELDS, value=VALUES)
@settings(FINE)
def test_any_answer(quiet_free: Visitor, field: str, value: Any) -> None:
    before = written(quiet_free)
    body = {"id": str(uuid.uuid4()), "answer": {"question": field, "value": value}}
    sent = quiet_free.http.post(
        f"{quiet_free.path}/messages",
        headers={**quiet_free.auth, "Content-Type": "application/json"},
        content=json.dumps(body).encode(),
    )
    check(quiet_free, sent, before)


@given(text=TEXTS)
@settings(FINE)
def test_any_text(quiet_free: Visitor, text: str) -> None:
    before = written(quiet_free)
    raw = json.dumps({"id": str(uuid.uuid4()), "text": text}).encode()
    sent = quiet_free.http.post(
        f"{quiet_free.path}/messages", headers={**quiet_free.auth, "Content-Type": "application/json"}, content=raw
    )
    assert sent.status_code in (202, 422)
    check(quiet_free, sent, before)


@given(raw=st.binary(max_size=400))
@settings(FINE)
def test_any_bytes(quiet_free: Visitor, raw: bytes) -> None:
    sent = quiet_free.http.post(
        f"{quiet_free.path}/messages", headers={**quiet_free.auth, "Content-Type": "application/json"}, content=raw
    )
    assert 400 <= sent.status_code < 500


@pytest.mark.long
@pytest.mark.parametrize("check", [test_any_json_object, test_any_answer, test_any_text, test_any_bytes])
def test_ten_thousand_more(quiet_free: Visitor, check: Any) -> None:
    settings(FINE, max_examples=2500)(check)(quiet_free=quiet_free)


def test_twenty_megabytes_are_refused_before_they_are_read(visitor: Visitor) -> None:
    visitor.arrive()
    sent = visitor.http.post(
        f"{visitor.path}/messages",
        headers={**visitor.auth, "Content-Type": "application/json"},
        content=b'{"id":"large-one-1","text":"' + b"x" * 20_000_000 + b'"}',
    )
    assert sent.status_code == 413
    assert written(visitor) == 0


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
