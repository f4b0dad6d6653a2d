"""Which answers a visitor may change by tapping, as the choices of one question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain import cards, complaints, wording
from bot.domain.intake import Intake
from bot.domain.speech import say

# In the order in which they are read back; the fields of a further complaint come after those of the first.
_OFFERED = (
    "for_whom", "age", "complaint", "sites", "duration_days", "onset", "nrs", "function_limited", "general_screen",
    "conditions", "medicines", "skin", "doctor", "preferred_times", "contact",
)  # fmt: skip
NOTHING = "nothing"


def changeable(intake: Intake) -> list[str]:
    """The fields that have an answer which the visitor may change now."""
    if not intake.consented or intake.phase not in ("interview", "read_back"):
        return []
    named = []
    for name in _OFFERED:
        if name in complaints.OWN:
            named += [complaints.field(name, at) for at in complaints.numbers(intake)]
        else:
            named.append(name)
    screens = [name for name in cards.screen_fields(intake) if name in intake.settled]
    return [name for name in [*named, *screens] if name in intake.settled]


def listed(intake: Intake) -> list[dict[str, str]]:
    """The same fields with their labels, for the state that a client sees."""
    return [{"field": name, "label": wording.field_label(intake, name)} for name in changeable(intake)]


def choices(intake: Intake) -> tuple[Mapping[str, Any], ...]:
    """The fields as choices, each with what is known: "Pain: 6 of 10"."""
    rows = ({"value": row["field"], "label": row["label"]} for row in listed(intake))
    return (*rows, {"value": NOTHING, "label": say(intake.locale, wording.NOTHING_TO_CHANGE)})
