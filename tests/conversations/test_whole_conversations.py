"""People hold whole conversations with the running product; what counts is what is stored, not only what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.stack
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/conversations/whole.yml").read_text(encoding="utf-8"))
MOST_TURNS = 60


def hold(visitor: Any, case: dict[str, Any]) -> list[str]:
    """Answer every question as the case says until the interview is over; returns the fields that were asked."""
    asked: list[str] = []
    confused: set[str] = set()
    visitor.say(case["opening"])
    while visitor.state["phase"] in ("consent", "interview", "read_back"):
        assert visitor.turns < MOST_TURNS, f"no end in sight: {asked}"
        name = visitor.open_field
        assert name is not None, visitor.messages[-1]
        asked.append(name)
        if (
            case.get("nonsense_first")
            and name not in confused
            and name not in ("narrative", "preferred_times", "consent_privacy")
        ):
            confused.add(name)
            visitor.say(case["nonsense_first"])
            assert visitor.open_field == name, f"{name}: nonsense was taken for an answer"
            continue
        given = {"consent_privacy": "yes, that's fine", "read_back": "yes, that's right", **case["says"]}
        assert name in given, f"asked {name}: {visitor.messages[-1]['text']}"
        answer = given[name]
        if isinstance(answer, dict):
            visitor.answer(answer["tap"])
        else:
            visitor.say(answer)
    return asked


def stored(stack: Any, reference: str) -> dict[str, Any]:
    """The hand-off as booking storage has it."""
    shown = stack.palpate("handoffs", "show", reference, "--json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_stored_record_and_result_are_the_visitors(case: dict[str, Any], visitor: Any, stack: Any) -> None:
    asked = hold(visitor, case)
    expect = case["expect"]
    assert visitor.state["phase"] == expect["phase"]
    assert not set(asked) & set(case.get("never_asked", [])), "asked what had been told"
    handoff = stored(stack, visitor.state["handoff"])
    result, record = handoff["result"], handoff["record"]
    for key in ("outcome", "urgency", "rule", "provisional"):
        if key in expect:
            assert result[key] == expect[key], (key, result["rule"], record)
    facts = {**record.get("facts", {}), **record}
    for name, value in expect["record"].items():
        assert facts[name] == value, (name, facts)
    assert any(m["outcome"] and m["outcome"]["outcome"] == expect["outcome"] for m in visitor.messages), (
        "the visitor never heard the result"
    )
    assert case["opening"][:20] in json.dumps(handoff["transcript"], ensure_ascii=False)
    assert visitor.turns <= expect.get("most_turns", MOST_TURNS)
