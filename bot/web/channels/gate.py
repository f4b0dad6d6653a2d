"""The door for webhooks: checks who sends, then takes every message of the batch; 2xx only when all of it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot import logs
from bot.domain.errors import StorageUnavailable
from bot.services import alerts, outgoing, returning
from bot.services.ports import Storage
from bot.web.channels.arrivals import Arrivals
from bot.web.channels.protocol import Channel, Forged, Incoming, Receipt, Unreadable, Webhook
from bot.web.channels.twilio import Twilio
from bot.web.chat import bodies
from bot.web.chat.bodies import Overflow
from bot.web.chat.problems import Problem
from bot.web.context import WebContext
from bot.web.limits import Limiter

# Ids of networks are known for 30 days; what is older could be a repeat that nobody recognises any more.
OLDEST = timedelta(days=7)


class Gate:
    """`/channels/NAME` for each channel that the clinic has set up."""

    def __init__(
        self, context: WebContext, channels: Mapping[str, Channel], arrivals: Arrivals, limiter: Limiter
    ) -> None:
        self._context = context
        self._channels = channels
        self._arrivals = arrivals
        self._limiter = limiter

    def routes(self) -> list[BaseRoute]:
        """One address for all."""
        return [Route("/channels/{name:str}", self.webhook, methods=["GET", "POST"])]

    async def webhook(self, request: Request) -> Response:
        """200 when everything is stored (or was before), 403 for a forged or stale request, 503 when nothing can be stored."""
        channel = self._channels.get(request.path_params["name"])
        if channel is None:
            return PlainTextResponse("", 404)
        body = b"" if request.method == "GET" else await bodies.read(request)
        if isinstance(body, Overflow):
            return PlainTextResponse("", 413)
        hook = Webhook(request.method, dict(request.headers), dict(request.query_params), body)
        try:
            if request.method == "GET":
                return self._greeting(channel, hook)
            channel.verify(hook)
            events = channel.parse(hook)
        except Forged as error:
            logs.get().warning("webhook_refused", channel=channel.name, code=str(error))
            return PlainTextResponse("", 403)
        except Unreadable as error:
            logs.get().warning("webhook_unreadable", channel=channel.name, code=str(error))
            return PlainTextResponse("", 200)  # to be sent it again would not help
        return await self._all(channel, events)

    async def _all(self, channel: Channel, events: Sequence[Incoming | Receipt]) -> Response:
        held: Problem | None = None
        slowed: set[str] = set()
        try:
            for event in events:
                if isinstance(event, Receipt):
                    await anyio.to_thread.run_sync(
                        partial(note_receipt, self._context.uow, channel.name, event, self._context.clock)
                    )
                elif event.sender in slowed:
                    continue  # what follows a held message comes again with it, or it would be read before it
                elif self._fresh(event):
                    refused = await self._one(channel, event)
                    if refused is not None:
                        held = refused
                        slowed.add(event.sender)
                else:
                    logs.get().warning("webhook_stale", channel=channel.name)
        except StorageUnavailable:
            return PlainTextResponse("", 503, headers={"Retry-After": "5"})
        if held is not None:  # what came from others in this batch is taken all the same
            return PlainTextResponse("", held.status, headers=held.headers)
        return _taken(channel)

    async def _one(self, channel: Channel, event: Incoming) -> Problem | None:
        """Take one message; why not, when it is refused: its sender sends too many at once, and hears that."""
        if await self._arrivals.knows(channel, event):
            return None  # or a batch that is brought again would use up the rate it waits for
        sender = f"{channel.name}\n{event.sender}"
        try:
            await self._limiter.message(sender)
            if returning.typed(event.text):
                await self._limiter.code(sender)
            await self._arrivals.take(channel, event)
        except Problem as error:
            if error.status == 429:
                await self._arrivals.slow_down(channel, event)
            return error
        return None

    def _fresh(self, event: Incoming) -> bool:
        return event.at is None or self._context.clock() - event.at <= OLDEST

    @staticmethod
    def _greeting(channel: Channel, hook: Webhook) -> Response:
        answer = channel.greet(hook)
        return PlainTextResponse("", 405) if answer is None else PlainTextResponse(answer)


def _taken(channel: Channel) -> Response:
    """Twilio reads an answer as a message to send, so it gets an empty one of its own kind."""
    if isinstance(channel, Twilio):
        return Response(status_code=200, media_type="text/xml", content=b"<Response/>")
    return PlainTextResponse("")


def note_receipt(storage: Storage, channel: str, receipt: Receipt, clock: Callable[[], datetime]) -> None:
    """Keep what became of a line; what the network took and could not deliver is put before staff. Blocks."""
    now = clock()
    with storage() as uow:
        found = uow.threads.came(channel, receipt.id, status=receipt.status, at=now, code=receipt.code)
        if found is not None and found.status == "failed" and found.at == now:  # heard for the first time
            key, error = outgoing.key_of(found.conversation, found.seq), receipt.code or "failed"
            back = uow.outbox.bounced(key, at=now, error=error, payload={"seq": found.seq})
            if back is not None:
                alerts.undelivered(uow, back, now)
        uow.commit()
