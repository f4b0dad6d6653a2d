"""Hand-offs, appointments, audit and staff keep the same laws in memory, in SQLite and in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import DoubleBooking, NotFound
from bot.services.ports import AlreadyThere
from bot.services.stored import (
    Appointment,
    AuditEntry,
    Conversation,
    Decision,
    Handoff,
    Note,
    QueueFilter,
    Revision,
    StaffAccount,
    StaffSession,
)

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def handed_off(storage, number, *, rank=2, terms=(), **values):
    conversation, reference = f"conversation-{number:08d}", f"PLP-{number:04d}"
    handoff = Handoff(
        0,
        reference,
        conversation,
        1,
        "new",
        "clinical_massage",
        None,
        False,
        rank,
        "v1",
        "web",
        "en",
        NOW,
        NOW,
        NOW,
        {"name": f"Person {number}"},
    )
    revision = Revision(
        0,
        1,
        NOW,
        "interview",
        "v1",
        {"nrs": number},
        {"rule": "R-X00"},
        {"privacy": True},
        {},
        ({"seq": 1, "text": "my knee"},),
    )
    with storage() as uow:
        uow.conversations.add(Conversation(conversation, b"h", "web", "en", "handed_off", NOW, NOW))
        stored = uow.handoffs.add(replace(handoff, **values), revision, terms=terms)
        uow.commit()
    return stored


def found(storage, after=None, limit=50, **wanted):
    with storage.reading() as uow:
        return [one.reference for one in uow.handoffs.search(QueueFilter(**wanted), after=after, limit=limit)]


def test_a_hand_off_comes_back_as_it_went_in(storage):
    stored = handed_off(storage, 1, age=46, wait_until=LATER, claimed_by="Ana")
    with storage.reading() as uow:
        assert uow.handoffs.by_reference("PLP-0001") == stored
        assert uow.handoffs.by_conversation("conversation-00000001") == stored
        [revision] = uow.handoffs.revisions(stored.id)
        assert (revision.record, revision.transcript) == ({"nrs": 1}, ({"seq": 1, "text": "my knee"},))
        assert uow.handoffs.newest_revisions([stored.id])[stored.id] == replace(revision, transcript=())
        assert uow.handoffs.newest_revisions([]) == {}
        with pytest.raises(NotFound):
            uow.handoffs.by_reference("PLP-NONE")
        assert uow.handoffs.by_conversation("nobody") is None


@pytest.mark.parametrize("clash", ["reference", "conversation"])
def test_one_reference_and_one_hand_off_per_conversation(storage, clash):
    first = handed_off(storage, 1)
    with storage() as uow:
        uow.conversations.add(Conversation("conversation-x", b"h", "web", "en", "handed_off", NOW, NOW))
        second = replace(first, reference="PLP-XXXX", conversation="conversation-x")
        second = replace(second, **{clash: getattr(first, clash)})
        revision = uow.handoffs.revisions(first.id)[0]
        with pytest.raises(AlreadyThere):
            uow.handoffs.add(second, revision, terms=())
        uow.commit()  # the transaction lives on: only the second one was refused
    assert found(storage) == ["PLP-0001"]


def test_a_revision_is_kept_beside_the_first_and_its_words_find_it(storage):
    stored = handed_off(storage, 1, terms=["name:ruiz"])
    with storage() as uow:
        old = uow.handoffs.revisions(stored.id)[0]
        revised = replace(stored, revision=2, rank=7, outcome="not_now", urgency="emergency")
        uow.handoffs.revise(revised, replace(old, number=2, cause="danger", record={"nrs": 9}), terms=["name:reyes"])
        uow.commit()
    with storage.reading() as uow:
        assert [one.record["nrs"] for one in uow.handoffs.revisions(stored.id)] == [1, 9]
        assert uow.handoffs.newest_revisions([stored.id])[stored.id].number == 2
    assert found(storage, terms=("name:ruiz",)) == []
    assert found(storage, terms=("name:reyes",), min_rank=7) == ["PLP-0001"]


def test_the_queue_is_most_cautious_first_then_oldest_and_pages_without_gaps(storage):
    ranks = [2, 7, 3, 7, 2, 6]
    stored = [handed_off(storage, number, rank=rank) for number, rank in enumerate(ranks)]
    whole = found(storage)
    assert whole == ["PLP-0001", "PLP-0003", "PLP-0005", "PLP-0002", "PLP-0000", "PLP-0004"]
    by_reference = {one.reference: one for one in stored}
    paged, after = [], None
    while page := found(storage, after=after, limit=2):
        paged += page
        after = (by_reference[page[-1]].rank, by_reference[page[-1]].id)
    assert paged == whole


def test_filters_narrow(storage):
    handed_off(storage, 1, status="claimed", claimed_by="Ana", age=30, terms=["site:knee", "flag:RF-DVT"])
    handed_off(
        storage, 2, rank=7, outcome="not_now", urgency="emergency", channel="sms", locale="es", terms=["site:knee"]
    )
    assert found(storage, statuses=("claimed",)) == ["PLP-0001"]
    assert found(storage, claimed_by="Ana") == ["PLP-0001"]
    assert found(storage, min_rank=6) == ["PLP-0002"]
    assert found(storage, outcome="not_now") == ["PLP-0002"]
    assert found(storage, channel="sms", locale="es") == ["PLP-0002"]
    assert found(storage, reference="PLP-0001") == ["PLP-0001"]
    assert found(storage, age_from=30, age_to=30) == ["PLP-0001"]
    assert found(storage, terms=("site:knee",)) == ["PLP-0002", "PLP-0001"]
    assert found(storage, terms=("Site:Knee", "flag:rf-dvt")) == ["PLP-0001"]
    with storage.reading() as uow:
        assert dict(uow.handoffs.counts()) == {("claimed", 2): 1, ("new", 7): 1}


def test_what_came_in_is_counted_but_for_what_was_seen_in_the_same_revision(storage):
    first, second = handed_off(storage, 1), handed_off(storage, 2, waiting_since=LATER)
    before = NOW - timedelta(seconds=1)
    with storage.reading() as uow:
        assert uow.handoffs.arrivals(before) == [(first.id, 1), (second.id, 1)]
        assert uow.handoffs.arrivals(NOW) == [(second.id, 1)]
        assert uow.handoffs.came_in(QueueFilter(), before) == 2
        assert uow.handoffs.came_in(QueueFilter(), before, but=[(first.id, 1), (second.id, 1)]) == 0
        assert uow.handoffs.came_in(QueueFilter(), before, but=[(first.id, 2)]) == 2


def test_notes_and_decisions_stay_in_order(storage):
    stored = handed_off(storage, 1)
    decision = Decision(stored.id, 1, NOW, "Ana", "override", "doctor_first", "gp", "up", "told me of a clot")
    with storage() as uow:
        for text in ("first", "second"):
            uow.handoffs.add_note(Note(stored.id, NOW, "Ana", text))
        uow.handoffs.add_decision(decision)
        uow.commit()
    with storage.reading() as uow:
        assert [one.text for one in uow.handoffs.notes(stored.id)] == ["first", "second"]
        assert uow.handoffs.decisions(stored.id) == [decision]


def test_removing_a_hand_off_takes_everything_that_hangs_on_it(storage):
    stored = handed_off(storage, 1, terms=["name:ruiz"])
    other = handed_off(storage, 2)
    slot = Appointment(0, stored.id, LATER, 60, "Kim", "1", "confirmed", NOW, "Ana")
    with storage() as uow:
        uow.handoffs.add_note(Note(stored.id, NOW, "Ana", "a note"))
        uow.appointments.add(slot)
        uow.handoffs.remove(stored.id)
        uow.commit()
    with storage() as uow:
        assert uow.handoffs.notes(stored.id) == []
        assert uow.handoffs.revisions(stored.id) == []
        assert uow.appointments.add(replace(slot, handoff=other.id)).handoff == other.id  # the time is free again
    assert found(storage, terms=("name:ruiz",)) == []


def test_transcripts_go_before_the_record_does(storage):
    stored = handed_off(storage, 1)
    with storage() as uow:
        assert uow.handoffs.drop_transcripts(LATER, dry_run=True) == 1
        assert uow.handoffs.drop_transcripts(NOW) == 0
        assert uow.handoffs.drop_transcripts(LATER) == 1
        assert uow.handoffs.drop_transcripts(LATER) == 0
        uow.commit()
    with storage.reading() as uow:
        assert uow.handoffs.revisions(stored.id)[0].transcript == ()
        assert [one.id for one in uow.handoffs.older_than(LATER)] == [stored.id]
        assert uow.handoffs.older_than(NOW) == []


@pytest.mark.parametrize(
    ("start", "minutes", "therapist", "room", "clashes"),
    [
        (0, 60, "Kim", "1", True), (0, 60, "kim", "2", True), (0, 60, "Lee", "1", True), (0, 60, "Lee", "2", False),
        (60, 60, "Kim", "1", False), (-60, 60, "Kim", "1", False), (55, 5, "Kim", "9", True), (-30, 35, "Lee", "1", True), (15, 5, "Lee", "1", True),
    ],
)  # fmt: skip
def test_no_room_and_no_therapist_twice_at_any_minute(storage, start, minutes, therapist, room, clashes):
    stored = handed_off(storage, 1)
    first = Appointment(0, stored.id, LATER, 60, "Kim", "1", "confirmed", NOW, "Ana")
    second = replace(first, starts_at=LATER + timedelta(minutes=start), minutes=minutes, therapist=therapist, room=room)
    with storage() as uow:
        booked = uow.appointments.add(first)
        if clashes:
            with pytest.raises(DoubleBooking):
                uow.appointments.add(second)
            uow.appointments.set_status(booked.id, "on_hold")
            with pytest.raises(DoubleBooking):
                uow.appointments.add(second)
            uow.appointments.set_status(booked.id, "cancelled")
        uow.appointments.add(second)
        uow.commit()
    with storage.reading() as uow:
        assert len(uow.appointments.of(stored.id)) == 2
        assert len(uow.appointments.between(NOW, NOW + timedelta(hours=5))) == (1 if clashes else 2)


def test_the_visits_of_many_are_found_at_once_but_for_the_cancelled(storage):
    first, second, third = (handed_off(storage, number) for number in (1, 2, 3))
    with storage() as uow:
        late, gone, early = (
            uow.appointments.add(
                Appointment(0, one.id, NOW + timedelta(hours=hours), 60, f"Kim {hours}", "1", "confirmed", NOW, "Ana")
            )
            for one, hours in ((first, 5), (first, 1), (second, 3))
        )
        uow.appointments.set_status(gone.id, "cancelled")
        assert [one.id for one in uow.appointments.standing([first.id, second.id, third.id])] == [early.id, late.id]
        assert uow.appointments.standing([third.id]) == []
        assert uow.appointments.standing([]) == []


def test_the_audit_log_is_kept_in_order_and_can_lose_only_what_it_quotes(storage):
    entry = AuditEntry(NOW, "Ana", "override", "PLP-0001", "c1", "claimed", "claimed", {"reason": "clot"})
    with storage() as uow:
        for one in (entry, replace(entry, actor="Bo", action="read"), AuditEntry(NOW, "Ana", "sign_in")):
            uow.audit.add(one)
        uow.commit()
    with storage() as uow:
        assert [one.action for one in uow.audit.of("PLP-0001")] == ["override", "read"]
        assert [one.action for one in uow.audit.newest(limit=2)] == ["sign_in", "read"]
        assert [one.actor for one in uow.audit.newest(action="read")] == ["Bo"]
        assert [one.action for one in uow.audit.newest(without=("read",))] == ["sign_in", "override"]
        newest, middle, _ = uow.audit.newest()
        assert [one.action for one in uow.audit.newest(before=newest.id, limit=1)] == [middle.action]
        assert uow.audit.actions() == ["override", "read", "sign_in"]
        assert [one.action for one in uow.audit.newest(actor="Ana")] == ["sign_in", "override"]
        uow.audit.forget_details("c1", None)
        assert uow.audit.of_conversation("c1") == [
            replace(entry, detail=None),
            replace(entry, actor="Bo", action="read", detail=None),
        ]


def test_staff_names_are_unique_whatever_the_case_and_sessions_end(storage):
    account = StaffAccount(0, "Ana", "lead", "hash", NOW)
    with storage() as uow:
        stored = uow.staff.add(account)
        with pytest.raises(AlreadyThere):
            uow.staff.add(replace(account, name="ANA"))
        uow.staff.save(replace(stored, failures=3, locked_until=LATER))
        for kind, key in (("cookie", b"1"), ("cookie", b"2"), ("token", b"3")):
            uow.staff.add_session(StaffSession(key, stored.id, kind, "csrf", NOW, NOW))
        uow.staff.seen(b"2", LATER)
        assert uow.staff.end_idle(LATER) == 1
        uow.commit()
    with storage() as uow:
        assert uow.staff.by_name("aNa").failures == 3
        assert uow.staff.by_id(stored.id).locked_until == LATER
        assert uow.staff.by_name("Bo") is None
        assert [one.name for one in uow.staff.all()] == ["Ana"]
        assert uow.staff.session(b"1") is None
        assert uow.staff.session(b"2").seen_at == LATER
        uow.staff.end_session(b"2")
        assert uow.staff.session(b"2") is None
        uow.staff.end_sessions_of(stored.id)
        assert uow.staff.session(b"3") is None
