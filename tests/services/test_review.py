"""The moves as a truth table: every status with every move, what is stored, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain import permissions
from bot.domain import review as states
from bot.domain.errors import IllegalMove, NotAllowed, NotFound
from bot.services import booking, decisions, live, review
from bot.services.review import Actor, BadMove
from bot.services.stored import QueueFilter

ANA = Actor("Ana", "reviewer")
LEAD = Actor("Lee", "lead")

# from:      new      claimed               waiting_for_patient  waiting_for_doctor  booked    declined
TABLE = {
    "claim":     ("claimed", None,                  None,                  None,                 None,     None),
    "release":   (None,      "new",                 None,                  None,                 None,     None),
    "note":      ("new",     "claimed",             "waiting_for_patient", "waiting_for_doctor", "booked", None),
    "agree":     ("new",     "claimed",             "waiting_for_patient", "waiting_for_doctor", "booked", None),
    "override":  ("new",     "claimed",             "waiting_for_patient", "waiting_for_doctor", "booked", None),
    "clear":     ("new",     "claimed",             "waiting_for_patient", "waiting_for_doctor", "booked", None),
    "patient":   (None,      "waiting_for_patient", None,                  None,                 None,     None),
    "doctor":    (None,      "waiting_for_doctor",  None,                  None,                 None,     None),
    "resume":    (None,      None,                  "claimed",             "claimed",            None,     None),
    "book":      (None,      "booked",              None,                  None,                 None,     None),
    "decline":   (None,      "declined",            None,                  None,                 None,     None),
    "reopen":    (None,      None,                  "claimed",             "claimed",            "claimed", "claimed"),
}  # fmt: skip


def move(clinic, name, reference, by=ANA):
    uow, kept = clinic.uow(), {"by": by, "now": clinic.now}
    match name:
        case "note":
            return review.note(uow, reference, text="a note", **kept)
        case "override":
            return decisions.override(uow, reference, outcome="doctor_first", urgency="gp", reason="a clot", **kept)
        case "agree":
            return decisions.agree(uow, reference, **kept)
        case "withdraw":
            return decisions.withdraw(uow, reference, reason="too quick", **kept)
        case "clear":
            return review.clear(
                uow,
                reference,
                items=["CI-HEART"],
                given_by="Dr Lee",
                on=date(2026, 11, 1),
                limits="",
                classify=clinic.classify,
                **kept,
            )
        case "patient" | "doctor":
            return review.wait(uow, reference, on=name, until=None, **kept)
        case "book":
            return booking.book(
                uow, reference, start=clinic.now + timedelta(days=1), minutes=60, therapist="Kim", room="1", **kept
            )
        case "decline" | "reopen":
            return getattr(review, name)(uow, reference, reason="because", **kept)
        case _:
            return getattr(review, name)(uow, reference, **kept)


def given(clinic, status, **record):
    """A hand-off in this status, claimed by Ana where somebody has to have it."""
    reference = clinic.intake(**record).reference
    with clinic.uow() as uow:
        stored = uow.handoffs.by_reference(reference)
        uow.handoffs.save(replace(stored, status=status, claimed_by=None if status == "new" else "Ana"))
        uow.commit()
    return reference


def history(clinic, reference):
    return clinic.look(
        lambda uow: [(one.actor, one.action, one.from_status, one.to_status) for one in uow.audit.of(reference)]
    )


@pytest.mark.parametrize(
    ("name", "status", "to"),
    [(name, status, to) for name, row in TABLE.items() for status, to in zip(states.STATUSES, row, strict=True)],
)
def test_every_move_from_every_status(clinic, name, status, to):
    reference = given(clinic, status)
    before = history(clinic, reference)
    if to is None:
        with pytest.raises(IllegalMove) as refused:
            move(clinic, name, reference)
        assert f"while {status}" in str(refused.value)
        assert clinic.handoff(reference).status == status
        assert history(clinic, reference) == before
    else:
        move(clinic, name, reference)
        assert clinic.handoff(reference).status == to
        [entry] = history(clinic, reference)[len(before) :]
        assert (entry[0], entry[2:]) == ("Ana", (status, to))


@pytest.mark.parametrize("name", TABLE)
def test_nobody_without_a_role_moves_anything(clinic, name):
    reference = given(clinic, "claimed")
    with pytest.raises(NotAllowed):
        move(clinic, name, reference, by=Actor("Mallory", "visitor"))


@pytest.mark.parametrize("name", TABLE)
def test_what_is_not_there_cannot_be_moved(clinic, name):
    with pytest.raises(NotFound):
        move(clinic, name, "PLP-NONE")


@pytest.mark.parametrize("name", ["release", "patient", "doctor", "book", "decline"])
def test_a_claimed_hand_off_is_its_holders_or_a_leads(clinic, name):
    reference = given(clinic, "claimed")
    with pytest.raises(IllegalMove, match="Ana has claimed it"):
        move(clinic, name, reference, by=Actor("Bo", "reviewer"))
    move(clinic, name, reference, by=LEAD)


@pytest.mark.parametrize("role", permissions.ROLES)
def test_roles_grow_and_none_may_what_is_not_listed(role):
    assert permissions.MAY["reviewer"] <= permissions.MAY[role] <= permissions.MAY["admin"]
    assert not permissions.may(role, "read_minds")
    assert permissions.needed("read_minds") == "nobody has"
    assert permissions.needed("act_for_others") == "lead"


def test_every_read_is_written_down_before_it_is_shown(clinic):
    reference = clinic.intake().reference
    detail = review.show(clinic.uow(), reference, by=ANA, now=clinic.now)
    assert detail.history[-1].action == "read"
    review.show(clinic.uow(), reference, by=ANA, now=clinic.now, how="export_csv")
    assert [entry[1] for entry in history(clinic, reference)] == ["handed_off", "read", "export_csv"]
    review.queue(clinic.uow(), QueueFilter(), by=ANA, now=clinic.now)
    assert clinic.look(lambda uow: uow.audit.newest(limit=1)[0].detail) == {"references": [reference]}


@pytest.mark.parametrize(
    ("record", "status"),
    [({}, "confirmed"), ({"ci": ["CI-ANTICOAG"]}, "pending"), ({"ci": ["CI-CHRONIC"], "duration_days": 400}, "pending"), ({"rf": ["RF-CES"]}, None), ({"ci": ["CI-FEVER"]}, None)],
)  # fmt: skip
def test_what_may_be_booked_follows_the_answer(clinic, record, status):
    reference = given(clinic, "claimed", **record)
    if status is None:
        with pytest.raises(IllegalMove, match="may not be booked"):
            move(clinic, "book", reference)
    else:
        assert move(clinic, "book", reference).status == status


def test_an_override_to_danger_holds_the_booking(clinic):
    reference = given(clinic, "claimed")
    move(clinic, "book", reference)
    decisions.override(
        clinic.uow(), reference, outcome="not_now", urgency="emergency", reason="collapsed", by=ANA, now=clinic.now
    )
    stored = clinic.handoff(reference)
    assert (stored.status, stored.rank) == ("booked", 7)
    assert clinic.look(lambda uow: uow.appointments.of(stored.id))[0].status == "on_hold"
    assert clinic.look(lambda uow: uow.handoffs.decisions(stored.id))[0].direction == "up"


def said_by(clinic, reference):
    stored = clinic.handoff(reference)
    made = clinic.look(lambda uow: uow.handoffs.decisions(stored.id))
    return [(one.by, one.kind, one.outcome, one.direction) for one in made]


def override(clinic, reference, by, outcome, urgency=None, reason="seen"):
    kept = {"reason": reason, "by": by, "now": clinic.now}
    return decisions.override(clinic.uow(), reference, outcome=outcome, urgency=urgency, **kept)


def test_the_same_word_twice_is_one_word(clinic):
    reference = given(clinic, "claimed")  # the rules: clinical massage
    for _ in range(3):
        move(clinic, "agree", reference)
    assert said_by(clinic, reference) == [("Ana", "agree", "clinical_massage", "same")]
    assert [entry[1] for entry in history(clinic, reference)].count("agree") == 1
    for _ in range(2):
        override(clinic, reference, ANA, "doctor_first", "gp")
    move(clinic, "agree", reference)  # what counts is Ana's own word already
    assert len(said_by(clinic, reference)) == 2
    override(clinic, reference, ANA, "doctor_first", "gp", reason="another reason")
    assert len(said_by(clinic, reference)) == 3


def test_a_changed_mind_keeps_the_old_word_and_counts_the_new_one(clinic):
    reference = given(clinic, "claimed")
    override(clinic, reference, ANA, "not_now", "same_day")
    override(clinic, reference, ANA, "clinical_massage")
    stored = clinic.handoff(reference)
    assert (stored.outcome, stored.overridden, stored.direction) == ("clinical_massage", False, "same")
    assert [one[2] for one in said_by(clinic, reference)] == ["not_now", "clinical_massage"]


def test_a_word_taken_back_gives_the_result_to_the_others_then_to_the_rules(clinic):
    reference = given(clinic, "claimed")
    override(clinic, reference, LEAD, "doctor_first", "gp")
    override(clinic, reference, ANA, "not_now", "emergency")
    move(clinic, "withdraw", reference)
    stored = clinic.handoff(reference)
    assert (stored.outcome, stored.urgency, stored.overridden, stored.direction) == ("doctor_first", "gp", True, "up")
    with pytest.raises(IllegalMove, match="you have said nothing"):
        move(clinic, "withdraw", reference)
    move(clinic, "withdraw", reference, by=LEAD)
    stored = clinic.handoff(reference)
    assert (stored.outcome, stored.overridden, stored.direction) == ("clinical_massage", False, None)
    assert [one[1] for one in said_by(clinic, reference)] == ["override", "override", "withdraw", "withdraw"]


def test_taking_back_an_agreement_does_not_touch_the_answer(clinic):
    reference = given(clinic, "claimed")
    override(clinic, reference, LEAD, "doctor_first", "gp")
    move(clinic, "agree", reference)
    move(clinic, "withdraw", reference)
    assert clinic.handoff(reference).outcome == "doctor_first"
    move(clinic, "agree", reference)
    move(clinic, "withdraw", reference, by=LEAD)
    assert clinic.handoff(reference).outcome == "doctor_first"  # Ana still says so


def test_after_new_danger_the_result_is_another_and_wants_another_word(clinic):
    reference = given(clinic, "claimed")
    move(clinic, "agree", reference)
    clinic.intake(rf=["RF-CES"])
    move(clinic, "agree", reference)
    assert [(one[1], one[2]) for one in said_by(clinic, reference)] == [
        ("agree", "clinical_massage"),
        ("agree", "not_now"),
    ]


def test_reopening_frees_the_booked_time(clinic):
    reference = given(clinic, "claimed")
    move(clinic, "book", reference)
    move(clinic, "reopen", reference)
    assert move(clinic, "book", reference).status == "confirmed"


def test_a_doctors_word_runs_the_rules_again_and_keeps_both_results(clinic):
    reference = given(clinic, "waiting_for_doctor", ci=["CI-ANTICOAG"])
    assert clinic.handoff(reference).outcome == "doctor_first"
    review.clear(
        clinic.uow(),
        reference,
        items=["CI-ANTICOAG"],
        given_by="Dr Lee",
        on=date(2026, 11, 1),
        limits="light",
        classify=clinic.classify,
        by=ANA,
        now=clinic.now,
    )
    stored = clinic.handoff(reference)
    old, new = clinic.look(lambda uow: uow.handoffs.revisions(stored.id))
    assert (stored.outcome, stored.revision, stored.status) == ("clinical_massage", 2, "waiting_for_doctor")
    assert (old.result["outcome"], new.result["outcome"]) == ("doctor_first", "clinical_massage")
    assert (old.record["cleared"], new.record["cleared"]) == ([], ["CI-ANTICOAG"])
    assert new.clearance == {
        "items": ["CI-ANTICOAG"],
        "by": "Dr Lee",
        "date": "2026-11-01",
        "limits": "light",
        "recorded_by": "Ana",
        "document": None,
    }


@pytest.mark.parametrize("item", ["RF-CES", "RF-STROKE", "CI-FEVER", "CI-INTOX", "nonsense"])
def test_danger_cannot_be_cleared_by_a_doctors_word(clinic, item):
    reference = given(clinic, "claimed", rf=["RF-CES"])
    with pytest.raises(BadMove):
        review.clear(
            clinic.uow(),
            reference,
            items=[item],
            given_by="Dr Lee",
            on=date(2026, 11, 1),
            limits="",
            classify=clinic.classify,
            by=ANA,
            now=clinic.now,
        )


def test_staffs_answer_stays_when_the_rules_run_again(clinic):
    reference = given(clinic, "claimed", ci=["CI-ANTICOAG"])
    decisions.override(
        clinic.uow(), reference, outcome="not_now", urgency="defer", reason="fresh wound", by=ANA, now=clinic.now
    )
    review.clear(
        clinic.uow(),
        reference,
        items=["CI-ANTICOAG"],
        given_by="Dr Lee",
        on=date(2026, 11, 1),
        limits="",
        classify=clinic.classify,
        by=ANA,
        now=clinic.now,
    )
    assert clinic.handoff(reference).urgency == "defer"


def test_the_live_stretch(clinic):
    reference = clinic.intake().reference
    with pytest.raises(IllegalMove):
        live.say(clinic.uow(), reference, text="hello", by=ANA, now=clinic.now)
    live.take_over(clinic.uow(), reference, by=ANA, now=clinic.now)
    with pytest.raises(IllegalMove):
        live.take_over(clinic.uow(), reference, by=ANA, now=clinic.now)
    with pytest.raises(IllegalMove, match="Ana is speaking"):
        live.take_over(clinic.uow(), reference, by=Actor("Bo", "reviewer"), now=clinic.now)
    with pytest.raises(IllegalMove):
        live.hand_back(clinic.uow(), reference, by=Actor("Bo", "reviewer"), now=clinic.now)
    live.say(clinic.uow(), reference, text=" Hello ", by=ANA, now=clinic.now)
    live.take_over(clinic.uow(), reference, by=LEAD, now=clinic.now)
    live.hand_back(clinic.uow(), reference, by=LEAD, now=clinic.now)
    lines = clinic.look(lambda uow: uow.conversations.messages("conversation-0000000001"))
    assert [(line.sender, line.body.get("event")) for line in lines] == [
        ("staff", "takeover"),
        ("staff", None),
        ("staff", "takeover"),
        ("staff", "hand_back"),
    ]
    assert lines[1].text == "Hello"
    assert [entry[1] for entry in history(clinic, reference)][1:] == ["takeover", "say", "takeover", "hand_back"]


def test_the_page_of_states_is_not_stale():
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "review-states.md"
    assert page.read_text(encoding="utf-8") == states.page()
