"""Many hands at once on real databases: one hand-off, one booking, one worker, no lost message."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.domain.errors import DoubleBooking, IllegalMove
from bot.services import booking, review
from bot.services.hand_off import hand_off
from bot.services.review import Actor
from bot.services.stored import Conversation, NewMessage, OutboxItem, QueueFilter

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ID = "conversation-0000000001"
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
        except (DoubleBooking, IllegalMove) as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


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
        therapist, room = ("Kim", str(number)) if number % 2 else (f"T{number}", "1")
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
