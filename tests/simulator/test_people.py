"""Made-up visitors are the same every time, and what is compared at the end can tell right from wrong."""

from __future__ import annotations

from typing import Any

from bot.domain import record as records
from bot.simulator import people, speech, verdict
from bot.simulator.command import everybody

MANY = 300


def test_a_seed_is_the_same_person_every_time():
    assert everybody(0, 50) == everybody(0, 50)
    assert {person.manner for person in everybody(0, MANY)} == set(people.MANNERS)


def test_every_person_is_a_record_the_rules_can_judge():
    outcomes = set()
    for person in everybody(0, MANY):
        records.from_json(dict(person.record))
        outcomes.add((person.result().outcome, person.result().urgency))
    assert len(outcomes) >= 6, "the people are too much alike"


def test_nobody_has_a_danger_that_no_card_asks():
    for person in everybody(0, MANY):
        assert person.dangers <= people.askable(person.record)


def test_lengths_of_time_are_said_exactly():
    assert [speech.duration(days) for days in (0, 1, 5, 14, 91, 365 * 2)] == [
        "today", "1 day", "5 days", "2 weeks", "3 months", "2 years",
    ]  # fmt: skip


class _Chat:
    turns = 12

    def transcript(self) -> str:
        return ""


class _Visit:
    def __init__(self, person: people.Person) -> None:
        self.chat = _Chat()
        self.speech = speech.Speech(person)
        self.asked = {"duration_days", "onset", "doctor"}


def _judged(person: people.Person, **changes: Any) -> verdict.Verdict:
    result = person.result()
    stored = {**person.record, **changes.pop("record", {})}
    kept = {"outcome": result.outcome, "urgency": result.urgency, "rule": result.rule, **changes}
    return verdict.judge(person, {"record": stored, "result": kept}, _Visit(person))  # type: ignore[arg-type]


def _calm() -> people.Person:
    return next(one for one in everybody(0, MANY) if one.result().outcome == "clinical_massage" and not one.dangers)


def test_what_is_stored_as_told_is_good():
    assert _judged(_calm()).good


def test_a_milder_result_is_under_triage():
    judged = _judged(_calm(), outcome="relaxation_massage", urgency=None)
    assert judged.under_triaged
    assert not judged.good


def test_a_lost_and_a_made_up_condition_are_named():
    judged = _judged(_calm(), record={"ci": ["CI-PREG"]})
    assert any("CI-PREG" in text for text in judged.wrong)


def test_a_wrong_side_is_named():
    person = next(one for one in everybody(0, MANY) if any(p["side"] == "left" for p in one.aches[0].get("sites", ())))
    if len(person.aches) == 1:
        wrong = [{**place, "side": "right"} for place in person.aches[0]["sites"]]
        assert any(text.startswith("sites") for text in _judged(person, record={"sites": wrong}).wrong)
