"""Puts the channels of a clinic together: their carriers for the outbox, their door for webhooks, and what runs beside."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial

from starlette.routing import BaseRoute

from bot.notify.outbox import Kind
from bot.services import outgoing
from bot.services.ports import Storage
from bot.services.stored import OutboxItem
from bot.settings import Settings
from bot.web.channels.arrivals import Arrivals
from bot.web.channels.carrier import Carrier
from bot.web.channels.gate import Gate
from bot.web.channels.matrix import Matrix
from bot.web.channels.matrix_rooms import MatrixRooms
from bot.web.channels.protocol import Channel, Line
from bot.web.chat.entrance import Entrance
from bot.web.context import WebContext
from bot.web.limits import Limiter


def carriers(
    channels: Mapping[str, Channel], storage: Storage, settings: Settings, now: Callable[[], datetime]
) -> dict[str, Kind]:
    """How the lines to each network leave the outbox."""
    lines = {outgoing.kind_of(name): Carrier(one, storage, settings, now).kind() for name, one in channels.items()}
    return {**lines, **{outgoing.farewell_of(name): Kind(partial(_farewell, one)) for name, one in channels.items()}}


def _farewell(channel: Channel, item: OutboxItem) -> str | None:
    parcel = channel.render(Line(str(item.payload["text"])))[0]
    return channel.send(str(item.payload["to"]), parcel, key=item.key)


class Channels:
    """The running half: takes what comes in."""

    def __init__(self, context: WebContext, entrance: Entrance, wake_outbox: Callable[[], None]) -> None:
        self._context = context
        self._arrivals = Arrivals(context, entrance, wake_outbox)
        self._limiter = Limiter(context.allowance, context.settings.limits_url)

    def routes(self) -> list[BaseRoute]:
        """The door for webhooks; there even when no channel is set up, so that it answers 404 like a channel unknown."""
        return Gate(self._context, self._context.channels, self._arrivals, self._limiter).routes()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What fetches by itself, until the block is left."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._limiter.close)
            for channel in self._context.channels.values():
                if isinstance(channel, Matrix):
                    rooms = MatrixRooms(channel, self._arrivals, self._context.settings.home, self._limiter)
                    await stack.enter_async_context(rooms.running())
            yield
