"""Questions in the middle are answered, and the open question comes back."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.stack

QUESTIONS = {
    "what is clinical massage?": "purpose",
    "how is that different from a regular massage?": "relax",
    "who is it for?": "athletes",
    "when do I need clinical instead of regular?": "knots",
    "do I need a prescription or a referral?": "doctor",
    "can massage cure my arthritis?": "relief",
    "how can it help me?": "ease",
    "what happens in a session?": "therapist",
    "will it hurt?": "sharp",
    "what should I wear?": "comfortable",
    "how long is a session?": "minutes",
    "how often should I come?": "week",
    "how much does it cost?": "dollars",
    "where are you?": "Alder Row",
    "when are you open?": "Saturday",
    "who will treat me?": "licensed",
    "can I have a female therapist?": "prefer",
    "can my husband come with me?": "friend",
    "how do I cancel?": "24 hours",
    "do you take insurance?": "",
    "are you a robot?": "automated",
    "who can see what I write?": "staff",
    "how long do you keep my data?": "30 days",
}


def test_every_question_of_the_faq_is_answered_and_the_open_one_returns(visitor: Any) -> None:
    visitor.say("my lower back hurts since last week")
    visitor.say("yes")
    visitor.say("none")
    unanswered = []
    for question, word in QUESTIONS.items():
        field = visitor.open_field
        replies = visitor.say(question)
        text = " ".join(reply["text"] for reply in replies)
        if word.lower() not in text.lower() or "[[" in text or visitor.open_field != field:
            unanswered.append((question, text[:90], visitor.open_field))
    assert not unanswered


def test_two_interruptions_in_a_row_and_then_the_answer(visitor: Any) -> None:
    visitor.say("my left knee hurts")
    visitor.say("yes")
    visitor.say("none")
    field = visitor.open_field
    visitor.say("how much is it?")
    visitor.say("and where are you?")
    assert visitor.open_field == field


def test_two_questions_in_one_message_get_two_answers_and_a_story_beside_one_is_kept(visitor: Any) -> None:
    visitor.say("my left knee hurts")
    visitor.say("yes")
    visitor.say("none")
    field = visitor.open_field
    heard = " ".join(reply["text"] for reply in visitor.say("how much is it and where are you?"))
    assert "dollars" in heard
    assert "Alder Row" in heard
    assert visitor.open_field == field


def test_a_person_asked_for_before_consent_brings_the_question_once(visitor: Any) -> None:
    replies = visitor.say("talk to a person")
    assert [reply["text"] for reply in replies if "may I use your answers" in reply["text"]] == [replies[-1]["text"]]


def test_why_is_answered_and_the_question_returns(visitor: Any) -> None:
    visitor.say("my left knee hurts")
    visitor.say("yes")
    visitor.say("none")
    assert visitor.open_field == "age"
    replies = visitor.say("why do you ask?")
    assert "age" in " ".join(reply["text"] for reply in replies).lower()
    assert visitor.open_field == "age"


def test_a_no_to_consent_keeps_nothing(visitor: Any) -> None:
    visitor.say("my left knee hurts since the planted-word accident")
    visitor.say("no, I don't want that")
    assert visitor.state["phase"] == "closed"
    assert "planted-word" not in str(visitor.record())
