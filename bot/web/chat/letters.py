"""Adds a doctor's letter to a conversation: raw bytes in, nothing of them ever out again to a visitor."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import partial

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.services import letters
from bot.services.letters import LARGEST, MOST, LetterRefused
from bot.services.stored import Conversation, Letter
from bot.web.chat import tokens
from bot.web.chat.problems import Problem, incomplete
from bot.web.context import WebContext
from bot.web.limits import Limiter, address
from bot.web.places import Places, taken

Own = Callable[[Request], Awaitable[Conversation]]
_ALL = "/api/conversations/{id:str}/letters"
_PROBLEMS = {
    "too_large": (413, "letter_too_large", f"A letter may have {LARGEST} bytes."),
    "not_a_letter": (415, "not_a_letter", "Send a PDF, or a photo as JPEG, PNG, WebP or HEIC."),
    "too_many": (409, "too_many_letters", f"There are {MOST} letters already. Remove one first."),
    "no_consent": (409, "no_consent", "Letters are kept only after consent."),
    "ended": (409, "conversation_ended", "This conversation has ended."),
}


class LetterCalls:
    """The calls; `own` finds the conversation that a request's token opens, or raises `Problem`."""

    def __init__(self, context: WebContext, own: Own, limiter: Limiter, rang: Callable[[], None]) -> None:
        self._context = context
        self._own = own
        self._limiter = limiter
        self._rang = rang
        self._threads = anyio.CapacityLimiter(2)
        self._uploads = Places(
            context.allowance.uploads
        )  # each holds a whole letter in memory, however slowly it comes
        self._uploads_of_address = Places(context.allowance.uploads_per_address)

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route(_ALL, self.add, methods=["POST"]),
            Route(_ALL, self.list, methods=["GET"]),
            Route(f"{_ALL}/{{letter:str}}", self.remove, methods=["DELETE"]),
        ]

    async def add(self, request: Request) -> Response:
        """201 with id, type and size; the type is read from the bytes, the Content-Type header is not believed."""
        await self._limiter.address(request)
        await self._limiter.message(tokens.bearer(request))
        chat = await self._own(request)
        with taken({chat.id: self._uploads, address(request): self._uploads_of_address}):
            added = await self._add(chat.id, await _body(request))
        self._rang()
        return JSONResponse(_shown(added), 201)

    async def _add(self, conversation: str, content: bytes) -> Letter:
        letter, now = secrets.token_hex(16), self._context.clock()
        work = partial(letters.add, self._context.uow(), conversation, content, letter=letter, now=now)
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads)
        except LetterRefused as refused:
            raise _problem(refused.reason) from None

    async def list(self, request: Request) -> Response:
        """200 with what was added, without the content."""
        chat = await self._own(request)
        found = await anyio.to_thread.run_sync(letters.own, self._context.uow.reading(), chat.id)
        return JSONResponse({"letters": [_shown(letter) for letter in found]})

    async def remove(self, request: Request) -> Response:
        """204 once it is gone."""
        chat = await self._own(request)
        letter = request.path_params["letter"]
        work = partial(letters.take_back, self._context.uow(), chat.id, letter, now=self._context.clock())
        await anyio.to_thread.run_sync(work)
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    """The bytes; raises `Problem` as soon as there are too many, or when the client went away."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                raise _problem("too_large")
    except ClientDisconnect:
        raise incomplete() from None
    return bytes(body)


def _problem(reason: str) -> Problem:
    status, code, detail = _PROBLEMS[reason]
    return Problem(status, code, detail, headers={"Connection": "close"} if status == 413 else None)


def _shown(letter: Letter) -> dict[str, object]:
    return {"id": letter.id, "at": letter.at.isoformat(), "type": letter.media_type, "size": letter.size}
