"""Continue on another device: `POST …/link` makes a one-time code, `POST /api/resume` gives a token for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.domain.errors import NotFound
from bot.services import links
from bot.services.stored import Conversation
from bot.web.chat import bodies, tokens
from bot.web.chat.problems import Problem
from bot.web.context import WebContext
from bot.web.limits import Limiter

Own = Callable[[Request], Awaitable[Conversation]]


class LinkCalls:
    """The calls; `own` finds the conversation that a request's token opens, or raises `Problem`."""

    def __init__(self, context: WebContext, own: Own, limiter: Limiter) -> None:
        self._context = context
        self._own = own
        self._limiter = limiter
        settings = context.settings
        self._expiry = links.Expiry(
            timedelta(seconds=settings.link_seconds), timedelta(seconds=settings.return_seconds)
        )

    def routes(self) -> list[BaseRoute]:
        """Both of them."""
        return [
            Route("/api/conversations/{id:str}/link", self.link, methods=["POST"]),
            Route("/api/resume", self.resume, methods=["POST"]),
        ]

    async def link(self, request: Request) -> Response:
        """201 with the code, a link that carries it where no server sees it, and until when it is good."""
        await self._limiter.message(tokens.bearer(request))
        chat = await self._own(request)
        body = await _object(request)
        purpose = body.get("for", "device")
        if purpose not in links.PURPOSES:
            raise Problem(422, "bad_body", f"for must be one of {', '.join(links.PURPOSES)}.")
        code, now = tokens.new_code(), self._context.clock()
        work = partial(
            links.make, self._context.uow(), chat, tokens.digest(code), purpose, expiry=self._expiry, now=now
        )
        ends = await anyio.to_thread.run_sync(work)
        url = f"{self._context.settings.public_url}/widget/app/#resume={code}"
        return JSONResponse({"code": code, "url": url, "expires": ends.isoformat()}, 201)

    async def resume(self, request: Request) -> Response:
        """200 with id and a new token; 404 for a code that is unknown, used or too old, without saying which."""
        await self._limiter.resume(request)
        code = (await _object(request)).get("code")
        if not isinstance(code, str) or not tokens.is_token(code):
            raise Problem(422, "bad_body", "code must be the code of a link.")
        token = tokens.new_token()
        add = partial(tokens.one_more, token=token)
        work = partial(links.use, self._context.uow(), tokens.digest(code), add, now=self._context.clock())
        try:
            chat = await anyio.to_thread.run_sync(work)
        except NotFound:
            raise Problem(404, "unknown_code", "This link was used already, or it is too old.") from None
        return JSONResponse({"id": chat.id, "token": token, "locale": chat.locale})


async def _object(request: Request) -> dict[str, Any]:
    body = await bodies.read(request)
    if isinstance(body, bodies.Overflow):
        raise bodies.too_large()
    return bodies.parse(request, body) if body else {}
