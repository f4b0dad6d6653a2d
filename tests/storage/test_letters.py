"""Doctors' letters are kept byte for byte, listed without their content, and go when they have to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import NotFound
from bot.services.stored import Conversation, Letter

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ID = "conversation-0000000001"
CONTENT = bytes(range(256)) * 40


def letter(name: str, *, at: datetime = NOW, conversation: str = ID) -> Letter:
    return Letter(name, conversation, at, "application/pdf", len(CONTENT), CONTENT)


@pytest.fixture
def shelf(storage):
    with storage() as uow:
        uow.conversations.add(Conversation(ID, b"h", "web", "en", "interview", NOW, NOW))
        uow.letters.add(letter("b", at=NOW + timedelta(days=1)))
        uow.letters.add(letter("a"))
        uow.commit()
    return storage


def test_a_letter_comes_back_as_it_was_and_lists_hold_no_content(shelf):
    with shelf.reading() as uow:
        assert uow.letters.get("a") == letter("a")
        assert uow.letters.get("nowhere") is None
        listed = uow.letters.of(ID)
    assert [one.id for one in listed] == ["a", "b"], "oldest first"
    assert {one.content for one in listed} == {b""}
    assert {one.size for one in listed} == {len(CONTENT)}


def test_one_can_be_removed_and_all_of_a_conversation_forgotten(shelf):
    with shelf() as uow:
        uow.letters.remove("a")
        uow.letters.remove("a")
        assert [one.id for one in uow.letters.of(ID)] == ["b"]
        assert uow.letters.forget(ID) == 1
        assert uow.letters.forget(ID) == 0
        uow.commit()


def test_old_ones_go_and_a_dry_run_only_counts(shelf):
    with shelf() as uow:
        soon = NOW + timedelta(hours=1)
        assert uow.letters.drop_before(soon, dry_run=True) == 1
        assert uow.letters.drop_before(soon) == 1
        assert [one.id for one in uow.letters.of(ID)] == ["b"]


def test_a_letter_belongs_to_a_conversation(shelf):
    with pytest.raises(NotFound), shelf() as uow:
        uow.letters.add(letter("c", conversation="nowhere"))
