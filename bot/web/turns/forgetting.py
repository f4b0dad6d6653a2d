"""“DELETE EVERYTHING”, written in any chat: done at once, by the edge alone, whatever else is up or down."""

from __future__ import annotations

import re

from bot.services import outgoing, privacy
from bot.services.stored import OutboxItem
from bot.web.context import WebContext
from bot.web.turns.ledger import Work
from bot.web.turns.words import fill

ALL_GONE = "Everything we kept of this conversation is deleted. In an emergency call [[emergency]]."
STAFF_DECIDE = "This conversation is deleted. The record of your visit, with a copy of what you wrote, stays with our staff until they decide whether the law makes us keep it. In an emergency call [[emergency]]."
_ORDER = re.compile(r"\W*(?:delete everything|borrar todo|b[oó]rrelo todo)\W*", re.IGNORECASE)


def is_ordered(text: str) -> bool:
    """True for exactly the words that the bot gives for it; "can you delete everything" is a question."""
    return bool(_ORDER.fullmatch(text))


def forget(context: WebContext, work: Work) -> None:
    """Erase the conversation; who cannot see that it is empty is told so where they are. Blocks. Safe to repeat."""
    chat, now = work.chat, context.clock()
    policy = context.settings.clinic.erase_after_handoff
    with context.uow.reading() as uow:
        thread = uow.threads.of(chat.id)
    what = privacy.forget(context.uow(), chat.id, by="visitor", now=now, after_handoff=policy)
    if thread is None or chat.channel in outgoing.FETCHED:
        return
    text = fill(ALL_GONE if what == "erased" else STAFF_DECIDE, context.settings.clinic, chat.locale)
    payload = {"to": thread.address, "text": text}
    with context.uow() as uow:
        uow.outbox.add(OutboxItem(0, f"bye:{chat.id}", outgoing.farewell_of(chat.channel), payload, now, now))
        uow.commit()
