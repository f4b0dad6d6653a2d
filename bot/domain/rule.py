"""What one rule of the decision table is, and how strong its answer is beside another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.clauses import Clause

OUTCOMES = ("relaxation_massage", "clinical_massage", "doctor_first", "not_now")
URGENCIES: Mapping[str, tuple[str | None, ...]] = {
    "relaxation_massage": (None,),
    "clinical_massage": (None,),
    "doctor_first": ("gp", "gp_urgent"),
    "not_now": ("defer", "same_day", "emergency"),
}
# From the mildest to the strongest answer (clinical.md §0).
_LADDER: tuple[tuple[str, str | None], ...] = tuple(
    (outcome, urgency) for outcome in OUTCOMES for urgency in URGENCIES[outcome]
)
_STRENGTH = {step: number for number, step in enumerate(_LADDER)}


def strength(outcome: str, urgency: str | None) -> int:
    """The place of an answer on the ladder; a bigger number always wins."""
    return _STRENGTH[outcome, urgency]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    when     the condition, readable and evaluable
    because  the reason in the visitor's words; `{told}` is replaced by the answers that met the condition
    staff    what staff read
    item     the id a doctor's word has to name to lift this rule; only doctor_first rules have one
    lowers   the switches that can make this rule milder or silent
    """

    id: str
    outcome: str
    urgency: str | None
    when: Clause
    because: str
    staff: str
    source: str
    item: str | None = None
    lowers: tuple[str, ...] = ()
    provisional: bool = False
    owner: str = "clinical lead"
    review_by: str = "2027-05-23"

    @property
    def strength(self) -> int:
        """Its place on the ladder."""
        return _STRENGTH[self.outcome, self.urgency]
