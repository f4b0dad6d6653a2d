"""The conversation log in SQL: appending, claiming and finishing turns so that nothing is lost or answered twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    Update,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import NotFound
from bot.services.ports import AlreadyThere, LeaseLost
from bot.services.stored import LINKS, WORK, Appended, Conversation, Erasure, Json, Message, NewMessage, ResumeCode
from bot.storage.columns import SealedJson
from bot.storage.tables import CALL_BACKS, CONVERSATIONS, ERASURES, HANDOFFS, MESSAGES, PROVIDER_MESSAGES, RESUME_CODES

_C = CONVERSATIONS.c
_M = MESSAGES.c
_COLUMNS = [CONVERSATIONS.c[spec.name] for spec in fields(Conversation)]
_MESSAGE_COLUMNS = [MESSAGES.c[spec.name] for spec in fields(Message)]

# What every turn asks for is built once: building a statement takes longer than running it.
_ID = bindparam("one", type_=String)
_OPEN = (_C.id == _ID, _C.erased_at.is_(None))
_GET = select(*_COLUMNS).where(_C.id == _ID)
_NEXT_SEQ = (
    update(CONVERSATIONS)
    .where(*_OPEN)
    .values(last_seq=_C.last_seq + bindparam("count"), touched_at=bindparam("now"))
    .returning(_C.last_seq)
)
_GIVE_BACK = update(CONVERSATIONS).where(*_OPEN).values(last_seq=_C.last_seq - 1)
_SPOKEN = update(CONVERSATIONS).where(*_OPEN).values(spoken_through=bindparam("seq"), seen_at=bindparam("now"))
_SAME = select(_M.seq).where(_M.conversation == _ID, _M.id == bindparam("message"))
_ADD = insert(MESSAGES)
_LOG = (
    select(*_MESSAGE_COLUMNS)
    .where(_M.conversation == _ID, _M.seq > bindparam("after"), _M.sender != "opening")
    .order_by(_M.seq)
)
_LOG_PAGE = _LOG.limit(bindparam("limit"))
_CLAIM = (
    update(CONVERSATIONS)
    .where(
        _C.id == _ID,
        _C.spoken_through > _C.answered_through,
        or_(_C.worker.is_(None), _C.worker == bindparam("who"), _C.lease_until < bindparam("now")),
    )
    .values(worker=bindparam("who"), lease_until=bindparam("until"))
    .returning(_C.id)
)
_WAITING = (
    select(*_MESSAGE_COLUMNS)
    .join(CONVERSATIONS, _C.id == _M.conversation)
    .where(_M.conversation == _ID, _M.seq > _C.answered_through, _M.sender.in_(WORK))
    .order_by(_M.seq)
)
_NEXT_WAITING = _WAITING.limit(1)


@cache
def _finish(*changed: str) -> Update:
    """The end of a turn that also changes these of phase, state and record."""
    through = bindparam("through", type_=Integer)
    values: dict[str, Any] = {"worker": None, "lease_until": None, "touched_at": bindparam("now")}
    values["last_seq"] = _C.last_seq + bindparam("count")
    values["answered_through"] = case((_C.answered_through < through, through), else_=_C.answered_through)
    values.update(_phase_values(bindparam("to_phase", type_=String)) if "phase" in changed else {})
    values.update({name: bindparam(f"to_{name}", type_=SealedJson) for name in changed if name != "phase"})
    return update(CONVERSATIONS).where(*_OPEN, _C.worker == bindparam("who")).values(**values).returning(_C.last_seq)


_WITHOUT_SPEAKER = {
    "taken_by": None,
    "phase": case((_C.phase == "with_staff", func.coalesce(_C.phase_before, "handed_off")), else_=_C.phase),
    "phase_before": None,
}


def _gone(before: datetime) -> tuple[ColumnElement[bool], ...]:
    seen = func.coalesce(_C.speaker_seen_at, _C.touched_at)
    return _C.taken_by.is_not(None), _C.erased_at.is_(None), seen < before


class SqlConversations:
    """See `bot.services.ports.Conversations`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, conversation: Conversation) -> None:
        """Store a new conversation."""
        values = {spec.name: getattr(conversation, spec.name) for spec in fields(Conversation)}
        values["seen_at"] = conversation.last_seen
        self._connection.execute(insert(CONVERSATIONS).values(**values))

    def get(self, conversation: str) -> Conversation | None:
        """The conversation or None."""
        row = self._connection.execute(_GET, {"one": conversation}).one_or_none()
        return None if row is None else _conversation(row)

    def append(self, conversation: str, message: NewMessage, *, now: datetime) -> Appended:
        """Append, or find the same id again."""
        seq = self._next_seq(conversation, 1, now)
        if message.id is not None:
            # The row of the conversation is locked by now, so nobody can slip the same id in between.
            same = {"one": conversation, "message": message.id}
            old = self._connection.execute(_SAME, same).scalar_one_or_none()
            if old is not None:
                self._connection.execute(_GIVE_BACK, {"one": conversation})
                return Appended(old, False)
        self._insert(conversation, seq, [message], now)
        if message.sender in WORK:
            self._connection.execute(_SPOKEN, {"one": conversation, "seq": seq, "now": now})
        return Appended(seq, True)

    def messages(self, conversation: str, *, after: int = 0, limit: int | None = None) -> list[Message]:
        """The log after `after`."""
        asked: dict[str, Any] = {"one": conversation, "after": after}
        if limit is None:
            return [_message(row) for row in self._connection.execute(_LOG, asked)]
        return [_message(row) for row in self._connection.execute(_LOG_PAGE, {**asked, "limit": limit})]

    def remember_provider(self, channel: str, provider_id: str, conversation: str, seq: int, *, now: datetime) -> None:
        """This message came from another network under this id."""
        values = {"channel": channel, "provider_id": provider_id, "conversation": conversation, "seq": seq, "at": now}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(PROVIDER_MESSAGES).values(**values))
        except IntegrityError:
            raise AlreadyThere(provider_id) from None

    def by_provider(self, channel: str, provider_id: str) -> tuple[str, int] | None:
        """(conversation, seq) of the message that a network sent under this id."""
        p = PROVIDER_MESSAGES.c
        wanted = select(p.conversation, p.seq).where(p.channel == channel, p.provider_id == provider_id)
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else (row.conversation, row.seq)

    def claim(self, conversation: str, *, worker: str, now: datetime, until: datetime) -> Message | None:
        """The oldest unanswered visitor message, for this worker alone."""
        asked = {"one": conversation, "who": worker, "now": now, "until": until}
        taken = self._connection.execute(_CLAIM, asked).one_or_none()
        if taken is None:
            return None
        waiting = self._waiting(conversation, _NEXT_WAITING)
        if not waiting:  # purged in the meantime
            self._set(conversation, worker=None, lease_until=None, answered_through=_C.spoken_through)
            return None
        return waiting[0]

    def unanswered(self, conversation: str) -> list[Message]:
        """All unanswered visitor messages."""
        return self._waiting(conversation, _WAITING)

    def pin_turn(self, conversation: str, *, through: int) -> None:
        """The turn in work is about all messages up to this one."""
        self._set(conversation, turn_through=through)

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
        change = {"phase": phase, "state": state, "record": record}
        told = {name: value for name, value in change.items() if value is not None}
        asked = {"one": conversation, "who": worker, "now": now, "through": through, "count": len(replies)}
        asked.update({f"to_{name}": value for name, value in told.items()})
        last = self._connection.execute(_finish(*told), asked).scalar_one_or_none()
        if last is None:
            raise LeaseLost(conversation)
        first = last - len(replies) + 1
        self._insert(conversation, first, replies, now)
        return [_stored(conversation, first + at, reply, now) for at, reply in enumerate(replies)]

    def release(self, conversation: str, *, worker: str) -> None:
        """Give the conversation free without an answer."""
        self._connection.execute(
            update(CONVERSATIONS)
            .where(_C.id == conversation, _C.worker == worker)
            .values(worker=None, lease_until=None)
        )

    def waiting(self) -> int:
        """How many conversations have an unanswered message."""
        query = select(func.count()).select_from(CONVERSATIONS).where(_C.spoken_through > _C.answered_through)
        return int(self._connection.execute(query).scalar_one())

    def with_work(self, *, now: datetime) -> list[str]:
        """Conversations that wait for an answer and are in nobody's hands."""
        wanted = (
            select(_C.id)
            .where(_C.spoken_through > _C.answered_through, or_(_C.worker.is_(None), _C.lease_until < now))
            .order_by(_C.touched_at)
        )
        return list(self._connection.execute(wanted).scalars())

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
        values: dict[str, Any] = {"touched_at": now, **_phase_values(phase)}
        told = {"state": state, "record": record, "locale": locale}
        values.update({name: value for name, value in told.items() if value is not None})
        self._set(conversation, **values)

    def give_consent(self, conversation: str, *, version: str, now: datetime, language: str | None = None) -> None:
        """From now on the messages are kept; the first consent counts."""
        self._connection.execute(
            update(CONVERSATIONS)
            .where(_C.id == conversation, _C.consent_at.is_(None), _C.erased_at.is_(None))
            .values(consent_at=now, consent_version=version, consent_language=language or _C.locale)
        )

    def purge_waiting(self, conversation: str, *, before: datetime | None = None) -> int:
        """Delete what was written without consent."""
        old = () if before is None else (_C.touched_at < before,)
        unconsented = self._connection.execute(
            update(CONVERSATIONS)
            .where(_C.id == conversation, _C.consent_at.is_(None), *old)
            .values(state=None, record=None, answered_through=_C.spoken_through)
            .returning(_C.id)
        ).one_or_none()
        if unconsented is None:
            return 0
        return self._connection.execute(delete(MESSAGES).where(_M.conversation == conversation)).rowcount

    def waiting_since(self, before: datetime) -> list[str]:
        """Conversations without consent that still hold messages."""
        holds = select(_M.seq).where(_M.conversation == _C.id).exists()
        wanted = select(_C.id).where(_C.consent_at.is_(None), _C.touched_at < before, holds).order_by(_C.touched_at)
        return list(self._connection.execute(wanted).scalars())

    def untouched_since(self, before: datetime) -> list[str]:
        """Conversations that never led to a hand-off."""
        handed = select(HANDOFFS.c.id).where(HANDOFFS.c.conversation == _C.id).exists()
        wanted = select(_C.id).where(_C.erased_at.is_(None), _C.touched_at < before, ~handed).order_by(_C.touched_at)
        return list(self._connection.execute(wanted).scalars())

    def handed_off_before(self, before: datetime) -> list[str]:
        """Conversations with a hand-off that still hold messages."""
        handed = select(HANDOFFS.c.id).where(HANDOFFS.c.conversation == _C.id).exists()
        holds = select(_M.seq).where(_M.conversation == _C.id).exists()
        wanted = select(_C.id).where(_C.erased_at.is_(None), _C.touched_at < before, handed, holds)
        return list(self._connection.execute(wanted.order_by(_C.touched_at)).scalars())

    def drop_log(self, conversation: str) -> None:
        """Delete what was said and remembered."""
        self._connection.execute(delete(MESSAGES).where(_M.conversation == conversation))
        emptied = {"state": None, "record": None, "answered_through": _C.spoken_through}
        self._connection.execute(update(CONVERSATIONS).where(_C.id == conversation).values(**emptied))

    def taken(self, conversation: str, by: str | None, *, at: datetime | None = None) -> None:
        """A person speaks from now on, or no more."""
        if by is not None:
            before = case((_C.phase == "with_staff", _C.phase_before), else_=_C.phase)
            self._set(conversation, taken_by=by, phase_before=before, phase="with_staff", speaker_seen_at=at)
        else:
            self._set(conversation, **_WITHOUT_SPEAKER)

    def speaker_here(self, conversation: str, by: str, *, at: datetime) -> None:
        """Seen."""
        theirs = update(CONVERSATIONS).where(_C.id == conversation, _C.taken_by == by)
        self._connection.execute(theirs.values(speaker_seen_at=at))

    def speakers_gone(self, before: datetime) -> list[str]:
        """Not seen for long."""
        return list(self._connection.execute(select(_C.id).where(*_gone(before))).scalars())

    def let_go(self, conversation: str, *, before: datetime) -> bool:
        """The bot speaks again; one statement, so that of several processes one does it."""
        theirs = update(CONVERSATIONS).where(_C.id == conversation, *_gone(before))
        return self._connection.execute(theirs.values(**_WITHOUT_SPEAKER)).rowcount == 1

    def ask_for_person(self, conversation: str, at: datetime | None) -> None:
        """The visitor wants a person, or has had one."""
        self._set(conversation, person_asked_at=at)

    def since(self, at: datetime, *, limit: int) -> list[Conversation]:
        """Living ones begun at `at` or later, newest first."""
        wanted = select(*_COLUMNS).where(_C.erased_at.is_(None), _C.created_at >= at)
        rows = self._connection.execute(wanted.order_by(_C.created_at.desc()).limit(limit))
        return [_conversation(row) for row in rows]

    def asking(self) -> int:
        """How many ask for a person and wait for no call."""
        called = select(CALL_BACKS.c.id).where(CALL_BACKS.c.conversation == _C.id, CALL_BACKS.c.done_at.is_(None))
        asked = (_C.person_asked_at.is_not(None), _C.erased_at.is_(None), ~called.exists())
        return int(self._connection.execute(select(func.count(_C.id)).where(*asked)).scalar_one())

    def in_progress(self, since: datetime, *, limit: int) -> list[Conversation]:
        """Those who ask for a person, longest waiting first, then the newest."""
        now = (_C.erased_at.is_(None), or_(_C.touched_at > since, _C.person_asked_at.is_not(None)))
        first = (_C.person_asked_at.is_(None), _C.person_asked_at, _C.touched_at.desc())
        rows = self._connection.execute(select(*_COLUMNS).where(*now).order_by(*first).limit(limit))
        return [_conversation(row) for row in rows]

    def drop_ids(self, before: datetime, *, now: datetime) -> int:
        """Delete the ids of other networks from before, and codes that are too old."""
        ids = delete(PROVIDER_MESSAGES).where(PROVIDER_MESSAGES.c.at < before)
        codes = delete(RESUME_CODES).where(RESUME_CODES.c.expires_at < now)
        return sum(self._connection.execute(old).rowcount for old in (ids, codes))

    def add_code(self, code: ResumeCode) -> None:
        """Store a code; an older one of the same conversation and purpose ends."""
        r = RESUME_CODES.c
        same = (r.conversation == code.conversation, r.purpose == code.purpose)
        self._connection.execute(delete(RESUME_CODES).where(*same))
        values = {spec.name: getattr(code, spec.name) for spec in fields(ResumeCode)}
        self._connection.execute(insert(RESUME_CODES).values(**values))

    def use_code(self, code_hash: bytes, *, now: datetime, purposes: Collection[str] = LINKS) -> str | None:
        """The conversation this code opens; the code is gone with that."""
        r = RESUME_CODES.c
        mine = (r.code_hash == code_hash, r.purpose.in_([*purposes]))
        used = delete(RESUME_CODES).where(*mine).returning(r.conversation, r.expires_at)
        row = self._connection.execute(used).one_or_none()
        return row.conversation if row is not None and row.expires_at > now else None

    def set_tokens(self, conversation: str, digests: bytes, *, now: datetime) -> None:
        """These tokens open the conversation from now on."""
        self._set(conversation, token_hash=digests, seen_at=now)

    def erase(self, conversation: str, *, erasure: Erasure) -> None:
        """Delete what was said and known; keep the proof."""
        self._connection.execute(delete(MESSAGES).where(_M.conversation == conversation))
        self._connection.execute(delete(RESUME_CODES).where(RESUME_CODES.c.conversation == conversation))
        self._connection.execute(
            update(CONVERSATIONS)
            .where(_C.id == conversation)
            .values(
                phase="erased", phase_before=None, taken_by=None, state=None, record=None, token_hash=b"",
                answered_through=_C.spoken_through, worker=None, lease_until=None, erased_at=erasure.at,
            )
        )  # fmt: skip
        values = {"conversation": conversation, "at": erasure.at, "by": erasure.by, "what": erasure.what}
        self._connection.execute(insert(ERASURES).values(**values))

    def erasures(self) -> list[Erasure]:
        """All proofs."""
        e = ERASURES.c
        rows = self._connection.execute(select(e.conversation, e.at, e.by, e.what).order_by(e.id))
        return [Erasure(*row) for row in rows]

    def _next_seq(self, conversation: str, count: int, now: datetime) -> int:
        """Take the next place in the log; this also locks the conversation for the rest of the transaction."""
        asked = {"one": conversation, "count": count, "now": now}
        seq = self._connection.execute(_NEXT_SEQ, asked).scalar_one_or_none()
        if seq is None:
            raise NotFound(conversation)
        return int(seq)

    def _set(self, conversation: str, **values: Any) -> None:
        changed = self._connection.execute(
            update(CONVERSATIONS).where(_C.id == conversation, _C.erased_at.is_(None)).values(**values)
        )
        if changed.rowcount != 1:
            raise NotFound(conversation)

    def _insert(self, conversation: str, first: int, messages: Sequence[NewMessage], now: datetime) -> None:
        rows = [
            {
                "conversation": conversation,
                "seq": first + at,
                "id": new.id,
                "sender": new.sender,
                "at": now,
                "text": new.text,
                "body": dict(new.body) or None,
            }
            for at, new in enumerate(messages)
        ]
        if rows:
            self._connection.execute(_ADD, rows)

    def _waiting(self, conversation: str, wanted: Select[Any]) -> list[Message]:
        return [_message(row) for row in self._connection.execute(wanted, {"one": conversation})]


def _phase_values(phase: str | BindParameter[str] | None) -> dict[str, Any]:
    """While a person speaks, the bot's phase is only what comes back afterwards."""
    if phase is None:
        return {}
    spoken = _C.phase == "with_staff"
    return {
        "phase_before": case((spoken, phase), else_=_C.phase_before),
        "phase": case((spoken, "with_staff"), else_=phase),
    }


def _conversation(row: Row[Any]) -> Conversation:
    values = dict(row._mapping)
    values["state"] = values["state"] or {}
    values["record"] = values["record"] or {}
    return Conversation(**values)


def _message(row: Row[Any]) -> Message:
    values = dict(row._mapping)
    values["body"] = values["body"] or {}
    return Message(**values)


def _stored(conversation: str, seq: int, new: NewMessage, now: datetime) -> Message:
    return Message(conversation, seq, new.sender, now, new.text, dict(new.body), new.id)
