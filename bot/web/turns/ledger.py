"""The dispatcher's transactions: claim a message, store the end of its turn, say a word in between. All of it blocks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.intake import CONSENT_VERSION
from bot.services import outgoing
from bot.services.ports import LeaseLost, UnitOfWork
from bot.services.stored import AuditEntry, Conversation, Message, NewMessage, OutboxItem
from bot.web.context import WebContext
from bot.web.turns import replies as reading
from bot.web.turns import words
from bot.web.turns.rasa import Reply, Turn

LEASE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed message and the conversation it stands in."""

    chat: Conversation
    message: Message

    @property
    def scripted(self) -> bool:
        """True when the danger script was shown for this message already."""
        return bool(self.message.body.get("scripted"))

    @property
    def silent(self) -> bool:
        """True while a person speaks: the bot listens for danger, and says nothing."""
        return _with_staff(self.chat)

    @property
    def key(self) -> tuple[str, int]:
        """What names this message in memory."""
        return self.chat.id, self.message.seq

    def turn(self) -> Turn:
        """The turn to send; the same every time."""
        record = self.chat.record.get("values") or {}
        subject = record.get("for_whom")
        return Turn(
            conversation=self.chat.id,
            message_id=f"{self.chat.id}-{self.message.seq}",
            text=self.message.text,
            asked=self.chat.state.get("field"),
            answer=self.message.body.get("answer"),
            subject=subject if subject in ("self", "child", "other") else None,
            now=self.message.at.isoformat(),
            locale=self.chat.locale,
            scripted=self.scripted,
        )


Claimer = Callable[[UnitOfWork, str], Work | None]


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
        return Work(chat, message) if chat is not None and message is not None else None

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
            following = self._store(uow, chat, work, [] if _with_staff(chat) else outcome.messages, outcome)
            uow.commit()
        return following

    def pass_over(self, work: Work) -> Work | None:
        """Nothing to answer: a person has the word. The next message, if one waits."""
        with self._context.uow() as uow:
            following = self._store(uow, self._still_ours(uow, work), work, [])
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
                if uow.conversations.purge_waiting(conversation):
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
        if chat is None or message is None or message.seq != work.message.seq:
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
            change = {"phase": outcome.phase, "state": outcome.state, "record": outcome.record}
            change["locale"] = outcome.locale if outcome.locale != chat.locale else None
        now = self._context.clock()
        stored = uow.conversations.finish_turn(
            chat.id, worker=self.worker, through=work.message.seq, replies=lines, now=now, **change
        )
        outgoing.send(uow, chat, [line.seq for line in stored], now=now)
        return self.claim_in(uow, chat.id) if chat.spoken_through > work.message.seq else None


def _with_staff(chat: Conversation) -> bool:
    return chat.taken_by is not None or chat.phase == "with_staff"


def _forget_tracker(conversation: str, now: Any, why: str) -> OutboxItem:
    key = f"tracker:{conversation}:{why}:{now.timestamp():.0f}"
    return OutboxItem(0, key, "forget_tracker", {"conversation": conversation}, now, now)
