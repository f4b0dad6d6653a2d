"""Compares a conversation with the few rules that can fit it instead of with all of them.

Repairs `rasa/core/policies/rule_policy.py:913` (`_get_possible_keys`): each prediction reads every rule's text again and
compares it from the start, a quarter of the processor time of a turn. Rules are put by once under the action and the
intent they end with; whether one of those fits is still decided by Rasa's own comparison, so the outcome is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ANY = object()
Shelf = dict[tuple[Any, Any], list[str]]


def _place(state: Mapping[str, Any]) -> tuple[Any, Any]:
    """Where a rule with this last state stands: action and intent that a conversation must have, or `_ANY`."""
    from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET

    previous = state.get("prev_action")
    if not previous:
        return None, _ANY  # a rule for the start of a conversation is compared with nothing else
    action, intent = previous.get("action_name"), (state.get("user") or {}).get("intent")
    return tuple(_ANY if not value or value == SHOULD_NOT_BE_SET else value for value in (action, intent))


def _shelf(policy: Any, lookup: Mapping[str, str]) -> Shelf:
    """The rules of this lookup by their place; made at the first prediction with it."""
    kept = policy.__dict__.setdefault("_palpate_rules", {})
    known = kept.get(id(lookup))
    if known is None or known[0] is not lookup or known[1] != len(lookup):
        shelf: Shelf = {}
        for key in lookup:
            states = policy._rule_key_to_state(key)
            shelf.setdefault(_place(states[-1]) if states else (_ANY, _ANY), []).append(key)
        known = kept[id(lookup)] = (lookup, len(lookup), shelf)
    return known[2]


def possible_keys(policy: Any, lookup: Mapping[str, str], states: list[Any]) -> set[str]:
    """The rules that fit these states, the same set that stock Rasa finds."""
    if not states:
        return set(lookup)
    shelf, now = _shelf(policy, lookup), states[-1]
    previous = now.get("prev_action")
    action = previous.get("action_name") if previous else None
    intent = (now.get("user") or {}).get("intent")
    places = dict.fromkeys([(action, intent), (action, _ANY), (_ANY, intent), (_ANY, _ANY)])
    recent = list(enumerate(reversed(states)))
    return {
        key
        for place in places
        for key in shelf.get(place, ())
        if all(policy._is_rule_applicable(key, index, state) for index, state in recent)
    }


def install() -> None:
    """Replace the look-up of rules in this process."""
    from rasa.core.policies.rule_policy import RulePolicy

    RulePolicy._get_possible_keys = possible_keys
