"""The calls of contract §4, one promise each."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from standin_rasa import Rasa

from bot import clinic_store
from bot.web.limits import Allowance


def test_a_new_conversation_greets_and_asks_for_consent(visitor: Visitor, rasa: Rasa) -> None:
    visitor.arrive()
    assert len(visitor.token) >= 22
    body = visitor.log()
    assert [line["from"] for line in body["messages"]] == ["bot", "bot"]
    first, last = body["messages"]
    assert first["text"] == "Hello from Alder Row Clinical Massage."
    assert first["question"] is None
    assert last["question"]["field"] == "consent_privacy"
    assert body["state"].pop("ends_at")
    assert body["state"].pop("locale") == "en"
    assert body["state"] == {"phase": "consent", "asked": 1, "left": 9, "handoff": None, "answered_through": 1}
    assert rasa.turns[0]["metadata"]["answer"] == {"question": "open", "value": None}
    assert rasa.secrets == {"s3cret"}


def test_only_the_hash_of_the_token_is_stored(visitor: Visitor, edge: Running) -> None:
    visitor.arrive()
    for file in edge.home.rglob("*"):
        if file.is_file():
            assert visitor.token.encode() not in file.read_bytes(), file


def test_the_same_client_id_is_the_same_message(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    client_id = str(uuid.uuid4())
    seqs = {visitor.say("my knee", client_id) for _ in range(5)}
    assert len(seqs) == 1
    visitor.settled(seqs.pop())
    assert [turn["text"] for turn in rasa.turns].count("my knee") == 1


def test_an_answer_sent_again_after_its_question_closed_keeps_its_place(visitor: Visitor) -> None:
    visitor.consent()
    first = visitor.answer("nrs", 6, "answer-once")
    visitor.settled(first.json()["seq"])
    again = visitor.answer("nrs", 6, "answer-once")
    assert (again.status_code, again.json()) == (202, first.json())


def test_ten_posts_at_once_of_one_message_make_one_turn(visitor: Visitor, rasa: Rasa, edge: Running) -> None:
    visitor.consent()
    got: list[int] = []

    def post() -> None:
        with httpx.Client(base_url=edge.url) as http:
            got.append(Visitor(http, visitor.id, visitor.token).say("at once", "same-id-for-all"))

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 10
    assert len(set(got)) == 1
    visitor.settled(got[0])
    assert [turn["text"] for turn in rasa.turns].count("at once") == 1


def test_messages_are_answered_in_order(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    sent = [f"number {n}" for n in range(8)]
    last = [visitor.say(text) for text in sent][-1]
    rasa.gate.set()
    visitor.settled(last)
    assert [turn["text"] for turn in rasa.turns if turn["text"].startswith("number")] == sent
    assert [text for text in visitor.bot() if "number" in text] == [f"I heard {text}" for text in sent]


def test_what_was_written_before_a_question_was_put_is_no_answer_to_it(visitor: Visitor, rasa: Rasa) -> None:
    """The dialogue is told, so that a "no" sent twice in a hurry never answers the next card of dangers unseen."""
    visitor.arrive()
    rasa.gate.clear()
    visitor.say("yes")
    hurried = visitor.say("no")
    rasa.gate.set()
    visitor.settled(hurried)
    visitor.settled(visitor.say("six"))
    early = {turn["text"]: turn["metadata"].get("early", False) for turn in rasa.turns}
    assert [early[text] for text in ("yes", "no", "six")] == [False, True, False]


def test_what_was_begun_before_a_question_was_on_screen_is_no_answer_to_it(visitor: Visitor, rasa: Rasa) -> None:
    """The client tells what its writer could see; who tells nothing has seen all that was there."""
    visitor.arrive()
    greeting = visitor.log()["messages"][-1]["seq"]
    visitor.settled(visitor.say("yes", seen=greeting))
    visitor.settled(visitor.say("no", seen=greeting))
    visitor.settled(visitor.say("six", seen=visitor.log()["messages"][-1]["seq"]))
    told = {turn["text"]: turn["metadata"] for turn in rasa.turns}
    assert [told[text].get("early", False) for text in ("yes", "no", "six")] == [False, True, False]
    assert [told[text].get("hurried", False) for text in ("yes", "no", "six")] == [False, True, False]


@pytest.mark.parametrize("seen", [-1, 1.5, "3", True, 2**31, [1]])
def test_what_was_seen_is_the_seq_of_a_message(visitor: Visitor, seen: Any) -> None:
    visitor.consent()
    before = visitor.log()
    refused = visitor.post({"id": str(uuid.uuid4()), "text": "my knee", "seen": seen})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_body")
    assert visitor.log() == before


def test_what_was_written_before_the_last_reply_goes_on_with_the_message_before(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    visitor.say("seven")
    hurried = visitor.say("maybe")
    rasa.gate.set()
    visitor.settled(hurried)
    told = {turn["text"]: turn["metadata"] for turn in rasa.turns}
    assert (told["maybe"].get("hurried"), told["maybe"].get("early")) == (True, None)
    assert "hurried" not in told["seven"]


def test_the_last_message_of_a_turn_carries_the_question_still_open(visitor: Visitor) -> None:
    visitor.consent()
    body = visitor.settled(visitor.say("price"))
    assert [line["question"] and line["question"]["field"] for line in body["messages"][-2:]] == [None, "nrs"]


def test_a_changed_answer_of_the_clinic_is_given_at_once(visitor: Visitor, edge: Running) -> None:
    visitor.consent()
    home = edge.context.settings.home
    for price in ("One price.", "Another price."):
        raw, mark = clinic_store.read(home)
        clinic_store.save(home, {**raw, "facts": {"cost": price}}, by="Ana", now=datetime.now(UTC), seen=mark)
        body = visitor.settled(visitor.say("price"))
        assert [line["text"] for line in body["messages"] if line["from"] == "bot"][-2] == price


def test_a_fact_the_clinic_has_not_given_is_not_made_up(visitor: Visitor) -> None:
    visitor.consent()
    body = visitor.settled(visitor.say("price"))
    cost, insurance = (line["text"] for line in body["messages"][-2:])
    assert "85 dollars" in cost
    assert "hasn't told me" in insurance
    assert "555" in insurance


def test_a_turn_without_a_word_gets_a_word(visitor: Visitor) -> None:
    visitor.consent()
    body = visitor.settled(visitor.say("silence"))
    assert "other words" in body["messages"][-1]["text"]
    assert body["messages"][-1]["question"]["field"] == "nrs"


def test_an_answer_reaches_the_dialogue_with_its_label_and_value(visitor: Visitor, rasa: Rasa) -> None:
    visitor.arrive()
    visitor.settled(visitor.answer("consent_privacy", "yes").json()["seq"])
    assert rasa.turns[-1]["text"] == "Yes"
    assert rasa.turns[-1]["metadata"]["answer"] == {"question": "consent_privacy", "value": "yes"}
    assert rasa.turns[-1]["metadata"]["asked"] == "consent_privacy"


def test_an_answer_to_a_question_that_is_not_open_is_409_and_stored_nowhere(visitor: Visitor) -> None:
    visitor.consent()
    before = visitor.log()
    refused = visitor.answer("age", 46)
    assert (refused.status_code, refused.json()["code"]) == (409, "question_not_open")
    assert visitor.log() == before


def test_a_second_tap_while_the_first_still_waits_is_409(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    assert visitor.answer("nrs", 6).status_code == 202
    assert visitor.answer("nrs", 7).status_code == 409
    rasa.gate.set()


@pytest.mark.parametrize("value", [11, -1, 6.5, "six", True, None, [6], {"n": 6}, 1e300])
def test_a_value_that_does_not_fit_is_422_and_stored_nowhere(visitor: Visitor, value: Any) -> None:
    visitor.consent()
    before = visitor.log()
    refused = visitor.answer("nrs", value)
    assert (refused.status_code, refused.json()["code"]) == (422, "answer_does_not_fit")
    assert refused.headers["content-type"] == "application/problem+json"
    assert visitor.log() == before


def test_a_long_text_is_413_and_stored_nowhere(visitor: Visitor) -> None:
    visitor.consent()
    before = visitor.log()
    refused = visitor.post({"id": str(uuid.uuid4()), "text": "a" * 2001})
    assert (refused.status_code, refused.json()["code"]) == (413, "text_too_long")
    assert "emergency" not in refused.json()
    assert visitor.log() == before
    assert visitor.say("b" * 2000)


@pytest.mark.parametrize("size", [2100, 30_000, 200_000])
def test_danger_in_a_text_that_is_too_long_is_answered_with_help(visitor: Visitor, size: int) -> None:
    visitor.consent()
    text = "so it began " + "and on " * 150 + "I have chest pain " + "x" * size
    refused = visitor.post({"id": str(uuid.uuid4()), "text": text})
    assert refused.status_code == 413
    assert refused.json()["alert"] == {"urgency": "emergency", "call": "911"}
    assert "911" in refused.json()["emergency"]


def test_a_flood_is_429_for_one_and_nobody_else(start_edge: StartEdge) -> None:
    running = start_edge(allowance=Allowance(messages="5/minute"))
    with httpx.Client(base_url=running.url) as http:
        loud, calm = Visitor(http).arrive(), Visitor(http).arrive()
        for _ in range(5):
            loud.say("hello")
        refused = loud.post({"id": str(uuid.uuid4()), "text": "hello"})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_messages")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert calm.say("hello")


@pytest.mark.parametrize(
    "said",
    [
        {"text": "I have chest pain and can't breathe"},
        {"text": "chest pain and can't breathe " + "x" * 3000},
        {"text": "chest pain and can't breathe " + "x" * 70_000},
        {"answer": {"question": "emergency_gate", "value": ["RF-ACS"]}},
    ],
)
def test_danger_in_a_message_too_many_is_answered_with_help(start_edge: StartEdge, said: dict[str, Any]) -> None:
    running = start_edge(allowance=Allowance(messages="1/minute"))
    with httpx.Client(base_url=running.url) as http:
        visitor, stranger = Visitor(http).arrive(), Visitor(http).arrive()
        visitor.say("hello")
        refused = visitor.post({"id": str(uuid.uuid4()), **said})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_messages")
        assert refused.json()["alert"] == {"urgency": "emergency", "call": "911"}
        assert "911" in refused.json()["emergency"]
        assert all(line["text"] != said.get("text") for line in visitor.log()["messages"])
        stranger.say("hello")
        foreign = Visitor(http, visitor.id, stranger.token).post({"id": str(uuid.uuid4()), **said})
        assert foreign.status_code == 429
        assert "emergency" not in foreign.json()


def test_opening_chats_without_end_is_429(start_edge: StartEdge) -> None:
    running = start_edge(allowance=Allowance(openings_per_address="3/minute"))
    with httpx.Client(base_url=running.url) as http:
        codes = [http.post("/api/conversations", json={}).status_code for _ in range(5)]
    assert codes == [201, 201, 201, 429, 429]


CALLS = [
    ("POST", "/messages"), ("GET", "/messages"), ("GET", "/events"), ("GET", "/record"), ("GET", "/export"), ("DELETE", ""),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_no_call_works_without_the_right_token(http: httpx.Client, method: str, path: str) -> None:
    mine, theirs = Visitor(http).arrive(), Visitor(http).arrive()
    body = {"id": str(uuid.uuid4()), "text": "let me in"} if method == "POST" else None

    def call(conversation: str, auth: str | None) -> int:
        headers = {"Authorization": auth} if auth is not None else {}
        answer = http.request(method, f"/api/conversations/{conversation}{path}", headers=headers, json=body)
        assert "code" in answer.json()
        return answer.status_code

    assert call(theirs.id, f"Bearer {mine.token}") == 404
    assert call("0" * 32, f"Bearer {mine.token}") == 404
    assert call("%00" * 8, f"Bearer {mine.token}") == 404
    for wrong in (
        None,
        "",
        "Bearer",
        f"Basic {theirs.token}",
        "Bearer x",
        theirs.token,
        "Bearer é" + "e" * 30,
    ):
        assert call(theirs.id, wrong.encode("utf-8") if wrong and not wrong.isascii() else wrong) == 401
    assert len(theirs.log()["messages"]) == 2


def test_a_long_poll_returns_when_something_comes(visitor: Visitor, edge: Running) -> None:
    visitor.consent()
    last = visitor.log()["messages"][-1]["seq"]
    got: list[dict[str, Any]] = []

    def wait() -> None:
        with httpx.Client(base_url=edge.url, timeout=40) as http:
            got.append(Visitor(http, visitor.id, visitor.token).log(last, 30))

    waiting = threading.Thread(target=wait)
    waiting.start()
    seq = visitor.say("knock")
    waiting.join(25)
    assert next(line["seq"] for line in got[0]["messages"]) == seq


def test_a_long_poll_that_hears_nothing_ends(visitor: Visitor) -> None:
    visitor.arrive()
    assert visitor.log(after=3, wait=0.2)["messages"] == []


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=1e3", "wait=x", "wait=nan", "wait=-1", "after=9" + "9" * 30]
)
def test_a_query_that_makes_no_sense_is_422(visitor: Visitor, query: str) -> None:
    visitor.arrive()
    assert visitor.http.get(f"{visitor.path}/messages?{query}", headers=visitor.auth).status_code == 422


def test_the_record_tells_each_field_with_the_words_behind_it(visitor: Visitor) -> None:
    visitor.consent()
    visitor.settled(visitor.answer("nrs", 6).json()["seq"])
    got = visitor.http.get(f"{visitor.path}/record", headers=visitor.auth).json()
    assert got == {
        "nrs": {"value": 6, "said": [{"text": "6", "start": 0, "end": 1}]},
        "rf": {"value": ["RF-X"], "said": [{"text": "x"}]},
    }


def test_the_export_holds_all_that_was_said(visitor: Visitor) -> None:
    visitor.consent()
    visitor.settled(visitor.say("my left knee"))
    got = visitor.http.get(f"{visitor.path}/export", headers=visitor.auth)
    assert "attachment" in got.headers["content-disposition"]
    body = got.json()
    assert "my left knee" in [line["text"] for line in body["messages"]]
    assert body["conversation"]["consent_version"]


def test_forgotten_is_gone_everywhere(visitor: Visitor, rasa: Rasa, edge: Running) -> None:
    visitor.consent()
    visitor.settled(visitor.say("quite unforgettable"))
    gone = visitor.http.delete(visitor.path, headers=visitor.auth)
    assert gone.status_code == 204
    for path in ("/messages", "/record", "/export", "/events"):
        assert visitor.http.get(visitor.path + path, headers=visitor.auth).status_code in (401, 404)
    assert visitor.http.delete(visitor.path, headers=visitor.auth).status_code in (401, 404)
    assert_soon(lambda: visitor.id in rasa.deleted)
    with edge.context.uow.reading() as uow:
        assert uow.conversations.messages(visitor.id) == []


def assert_soon(fact: Any) -> None:
    """True within five seconds."""
    for _ in range(500):
        if fact():
            return
        threading.Event().wait(0.01)
    raise AssertionError("did not come true")


def test_words_sent_one_by_one_are_told_with_those_before_them(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.gate.clear()
    last = [visitor.say(word) for word in ("chest", "pain", "now")][-1]
    rasa.gate.set()
    visitor.settled(last)
    told = {turn["text"]: turn["metadata"].get("before") for turn in rasa.turns}
    assert [told[word] for word in ("chest", "pain", "now")] == [None, "chest", "chest pain"]
