"""A visitor who comes back confirms what was told last time, and the check on the day of a visit reaches its hand-off."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import bootstrap
from bot.services import returning
from bot.settings import Settings

pytestmark = pytest.mark.stack

ANSWERS: dict[str, Any] = {
    "consent_privacy": "yes", "emergency_gate": ["none"], "for_whom": "self", "age": 46, "complaint": "pain", "onset": "overuse",
    "function_limited": "no", "screen_neck": ["none"], "general_screen": ["none"], "conditions": ["CI-DM"], "medicines": ["none"],
    "skin": ["none"], "doctor": "none", "preferred_times": "mornings", "read_back": "confirm", "since_last": "better", "nrs": 3,
    "still_true": "yes", "day_of_visit": ["none"], "contact": {"name": "Jo Marsh", "phone": None, "email": "jo@example.org"},
}  # fmt: skip


def answer_all(visitor: Any, **instead: Any) -> list[str]:
    """Tap until the interview is over; the fields that were asked."""
    asked = []
    while visitor.state["phase"] in ("consent", "interview", "read_back"):
        asked.append(visitor.open_field)
        visitor.answer({**ANSWERS, **instead}[visitor.open_field])
    return asked


@pytest.fixture
def somebody_again(visitor: Any) -> Any:
    """Begins a new conversation with a code; what the product says to that."""

    def come(code: str) -> Any:
        made = visitor.http.post("/api/conversations", json={"channel": "web", "locale": "en", "returning": code})
        if made.status_code != 201:
            return made
        visitor.id, visitor.token, visitor.seq, visitor.messages = made.json()["id"], made.json()["token"], 0, []
        visitor._until(lambda: bool(visitor.open_field))
        return made

    return come


def first_visit(visitor: Any) -> str:
    """A visit of a stiff neck with diabetes; the code it ends with."""
    visitor.say("My neck has been aching for three weeks, about 5 out of 10.")
    answer_all(visitor)
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", visitor.heard())
    assert found, visitor.heard()[-400:]
    return found.group()


def stored(stack: Any, reference: str) -> dict[str, Any]:
    return json.loads(stack.palpate("handoffs", "show", reference, "--json").stdout)


def test_what_was_told_last_time_is_confirmed_and_not_asked_again(
    visitor: Any, stack: Any, somebody_again: Any
) -> None:
    code = first_visit(visitor)
    assert somebody_again(code).status_code == 201
    assert "diabetes" not in visitor.heard().lower(), "nothing of last time before consent"
    asked = answer_all(visitor, since_last="better")
    assert "Diabetes" in visitor.heard()
    assert {"since_last", "still_true", "nrs", "emergency_gate", "screen_neck", "general_screen"} <= set(asked)
    assert not {"age", "sites", "conditions", "medicines", "contact", "narrative"} & set(asked)
    record = stored(stack, visitor.state["handoff"])["record"]
    assert (record["ci"], record["nrs"], record["age"], record["facts"]["since_last"]) == (["CI-DM"], 3, 46, "better")
    assert record["sites"] == [{"site": "neck", "side": None}]
    again = somebody_again(code)
    assert (again.status_code, again.json()["code"]) == (404, "unknown_code")


def test_a_code_that_is_typed_before_consent_does_the_same_and_keeps_what_was_told(visitor: Any, stack: Any) -> None:
    code = first_visit(visitor)
    visitor.seq, visitor.messages = 0, []
    visitor.arrive()
    visitor.say("My left wrist hurts too.")
    visitor.say(code.lower())
    assert (visitor.state["phase"], visitor.open_field) == ("consent", "consent_privacy")
    assert "Welcome back" in visitor.heard()
    assert "diabetes" not in visitor.heard().lower(), "nothing of last time before consent"
    asked = answer_all(visitor, screen_hand=["none"])
    assert {"since_last", "still_true", "emergency_gate"} <= set(asked)
    assert not {"age", "conditions", "medicines", "contact"} & set(asked)
    record = stored(stack, visitor.state["handoff"])["record"]
    assert record["ci"] == ["CI-DM"]
    assert {site["site"] for site in record["sites"]} >= {"wrist"}


def test_the_check_on_the_day_is_short_and_reaches_the_hand_off(visitor: Any, stack: Any, somebody_again: Any) -> None:
    first_visit(visitor)
    reference = visitor.state["handoff"]
    settings = Settings.from_env(stack.env)
    for answer, cause in ((["none"], "day_of_visit"), (["RF-DVT"], "danger")):
        storage = bootstrap.storage(settings)
        code = returning.day_of_visit_code(storage(), reference, now=datetime.now(UTC))
        somebody_again(code)
        assert answer_all(visitor, day_of_visit=answer) == ["consent_privacy", "emergency_gate", "day_of_visit"]
        assert visitor.state["handoff"] == reference
        shown = stored(stack, reference)
        assert shown["revisions"][-1]["cause"] == cause
    assert shown["result"]["urgency"] == "same_day"
    assert visitor.state["phase"] == "stopped"
