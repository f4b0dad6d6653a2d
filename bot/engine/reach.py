"""How far back the trained policies look, so that the event window never shows them less."""

from __future__ import annotations

import json
from typing import Any


def reach_of(runner: Any) -> int | None:
    """The most states any rule or remembered story of this model is compared with; None when there is no limit."""
    from rasa.core.policies.memoization import MemoizationPolicy
    from rasa.core.policies.policy import Policy
    from rasa.core.policies.rule_policy import RulePolicy

    furthest = 0
    for node in runner._instantiated_nodes.values():
        policy = node._component
        if not isinstance(policy, Policy):
            continue
        if isinstance(policy, RulePolicy):
            furthest = max(furthest, _longest(policy.lookup or {}))
        elif isinstance(policy, MemoizationPolicy) and policy.featurizer.max_history is not None:
            furthest = max(furthest, policy.featurizer.max_history)
        else:
            return None
    return furthest


def _longest(lookup: dict[str, Any]) -> int:
    """The states of the longest rule; rules are kept as JSON lists of states under their kind."""
    keys = [key for rules in lookup.values() if isinstance(rules, dict) for key in rules]
    return max((len(states) for key in keys if isinstance(states := _states(key), list)), default=0)


def _states(key: str) -> Any:
    try:
        return json.loads(key)
    except ValueError:
        return None
