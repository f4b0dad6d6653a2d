"""Many hands at once on real databases: one hand-off, one booking, one worker, no lost message."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from bot.domain.errors import DoubleBooking, IllegalMove, NotFound
from bot.services import accounts, booking, links, review, sign_in, staff_admin
from bot.services.hand_off import hand_off
from bot.services.review import Actor
from bot.services.stored import Conversation, NewMessage, OutboxItem, QueueFilter, ResumeCode

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ID = "conversation-0000000001"
PASSWORD = "correct horse battery"
ANA = Actor("Ana", "lead")
RESULT = {
    "outcome": "clinical_massage",
    "urgency": None,
    "rule": "R-C02",
    "provisional": False,
    "reasons": [],
    "rules_version": "v",
}


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in `count` threads that start together; errors come back as values."""
    gate = Barrier(count)

    def run(number: int) -> Any:
        gate.wait(30)
        try:
            return act(number)
        except (DoubleBooking, IllegalMove, NotFound, accounts.SignInRefused) as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the smallest costs."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def given(storage, conversation=ID):
    with storage() as uow:
        uow.conversations.add(Conversation(conversation, b"h", "web", "en", "interview", NOW, NOW))
        uow.commit()


def handed_off(storage, conversation=ID, **result):
    return hand_off(
        storage(),
        conversation=conversation,
        record={"nrs": 5},
        result={**RESULT, **result},
        consent={"privacy": True},
        said={},
        now=NOW,
    )


def test_a_conversation_is_handed_off_once_and_staff_alerted_once(database):
    given(database)
    receipts = at_once(8, lambda _: handed_off(database))
    assert len({receipt.reference for receipt in receipts}) == 1
    assert sum(receipt.created for receipt in receipts) == 1
    with database() as uow:
        assert len(uow.handoffs.search(QueueFilter())) == 1
        assert uow.outbox.waiting() == 1


def test_danger_that_arrives_twice_makes_one_revision(database):
    given(database)
    handed_off(database)
    danger = {"outcome": "not_now", "urgency": "emergency", "rule": "R-RF-CES", "reasons": [{"rule": "R-RF-CES"}]}
    receipts = at_once(6, lambda _: handed_off(database, **danger))
    assert {receipt.revision for receipt in receipts} == {2}
    assert sum(receipt.created for receipt in receipts) == 1
    with database() as uow:
        assert uow.outbox.waiting() == 2


def test_two_reviewers_claim_and_one_has_it(database):
    given(database)
    reference = handed_off(database).reference
    results = at_once(6, lambda n: review.claim(database(), reference, by=Actor(f"R{n}", "reviewer"), now=NOW))
    assert sum(not isinstance(result, IllegalMove) for result in results) == 1


def test_racing_bookings_for_one_slot_end_with_one_appointment(database):
    references = []
    for number in range(12):
        given(database, f"conversation-{number:010d}")
        references.append(handed_off(database, f"conversation-{number:010d}").reference)
        review.claim(database(), references[-1], by=ANA, now=NOW)

    def book(number: int) -> Any:
        # Half of them want the therapist, half the room, at times that overlap by five minutes or more.
        therapist, room = ("Kim", f"R{number}") if number % 2 else (f"T{number}", "1")
        start = START + timedelta(minutes=5 * (number % 6))
        return booking.book(
            database(), references[number], start=start, minutes=60, therapist=therapist, room=room, by=ANA, now=NOW
        )

    results = at_once(12, book)
    assert sum(not isinstance(result, DoubleBooking) for result in results) == 2  # one for Kim, one for room 1
    with database.reading() as uow:
        statuses = [uow.handoffs.by_reference(reference).status for reference in references]
        assert sorted(statuses) == ["booked"] * 2 + ["claimed"] * 10
        assert len(uow.appointments.between(NOW, START + timedelta(days=1))) == 2


def test_messages_that_arrive_together_all_get_their_own_place(database):
    given(database)

    def write(number: int) -> Any:
        with database() as uow:
            appended = uow.conversations.append(
                ID, NewMessage("visitor", f"text {number // 2}", id=f"m{number // 2}"), now=NOW
            )
            uow.commit()
        return appended

    results = at_once(16, write)  # each message is sent twice, as after a lost answer
    assert sorted(result.seq for result in results if result.created) == list(range(1, 9))
    assert sorted(result.seq for result in results if not result.created) == list(range(1, 9))


def test_one_worker_at_a_time(database):
    given(database)
    with database() as uow:
        uow.conversations.append(ID, NewMessage("visitor", "hello", id="m1"), now=NOW)
        uow.commit()

    def claim(number: int) -> Any:
        with database() as uow:
            message = uow.conversations.claim(ID, worker=f"w{number}", now=NOW, until=NOW + timedelta(seconds=30))
            uow.commit()
        return message

    assert sum(message is not None for message in at_once(8, claim)) == 1


@pytest.mark.parametrize("callers", [4])
def test_an_outbox_item_goes_to_one_caller(database, callers):
    with database() as uow:
        for number in range(10):
            uow.outbox.add(OutboxItem(0, f"k{number}", "staff_alert", {}, NOW, NOW))
        uow.commit()

    def take(_number: int) -> Any:
        with database() as uow:
            items = uow.outbox.due(NOW, until=NOW + timedelta(minutes=2), limit=4)
            uow.commit()
        return [item.key for item in items]

    taken = [key for keys in at_once(callers, take) for key in keys]
    assert len(taken) == len(set(taken))


def test_a_one_time_link_raced_by_eight_opens_once(database):
    given(database)
    with database() as uow:
        uow.conversations.add_code(ResumeCode(b"code", ID, "device", NOW, NOW + timedelta(minutes=9)))
        uow.commit()
    got = at_once(8, lambda number: links.use(database(), b"code", lambda had: had + bytes([number]) * 32, now=NOW))
    assert [isinstance(one, NotFound) for one in got].count(False) == 1


def test_an_invitation_raced_by_eight_makes_one_session(database, quick_hashes):
    token = staff_admin.invite(database, name="Bo", role="reviewer", by=Actor("Ana", "admin"), now=NOW)
    got = at_once(
        8, lambda number: staff_admin.accept(database, token, password=f"long password {number}", now=NOW, agent="")
    )
    assert [isinstance(one, NotFound) for one in got].count(False) == 1


def test_a_code_of_the_app_raced_by_eight_lets_in_once(database, quick_hashes):
    secret = "JBSWY3DPEHPK3PXP" * 2
    account = accounts.add_staff(database, name="Ana", role="reviewer", password=PASSWORD, now=NOW)
    with database() as uow:
        uow.staff.save(replace(account, totp_secret=secret))
        uow.commit()
    halves = [sign_in.with_password(database, name="Ana", password=PASSWORD, now=NOW) for _ in range(8)]
    right = pyotp.TOTP(secret).at(NOW)
    got = at_once(8, lambda number: sign_in.with_code(database, halves[number], code=right, now=NOW))
    assert [isinstance(one, accounts.SignInRefused) for one in got].count(False) == 1


def test_failures_at_the_same_moment_are_all_counted(database, quick_hashes):
    place = sign_in.Place("192.0.2.7")

    def wrong(number: int) -> Any:
        return sign_in.with_password(database, name=f"nobody {number}", password="x", now=NOW, place=place)

    firsts = at_once(8, wrong)
    with database.reading() as uow:
        so_far = uow.doors.tries(place.address).failures
    assert all(isinstance(one, accounts.SignInRefused) for one in [*firsts, *at_once(8, wrong)])
    with database.reading() as uow:
        assert uow.doors.tries(place.address).failures == so_far + 8
