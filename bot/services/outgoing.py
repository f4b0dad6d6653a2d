"""Sends the bot's and the staff's lines out to visitors who do not fetch them themselves: by SMS, Telegram and the like."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, Message, OutboxItem

FETCHED = ("web",)  # channels whose client reads the log: nothing has to be sent there
SAYS = ("bot", "staff")


def kind_of(channel: str) -> str:
    """The outbox kind that carries a channel's lines."""
    return f"line.{channel}"


def key_of(conversation: str, seq: int) -> str:
    """The name of a line's outbox item."""
    return f"line:{conversation}:{seq}"


def farewell_of(channel: str) -> str:
    """The outbox kind that tells somebody on a channel that they were forgotten: the one line that no log holds."""
    return f"bye.{channel}"


def send(uow: UnitOfWork, chat: Conversation, seqs: Iterable[int], *, now: datetime, urgent: bool = False) -> None:
    """Queue these lines of the log, in the transaction that stores them; once each, in order, and only where needed.

    What is `urgent` (words of emergency) waits for no line before it: one that the network refuses must not hold it up.
    """
    if chat.channel in FETCHED:
        return
    for seq in seqs:
        uow.outbox.add(
            OutboxItem(
                id=0,
                key=key_of(chat.id, seq),
                kind=kind_of(chat.channel),
                payload={"seq": seq},
                created_at=now,
                due_at=now,
                lane=f"{chat.id}:urgent" if urgent else chat.id,
                conversation=chat.id,
            )
        )


def line_of(uow: UnitOfWork, item: OutboxItem) -> tuple[Conversation, Message] | None:
    """What a carrier has to say for this item; None when it was erased or purged in the meantime: then it is done."""
    chat = uow.conversations.get(item.conversation or "")
    if chat is None or chat.erased_at is not None:
        return None
    seq = int(item.payload["seq"])
    found = uow.conversations.messages(chat.id, after=seq - 1, limit=1)
    return (chat, found[0]) if found and found[0].seq == seq and found[0].sender in SAYS else None
