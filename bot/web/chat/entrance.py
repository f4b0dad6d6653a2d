"""The one way in for what visitors write on other networks: stored once, read for danger, and on its way to an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import anyio.to_thread

from bot.domain.errors import NotFound
from bot.services.ports import AlreadyThere
from bot.services.stored import Conversation
from bot.web import metrics
from bot.web.chat import inbox
from bot.web.chat.bodies import Sent, clean
from bot.web.chat.inbox import Origin, Taken
from bot.web.context import WebContext
from bot.web.turns.dispatcher import Dispatcher
from bot.web.turns.ledger import Claimer


class Entrance:
    """Takes messages of every channel but the web's own; see docs/reference/channels-inbox.md."""

    def __init__(self, context: WebContext, dispatcher: Callable[[], Dispatcher]) -> None:
        self._context = context
        self._dispatcher = dispatcher
        self._threads = anyio.CapacityLimiter(8)

    async def open(self, channel: str, locale: str) -> str:
        """A new conversation on this channel, its greeting under way; its id. Raises `StorageUnavailable`."""
        work = partial(inbox.open_conversation, self._context, channel=channel, locale=locale)
        opened = await anyio.to_thread.run_sync(work, limiter=self._threads)
        self._dispatcher().nudge(opened.id)
        return opened.id

    async def take(
        self,
        channel: str,
        provider_id: str,
        conversation: str,
        *,
        text: str | None = None,
        answer: tuple[str, Any] | None = None,
    ) -> int:
        """Take a text, or an answer (field, value) to the open question; its `seq`, once it is committed.

        The same `provider_id` of a channel again gives the same `seq` and no second turn, also when several calls come at
        the same moment. Raises `Problem` for what is refused (too long, answer that does not fit; in danger it carries the
        emergency words), `NotFound` for a conversation that is not there or erased, and `StorageUnavailable` when nothing
        was stored: answer the network with an error then, and it sends it again.
        """
        sent = _sent(channel, provider_id, text, answer)
        claimer = self._dispatcher().claimer(conversation)
        work = partial(_take, self._context, Origin(channel, provider_id), conversation, sent, claimer)
        taken = await anyio.to_thread.run_sync(work, limiter=self._threads)
        self._dispatcher().arrived(taken.conversation, taken.work)
        metrics.MESSAGES.inc()
        self._context.wake(taken.conversation)
        return taken.seq


def _take(context: WebContext, origin: Origin, conversation: str, sent: Sent, claimer: Claimer | None) -> Taken:
    known = _known(context, origin)
    if known is not None:
        return known
    try:
        return inbox.take(context, _living(context, conversation), sent, claimer, origin=origin)
    except AlreadyThere:  # the same message, at the same moment
        return _known(context, origin) or _take(context, origin, conversation, sent, claimer)


def _known(context: WebContext, origin: Origin) -> Taken | None:
    with context.uow.reading() as uow:
        found = uow.conversations.by_provider(origin.channel, origin.provider_id)
    return None if found is None else Taken(found[1], None, found[0])


def _living(context: WebContext, conversation: str) -> Conversation:
    with context.uow.reading() as uow:
        chat = uow.conversations.get(conversation)
    if chat is None or chat.erased_at is not None:
        raise NotFound(conversation)
    return chat


def _sent(channel: str, provider_id: str, text: str | None, answer: tuple[str, Any] | None) -> Sent:
    """The message with an id of ours in place of the network's, which may be of any length."""
    own_id = hashlib.sha256(f"{channel}\n{provider_id}".encode("utf-8", "replace")).hexdigest()[:40]
    if answer is not None:
        return Sent(own_id, None, answer[0], answer[1])
    return Sent(own_id, clean(text or "").strip() or "-")
