"""A code from last time, written into the chat before consent: it opens the returning interview in this conversation, once."""

from __future__ import annotations

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from standin_rasa import Rasa

from bot.services import returning
from bot.web.limits import Allowance

WRONG = "R7C6-7WV8-95N6"


@pytest.fixture
def code(edge: Running, http: httpx.Client) -> str:
    """What somebody was shown at the end of their last conversation."""
    return code_of(edge, Visitor(http).arrive())


def code_of(edge: Running, last: Visitor) -> str:
    return returning.code_for(edge.context.uow(), last.id, now=edge.context.clock())


def opened_with(rasa: Rasa, visitor: Visitor) -> list[object]:
    """What the dialogue heard of last time, in this conversation."""
    answers = [turn["metadata"]["answer"] or {} for turn in rasa.turns if turn["conversation"] == visitor.id]
    return [answer["value"] for answer in answers if answer.get("question") == "open" and answer["value"]]


@pytest.mark.parametrize("way", ["{}", " {}. ", "*{}*", "lower", "spaces", "bare", "en dashes"])
def test_a_code_opens_the_returning_interview_here_however_it_is_typed(
    visitor: Visitor, rasa: Rasa, edge: Running, way: str, monkeypatch: pytest.MonkeyPatch, http: httpx.Client
):
    monkeypatch.setattr(returning.code_for, "__kwdefaults__", {"purpose": "visit", "new_code": lambda: WRONG})
    last = Visitor(http).arrive()
    code = code_of(edge, last)
    marks = {"spaces": " ", "bare": "", "en dashes": "–"}
    typed = code.lower() if way == "lower" else code.replace("-", marks[way]) if way in marks else way.format(code)
    visitor.arrive()
    said = visitor.settled(visitor.say(typed))
    assert opened_with(rasa, visitor) == [{"conversation": last.id, "kind": "visit"}]
    assert said["state"]["phase"] == "consent"
    assert said["messages"][-1]["question"]["field"] == "consent_privacy"


def test_it_works_once_and_a_second_try_is_answered_kindly(visitor: Visitor, rasa: Rasa, http: httpx.Client, code: str):
    visitor.arrive()
    visitor.settled(visitor.say(code))
    other = Visitor(http).arrive()
    said = other.settled(other.say(code))
    assert opened_with(rasa, other) == []
    assert said["messages"][-1]["text"].startswith("I can't use this code.")
    assert said["messages"][-1]["question"]["field"] == "consent_privacy", "the question stays within reach"
    other.settled(other.say("yes"))
    assert other.log()["state"]["phase"] == "interview", "and nothing is lost"


def test_a_message_that_is_sent_twice_spends_the_code_once_and_is_not_refused(visitor: Visitor, rasa: Rasa, code: str):
    visitor.arrive()
    first, second = (visitor.say(code, "the-same-message") for _ in range(2))
    visitor.settled(first)
    assert first == second
    assert len(opened_with(rasa, visitor)) == 1
    assert not any("can't use this code" in line for line in visitor.bot())


def test_a_wrong_code_is_refused_in_the_language_of_the_chat(visitor: Visitor):
    visitor.arrive("es")
    said = visitor.settled(visitor.say(WRONG))
    assert said["messages"][-1]["text"].startswith("No puedo usar este código.")


def test_a_wrong_code_does_not_wait_for_the_dialogue_and_a_right_one_is_kept_for_it(
    visitor: Visitor, rasa: Rasa, code: str
):
    visitor.arrive()
    rasa.up = False
    seq = visitor.say(code)
    visitor.say(WRONG)
    visitor.read_until(lambda body: any("can't use this code" in line["text"] for line in body["messages"]))
    rasa.up = True
    visitor.settled(seq)
    assert len(opened_with(rasa, visitor)) == 1


@pytest.mark.parametrize(
    "text", ["back-neck-head", "knee-back-arms", "7777-2345-6789", f"my code is {WRONG}", "dear dear dear"]
)
def test_words_and_numbers_stay_what_they_are(visitor: Visitor, rasa: Rasa, text: str):
    visitor.arrive()
    visitor.settled(visitor.say(text))
    assert rasa.turns[-1]["text"] == text
    assert rasa.turns[-1]["metadata"]["answer"] is None


def test_after_consent_a_code_is_a_word_like_others_and_is_not_spent(
    visitor: Visitor, rasa: Rasa, edge: Running, code: str
):
    visitor.consent()
    visitor.settled(visitor.say(code))
    assert rasa.turns[-1]["metadata"]["answer"] is None
    assert returning.spend(edge.context.uow(), code, now=edge.context.clock())


def test_guessing_is_slowed_down_as_it_is_when_a_chat_is_opened(start_edge: StartEdge):
    edge = start_edge(allowance=Allowance(resumes_per_address="2/minute"))
    with httpx.Client(base_url=edge.url, timeout=20) as http:
        visitor = Visitor(http).arrive()
        tries = [visitor.post({"id": f"guess-no-{at}", "text": WRONG}).status_code for at in range(3)]
        assert tries == [202, 202, 429]
        assert visitor.post({"id": "words-go-on", "text": "my knee hurts"}).status_code == 202
