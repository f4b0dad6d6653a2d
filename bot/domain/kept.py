"""What is kept about a visitor as a short list for them, when all that is at hand is the stored record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain import complaints, wording
from bot.domain.intake import FACTS, Intake

# What the record says where nobody has said anything (contract §3).
_DEFAULTS = {"complaint": "pain", "doctor": "none"}
# A list on a telephone may be read by the very person it is about; it is in the whole copy behind the visitor's own link.
_NEVER_LISTED = frozenset({"RF-ABUSE"})


def listed(record: Mapping[str, Any], locale: str) -> list[str]:
    """The lines of the read-back for a stored record (`values`, `said`), contact data masked; empty for an empty one."""
    values, said = record.get("values") or {}, record.get("said") or {}
    if not values:
        return []
    intake = Intake(locale=locale)
    intake.facts = _facts({k: v for k, v in values.items() if k in said or v != _DEFAULTS.get(k)})
    intake.rf = [name for name in values.get("rf") or () if name not in _NEVER_LISTED]
    intake.ci = list(values.get("ci") or ())
    intake.rf_unknown = list(values.get("rf_unknown") or ())
    intake.extra = list(values.get("extra") or ())
    lines = wording.told_lines(intake)
    whom_is_known = intake.facts.get("for_whom") or intake.facts.get("age") is not None
    return lines if whom_is_known else lines[1:]  # without either the first line would only guess "For you"


def masked(contact: Mapping[str, Any]) -> dict[str, str]:
    """Enough to know one's own data by, and too little for anybody else."""
    out = {}
    for key, value in contact.items():
        text = str(value or "")
        name, at, host = text.partition("@")
        if at:
            out[key] = f"{name[:1]}…@{host}"
        elif key == "phone":
            out[key] = f"…{text[-2:]}"
        elif text:
            out[key] = f"{text[:1]}…"
    return out


def _facts(values: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in values.items() if name in FACTS and value is not None}
    facts.pop("complaints", None)
    for at, ache in enumerate(values.get("complaints") or (), 1):
        facts.update(
            {complaints.field(name, at): ache[name] for name in complaints.RECORDED if ache.get(name) is not None}
        )
    return {**facts, "contact": masked(facts["contact"])} if facts.get("contact") else facts
