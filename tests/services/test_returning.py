"""Coming back with a code: good once, for a new conversation alone, and the check on the day of the visit reaches its hand-off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import NotFound
from bot.services import links, returning
from bot.services.stored import Appointment

ID, TODAY = "conversation-0000000001", "conversation-0000000002"
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=50)
CONSENT = {"privacy": True, "share": False, "version": "2026-11", "language": "en"}


def test_a_code_gives_the_last_hand_off_once_however_it_is_typed(clinic):
    receipt = clinic.intake(ci=["CI-DM"])
    code = returning.code_for(clinic.uow(), ID, now=NOW)
    assert returning.spend(clinic.uow(), code.lower().replace("-", " "), now=LATER) == (ID, returning.VISIT)
    found = returning.last_time(clinic.uow(), ID, now=LATER)
    assert (found.reference, found.days, found.record["ci"]) == (receipt.reference, 50, ["CI-DM"])
    with pytest.raises(NotFound):
        returning.spend(clinic.uow(), code, now=LATER)


def test_a_code_ends_with_its_time_and_with_a_newer_one(clinic):
    clinic.intake()
    old, new = (returning.code_for(clinic.uow(), ID, now=NOW) for _ in range(2))
    with pytest.raises(NotFound):
        returning.spend(clinic.uow(), old, now=NOW)
    with pytest.raises(NotFound):
        returning.spend(clinic.uow(), new, now=NOW + returning.GOOD_FOR[returning.VISIT])


def test_a_code_to_come_back_does_not_open_the_old_conversation(clinic):
    clinic.intake()
    code = returning.code_for(clinic.uow(), ID, now=NOW)
    with pytest.raises(NotFound):
        links.use(clinic.uow(), returning.digest(code), lambda old: old, now=NOW)
    assert returning.spend(clinic.uow(), code, now=NOW)[0] == ID, "nor is it spent by the attempt"


def test_what_was_erased_is_not_known_next_time(clinic):
    assert returning.last_time(clinic.uow(), "never-heard-of-0001", now=NOW) is None


def rescreen(clinic, **record):
    raw = {**clinic.record, **record}
    clinic.chat(TODAY, "none of these today")
    told = {"record": raw, "result": clinic.classify(raw), "consent": CONSENT, "said": {}, "now": LATER}
    return returning.rescreen(clinic.uow(), ID, spoken_in=TODAY, **told)


def test_a_calm_day_of_the_visit_is_noted_and_moves_nothing(clinic):
    receipt = clinic.intake()
    assert returning.spend(
        clinic.uow(), returning.day_of_visit_code(clinic.uow(), receipt.reference, now=NOW), now=NOW
    ) == (ID, "day")
    after = rescreen(clinic)
    handoff = clinic.handoff(receipt.reference)
    last = clinic.look(lambda uow: uow.handoffs.revisions(handoff.id))[-1]
    assert (after.reference, after.revision, last.cause) == (receipt.reference, 2, "day_of_visit")
    assert [line["text"] for line in last.transcript] == ["none of these today"]
    assert (handoff.status, handoff.outcome) == ("new", "clinical_massage")


def test_a_fever_on_the_day_puts_the_booking_on_hold_and_calls_staff(clinic):
    receipt = clinic.intake()
    handoff = clinic.handoff(receipt.reference)
    booked = Appointment(0, handoff.id, LATER, 60, "Noor", "1", "confirmed", NOW, "lea")
    with clinic.storage() as uow:
        uow.appointments.add(booked)
        uow.commit()
    after = rescreen(clinic, ci=["CI-FEVER"])
    assert (after.reference, after.created) == (receipt.reference, True)
    assert clinic.handoff(receipt.reference).urgency == "same_day", "a fever with back pain"
    assert [one.status for one in clinic.look(lambda uow: uow.appointments.of(handoff.id))] == ["on_hold"]
