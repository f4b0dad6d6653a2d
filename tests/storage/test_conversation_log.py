"""The conversation log keeps the same laws in memory, in SQLite and in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import NotFound
from bot.services.ports import LeaseLost, Storage
from bot.services.stored import Appended, Conversation, Erasure, NewMessage, ResumeCode

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(minutes=5)
ID = "conversation-0000000001"


def given(storage: Storage, identity: str = ID, **values: object) -> None:
    fresh = Conversation(identity, b"hash", "web", "en", "consent", NOW, NOW)
    with storage() as uow:
        uow.conversations.add(replace(fresh, **values))
        uow.commit()


def visitor(storage: Storage, text: str, client: str, *, now: datetime = NOW, sender: str = "visitor") -> Appended:
    with storage() as uow:
        appended = uow.conversations.append(ID, NewMessage(sender, text, id=client), now=now)
        uow.commit()
    return appended


def claimed(storage: Storage, worker: str = "w1", now: datetime = NOW) -> str | None:
    with storage() as uow:
        message = uow.conversations.claim(ID, worker=worker, now=now, until=now + timedelta(seconds=30))
        uow.commit()
    return message.text if message else None


def finished(storage: Storage, through: int, *texts: str, worker: str = "w1", **values: object) -> None:
    with storage() as uow:
        replies = [NewMessage("bot", text) for text in texts]
        uow.conversations.finish_turn(ID, worker=worker, through=through, replies=replies, now=NOW, **values)
        uow.commit()


def test_the_same_client_id_gets_its_old_place_and_is_stored_once(storage):
    given(storage)
    assert visitor(storage, "my knee hurts", "a1") == Appended(1, True)
    assert visitor(storage, "since Monday", "a2") == Appended(2, True)
    assert visitor(storage, "my knee hurts", "a1") == Appended(1, False)
    assert visitor(storage, "still", "a3") == Appended(3, True)
    with storage.reading() as uow:
        assert [(m.seq, m.text) for m in uow.conversations.messages(ID)] == [
            (1, "my knee hurts"),
            (2, "since Monday"),
            (3, "still"),
        ]


def test_a_brisk_transaction_is_seen_by_the_next_one(storage):
    given(storage)
    with storage.brisk() as uow:
        uow.conversations.append(ID, NewMessage("visitor", "hello", id="a1"), now=NOW)
        uow.commit()
    assert claimed(storage) == "hello"


def test_nobody_can_write_into_a_conversation_that_is_not_there(storage):
    with pytest.raises(NotFound), storage() as uow:
        uow.conversations.append("nowhere-0000000000000", NewMessage("visitor", "hello", id="a1"), now=NOW)


def test_what_was_not_committed_never_happened(storage):
    given(storage)
    with storage() as uow:
        uow.conversations.append(ID, NewMessage("visitor", "hello", id="a1"), now=NOW)
    with storage.reading() as uow:
        assert uow.conversations.messages(ID) == []
        assert uow.conversations.get(ID).last_seq == 0


def test_one_message_is_in_work_at_a_time_and_in_order(storage):
    given(storage)
    visitor(storage, "first", "a1")
    visitor(storage, "second", "a2")
    assert claimed(storage, "w1") == "first"
    assert claimed(storage, "w2") is None
    finished(storage, 1, "an answer", "and a question")
    assert claimed(storage, "w2") == "second"
    finished(storage, 2, worker="w2")
    assert claimed(storage, "w1") is None
    with storage.reading() as uow:
        log = uow.conversations.messages(ID)
        assert [(m.seq, m.sender) for m in log] == [(1, "visitor"), (2, "visitor"), (3, "bot"), (4, "bot")]
        assert uow.conversations.get(ID).answered_through == 2


def test_a_worker_that_died_loses_its_claim_and_a_late_result_is_refused(storage):
    given(storage)
    visitor(storage, "first", "a1")
    assert claimed(storage, "dead") == "first"
    assert claimed(storage, "w2", now=LATER) == "first"
    with pytest.raises(LeaseLost):
        finished(storage, 1, "too late", worker="dead")
    finished(storage, 1, "in time", worker="w2")
    with storage.reading() as uow:
        assert [m.text for m in uow.conversations.messages(ID)] == ["first", "in time"]


def test_a_released_message_waits_for_the_next_worker(storage):
    given(storage)
    visitor(storage, "first", "a1")
    claimed(storage, "w1")
    with storage() as uow:
        uow.conversations.release(ID, worker="w1")
        uow.commit()
    with storage.reading() as uow:
        assert uow.conversations.with_work(now=NOW) == [ID]
    assert claimed(storage, "w2") == "first"
    with storage.reading() as uow:
        assert uow.conversations.with_work(now=NOW) == []
        assert uow.conversations.with_work(now=LATER) == [ID]


def test_a_finished_turn_stores_replies_state_and_place_together(storage):
    given(storage)
    visitor(storage, "first", "a1")
    claimed(storage)
    with storage() as uow:
        replies = [NewMessage("bot", "where?", {"question": {"field": "sites"}})]
        stored = uow.conversations.finish_turn(
            ID,
            worker="w1",
            through=1,
            replies=replies,
            now=SOON,
            phase="interview",
            state={"asked": 3},
            record={"nrs": 4},
        )
        uow.commit()
    with storage.reading() as uow:
        kept = uow.conversations.get(ID)
        assert (kept.phase, kept.state, kept.record, kept.answered_through, kept.touched_at) == (
            "interview",
            {"asked": 3},
            {"nrs": 4},
            1,
            SOON,
        )
        assert uow.conversations.messages(ID, after=1) == stored
        assert stored[0].body == {"question": {"field": "sites"}}
        assert uow.conversations.messages(ID, after=0, limit=1)[0].seq == 1


def test_the_opening_turn_is_work_but_never_shown(storage):
    given(storage)
    visitor(storage, "hello", "open", sender="opening")
    assert claimed(storage) == "hello"
    finished(storage, 1, "Hello!")
    with storage.reading() as uow:
        assert [m.text for m in uow.conversations.messages(ID)] == ["Hello!"]


def test_messages_without_consent_are_purged_and_then_nothing_is_left_to_answer(storage):
    given(storage)
    visitor(storage, "my back", "a1")
    with storage.reading() as uow:
        assert uow.conversations.waiting_since(LATER) == [ID]
        assert uow.conversations.waiting_since(NOW) == []
    with storage() as uow:
        uow.conversations.save(ID, now=NOW, record={"sites": ["back"]})
        assert uow.conversations.purge_waiting(ID) == 1
        uow.commit()
    with storage.reading() as uow:
        assert uow.conversations.messages(ID) == []
        assert uow.conversations.get(ID).record == {}
        assert uow.conversations.with_work(now=LATER) == []
        assert uow.conversations.waiting_since(LATER) == []
    assert visitor(storage, "again", "a9").seq == 2


def test_who_writes_just_before_the_purge_keeps_what_they_wrote(storage):
    """Between the look at what waited too long and its purge somebody may come back."""
    given(storage)
    visitor(storage, "my back", "a1")
    with storage() as uow:
        uow.conversations.save(ID, now=LATER)
        uow.commit()
    with storage() as uow:
        assert uow.conversations.purge_waiting(ID, before=LATER) == 0
        assert uow.conversations.purge_waiting(ID, before=LATER + timedelta(seconds=1)) == 1
        uow.commit()


def test_messages_with_consent_are_never_purged(storage):
    given(storage)
    visitor(storage, "my back", "a1")
    with storage() as uow:
        uow.conversations.give_consent(ID, version="2026-11", now=NOW)
        uow.conversations.give_consent(ID, version="later", now=LATER)
        assert uow.conversations.purge_waiting(ID) == 0
        uow.commit()
    with storage.reading() as uow:
        assert uow.conversations.waiting_since(LATER) == []
        assert (uow.conversations.get(ID).consent_at, uow.conversations.get(ID).consent_version) == (NOW, "2026-11")


def test_a_speaker_who_is_gone_is_let_go_once(storage):
    given(storage, phase="interview")
    soon, later = NOW + timedelta(minutes=4), NOW + timedelta(minutes=9)
    with storage() as uow:
        uow.conversations.taken(ID, "Ana", at=NOW)
        uow.conversations.speaker_here(ID, "Ben", at=later)  # not the one who speaks
        uow.conversations.speaker_here(ID, "Ana", at=soon)
        assert uow.conversations.speakers_gone(soon) == []
        assert not uow.conversations.let_go(ID, before=soon)
        assert uow.conversations.speakers_gone(later) == [ID]
        assert [uow.conversations.let_go(ID, before=later) for _ in range(2)] == [True, False]
        assert uow.conversations.speakers_gone(later) == []
        uow.commit()
    with storage.reading() as uow:
        kept = uow.conversations.get(ID)
        assert (kept.phase, kept.taken_by, kept.phase_before) == ("interview", None, None)


def test_while_a_person_speaks_the_bots_phase_waits(storage):
    given(storage, phase="interview")
    visitor(storage, "first", "a1")
    claimed(storage)
    with storage() as uow:
        uow.conversations.taken(ID, "Ana")
        uow.commit()
    finished(storage, 1, "late reply", phase="read_back")
    with storage.reading() as uow:
        kept = uow.conversations.get(ID)
        assert (kept.phase, kept.taken_by, kept.phase_before) == ("with_staff", "Ana", "read_back")
    with storage() as uow:
        uow.conversations.taken(ID, None)
        uow.commit()
    with storage.reading() as uow:
        kept = uow.conversations.get(ID)
        assert (kept.phase, kept.taken_by, kept.phase_before) == ("read_back", None, None)


def test_erasing_leaves_a_proof_and_nothing_else(storage):
    given(storage)
    visitor(storage, "my back", "a1")
    with storage() as uow:
        uow.conversations.save(ID, now=NOW, state={"asked": 1}, record={"nrs": 9})
        uow.conversations.erase(ID, erasure=Erasure(ID, LATER, "visitor", "conversation"))
        uow.commit()
    with storage.reading() as uow:
        kept = uow.conversations.get(ID)
        assert (kept.phase, kept.state, kept.record, kept.erased_at, kept.token_hash) == ("erased", {}, {}, LATER, b"")
        assert uow.conversations.messages(ID) == []
        assert uow.conversations.erasures() == [Erasure(ID, LATER, "visitor", "conversation")]
        assert uow.conversations.with_work(now=LATER) == []
    with pytest.raises(NotFound):
        visitor(storage, "again", "a2")


def test_idle_conversations_are_found_for_retention(storage):
    given(storage)
    given(storage, "conversation-0000000002", touched_at=LATER)
    with storage.reading() as uow:
        assert uow.conversations.untouched_since(SOON) == [ID]


@pytest.mark.parametrize("text", ["\x00 nul", "\ud800 lone", "emoji 🦵 and ‮bidi", "x" * 20_000])
def test_any_text_comes_back_as_it_went_in(storage, text):
    given(storage)
    visitor(storage, text, "a1")
    with storage.reading() as uow:
        assert uow.conversations.messages(ID)[0].text == text


def test_a_turn_in_work_keeps_its_reach(storage):
    given(storage)
    for number in (1, 2, 3):
        visitor(storage, "x", f"a{number}")
    with storage() as uow:
        uow.conversations.pin_turn(ID, through=2)
        uow.commit()
    with storage.reading() as uow:
        assert uow.conversations.get(ID).turn_through == 2


def test_a_code_opens_its_conversation_once_and_not_too_late(storage):
    given(storage)
    code = ResumeCode(b"1" * 32, ID, "device", NOW, SOON)
    with storage() as uow:
        uow.conversations.add_code(code)
        uow.conversations.add_code(replace(code, code_hash=b"2" * 32))
        uow.conversations.add_code(replace(code, code_hash=b"3" * 32, purpose="return", expires_at=NOW))
        assert uow.conversations.use_code(b"1" * 32, now=NOW) is None, "the newer one took its place"
        assert uow.conversations.use_code(b"2" * 32, now=NOW) == ID
        assert uow.conversations.use_code(b"2" * 32, now=NOW) is None
        assert uow.conversations.use_code(b"3" * 32, now=NOW) is None
        uow.conversations.add_code(replace(code, code_hash=b"4" * 32, purpose="visit"))
        assert uow.conversations.use_code(b"4" * 32, now=NOW) is None, "it opens no conversation that is there"
        assert uow.conversations.use_code(b"4" * 32, now=NOW, purposes=("visit",)) == ID
        uow.conversations.set_tokens(ID, b"ab", now=LATER)
        uow.commit()
    with storage.reading() as uow:
        assert (uow.conversations.get(ID).token_hash, uow.conversations.get(ID).seen_at) == (b"ab", LATER)
