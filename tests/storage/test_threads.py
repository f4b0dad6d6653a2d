"""Who writes on another network is found again, and what became of a line is kept and never goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.services import privacy
from bot.services.stored import Conversation, Delivery, Thread

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANA = Thread("sms", b"hash-of-ana", "+12125550143", "conversation-1", NOW)


def _opened(storage):
    with storage() as uow:
        for name in ("conversation-1", "conversation-2"):
            uow.conversations.add(Conversation(name, b"t" + name.encode(), "sms", "en", "consent", NOW, NOW))
        uow.threads.save(ANA)
        uow.commit()


def test_a_sender_is_found_by_the_hash_and_by_the_conversation(storage):
    _opened(storage)
    with storage() as uow:
        assert uow.threads.get("sms", b"hash-of-ana") == ANA
        assert uow.threads.get("whatsapp", b"hash-of-ana") is None
        assert uow.threads.of("conversation-1") == ANA


def test_a_sender_has_one_thread_that_moves_on(storage):
    _opened(storage)
    moved = replace(ANA, conversation="conversation-2", wrote_at=NOW + timedelta(days=9), stopped_at=NOW)
    with storage() as uow:
        uow.threads.save(moved)
        uow.commit()
    with storage() as uow:
        assert uow.threads.get("sms", b"hash-of-ana") == moved
        assert uow.threads.of("conversation-1") is None


def test_what_became_of_a_line_never_goes_back(storage):
    _opened(storage)
    line = Delivery("sms", "SM1", "conversation-1", 4, "sent", NOW)
    with storage() as uow:
        uow.threads.sent(line)
        uow.threads.sent(line)
        for status in ("read", "delivered", "sent"):
            uow.threads.came("sms", "SM1", status=status, at=NOW)
        assert uow.threads.came("sms", "SM-of-somebody-else", status="read", at=NOW) is None
        uow.commit()
    with storage() as uow:
        assert [one.status for one in uow.threads.deliveries("conversation-1")] == ["read"]


def test_who_is_forgotten_is_unknown_here_too(storage):
    _opened(storage)
    with storage() as uow:
        uow.threads.sent(Delivery("sms", "SM1", "conversation-1", 4, "sent", NOW))
        uow.commit()
    privacy.forget(storage(), "conversation-1", by="visitor", now=NOW)
    with storage() as uow:
        assert uow.threads.get("sms", b"hash-of-ana") is None
        assert uow.threads.deliveries("conversation-1") == []
