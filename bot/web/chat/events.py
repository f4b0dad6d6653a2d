"""The log as server-sent events, numbered by the log, so that whoever comes back misses nothing and sees nothing twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.domain.errors import StorageUnavailable
from bot.web.chat import views
from bot.web.chat.news import Newsstand

PING_SECONDS = 15
SEND_SECONDS = 30.0


def stream(newsstand: Newsstand, conversation: str, after: int, stuck: Callable[[str], bool]) -> EventSourceResponse:
    """The event stream of a conversation from the message after `after` on."""
    return EventSourceResponse(
        _events(newsstand, conversation, after, stuck), ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n"
    )


async def _events(
    newsstand: Newsstand, conversation: str, after: int, stuck: Callable[[str], bool]
) -> AsyncIterator[ServerSentEvent]:
    """`message` with its seq as id; then `state` and `typing` when they changed. Ends when the log cannot be read."""
    state_told, typing_told = None, False
    try:
        async for messages, state, writing in newsstand.follow(conversation, after, stuck):
            if typing_told and not writing:
                yield _event("typing", {"on": False})
            for line in messages:
                yield _event("message", views.message(line), str(line.seq))
            if state != state_told:
                yield _event("state", state)
            if writing and not typing_told:
                yield _event("typing", {"on": True})
            state_told, typing_told = state, writing
    except StorageUnavailable:
        return  # the client comes back by itself, with the id of the last message it has


def _event(name: str, data: object, event_id: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(data, ensure_ascii=False), event=name, id=event_id)
