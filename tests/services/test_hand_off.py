"""The hand-off happens once, grows when danger grows, and never loses a word of what it was based on."""

from __future__ import annotations

import pytest

from bot.domain.errors import StorageUnavailable
from bot.services.booking import book
from bot.services.decisions import override
from bot.services.hand_off import hand_off
from bot.services.review import Actor, claim
from bot.services.stored import Erasure, QueueFilter

ID = "conversation-0000000001"
ANA = Actor("Ana", "lead")


def outbox(clinic):
    return [item.payload for item in clinic.storage.shelves.outbox.values() if item.kind == "staff_alert"]


def test_everything_the_result_stands_on_is_kept(clinic):
    clinic.chat(ID, "my back", "5 of 10")
    receipt = clinic.intake()
    assert (receipt.revision, receipt.created) == (1, True)
    stored = clinic.handoff(receipt.reference)
    [revision] = clinic.look(lambda uow: uow.handoffs.revisions(stored.id))
    assert (stored.status, stored.outcome, stored.urgency, stored.channel) == ("new", "clinical_massage", None, "web")
    assert stored.contact["name"] == "Ana Ruiz"
    assert revision.record["nrs"] == 5
    assert revision.result["rule"]
    assert revision.rules_version == revision.result["rules_version"] == stored.rules_version
    assert revision.consent["version"] == "2026-11"
    assert [line["text"] for line in revision.transcript] == ["my back", "5 of 10"]
    assert clinic.look(lambda uow: uow.conversations.get(ID).consent_at) is not None


def test_the_same_call_again_gives_the_first_receipt(clinic):
    first = clinic.intake()
    again = clinic.intake()
    assert (again.reference, again.revision, again.created) == (first.reference, 1, False)
    assert len(outbox(clinic)) == 1


def test_a_milder_result_later_changes_nothing(clinic):
    first = clinic.intake(ci=["CI-ANTICOAG"])
    assert clinic.intake().created is False
    assert clinic.handoff(first.reference).outcome == "doctor_first"


def test_new_danger_makes_a_revision_and_alerts_anew_without_health_text(clinic):
    first = clinic.intake()
    claim(clinic.uow(), first.reference, by=ANA, now=clinic.now)
    worse = clinic.intake(rf=["RF-CES"])
    assert (worse.reference, worse.revision, worse.created) == (first.reference, 2, True)
    stored = clinic.handoff(first.reference)
    assert (stored.status, stored.urgency, stored.claimed_by) == ("new", "emergency", None)
    assert outbox(clinic) == [
        {"reference": first.reference, "revision": 1, "urgent": False},
        {"reference": first.reference, "revision": 2, "urgent": True},
    ]


def test_a_second_emergency_of_another_kind_is_told_too(clinic):
    clinic.intake(rf=["RF-CES"])
    assert clinic.intake(rf=["RF-CES"]).created is False
    assert clinic.intake(rf=["RF-CES", "RF-STROKE"]).revision == 2


def test_staffs_stricter_word_outlives_a_milder_danger_and_not_a_graver_one(clinic):
    reference = clinic.intake().reference
    override(
        clinic.uow(), reference, outcome="not_now", urgency="same_day", reason="sounded ill", by=ANA, now=clinic.now
    )
    clinic.intake(ci=["CI-ANTICOAG"])
    assert clinic.handoff(reference).urgency == "same_day"
    clinic.intake(rf=["RF-CES"])
    assert (clinic.handoff(reference).urgency, clinic.handoff(reference).overridden) == ("emergency", False)


def test_a_booking_is_held_when_danger_comes(clinic):
    reference = clinic.intake().reference
    claim(clinic.uow(), reference, by=ANA, now=clinic.now)
    start = clinic.now.replace(day=24)
    book(clinic.uow(), reference, start=start, minutes=60, therapist="Kim", room="1", by=ANA, now=clinic.now)
    clinic.intake(rf=["RF-CES"])
    stored = clinic.handoff(reference)
    assert [one.status for one in clinic.look(lambda uow: uow.appointments.of(stored.id))] == ["on_hold"]


def test_a_reference_in_use_is_not_given_twice(clinic):
    references = iter(["PLP-SAME", "PLP-SAME", "PLP-SAME", "PLP-OTHER"])
    kept = {
        "record": clinic.record,
        "result": clinic.classify(clinic.record),
        "consent": {"privacy": True},
        "said": {},
        "now": clinic.now,
        "new_reference": lambda: next(references),
    }
    assert hand_off(clinic.uow(), conversation="a" * 22, **kept).reference == "PLP-SAME"
    assert hand_off(clinic.uow(), conversation="b" * 22, **kept).reference == "PLP-OTHER"


def test_a_late_turn_does_not_bring_back_what_was_forgotten(clinic):
    clinic.chat(ID, "my back")
    with clinic.uow() as uow:
        uow.conversations.erase(ID, erasure=Erasure(ID, clinic.now, "visitor", "all"))
        uow.commit()
    with pytest.raises(StorageUnavailable):
        clinic.intake()
    assert clinic.look(lambda uow: uow.handoffs.search(QueueFilter())) == []


def test_one_more_reason_to_ask_a_doctor_is_no_new_danger(clinic):
    first = clinic.intake(ci=["CI-HTN-UNC"])
    again = clinic.intake(ci=["CI-HTN-UNC", "CI-SPINEOP"])
    assert (again.reference, again.revision, again.created) == (first.reference, 1, False)
    assert len(clinic.storage.shelves.outbox) == 1, "nobody is alerted anew"
