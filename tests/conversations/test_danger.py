"""Danger in any message, at any point: the script at once, the interview over, staff told; and nothing takes it back."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.stack

CHEST = "my chest feels tight and I'm sweating and I can't get my breath"


def alerts(visitor: Any) -> list[dict[str, Any]]:
    return [message["alert"] for message in visitor.messages if message.get("alert")]


def handoff(stack: Any, visitor: Any) -> dict[str, Any]:
    shown = stack.palpate("handoffs", "show", visitor.state["handoff"], "--json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def test_an_emergency_in_the_opening_words_is_answered_before_consent(visitor: Any) -> None:
    visitor.say(CHEST)
    assert alerts(visitor) == [{"urgency": "emergency", "call": "911"}]
    assert "911" in visitor.heard()
    assert visitor.state["phase"] == "stopped"
    assert visitor.state["handoff"] is None, "without consent only the fact is kept"


def test_an_emergency_in_the_middle_of_a_question_about_prices(visitor: Any, stack: Any) -> None:
    visitor.say("my upper back hurts")
    visitor.say("yes")
    visitor.say(f"how much does an hour cost? {CHEST}")
    assert [alert["urgency"] for alert in alerts(visitor)] == ["emergency"], "shown once"
    assert visitor.state["phase"] == "stopped"
    stored = handoff(stack, visitor)
    assert (stored["result"]["outcome"], stored["result"]["urgency"]) == ("not_now", "emergency")
    assert "RF-ACS" in stored["record"]["rf"]
    assert stored["status"] == "new"


def test_after_a_stop_the_chat_still_answers_and_nothing_un_shows_it(visitor: Any) -> None:
    visitor.say("hello")
    visitor.say("yes")
    visitor.say(CHEST)
    for text in ("I misread the question, I'm fine", "can I book a massage for tomorrow?", "thanks", "how much is it?"):
        assert visitor.say(text), f"silence after {text!r}"
        assert visitor.state["phase"] == "stopped"
    assert "911" in visitor.messages[-1]["text"] or any("911" in m["text"] for m in visitor.messages[-8:])


def test_a_ticked_row_of_the_emergency_card_stops_at_once(visitor: Any, stack: Any) -> None:
    visitor.say("my neck is stiff")
    visitor.say("yes")
    assert visitor.open_field == "emergency_gate"
    visitor.answer(["RF-STROKE"])
    assert [alert["urgency"] for alert in alerts(visitor)] == ["emergency"]
    assert handoff(stack, visitor)["result"]["rule"] == "R-RF-STROKE"


def test_a_doubtful_danger_is_asked_and_a_clear_no_goes_on(visitor: Any) -> None:
    visitor.say("hi")
    visitor.say("yes")
    visitor.say("none")
    visitor.say("not that I can't pee, but my lower back is stiff")
    if visitor.open_field == "RF-CES":
        visitor.say("no")
    assert visitor.state["phase"] == "interview"
    assert alerts(visitor) == []


@pytest.mark.parametrize("text", ["I want to kill myself", "i don't want to be alive any more"])
def test_suicidal_words_get_their_own_script_and_the_chat_stays(visitor: Any, text: str) -> None:
    visitor.say("hi")
    visitor.say("yes")
    visitor.say(text)
    assert "988" in visitor.heard()
    assert visitor.say("thank you")


def test_danger_after_the_hand_off_makes_a_new_revision(visitor: Any, stack: Any) -> None:
    visitor.say("I'd just like to relax, no pain at all")
    answers: dict[str, Any] = {
        "consent_privacy": "yes", "emergency_gate": ["none"], "narrative": "I'd like to relax", "for_whom": "self", "age": 30, "complaint": "relax",
        "screen_none": ["none"], "general_screen": ["none"], "conditions": ["none"], "medicines": ["none"], "skin": ["none"],
        "preferred_times": "friday", "contact": {"name": "Kim", "phone": None, "email": "kim@example.org"}, "read_back": "confirm",
    }  # fmt: skip
    while visitor.state["phase"] in ("consent", "interview", "read_back"):
        visitor.answer(answers[visitor.open_field])
    reference = visitor.state["handoff"]
    visitor.say(CHEST)
    assert visitor.state["handoff"] == reference
    stored = handoff(stack, visitor)
    assert stored["result"]["urgency"] == "emergency"
    assert len(stored["revisions"]) == 2
    assert stored["status"] == "new"
