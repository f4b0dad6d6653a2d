"""“Forget me” at every stage of a visit: afterwards no word of the visitor can be unsealed from any table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.services import (
    accounts,
    booking,
    decisions,
    erasures,
    learning,
    letters,
    outgoing,
    privacy,
    returning,
    review,
    searches,
)
from bot.services.hand_off import hand_off
from bot.services.review import Actor
from bot.services.stored import CallBack, Conversation, Delivery, NewMessage, OutboxItem, ResumeCode, Thread
from bot.storage.tables import METADATA

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ID, LATER_ID = "conversation-0000000001", "conversation-0000000002"
ANA, ADA = Actor("Ana", "lead"), Actor("Ada", "admin")
RESULT = {"outcome": "clinical_massage", "urgency": None, "rule": "R-C02", "provisional": False, "rules_version": "v"}
CONTACT = {"name": "planted-name", "phone": "planted-phone", "email": "planted-mail@example.org"}


def words(storage: Any) -> set[str]:
    """Every planted word that can still be unsealed, or read."""
    with storage.engine.connect() as connection:
        rows = [repr(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(table.select())]
    return {word for row in rows for word in re.findall(r"planted-[a-z]+", row)}


def waiting(storage: Any, conversation: str = ID, channel: str = "web") -> None:
    """Something written before consent."""
    with storage() as uow:
        uow.conversations.add(Conversation(conversation, b"h", channel, "en", "consent", NOW, NOW))
        uow.conversations.append(conversation, NewMessage("visitor", "planted-early", id="m0"), now=NOW)
        uow.conversations.save(conversation, now=NOW, state={"x": "planted-state"})
        uow.commit()


def talking(storage: Any, conversation: str = ID, channel: str = "web") -> None:
    """In the middle of the interview, with a letter, a call-back note, a code to come back and a message on its way."""
    waiting(storage, conversation, channel)
    body = {"answer": {"question": "nrs", "value": "planted-value"}}
    with storage() as uow:
        uow.conversations.give_consent(conversation, version="v", now=NOW)
        uow.conversations.append(conversation, NewMessage("visitor", "planted-story", body, "m1"), now=NOW)
        uow.conversations.save(conversation, now=NOW, phase="interview", record={"facts": {"contact": CONTACT}})
        uow.conversations.add_code(ResumeCode(conversation.encode(), conversation, "return", NOW, NOW))
        uow.call_backs.add(CallBack(0, conversation, NOW, "person", CONTACT))
        payload = {"to": "planted-to", "text": "planted-text"}
        uow.outbox.add(OutboxItem(0, f"mail:{conversation}", "mail", payload, NOW, NOW, conversation=conversation))
        uow.commit()
    letters.add(storage(), conversation, b"%PDF-1.7 planted-letter", letter=conversation[-8:], now=NOW)


def handed_off(storage: Any, conversation: str = ID) -> str:
    """Handed off; staff have looked for the person, marked, noted and decided."""
    if conversation == ID:
        talking(storage)
    record = {"nrs": 5, "facts": {"contact": CONTACT, "narrative": "planted-narrative"}}
    told = {"consent": {"privacy": True}, "said": {"nrs": [{"text": "planted-said"}]}, "now": NOW}
    reference = hand_off(storage(), conversation=conversation, record=record, result=RESULT, **told).reference
    with storage.reading() as uow:
        story = next(line.seq for line in uow.conversations.messages(conversation) if line.text == "planted-story")
    account = accounts.add_staff(storage, name=f"Bo {reference}", role="lead", password="a long password", now=NOW)
    with storage() as uow:
        who = accounts.opened(uow, account, how="code", agent="", now=NOW)
        uow.commit()
    searches.keep(storage, "planted-searched", who=who, now=NOW)
    review.claim(storage(), reference, by=ANA, now=NOW)
    review.note(storage(), reference, text="planted-note", by=ANA, now=NOW)
    wrong = {"kind": "site", "value": "left knee", "denied": False, "note": "planted-marked"}
    learning.mark(storage(), reference, seq=story, **wrong, by=ANA, now=NOW)
    why = {"outcome": "doctor_first", "urgency": "gp", "reason": "planted-reason"}
    decisions.override(storage(), reference, **why, by=ANA, now=NOW)
    return reference


def booked(storage: Any) -> str:
    """Booked, with the news of it still in the outbox."""
    reference = handed_off(storage)
    start = NOW + timedelta(days=1)
    booking.book(storage(), reference, start=start, minutes=60, therapist="Kim", room="Room 1", by=ANA, now=NOW)
    return reference


def on_a_network(storage: Any) -> None:
    """In the middle of the interview by SMS, with lines sent and lines on their way."""
    talking(storage, ID, "sms")
    with storage() as uow:
        uow.threads.save(Thread("sms", b"hash", "planted-number", ID, NOW))
        uow.threads.sent(Delivery("sms", "planted-receipt", ID, 2, "sent", NOW))
        uow.conversations.remember_provider("sms", "planted-sid", ID, 2, now=NOW)
        line = uow.conversations.append(ID, NewMessage("bot", "planted-reply"), now=NOW)
        outgoing.send(uow, uow.conversations.get(ID), [line.seq], now=NOW)
        uow.commit()


def come_back(storage: Any) -> None:
    """A second conversation that was told what the first had, handed off as well."""
    handed_off(storage)
    code = returning.code_for(storage(), ID, now=NOW)
    assert returning.spend(storage(), code, now=NOW)[0] == ID
    earlier = returning.last_time(storage(), ID, now=NOW)
    assert earlier is not None
    talking(storage, LATER_ID)
    with storage() as uow:
        uow.conversations.save(LATER_ID, now=NOW, record=earlier.record)
        uow.commit()
    handed_off(storage, LATER_ID)
    assert privacy.forget(storage(), LATER_ID, by="visitor", now=NOW, after_handoff="now") == "erased"
    assert "planted-story" in words(storage), "the first visit is a conversation of its own"


STAGES: dict[str, Callable[[Any], Any]] = {
    "before consent": waiting,
    "in the middle": talking,
    "on a network": on_a_network,
    "handed off": handed_off,
    "booked": booked,
    "come back": come_back,
}


@pytest.mark.parametrize("stage", STAGES)
def test_after_forget_me_no_word_can_be_unsealed(database: Any, stage: str) -> None:
    STAGES[stage](database)
    assert len(words(database)) > 1
    assert privacy.forget(database(), ID, by="visitor", now=NOW, after_handoff="now") == "erased"
    assert words(database) == set()


@pytest.mark.parametrize("stage", ["handed off", "booked"])
def test_where_staff_decide_the_chat_goes_at_once_and_all_else_with_their_decision(database: Any, stage: str) -> None:
    reference = STAGES[stage](database)
    assert privacy.forget(database(), ID, by="visitor", now=NOW) == "staff_review"
    assert not words(database) & {"planted-letter", "planted-value", "planted-state", "planted-to", "planted-searched"}
    erasures.decide(database, reference, decision="erased", reason="", by=ADA, now=NOW)
    assert words(database) == set()


def test_what_was_marked_as_misread_is_kept_no_longer_than_the_words_it_quotes(database: Any) -> None:
    handed_off(database)
    later = NOW + timedelta(days=91)
    assert privacy.run_retention(database(), now=later, dry_run=True)["misread"] == 1
    assert "planted-marked" in words(database)
    privacy.run_retention(database(), now=later)
    assert not words(database) & {"planted-marked", "planted-story", "planted-letter"}
