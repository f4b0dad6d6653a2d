"""Over HTTP, with the trained model: an answer is changed by tapping, two complaints stay apart, answers after the result are kept."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

pytestmark = pytest.mark.stack

ANSWERS: dict[str, Any] = {
    "consent_privacy": "yes", "emergency_gate": ["none"], "for_whom": "self", "age": 41, "complaint": "pain", "onset": "injury",
    "function_limited": "no", "function_limited#2": "yes", "screen_leg": ["none"], "screen_neck": ["none"],
    "general_screen": ["none"], "conditions": ["none"], "medicines": ["none"], "skin": ["none"], "doctor": "none",
    "preferred_times": "mornings", "contact": {"name": "Ana Ruiz", "phone": None, "email": "ana@example.org"},
}  # fmt: skip
TWO = (
    "My left knee hurts, 6 out of 10, since Monday after football, "
    "and my neck has been stiff for 3 months, about 3/10 from desk work"
)


def to_the_read_back(visitor: Any, opening: str) -> None:
    visitor.say(opening)
    while visitor.state["phase"] in ("consent", "interview"):
        visitor.answer(ANSWERS[visitor.open_field])


def change(visitor: Any, field: str) -> int:
    sent = visitor.http.post(
        f"/api/conversations/{visitor.id}/messages",
        headers=visitor._auth,
        json={"id": str(uuid.uuid4()), "change": field},
    )
    if sent.status_code == 202:
        visitor._until(lambda: visitor.state["answered_through"] >= sent.json()["seq"])
    return int(sent.status_code)


def stored(stack: Any, visitor: Any) -> dict[str, Any]:
    return json.loads(stack.palpate("handoffs", "show", visitor.state["handoff"], "--json").stdout)


def test_an_answer_is_changed_by_tapping_and_two_complaints_stay_apart(visitor: Any, stack: Any) -> None:
    to_the_read_back(visitor, TWO)
    offered = {row["field"]: row["label"] for row in visitor.state["changeable"]}
    assert offered["nrs"] == "Pain: 6 of 10"
    assert offered["nrs#2"] == "Pain (neck): 3 of 10"
    assert change(visitor, "weeks_since_birth") == 409
    assert change(visitor, "nrs#2") == 202
    assert visitor.open_field == "nrs#2"
    visitor.answer(4)
    assert visitor.open_field == "read_back"
    visitor.answer("change")
    assert visitor.open_field == "change"
    visitor.answer("sites")
    visitor.answer([{"site": "knee", "side": "right"}])
    assert visitor.open_field == "read_back"
    shown = visitor.record()["complaints"]
    assert [ache["nrs"] for ache in shown["value"]] == [6, 4]
    assert any("neck" in words["text"] for words in shown["said"])
    visitor.answer("confirm")
    record = stored(stack, visitor)["record"]
    knee, neck = record["complaints"]
    assert (knee["sites"], knee["onset"], knee["nrs"]) == ([{"site": "knee", "side": "right"}], "injury", 6)
    assert (neck["sites"], neck["onset"], neck["nrs"], neck["function_limited"]) == (
        [{"site": "neck", "side": None}], "overuse", 4, True,
    )  # fmt: skip
    assert record["sites"] == knee["sites"], "the top level is the short form for the first"
    assert {"field": "nrs#2", "old": 3, "new": 4} in record["facts"]["corrected"]


def test_what_cannot_change_the_result_is_asked_after_it_and_kept(visitor: Any, stack: Any) -> None:
    to_the_read_back(visitor, "My left knee hurts, 6 out of 10, since Monday after football, I can't run")
    visitor.say("yes, that's right")
    first = stored(stack, visitor)
    assert visitor.open_field == "peg_enjoyment"
    visitor.say("5")
    visitor.answer(4)
    visitor.answer(None)
    assert visitor.open_field == "preferences"
    visitor.say("light pressure please")
    assert visitor.open_field is None
    now = stored(stack, visitor)
    assert (now["record"]["peg"], now["record"]["facts"]["preferences"]) == ([6, 5, 4], "light pressure please")
    assert now["result"]["outcome"] == first["result"]["outcome"]
    assert {revision["cause"] for revision in now["revisions"][1:]} == {"answers"}
    assert now["status"] == "new"
