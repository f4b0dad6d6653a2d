"""The outbox keeps the same laws in memory, in SQLite and in PostgreSQL: once, in order, sealed, given up in sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.domain.errors import NotFound
from bot.services.ports import AlreadyThere
from bot.services.stored import CallBack, Conversation, OutboxItem, ResumeCode

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
ITEM = OutboxItem(0, "alert:PLP-1:1", "staff_alert", {"reference": "PLP-1"}, NOW, NOW)


def queue(storage, *items: OutboxItem) -> None:
    with storage() as uow:
        for item in items:
            assert uow.outbox.add(item)
        uow.commit()


def due(storage, at: datetime = NOW, *, worker: str = "") -> list[OutboxItem]:
    with storage() as uow:
        items = uow.outbox.due(at, until=at + timedelta(minutes=2), worker=worker)
        uow.commit()
    return items


def test_a_key_is_taken_once_and_an_item_goes_to_one_caller(storage):
    queue(storage, ITEM, replace(ITEM, key="later", due_at=LATER))
    with storage() as uow:
        assert uow.outbox.add(ITEM) is False
        [got] = uow.outbox.due(NOW, until=LATER)
        assert (got.key, got.attempts, got.payload) == ("alert:PLP-1:1", 1, {"reference": "PLP-1"})
        assert uow.outbox.due(NOW, until=LATER) == []
        uow.outbox.retry(got.id, due_at=NOW, error="503")
        [again] = uow.outbox.due(NOW, until=LATER)
        assert (again.attempts, again.error) == (2, "503")
        uow.outbox.sent(got.id, at=NOW, receipt="SM1")
        assert [one.key for one in uow.outbox.due(LATER, until=LATER)] == ["later"]
        assert uow.outbox.waiting() == 1
        assert uow.outbox.add(ITEM) is False, "what was sent is not queued a second time"


def test_some_kinds_are_asked_for_alone_or_left_to_others(storage):
    queue(storage, ITEM, replace(ITEM, key="line", kind="line.sms"), replace(ITEM, key="bye", kind="bye.sms"))
    with storage() as uow:
        assert [one.key for one in uow.outbox.due(NOW, until=LATER, but=("line.sms", "bye.sms"))] == [ITEM.key]
        assert [one.key for one in uow.outbox.due(NOW, until=LATER, only=("line.sms",))] == ["line"]
        assert [one.key for one in uow.outbox.due(NOW, until=LATER)] == ["bye"]


def test_a_lane_leaves_in_order_and_one_at_a_time(storage):
    queue(
        storage,
        *(replace(ITEM, key=key, lane=lane) for key, lane in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("x", None))),
    )
    first = due(storage)
    assert [item.key for item in first] == ["a1", "b1", "x"]
    with storage() as uow:
        uow.outbox.retry(first[0].id, due_at=LATER, error="busy")
        for item in first[1:]:
            uow.outbox.sent(item.id, at=NOW)
        uow.commit()
    assert due(storage) == [], "what comes after a failed one waits for it"
    [again] = due(storage, LATER)
    assert again.key == "a1"
    with storage() as uow:
        uow.outbox.gave_up(again.id, at=LATER, error="unknown_number")
        uow.commit()
    assert [item.key for item in due(storage, LATER)] == ["a2"]


def test_what_is_planned_for_later_holds_up_nobody(storage):
    queue(
        storage,
        replace(ITEM, key="reminder", lane="a", due_at=NOW + timedelta(days=2)),
        replace(ITEM, key="now", lane="a"),
    )
    assert [item.key for item in due(storage)] == ["now"]


def test_a_clock_set_back_does_not_hold_up_what_is_meant_for_at_once(storage):
    queue(storage, ITEM)
    assert len(due(storage, NOW - timedelta(hours=1))) == 1


def test_what_a_killed_worker_held_is_due_when_it_is_back(storage):
    queue(storage, ITEM, replace(ITEM, key="other"))
    assert len(due(storage, worker="one")) == 2
    with storage() as uow:
        assert uow.outbox.free("two", now=NOW) == 0
        assert uow.outbox.free("one", now=NOW) == 2
        uow.commit()
    assert [item.attempts for item in due(storage)] == [2, 2]


def test_what_was_given_up_stays_in_sight_until_somebody_decides(storage):
    queue(storage, ITEM, replace(ITEM, key="other"))
    first, second = due(storage)
    with storage() as uow:
        for item in (first, second):
            uow.outbox.gave_up(item.id, at=NOW, error="refused")
        assert {item.key for item in uow.outbox.given_up()} == {"alert:PLP-1:1", "other"}
        assert uow.outbox.waiting() == 0
        uow.outbox.again(first.id, now=LATER)
        uow.outbox.dismiss(second.id, at=LATER)
        assert uow.outbox.given_up() == []
        with pytest.raises(NotFound):
            uow.outbox.dismiss(second.id, at=LATER)
        uow.commit()
    [tried] = due(storage, LATER)
    assert (tried.key, tried.attempts, tried.payload) == (first.key, 1, first.payload)


def test_what_had_left_and_came_back_is_before_staff_once(storage):
    queue(storage, ITEM)
    [item] = due(storage)
    back = {"at": LATER, "error": "unreachable", "payload": {"seq": 3}}
    with storage() as uow:
        assert uow.outbox.bounced(ITEM.key, **back) is None  # it has not left yet
        uow.outbox.sent(item.id, at=NOW, receipt="SM1")
        assert uow.outbox.bounced("another", **back) is None
        assert uow.outbox.bounced(ITEM.key, **back) is not None
        assert uow.outbox.bounced(ITEM.key, **back) is None
        [given_up] = uow.outbox.given_up()
        assert (given_up.error, given_up.payload) == ("unreachable", {"seq": 3})
        uow.outbox.again(item.id, now=LATER)
        uow.commit()
    assert [one.payload for one in due(storage, LATER)] == [{"seq": 3}]


def test_what_belongs_to_a_conversation_goes_with_it(storage):
    queue(storage, replace(ITEM, key="mine", conversation="c1"), replace(ITEM, key="other", conversation="c2"))
    with storage() as uow:
        assert uow.outbox.forget("c1") == 1
        uow.commit()
    [left] = due(storage)
    with storage() as uow:
        uow.outbox.sent(left.id, at=NOW)
        assert uow.outbox.prune(NOW) == 0
        assert uow.outbox.prune(LATER) == 1


def test_a_payload_is_sealed_and_gone_once_it_has_left(database):
    queue(database, replace(ITEM, payload={"to": "+1 555 010 0142", "text": "my knee hurts"}))
    look = text("SELECT payload FROM outbox")
    with database.engine.connect() as connection:
        sealed = bytes(connection.execute(look).scalar_one())
    assert b"knee" not in sealed
    assert b"555" not in sealed
    [item] = due(database)
    assert item.payload["text"] == "my knee hurts"
    with database() as uow:
        uow.outbox.sent(item.id, at=NOW)
        uow.commit()
    with database.engine.connect() as connection:
        assert connection.execute(look).scalar_one() is None


def test_the_id_of_another_network_is_taken_once(storage):
    with storage() as uow:
        uow.conversations.add(Conversation("c1", b"h", "sms", "en", "consent", NOW, NOW))
        assert uow.conversations.by_provider("sms", "SM1") is None
        uow.conversations.remember_provider("sms", "SM1", "c1", 4, now=NOW)
        uow.conversations.remember_provider("whatsapp", "SM1", "c1", 5, now=NOW)
        assert uow.conversations.by_provider("sms", "SM1") == ("c1", 4)
        with pytest.raises(AlreadyThere):
            uow.conversations.remember_provider("sms", "SM1", "c1", 6, now=NOW)
        uow.conversations.add_code(ResumeCode(b"1" * 32, "c1", "device", NOW, NOW))
        assert uow.conversations.drop_ids(NOW, now=NOW) == 0
        assert uow.conversations.drop_ids(LATER, now=LATER) == 3
        assert uow.conversations.by_provider("sms", "SM1") is None


def test_call_backs_are_kept_until_somebody_calls(storage):
    with storage() as uow:
        uow.conversations.add(Conversation("c1", b"h", "sms", "en", "consent", NOW, NOW))
        first = uow.call_backs.add(CallBack(0, "c1", NOW, "outage", {"phone": "1"}))
        second = uow.call_backs.add(CallBack(0, "c1", LATER, "person", {"phone": "2"}))
        assert uow.call_backs.open() == [second]
        with pytest.raises(NotFound):
            uow.call_backs.done(first.id, by="Ana", at=LATER)
        assert uow.call_backs.done(second.id, by="Ana", at=LATER).done_by == "Ana"
        assert uow.call_backs.open() == []
        assert (uow.call_backs.waiting(), [one.id for one in uow.call_backs.dealt_with(limit=5)]) == (0, [second.id])
        assert uow.call_backs.undone(second.id) == second
        with pytest.raises(NotFound):
            uow.call_backs.undone(second.id)
        assert (uow.call_backs.waiting(), uow.call_backs.dealt_with(limit=5)) == (1, [])
        uow.call_backs.done(second.id, by="Ana", at=LATER)
        third = uow.call_backs.add(CallBack(0, "c1", LATER, "person", {"phone": "3"}))
        with pytest.raises(NotFound):  # they have asked anew: the newer one is on the list
            uow.call_backs.undone(second.id)
        assert uow.call_backs.drop_before(LATER + timedelta(1)) == 1
        assert uow.call_backs.open() == [third]
        assert uow.call_backs.forget("c1") == 1
