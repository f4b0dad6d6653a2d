"""Compares what was stored with what the person told: completion, record, result; under-triage before everything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.simulator.people import DERIVED, Person
from bot.simulator.visit import Visit

_ORDER = (
    ("relaxation_massage", None), ("clinical_massage", None), ("doctor_first", "gp"), ("doctor_first", "gp_urgent"),
    ("not_now", "defer"), ("not_now", "same_day"), ("not_now", "emergency"),
)  # fmt: skip
_STOPS = ("same_day", "emergency")
SHARE_OF_DAYS = 0.1  # "eight months" is read as a number of days; so much may it differ


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one visit. `wrong` says field by field what differs; empty when all is as told."""

    person: Person
    turns: int
    completed: bool
    wrong: tuple[str, ...]
    facts: int
    under_triaged: bool
    transcript: str

    @property
    def good(self) -> bool:
        """True when the visit ended, and the record and the result are the person's."""
        return self.completed and not self.wrong and not self.under_triaged


def unfinished(person: Person, turns: int, why: str, transcript: str) -> Verdict:
    """A visit without an end."""
    return Verdict(person, turns, False, (why,), 0, False, transcript)


def judge(
    person: Person,
    handoff: Mapping[str, Any],
    visit: Visit,
    policy: Policy = DEFAULT_POLICY,
) -> Verdict:
    """Compare a stored hand-off (`record` and `result`) with the person; of a visit that was stopped, with what was told."""
    result, record = handoff["result"], handoff["record"]
    told = frozenset(visit.speech.told) if result["urgency"] in _STOPS else None
    expected = person.result(policy, told)
    want, got = (expected.outcome, expected.urgency), (result["outcome"], result["urgency"])
    wrong = (
        []
        if want == got
        else [f"result: {'/'.join(map(str, got))} ({result['rule']}), not {'/'.join(map(str, want))} ({expected.rule})"]
    )
    compared = _dangers(person, record, person.dangers if told is None else told)
    if told is None:
        compared += _facts(person, record, visit.asked)
    wrong += [text for text in compared if text]
    return Verdict(
        person,
        visit.chat.turns,
        True,
        tuple(wrong),
        len(compared) + 1,
        _ORDER.index(got) < _ORDER.index(want),
        visit.chat.transcript(),
    )


def _dangers(person: Person, record: Mapping[str, Any], told: frozenset[str]) -> list[str]:
    """Flags and conditions told and stored; what follows from other facts is nobody's word."""
    rows = []
    for name, prefix in (("rf", "RF-"), ("ci", "CI-")):
        mine = {one for one in told if one.startswith(prefix)} - DERIVED
        kept = set(record.get(name, ())) - DERIVED
        if person.record.get("doctor") == "refused":
            kept.discard("CI-TOLDNOT")
        missing, more = sorted(mine - kept), sorted(kept - mine)
        rows.append(f"{name}: missed {missing}, made up {more}" if missing or more else "")
    return rows


def _facts(person: Person, record: Mapping[str, Any], asked: Collection[str]) -> list[str]:
    """Field by field; what was neither told nor asked, because it could change nothing, cannot be wrong."""
    rows = [_one("age", person.record["age"], record.get("age"))]
    kept = record.get("complaints") or [record]
    if len(person.aches) != len(kept):
        rows.append(f"complaints: {len(kept)}, not {len(person.aches)}")
    for number, (ache, stored) in enumerate(zip(person.aches, kept, strict=False), 1):
        mark = f"#{number}" if number > 1 else ""
        goal = (
            ache if number == 1 else {**ache, "complaint": stored.get("complaint")}
        )  # what they come for is asked once
        unasked = {
            name for name in _MAY_GO_UNASKED if f"{name}{mark}" not in asked and stored.get(name) in (None, "none")
        }
        told = {name: stored.get(name) if name in unasked else value for name, value in goal.items()}
        rows += [text and text.replace(":", f"{mark}:", 1) for text in _ache(told, stored)]
    hurts = bool(person.aches[0].get("sites"))
    if hurts and "doctor" in asked and record.get("doctor") not in (person.record.get("doctor") or "none", None):
        rows.append(_one("doctor", person.record.get("doctor") or "none", record.get("doctor")))
    return rows


_MAY_GO_UNASKED = ("duration_days", "onset")


def _ache(ache: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    if not ache.get("sites"):
        return [_one("complaint", ache["complaint"], stored.get("complaint"))]
    return [
        _one("sites", _places(ache["sites"]), _places(stored.get("sites") or [])),
        _one("complaint", ache["complaint"], stored.get("complaint")),
        _one("onset", ache["onset"], stored.get("onset")),
        _one("nrs", ache["nrs"], stored.get("nrs")),
        _one("function_limited", ache["function_limited"], stored.get("function_limited")),
        _days(ache["duration_days"], stored.get("duration_days")),
    ]


def _one(name: str, told: Any, kept: Any) -> str:
    return "" if told == kept else f"{name}: {kept!r}, not {told!r}"


def _days(told: float | None, kept: float | None) -> str:
    if told is None and kept is None:
        return ""
    if told is not None and kept is not None and abs(told - kept) <= max(1, told * SHARE_OF_DAYS):
        return ""
    return _one("duration_days", told, kept)


def _places(entries: Any) -> list[tuple[str, str | None]]:
    return sorted((entry["site"], entry.get("side")) for entry in entries)
