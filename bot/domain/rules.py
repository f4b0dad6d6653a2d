"""The decision table: every rule in the order in which ties are broken."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.rule import Rule
from bot.domain.rules_base import BASE_RULES
from bot.domain.rules_doctor import DOCTOR_RULES
from bot.domain.rules_emergency import EMERGENCY_RULES
from bot.domain.rules_today import DEFER_RULES, TODAY_RULES

# Rules that stop or hold; then the base rules, of which the first that holds counts.
HOLDING_RULES: tuple[Rule, ...] = (*EMERGENCY_RULES, *TODAY_RULES, *DEFER_RULES, *DOCTOR_RULES)
RULES: tuple[Rule, ...] = (*HOLDING_RULES, *BASE_RULES)

# Said to the visitor and noted for staff, without any say in the result: id → (extra, words, staff).
NOTES: Mapping[str, tuple[str, str, str]] = {
    "R-X07": (
        "asked_to_skip",
        "I can't name a cause, and I can't book without these few safety questions.",
        "Asked to skip safety questions or for a diagnosis; boundary held.",
    ),
}


def by_id(rule_id: str) -> tuple[Rule, ...]:
    """The rows with this id; R-X00 has several. Empty when there is none."""
    return tuple(rule for rule in RULES if rule.id == rule_id)
