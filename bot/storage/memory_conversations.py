"""The conversation log of the memory twin."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.errors import NotFound
from bot.services.ports import AlreadyThere, LeaseLost
from bot.services.stored import LINKS, WORK, Appended, Conversation, Erasure, Json, Message, NewMessage, ResumeCode
from bot.storage.shelves import Shelves


class MemoryConversations:
    """See `bot.services.ports.Conversations`."""

    def __init__(self, shelves: Shelves) -> None:
        self._all = shelves.conversations
        self._messages = shelves.messages
        self._leases = shelves.leases
        self._shelves = shelves

    def add(self, conversation: Conversation) -> None:
        """Store a new conversation."""
        self._all[conversation.id] = replace(conversation, seen_at=conversation.last_seen)

    def get(self, conversation: str) -> Conversation | None:
        """The conversation or None."""
        return self._all.get(conversation)

    def append(self, conversation: str, message: NewMessage, *, now: datetime) -> Appended:
        """Append, or find the same id again."""
        current = self._living(conversation)
        for old in self._log(conversation).values():
            if message.id is not None and old.id == message.id:
                return Appended(old.seq, False)
        seq = current.last_seq + 1
        self._all[conversation] = replace(current, last_seq=seq, touched_at=now)
        if message.sender in WORK:
            self._all[conversation] = replace(self._all[conversation], spoken_through=seq, seen_at=now)
        self._store(conversation, seq, message, now)
        return Appended(seq, True)

    def messages(self, conversation: str, *, after: int = 0, limit: int | None = None) -> list[Message]:
        """The log after `after`."""
        log = self._log(conversation)
        return [log[seq] for seq in sorted(log) if seq > after and log[seq].sender != "opening"][:limit]

    def remember_provider(self, channel: str, provider_id: str, conversation: str, seq: int, *, now: datetime) -> None:
        """This message came from another network under this id."""
        if (channel, provider_id) in self._shelves.provider_messages:
            raise AlreadyThere(provider_id)
        self._shelves.provider_messages[channel, provider_id] = (conversation, seq, now)

    def by_provider(self, channel: str, provider_id: str) -> tuple[str, int] | None:
        """(conversation, seq) of the message that a network sent under this id."""
        found = self._shelves.provider_messages.get((channel, provider_id))
        return None if found is None else found[:2]

    def claim(self, conversation: str, *, worker: str, now: datetime, until: datetime) -> Message | None:
        """The oldest unanswered visitor message, for this worker alone."""
        waiting = self.unanswered(conversation)
        if not waiting or not self._free(conversation, now, worker):
            return None
        self._leases[conversation] = (worker, until)
        return waiting[0]

    def unanswered(self, conversation: str) -> list[Message]:
        """All unanswered visitor messages."""
        current = self._all.get(conversation)
        log = self._log(conversation)
        through = current.answered_through if current else 0
        return [log[seq] for seq in sorted(log) if seq > through and log[seq].sender in WORK]

    def pin_turn(self, conversation: str, *, through: int) -> None:
        """The turn in work is about all messages up to this one."""
        self._all[conversation] = replace(self._living(conversation), turn_through=through)

    def finish_turn(
        self,
        conversation: str,
        *,
        worker: str,
        through: int,
        replies: Sequence[NewMessage],
        now: datetime,
        phase: str | None = None,
        state: Json | None = None,
        record: Json | None = None,
    ) -> list[Message]:
        """Store the end of a turn, all of it or nothing."""
        if self._leases.get(conversation, ("", None))[0] != worker:
            raise LeaseLost(conversation)
        del self._leases[conversation]
        self.save(conversation, now=now, phase=phase, state=state, record=record)
        stored = []
        for reply in replies:
            current = self._all[conversation]
            self._all[conversation] = replace(current, last_seq=current.last_seq + 1)
            stored.append(self._store(conversation, current.last_seq + 1, reply, now))
        current = self._all[conversation]
        self._all[conversation] = replace(current, answered_through=max(through, current.answered_through))
        return stored

    def release(self, conversation: str, *, worker: str) -> None:
        """Give the conversation free without an answer."""
        if self._leases.get(conversation, ("", None))[0] == worker:
            del self._leases[conversation]

    def waiting(self) -> int:
        """How many conversations have an unanswered message."""
        return sum(c.spoken_through > c.answered_through for c in self._all.values())

    def with_work(self, *, now: datetime) -> list[str]:
        """Conversations that wait for an answer and are in nobody's hands."""
        waiting = [c for c in self._all.values() if c.spoken_through > c.answered_through]
        return [c.id for c in sorted(waiting, key=lambda c: c.touched_at) if self._free(c.id, now, "")]

    def save(
        self,
        conversation: str,
        *,
        now: datetime,
        phase: str | None = None,
        state: Json | None = None,
        record: Json | None = None,
        locale: str | None = None,
    ) -> None:
        """Store what is not None."""
        current = self._living(conversation)
        values: dict[str, Any] = {"touched_at": now}
        values.update(
            {
                name: value
                for name, value in (("state", state), ("record", record), ("locale", locale))
                if value is not None
            }
        )
        if phase is not None:
            values["phase_before" if current.phase == "with_staff" else "phase"] = phase
        self._all[conversation] = replace(current, **values)

    def give_consent(self, conversation: str, *, version: str, now: datetime, language: str | None = None) -> None:
        """From now on the messages are kept; the first consent counts."""
        current = self._all.get(conversation)
        if current is not None and current.consent_at is None and current.erased_at is None:
            self._all[conversation] = replace(
                current, consent_at=now, consent_version=version, consent_language=language or current.locale
            )

    def purge_waiting(self, conversation: str, *, before: datetime | None = None) -> int:
        """Delete what was written without consent."""
        current = self._all.get(conversation)
        if current is None or current.consent_at is not None:
            return 0
        if before is not None and current.touched_at >= before:
            return 0
        self._all[conversation] = replace(current, state={}, record={}, answered_through=current.spoken_through)
        return len(self._messages.pop(conversation, {}))

    def waiting_since(self, before: datetime) -> list[str]:
        """Conversations without consent that still hold messages."""
        waiting = [c for c in self._all.values() if c.consent_at is None and c.touched_at < before and self._log(c.id)]
        return [c.id for c in sorted(waiting, key=lambda c: c.touched_at)]

    def untouched_since(self, before: datetime) -> list[str]:
        """Conversations that never led to a hand-off."""
        handed = {handoff.conversation for handoff in self._shelves.handoffs.values()}
        old = [c for c in self._all.values() if c.erased_at is None and c.touched_at < before and c.id not in handed]
        return [c.id for c in sorted(old, key=lambda c: c.touched_at)]

    def handed_off_before(self, before: datetime) -> list[str]:
        """Conversations with a hand-off that still hold messages."""
        handed = {handoff.conversation for handoff in self._shelves.handoffs.values()}
        old = [c for c in self._all.values() if c.erased_at is None and c.touched_at < before and c.id in handed]
        return [c.id for c in sorted(old, key=lambda c: c.touched_at) if self._shelves.messages.get(c.id)]

    def drop_log(self, conversation: str) -> None:
        """Delete what was said and remembered."""
        self._shelves.messages.pop(conversation, None)
        current = self._all[conversation]
        self._all[conversation] = replace(current, state={}, record={}, answered_through=current.spoken_through)

    def taken(self, conversation: str, by: str | None, *, at: datetime | None = None) -> None:
        """A person speaks from now on, or no more."""
        current = self._living(conversation)
        spoken = current.phase == "with_staff"
        if by is not None:
            before = current.phase_before if spoken else current.phase
            self._all[conversation] = replace(
                current, taken_by=by, phase_before=before, phase="with_staff", speaker_seen_at=at
            )
        else:
            phase = (current.phase_before or "handed_off") if spoken else current.phase
            self._all[conversation] = replace(current, taken_by=None, phase=phase, phase_before=None)

    def speaker_here(self, conversation: str, by: str, *, at: datetime) -> None:
        """Seen."""
        current = self._living(conversation)
        if current.taken_by == by:
            self._all[conversation] = replace(current, speaker_seen_at=at)

    def speakers_gone(self, before: datetime) -> list[str]:
        """Not seen for long."""
        return [one.id for one in self._all.values() if self._gone(one, before)]

    def let_go(self, conversation: str, *, before: datetime) -> bool:
        """The bot speaks again."""
        gone = self._gone(self._living(conversation), before)
        if gone:
            self.taken(conversation, None)
        return gone

    def _gone(self, one: Conversation, before: datetime) -> bool:
        return one.taken_by is not None and one.erased_at is None and (one.speaker_seen_at or one.touched_at) < before

    def ask_for_person(self, conversation: str, at: datetime | None) -> None:
        """The visitor wants a person, or has had one."""
        self._all[conversation] = replace(self._living(conversation), person_asked_at=at)

    def since(self, at: datetime, *, limit: int) -> list[Conversation]:
        """Living ones begun at `at` or later, newest first."""
        begun = [one for one in self._all.values() if one.erased_at is None and one.created_at >= at]
        return sorted(begun, key=lambda one: one.created_at, reverse=True)[:limit]

    def asking(self) -> int:
        """How many ask for a person and wait for no call."""
        called = {one.conversation for one in self._shelves.call_backs.values() if one.done_at is None}
        asked = [one for one in self._all.values() if one.person_asked_at and one.erased_at is None]
        return sum(one.id not in called for one in asked)

    def in_progress(self, since: datetime, *, limit: int) -> list[Conversation]:
        """Those who ask for a person, longest waiting first, then the newest."""
        living = [one for one in self._all.values() if one.erased_at is None]
        asking = sorted((one for one in living if one.person_asked_at), key=lambda one: str(one.person_asked_at))
        others = [one for one in living if one.person_asked_at is None and one.touched_at > since]
        return [*asking, *sorted(others, key=lambda one: one.touched_at, reverse=True)][:limit]

    def drop_ids(self, before: datetime, *, now: datetime) -> int:
        """Delete the ids of other networks from before, and codes that are too old."""
        ids = [key for key, (_, _, at) in self._shelves.provider_messages.items() if at < before]
        codes = [code.code_hash for code in self._shelves.resume_codes.values() if code.expires_at < now]
        for key in ids:
            del self._shelves.provider_messages[key]
        for code_hash in codes:
            del self._shelves.resume_codes[code_hash]
        return len(ids) + len(codes)

    def add_code(self, code: ResumeCode) -> None:
        """Store a code; an older one of the same conversation and purpose ends."""
        codes = self._shelves.resume_codes
        mine = [c for c in codes.values() if (c.conversation, c.purpose) == (code.conversation, code.purpose)]
        for old in mine:
            del codes[old.code_hash]
        codes[code.code_hash] = code

    def use_code(self, code_hash: bytes, *, now: datetime, purposes: Collection[str] = LINKS) -> str | None:
        """The conversation this code opens; the code is gone with that."""
        code = self._shelves.resume_codes.get(code_hash)
        if code is None or code.purpose not in purposes:
            return None
        del self._shelves.resume_codes[code_hash]
        return code.conversation if code.expires_at > now else None

    def set_tokens(self, conversation: str, digests: bytes, *, now: datetime) -> None:
        """These tokens open the conversation from now on."""
        self._all[conversation] = replace(self._living(conversation), token_hash=digests, seen_at=now)

    def erase(self, conversation: str, *, erasure: Erasure) -> None:
        """Delete what was said and known; keep the proof."""
        self._messages.pop(conversation, None)
        self._leases.pop(conversation, None)
        for code in [c for c in self._shelves.resume_codes.values() if c.conversation == conversation]:
            del self._shelves.resume_codes[code.code_hash]
        current = self._all.get(conversation)
        if current is not None:
            self._all[conversation] = replace(
                current, phase="erased", phase_before=None, taken_by=None, state={}, record={}, token_hash=b"",
                answered_through=current.spoken_through, erased_at=erasure.at,
            )  # fmt: skip
        self._shelves.erasures.append(erasure)

    def erasures(self) -> list[Erasure]:
        """All proofs."""
        return list(self._shelves.erasures)

    def _living(self, conversation: str) -> Conversation:
        current = self._all.get(conversation)
        if current is None or current.erased_at is not None:
            raise NotFound(conversation)
        return current

    def _log(self, conversation: str) -> dict[int, Message]:
        return self._messages.get(conversation, {})

    def _free(self, conversation: str, now: datetime, worker: str) -> bool:
        holder, until = self._leases.get(conversation, ("", now))
        return holder in ("", worker) or until < now

    def _store(self, conversation: str, seq: int, new: NewMessage, now: datetime) -> Message:
        message = Message(conversation, seq, new.sender, now, new.text, dict(new.body), new.id)
        self._messages.setdefault(conversation, {})[seq] = message
        return message
