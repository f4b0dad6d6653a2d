"""The dispatcher's transactions: claim a message, store the end of its turn, say a word in between. All of it blocks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.intake import CONSENT_VERSION
from bot.services import live, outgoing
from bot.services.ports import LeaseLost, UnitOfWork
from bot.services.stored import AuditEntry, Conversation, Message, NewMessage, OutboxItem
from bot.web.context import WebContext
from bot.web.turns import late_times, merging, words
from bot.web.turns import replies as reading
from bot.web.turns.rasa import Reply, Turn

LEASE = timedelta(seconds=10)


def message_id(conversation: str, seq: int) -> str:
    """What a message is called towards Rasa, and what its turn is named after in the logs."""
    return f"{conversation}-{seq}"


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed turn and the conversation it stands in: one message, or short ones in a row that are taken as one."""

    chat: Conversation
    messages: tuple[Message, ...]
    rest: str | None = None  # what the dialogue is to hear of it, where the edge has answered the rest itself
    before: str = ""  # the short words that this one goes on with
    zone: tzinfo = UTC  # the clinic's: by its clock "since Monday" is meant

    @property
    def message(self) -> Message:
        """The last one: when it is answered, all are."""
        return self.messages[-1]

    @property
    def scripted(self) -> bool:
        """True when the danger script was shown for this message already."""
        return bool(self.message.body.get("scripted"))

    @property
    def ours(self) -> bool:
        """True for what the edge dealt with itself: the dialogue is not asked."""
        return bool(self.message.body.get("edge"))

    @property
    def silent(self) -> bool:
        """True while a person speaks: the bot listens for danger, and says nothing."""
        return _with_staff(self.chat)

    @property
    def key(self) -> tuple[str, int]:
        """What names this turn in memory."""
        return self.chat.id, self.message.seq

    def turn(self) -> Turn:
        """The turn to send; the same every time."""
        record = self.chat.record.get("values") or {}
        subject = record.get("for_whom")
        return Turn(
            conversation=self.chat.id,
            message_id=self._named(self.message),
            text=merging.text(self.messages) if self.rest is None else self.rest,
            asked=self.chat.state.get("field"),
            answer=self.message.body.get("answer"),
            subject=subject if subject in ("self", "child", "other") else None,
            now=self.message.at.astimezone(self.zone).isoformat(),
            locale=self.chat.locale,
            scripted=self.scripted,
            parts=self._parts(),
            hurried=is_hurried(self.chat, self.message),
            early=_read_through(self.message) <= self.chat.state.get("asked_after", 0),
            before=self.before,
        )

    def _parts(self) -> tuple[Mapping[str, Any], ...]:
        if len(self.messages) == 1:
            return ()
        starts = merging.starts(self.messages)
        return tuple(
            {"start": start, "message": self._named(line)} for start, line in zip(starts, self.messages, strict=True)
        )

    def _named(self, message: Message) -> str:
        return message_id(self.chat.id, message.seq)


def is_hurried(chat: Conversation, message: Message) -> bool:
    """True for what was written before our last reply: it goes on with the message before it."""
    return _read_through(message) <= int(chat.state.get("replied_after", 0))


def _read_through(message: Message) -> int:
    """The last message its writer can have read: the client tells, or else it came after all that stands before it."""
    return min(message.seq, message.body.get("seen", message.seq))


Claimer = Callable[[UnitOfWork, str], Work | None]
Decide = Callable[[UnitOfWork, Conversation], reading.Outcome]


class Ledger:
    """Every method is one transaction. Raises `StorageUnavailable`; then nothing was stored."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        # The same after a restart, so that a process that was killed finds its own work again at once.
        self.worker = f"{socket.gethostname()[:48]}:{context.settings.port}"

    def claim(self, conversation: str) -> Work | None:
        """The next message of this conversation for us alone, or None."""
        with self._context.uow() as uow:
            work = self.claim_in(uow, conversation)
            uow.commit()
        return work

    def claim_in(self, uow: UnitOfWork, conversation: str) -> Work | None:
        """The same within a transaction that is under way."""
        message = self._claim(uow, conversation)
        chat = uow.conversations.get(conversation) if message else None
        if chat is None or message is None:
            return None
        messages = self._turn_of(uow, chat, message)
        if not messages:
            uow.conversations.release(conversation, worker=self.worker)
            return None
        before = ""
        if is_hurried(chat, messages[0]):
            lines = uow.conversations.messages(chat.id, after=max(0, messages[0].seq - 3 * merging.MOST_WORDS_BEFORE))
            before = merging.before(lines, messages[0])
        return Work(chat, messages, before=before, zone=self._context.settings.clinic.zone)

    def _turn_of(self, uow: UnitOfWork, chat: Conversation, first: Message) -> tuple[Message, ...]:
        """The messages of the next turn; none while the visitor may still be writing the next short one.

        A turn that was begun stays what it was, so that Rasa knows it again by its message id.
        """
        begun, seconds = chat.turn_through, self._context.settings.merge_seconds
        if begun < first.seq and not seconds:
            return (first,)
        waiting = uow.conversations.unanswered(chat.id)
        if begun >= first.seq:
            return tuple(line for line in waiting if line.seq <= begun)
        group = merging.group(waiting, within=seconds)
        if not merging.is_over(group, waiting, within=seconds, now=self._context.clock()):
            return ()
        uow.conversations.pin_turn(chat.id, through=group[-1].seq)
        return group

    def hold(self, conversation: str) -> None:
        """Extend our time while Rasa is thinking."""
        with self._context.uow() as uow:
            self._claim(uow, conversation)
            uow.commit()

    def release(self, conversation: str) -> None:
        """Give it free unanswered."""
        with self._context.uow() as uow:
            uow.conversations.release(conversation, worker=self.worker)
            uow.commit()

    def waiting(self, *, own: bool = False) -> list[str]:
        """Conversations with work that nobody does; with `own` also those this process held before it was killed."""
        now = self._context.clock()
        with self._context.uow.reading() as uow:
            return uow.conversations.with_work(now=now + LEASE if own else now)

    def finish(self, work: Work, replies: Sequence[Reply]) -> Work | None:
        """Store the end of a turn, all of it once; the next message, if one waits.

        It does not wait for the disk: should the power fail now, the message is found unanswered, and Rasa, which has
        this turn on disk, gives the same replies to it again. Raises `LeaseLost` when this turn was stored by another.
        """
        with self._context.uow.brisk() as uow:
            chat = self._still_ours(uow, work)
            outcome = reading.understand(replies, chat, self._context.settings.clinic, scripted=work.scripted)
            self._consent(uow, chat, outcome)
            outcome = late_times.asked(self._context, uow, chat, outcome)
            lines = outcome.messages
            if _wants_person(chat, outcome):
                lines = self._person(uow, chat, outcome)
            following = self._store(uow, chat, work, [] if _with_staff(chat) else lines, outcome)
            uow.commit()
        return following

    def _person(self, uow: UnitOfWork, chat: Conversation, outcome: reading.Outcome) -> tuple[NewMessage, ...]:
        """Staff are told that a person is wanted; the visitor hears when one will answer."""
        now, clinic = self._context.clock(), self._context.settings.clinic
        live.person_asked(uow, chat, now=now)
        line = words.person_told(clinic, chat.locale, now)
        return reading.before_the_question(outcome.messages, line)

    def pass_over(self, work: Work) -> Work | None:
        """Nothing to answer: a person has the word. The next message, if one waits."""
        with self._context.uow() as uow:
            following = self._store(uow, self._still_ours(uow, work), work, [])
            uow.commit()
        return following

    def settle(self, work: Work, decide: Decide, *, handoff: str, more: bool) -> Work | None:
        """Answer a message ourselves, by a move of its hand-off in the same transaction; the next message, if one waits.

        With `more` the turn stays open: the dialogue has something to say, too. The hand-off is locked before the
        conversation, as staff's moves do it.
        """
        with self._context.uow() as uow:
            uow.handoffs.by_reference(handoff, lock=True)
            chat = self._still_ours(uow, work)
            outcome = decide(uow, chat)
            lines = [] if _with_staff(chat) else outcome.messages
            following = None
            if more:
                now = self._context.clock()
                seqs = [uow.conversations.append(chat.id, line, now=now).seq for line in lines]
                outgoing.send(uow, chat, seqs, now=now)
                uow.conversations.save(chat.id, now=now, state=outcome.state)
            else:
                following = self._store(uow, chat, work, lines, outcome)
            uow.commit()
        return following

    def give_up(self, work: Work) -> Work | None:
        """Rasa will never answer this message: say so. The next message, if one waits."""
        with self._context.uow() as uow:
            chat = self._still_ours(uow, work)
            line = words.fill(words.GAVE_UP, self._context.settings.clinic, chat.locale)
            following = self._store(uow, chat, work, [] if _with_staff(chat) else [reading.in_with(line, chat)])
            uow.commit()
        return following

    def tell(self, work: Work, line: NewMessage) -> bool:
        """Say a word of our own about a message that still waits; False when it was said before."""
        with self._context.uow() as uow:
            now = self._context.clock()
            said = uow.conversations.append(work.chat.id, line, now=now)
            if said.created:
                outgoing.send(uow, work.chat, [said.seq], now=now)
                uow.commit()
        return said.created

    def forget_again(self, conversation: str) -> None:
        """The conversation was erased while Rasa worked on it: its tracker may have come back."""
        now = self._context.clock()
        with self._context.uow() as uow:
            uow.outbox.add(_forget_tracker(conversation, now, "again"))
            uow.commit()

    def purge_waiting(self) -> list[str]:
        """Drop what waited too long for a yes; which conversations that ended."""
        now = self._context.clock()
        before = now - timedelta(seconds=self._context.settings.waiting_seconds)
        with self._context.uow.reading() as uow:
            late = uow.conversations.waiting_since(before)
        for conversation in late:
            with self._context.uow() as uow:
                if uow.conversations.purge_waiting(conversation, before=before):
                    uow.conversations.save(conversation, now=now, phase="closed")
                    uow.outbox.add(_forget_tracker(conversation, now, "late"))
                    uow.commit()
        return late

    def _claim(self, uow: UnitOfWork, conversation: str) -> Message | None:
        now = self._context.clock()
        try:
            return uow.conversations.claim(conversation, worker=self.worker, now=now, until=now + LEASE)
        except NotFound:  # erased in this very moment
            return None

    def _still_ours(self, uow: UnitOfWork, work: Work) -> Conversation:
        """Lock the conversation and look again: only the first to come here with this message may store its answer."""
        message = self._claim(uow, work.chat.id)
        chat = uow.conversations.get(work.chat.id)
        if chat is None or message is None or message.seq != work.messages[0].seq:
            raise LeaseLost(work.chat.id)
        return chat

    def _consent(self, uow: UnitOfWork, chat: Conversation, outcome: reading.Outcome) -> None:
        if chat.consent_at is not None:
            return
        now = self._context.clock()
        if outcome.consented:
            uow.conversations.give_consent(chat.id, version=CONSENT_VERSION, now=now)
            uow.audit.add(AuditEntry(now, "visitor", "consent", conversation=chat.id))
        elif outcome.refused and chat.phase != "closed":
            uow.conversations.purge_waiting(chat.id)
            uow.outbox.add(_forget_tracker(chat.id, now, "refused"))

    def _store(
        self,
        uow: UnitOfWork,
        chat: Conversation,
        work: Work,
        lines: Sequence[NewMessage],
        outcome: reading.Outcome | None = None,
    ) -> Work | None:
        change: dict[str, Any] = {}
        if outcome is not None:
            change = {"phase": outcome.phase, "state": _dated(outcome.state, chat), "record": outcome.record}
        now = self._context.clock()
        stored = uow.conversations.finish_turn(
            chat.id, worker=self.worker, through=work.message.seq, replies=lines, now=now, **change
        )
        for urgent in (True, False):
            seqs = [line.seq for line in stored if bool(line.body.get("alert")) is urgent]
            outgoing.send(uow, chat, seqs, now=now, urgent=urgent)
        return self.claim_in(uow, chat.id) if chat.spoken_through > work.message.seq else None


def _dated(state: Mapping[str, Any], before: Conversation) -> dict[str, Any]:
    """The state with the last messages that were written before this reply, and before the open question was put.

    The first go on with what was said last; the second cannot have been meant as the answer.
    """
    new = state.get("field") != before.state.get("field")
    asked_after = before.last_seq if new else before.state.get("asked_after", 0)
    return {**state, "replied_after": before.last_seq, "asked_after": asked_after}


def _wants_person(chat: Conversation, outcome: reading.Outcome) -> bool:
    """True when staff have to hear of it: a first wish, or another after somebody has seen to the last one."""
    if chat.person_asked_at is not None:
        return False
    return outcome.asks_person or bool(outcome.state.get("wants_person") and not chat.state.get("wants_person"))


def _with_staff(chat: Conversation) -> bool:
    return chat.taken_by is not None or chat.phase == "with_staff"


def _forget_tracker(conversation: str, now: Any, why: str) -> OutboxItem:
    key = f"tracker:{conversation}:{why}:{now.timestamp():.0f}"
    return OutboxItem(0, key, "forget_tracker", {"conversation": conversation}, now, now)
