"""What makes a turn cheaper changes nothing that a turn decides: each repair beside what stock Rasa does."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import CategoricalSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import cheap_copies, rules_at_hand, short_call

STOCK_KEYS = RulePolicy._get_possible_keys
NAMES = st.sampled_from(["a", "b", "should_not_be_set"])


def some(**parts: Any) -> Any:
    return st.fixed_dictionaries({}, optional=parts)


STATES = some(
    prev_action=some(action_name=NAMES, action_text=NAMES),
    user=some(intent=NAMES, text=NAMES, entities=st.just(["x", "y"])),
    slots=some(phase=st.just([1.0, 0.0])),
    active_loop=some(name=NAMES),
)


def as_spoken(state: dict[str, Any]) -> dict[str, Any]:
    """A state as Rasa makes it of a conversation: tuples where a rule, read from JSON, has lists."""
    return {
        kind: {key: tuple(value) if isinstance(value, list) else value for key, value in part.items()}
        for kind, part in state.items()
    }


@given(rules=st.lists(st.lists(STATES, min_size=1, max_size=3), max_size=8), said=st.lists(STATES, max_size=4))
def test_the_same_rules_fit(rules: list[Any], said: list[Any]) -> None:
    policy: Any = object.__new__(RulePolicy)
    lookup = {json.dumps(rule, sort_keys=True): "action" for rule in rules}
    states = [as_spoken(state) for state in said]
    assert rules_at_hand.possible_keys(policy, lookup, states) == STOCK_KEYS(policy, lookup, states)


def test_a_slot_is_copied_as_it_was_and_lives_on_by_itself() -> None:
    slot = CategoricalSlot("phase", [{}], values=["one", "two"])
    slot.value = "two"
    stock, ours = copy.copy(slot), cheap_copies._slot(slot)
    assert type(ours) is type(stock)
    assert vars(ours) == vars(stock)
    ours.value = "one"
    assert slot.value == "two"


def test_the_copies_left_out_are_only_those_for_debug_lines() -> None:
    for name in cheap_copies.LOG_COPIES:
        tree = ast.parse(Path(inspect.getfile(importlib.import_module(name))).read_text(encoding="utf-8"))
        used = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"]
        logged = [
            inner
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
            for inner in ast.walk(call)
            if isinstance(inner, ast.Name) and inner.id == "copy"
        ]
        assert used, name
        assert set(used) == set(logged), name


def test_an_action_is_sent_slots_and_this_turn_and_the_domain_only_when_it_asks() -> None:
    domain = Domain.from_dict({"actions": ["action_plain", {"action_curious": {"send_domain": True}}]})
    tracker = DialogueStateTracker.from_events(
        "someone", [UserUttered("first"), SlotSet("x", 1), UserUttered("second"), SlotSet("y", 2)]
    )
    plain: Any = SimpleNamespace(name=lambda: "action_plain")
    curious: Any = SimpleNamespace(name=lambda: "action_curious")
    sent = short_call.call(plain, tracker, domain)
    assert sent["tracker"]["latest_message"]["text"] == "second"
    assert [event["event"] for event in sent["tracker"]["events"]] == ["user", "slot"]
    assert sent["domain"] == {}
    assert short_call.call(curious, tracker, domain)["domain"] == domain.as_dict()
