"""The calls of contract §4: opens, takes, shows, exports and forgets conversations."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot import logs
from bot.domain.errors import StorageUnavailable
from bot.services import privacy, returning
from bot.services.stored import Conversation
from bot.web import accepted, metrics
from bot.web.chat import bodies, events, inbox, tokens, views
from bot.web.chat.inbox import Taken
from bot.web.chat.letters import LetterCalls
from bot.web.chat.links import LinkCalls
from bot.web.chat.news import Newsstand
from bot.web.chat.papers import PaperCalls
from bot.web.chat.problems import Problem, unknown_conversation
from bot.web.context import WebContext
from bot.web.limits import Limiter, address
from bot.web.places import Places, Seated, taken
from bot.web.turns.chores import Chores
from bot.web.turns.dispatcher import Dispatcher
from bot.web.turns.ledger import message_id

P = ParamSpec("P")
R = TypeVar("R")
LONGEST_WAIT = 30.0
STORE_SECONDS = 5.0  # so long a visitor waits to hear whether a message is stored
_ONE = "/api/conversations/{id:str}"


class ChatApi:
    """Endpoints; everything that touches the database or reads language runs in a thread."""

    def __init__(self, context: WebContext, dispatcher: Callable[[], Dispatcher], chores: Callable[[], Chores]) -> None:
        self._context = context
        self._dispatcher = dispatcher
        self._chores = chores
        self._limiter = Limiter(context.allowance, context.settings.limits_url)
        self._storing: set[asyncio.Task[Taken]] = set()
        self._waits = Places(context.allowance.waits)
        self._waits_of_address = Places(context.allowance.waits_per_address)
        self._newsstand = Newsstand(context)
        self._threads = anyio.CapacityLimiter(8)
        self._papers = PaperCalls(context, self._own)
        self._links = LinkCalls(context, self._own, self._limiter)
        self._letters = LetterCalls(context, self._own, self._limiter, lambda: chores().outbox_has_work())

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route("/api/conversations", self.create, methods=["POST"]),
            Route(f"{_ONE}/messages", self.post, methods=["POST"]),
            Route(f"{_ONE}/messages", self.messages, methods=["GET"]),
            Route(f"{_ONE}/events", self.events, methods=["GET"]),
            Route(f"{_ONE}/record", self.record, methods=["GET"]),
            Route(f"{_ONE}/export", self.export, methods=["GET"]),
            Route(_ONE, self.forget, methods=["DELETE"]),
            Route(f"{_ONE}/stay", self.stay, methods=["POST"]),
            *self._letters.routes(),
            *self._papers.routes(),
            *self._links.routes(),
        ]

    async def close(self) -> None:
        """Give back what was opened for the calls."""
        await self._limiter.close()

    async def create(self, request: Request) -> Response:
        """201 with id and token; the bot's greeting follows in the log."""
        await self._limiter.opening(request)
        body = await bodies.read(request)
        if isinstance(body, bodies.Overflow):
            raise bodies.too_large()
        raw = bodies.parse(request, body) if body else {}
        (channel, locale), code = bodies.opening(raw), bodies.returning(raw)
        if code is not None:
            await self._limiter.resume(request)
        opened = await self._thread(inbox.open_conversation, self._context, channel=channel, locale=locale, code=code)
        self._dispatcher().nudge(opened.id)
        return JSONResponse({"id": opened.id, "token": opened.token}, 201)

    async def post(self, request: Request) -> Response:
        """202 with the seq, once the message is committed."""
        await self._limiter.address(request)
        conversation, token = _id(request), tokens.bearer(request)
        try:
            await self._limiter.message(token)
        except Problem as full:
            said = partial(_sent_or_too_much, request, await bodies.read(request))
            raise await self._thread(inbox.refuse_flood, self._context, conversation, token, said, full) from None
        body = await bodies.read(request)
        if isinstance(body, bodies.Overflow):
            chat = await self._own(request)
            raise await self._thread(inbox.refuse_overflow, self._context, chat, body)
        if returning.typed(bodies.text_in(body)):
            await self._limiter.resume(request)
        sent = partial(_sent, request, body)
        try:
            taken = await self._taken(conversation, token, sent)
        except StorageUnavailable as error:
            logs.get().error("storage_unavailable", error=error, request=request.state.request_id)
            locale = accepted.language(request.headers.get("accept-language", ""))
            work = partial(inbox.refuse_unstored, self._context, sent, locale)
            raise await anyio.to_thread.run_sync(work) from None  # not among our own threads: all of them may hang
        # Ties the X-Request-Id of the answer to the turn's lines in the logs of all processes.
        turn = logs.turn_of(message_id(conversation, taken.seq))
        logs.get().info(
            "message_accepted",
            request=request.state.request_id,
            conversation=conversation,
            seq=taken.seq,
            turn=turn,
        )
        return JSONResponse({"seq": taken.seq}, 202)

    async def _taken(self, conversation: str, token: str, sent: Callable[[], bodies.Sent]) -> Taken:
        """Store a message; raises `StorageUnavailable` also for a database that hangs.

        What comes to its end after that is stored and answered all the same, and the same id sent again finds it.
        """
        storing = asyncio.create_task(self._store(conversation, token, sent))
        self._storing.add(storing)
        storing.add_done_callback(self._stored)
        await asyncio.wait({storing}, timeout=STORE_SECONDS)
        if not storing.done():
            raise StorageUnavailable("slow")
        return storing.result()

    async def _store(self, conversation: str, token: str, sent: Callable[[], bodies.Sent]) -> Taken:
        claimer = self._dispatcher().claimer(conversation)
        taken = await self._thread(inbox.receive, self._context, conversation, token, sent, claimer)
        self._dispatcher().arrived(conversation, taken.work)
        metrics.MESSAGES.inc()
        self._context.wake(conversation)
        return taken

    def _stored(self, storing: asyncio.Task[Taken]) -> None:
        self._storing.discard(storing)
        if not storing.cancelled():
            storing.exception()  # seen: who waited for it heard of it, or has gone

    async def messages(self, request: Request) -> Response:
        """200 with what is new after `after`, waiting for it up to `wait` seconds."""
        after, wait = _whole(request, "after"), _seconds(request, "wait")
        conversation, token = _id(request), tokens.bearer(request)
        await self._limiter.read(token)
        with taken(self._waiting(request, token) if wait else {}):
            news = await self._newsstand.wait(
                conversation, after, wait, partial(inbox.opened_by, self._context, token=token)
            )
        lines = [views.message(line) for line in news.messages]
        return JSONResponse({"messages": lines, "state": self._newsstand.state(news.chat)})

    async def events(self, request: Request) -> Response:
        """The event stream from `Last-Event-ID` (or `after`) on."""
        after = _event_id(request)
        chat = await self._own(request)
        await self._limiter.read(chat.id)
        told = events.stream(self._newsstand, chat.id, after, self._dispatcher().is_stuck)
        return Seated(told, self._waiting(request, tokens.bearer(request)))

    async def record(self, request: Request) -> Response:
        """200 with field → value and the words it came from."""
        return JSONResponse(views.record(await self._own(request)))

    async def export(self, request: Request) -> Response:
        """200 with everything that is kept, as a download."""
        chat = await self._own(request)
        await self._limiter.read(chat.id)
        now = self._context.clock()
        body = await self._thread(privacy.export, self._context.uow(), chat.id, by="visitor", now=now)
        name = f"conversation-{chat.id[:8]}.json"
        return JSONResponse(body, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    async def forget(self, request: Request) -> Response:
        """204 when all is gone; 200 saying so when a hand-off waits for the staff's decision about it."""
        chat = await self._own(request)
        now = self._context.clock()
        policy = self._context.settings.clinic.erase_after_handoff
        what = await self._thread(
            privacy.forget, self._context.uow(), chat.id, by="visitor", now=now, after_handoff=policy
        )
        self._context.wake(chat.id)
        self._chores().outbox_has_work()
        if what == "erased":
            return Response(status_code=204)
        detail = "The chat is erased. The hand-off, with its copy of the conversation, stays with the staff until they decide whether the law makes the clinic keep it."
        return JSONResponse({"erased": "chat", "handoff": what, "detail": detail})

    async def stay(self, request: Request) -> Response:
        """204: the visitor is still here, so the time until this conversation ends starts anew."""
        chat = await self._own(request)
        await self._thread(inbox.stay, self._context, chat)
        self._context.wake(chat.id)
        return Response(status_code=204)

    def _waiting(self, request: Request, token: str) -> Mapping[str, Places]:
        """The places that somebody takes who waits for news."""
        return {token: self._waits, address(request): self._waits_of_address}

    async def _own(self, request: Request) -> Conversation:
        """The conversation that the request's token opens; raises `Problem` 401 or 404."""
        return await self._thread(inbox.find, self._context, _id(request), tokens.bearer(request))

    async def _thread(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._threads)


def _id(request: Request) -> str:
    """The conversation in the path; raises `Problem` 404 for what cannot be one."""
    conversation: str = request.path_params["id"]
    if not bodies.is_id(conversation):
        raise unknown_conversation()
    return conversation


def _sent(request: Request, body: bytes) -> bodies.Sent:
    """The message in a body; raises `Problem`."""
    return bodies.message(bodies.parse(request, body))


def _sent_or_too_much(request: Request, body: bytes | bodies.Overflow) -> bodies.Sent | bodies.Overflow:
    """The message in a body, or the beginning of what is too large; raises `Problem`."""
    return body if isinstance(body, bodies.Overflow) else _sent(request, body)


def _whole(request: Request, name: str) -> int:
    """A query parameter that is a `seq`; 0 when it is not there. Raises `Problem` 422."""
    raw = request.query_params.get(name, "0")
    if not raw.isascii() or not raw.isdigit() or len(raw) > 9:
        raise Problem(422, "bad_parameter", f"{name} must be a whole number.")
    return int(raw)


def _seconds(request: Request, name: str) -> float:
    """A query parameter in seconds, cut to the longest wait. Raises `Problem` 422."""
    try:
        seconds = float(request.query_params.get(name, "0"))
    except ValueError:
        seconds = math.nan
    if not seconds >= 0:
        raise Problem(422, "bad_parameter", f"{name} must be a number of seconds.")
    return min(seconds, LONGEST_WAIT)


def _event_id(request: Request) -> int:
    """Where the client's stream broke off; an id we never gave means from the beginning."""
    raw = request.headers.get("last-event-id", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 9 else _whole(request, "after")
