"""What a visitor wrote is nowhere on the disk in the clear, and failures of the database quote nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.domain.errors import StorageUnavailable
from bot.services import decisions, erasures, letters, privacy, review
from bot.services.hand_off import hand_off
from bot.services.review import Actor
from bot.services.stored import CallBack, Conversation, NewMessage, OutboxItem
from bot.storage.sql import SqlStorage
from bot.storage.tables import METADATA
from bot.vault import SealBroken, Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ID = "conversation-0000000001"
ANA = Actor("Ana", "lead")
PLANTED = [
    f"planted-{place}"
    for place in (
        "message",
        "letter",
        "answer",
        "state",
        "record",
        "name",
        "narrative",
        "phone9996661",
        "mail@example.org",
        "because",
        "said",
        "note",
        "override",
        "limits",
        "decline",
        "doctor",
        "said-live",
    )
]


def lived(storage):
    """Leave a planted word at every place where a visitor's or a reviewer's words are stored."""
    contact = {"name": "planted-name", "phone": "planted-phone9996661", "email": "planted-mail@example.org"}
    record = {"nrs": 5, "ci": ["CI-ANTICOAG"], "facts": {"contact": contact, "narrative": "planted-narrative"}}
    result = {
        "outcome": "clinical_massage",
        "urgency": None,
        "rule": "R-C02",
        "provisional": False,
        "reasons": [{"rule": "R-C02", "because": "planted-because"}],
        "rules_version": "v",
    }
    with storage() as uow:
        uow.conversations.add(Conversation(ID, b"h", "web", "en", "interview", NOW, NOW))
        uow.conversations.append(
            ID, NewMessage("visitor", "planted-message", {"answer": "planted-answer"}, "m1"), now=NOW
        )
        uow.conversations.give_consent(ID, version="v", now=NOW)
        uow.conversations.save(ID, now=NOW, state={"x": "planted-state"}, record={"x": "planted-record"})
        uow.commit()
    reference = hand_off(
        storage(),
        conversation=ID,
        record=record,
        result=result,
        consent={"privacy": True},
        said={"nrs": [{"text": "planted-said"}]},
        now=NOW,
    ).reference
    letters.add(storage(), ID, b"%PDF-1.7 planted-letter", letter="letter-1", now=NOW)
    review.claim(storage(), reference, by=ANA, now=NOW)
    review.note(storage(), reference, text="planted-note", by=ANA, now=NOW)
    decisions.override(
        storage(), reference, outcome="doctor_first", urgency="gp", reason="planted-override", by=ANA, now=NOW
    )
    review.clear(
        storage(),
        reference,
        items=["CI-ANTICOAG"],
        given_by="planted-doctor",
        on=date(2026, 11, 1),
        limits="planted-limits",
        classify=lambda _: result,
        by=ANA,
        now=NOW,
    )
    review.decline(storage(), reference, reason="planted-decline", by=ANA, now=NOW)
    return reference


def test_no_planted_word_is_in_any_file_of_the_database(sqlite, tmp_path):
    lived(sqlite)
    with sqlite.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert files
    for path in files:
        raw = path.read_bytes()
        for word in PLANTED:
            assert word.encode() not in raw, f"{word} in {path.name}"
            assert word.encode("utf-16-le") not in raw


def test_no_planted_word_is_in_any_column(database):
    lived(database)
    with database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):
                shown = " ".join(
                    bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row
                )
                assert not [word for word in PLANTED if word in shown], table.name


def test_after_forgetting_nothing_can_be_unsealed(database):
    reference = lived(database)
    assert privacy.forget(database(), ID, by="visitor", now=NOW, after_handoff="now") == "erased"
    with database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(table.select()):
                shown = repr(tuple(row))
                assert not [word for word in PLANTED if word in shown], table.name
    with database.reading() as uow:
        history = uow.audit.of(reference)
        assert {entry.action for entry in history} >= {"handed_off", "decline", "erased"}
        assert all(entry.detail is None for entry in history)
        assert uow.conversations.erasures()[0].what == "all"


def test_when_staff_decide_to_erase_nothing_can_be_unsealed(database):
    """First the chat goes and the hand-off with its copy stays; the decision takes that, what is to be sent and called, too."""
    reference = lived(database)
    with database() as uow:
        uow.call_backs.add(CallBack(0, ID, NOW, "person", {"name": "planted-caller", "phone": "planted-callnumber"}))
        uow.outbox.add(OutboxItem(0, "mail:1", "mail", {"to": "planted-mailto"}, NOW, NOW, conversation=ID))
        uow.commit()
    assert privacy.forget(database(), ID, by="visitor", now=NOW) == "staff_review"
    with database.reading() as uow:
        assert uow.doors.undecided_erasures() == {reference}
        assert "planted-message" in repr(uow.handoffs.revisions(uow.handoffs.by_reference(reference).id)[0].transcript)
    assert not words_in(database) & {"planted-caller", "planted-callnumber", "planted-mailto", "planted-letter"}
    erasures.decide(database, reference, decision="erased", reason="", by=Actor("Ada", "admin"), now=NOW)
    assert words_in(database) == set()
    with database.reading() as uow:
        assert uow.doors.undecided_erasures() == frozenset()
        assert [one.what for one in uow.conversations.erasures()] == ["chat", "all"]


def words_in(storage):
    """Every planted word that can still be unsealed."""
    with storage.engine.connect() as connection:
        shown = [repr(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(table.select())]
    return {word for row in shown for word in re.findall(r"planted-[a-z]+", row)}


def test_no_two_seals_are_alike_and_a_changed_one_opens_nothing(vault):
    """A nonce that comes twice under one key gives both texts away."""
    seals = [vault.seal("my back hurts") for _ in range(100)]
    assert len({seal[:16] for seal in seals}) == len(seals)
    for at in range(len(seals[0])):
        changed = bytearray(seals[0])
        changed[at] ^= 1
        with pytest.raises(SealBroken):
            vault.unseal(bytes(changed))


def test_another_key_opens_nothing(sqlite, tmp_path):
    lived(sqlite)
    (tmp_path / "other").mkdir()
    stranger = SqlStorage.open(f"sqlite:///{tmp_path / 'palpate.db'}", Vault.open(tmp_path / "other"))
    with pytest.raises(SealBroken), stranger.reading() as uow:
        uow.conversations.messages(ID)
    stranger.close()


def test_a_database_that_fails_says_so_without_a_word_of_the_visitor(sqlite):
    with sqlite.engine.begin() as connection:
        connection.execute(text("DROP TABLE messages"))
    with sqlite() as uow:
        uow.conversations.add(Conversation(ID, b"h", "web", "en", "interview", NOW, NOW))
        uow.commit()
    with pytest.raises(StorageUnavailable) as caught, sqlite() as uow:
        uow.conversations.append(ID, NewMessage("visitor", "planted-message", id="m1"), now=NOW + timedelta(seconds=1))
    assert "planted" not in str(caught.value)
    assert caught.value.__cause__ is None
    with sqlite.reading() as uow:
        assert uow.conversations.get(ID).last_seq == 0


def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path, vault):
    storage = SqlStorage.open("postgresql://nobody@127.0.0.1:9/none", vault)
    with pytest.raises(StorageUnavailable), storage():
        pass
    storage.close()


def test_the_database_file_is_for_its_owner_only(sqlite, tmp_path):
    assert (tmp_path / "palpate.db").stat().st_mode & 0o077 == 0
