"""Looks at the log for a waiting client: woken within this process, and by a slow look for what other processes did."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import anyio
import anyio.to_thread

from bot.services.stored import Conversation, Message
from bot.web.chat import tokens, views
from bot.web.context import WebContext

LOOK_SECONDS = 3.0
PAGE = 500


@dataclass(frozen=True, slots=True)
class News:
    """What is new after some `seq`, and where the conversation stands."""

    chat: Conversation
    messages: tuple[Message, ...]

    @property
    def last(self) -> int:
        """The `seq` of the newest message here."""
        return self.messages[-1].seq if self.messages else 0


class Newsstand:
    """Reads the log in threads of its own, so that many who wait do not keep out those who write."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._threads = anyio.CapacityLimiter(8)

    async def look(self, conversation: str, after: int) -> News | None:
        """What is there now; None when there is no such conversation."""
        return await anyio.to_thread.run_sync(self._look, conversation, after, limiter=self._threads)

    async def wait(
        self, conversation: str, after: int, seconds: float, check: Callable[[Conversation | None], Conversation]
    ) -> News:
        """What is new after `after`; waits up to `seconds` for a message or for a change of the state.

        `check` sees the conversation at every look and raises when this client may not, or no longer, see it.
        """
        ends = time.monotonic() + seconds
        with self._context.hub.listen(conversation) as listener:
            first = news = await self._checked(conversation, after, check)
            while not _tells(news, first):
                left = ends - time.monotonic()
                if left <= 0 or self._context.hub.closed:
                    break
                await listener.news(min(left, LOOK_SECONDS))
                news = await self._checked(conversation, after, check)
        return news

    async def _checked(
        self, conversation: str, after: int, check: Callable[[Conversation | None], Conversation]
    ) -> News:
        news = await self.look(conversation, after)
        chat = check(news.chat if news is not None else None)
        return news if news is not None else News(chat, ())

    async def follow(
        self, conversation: str, after: int, stuck: Callable[[str], bool]
    ) -> AsyncIterator[tuple[tuple[Message, ...], dict[str, object], bool]]:
        """(new messages, state, somebody is writing) now and at each change, until the conversation is gone."""
        told: tuple[object, ...] | None = None
        with self._context.hub.listen(conversation) as listener:
            while not self._context.hub.closed:
                news = await self.look(conversation, after)
                if news is None or self._is_idle(news.chat):
                    return
                state = self.state(news.chat)
                writing = views.typing(news.chat, self._context.clock()) and not stuck(conversation)
                if news.messages or (state, writing) != told:
                    told, after = (state, writing), news.last or after
                    yield news.messages, state, writing
                if news.chat.erased_at is not None:
                    return
                if len(news.messages) < PAGE:
                    await listener.news(LOOK_SECONDS)

    def state(self, chat: Conversation) -> dict[str, object]:
        """Where the conversation stands, with the language it is held in and when it ends."""
        return {**views.state(chat), "locale": chat.locale, "ends_at": self._ends_at(chat)}

    def _ends_at(self, chat: Conversation) -> str | None:
        """When this conversation can no longer be opened if nobody writes; before consent it is forgotten sooner."""
        if chat.phase in ("closed", "erased"):
            return None
        settings = self._context.settings
        ends = chat.last_seen + timedelta(seconds=settings.token_idle_seconds)
        if chat.consent_at is None:
            ends = min(ends, chat.touched_at + timedelta(seconds=settings.waiting_seconds))
        return ends.isoformat()

    def _is_idle(self, chat: Conversation) -> bool:
        idle = self._context.settings.token_idle_seconds
        return tokens.is_idle(chat, now=self._context.clock(), idle_seconds=idle)

    def _look(self, conversation: str, after: int) -> News | None:
        with self._context.uow.reading() as uow:
            chat = uow.conversations.get(conversation)
            if chat is None:
                return None
            return News(chat, tuple(uow.conversations.messages(conversation, after=after, limit=PAGE)))


def _tells(news: News, first: News) -> bool:
    """True when there is something to report: messages, or a state that changed while we waited."""
    return bool(news.messages) or _steady(news.chat) != _steady(first.chat)


def _steady(chat: Conversation) -> Conversation:
    """The conversation without what changes although nothing is new to a reader."""
    return replace(chat, touched_at=chat.created_at, last_seq=0, spoken_through=0, record={}, state=views.state(chat))
