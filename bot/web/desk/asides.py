"""What waits beside the queue: people who want to be called back, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.domain.errors import NotFound
from bot.services import call_backs, deliveries
from bot.services.accounts import SignedIn
from bot.services.call_backs import Listed
from bot.services.stored import CallBack, OutboxItem
from bot.web.chat.problems import Problem
from bot.web.desk import tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages, network

_ACTS: dict[str, Callable[..., None]] = {
    "done": call_backs.done,
    "undo": call_backs.undo,
    "again": deliveries.again,
    "dismiss": deliveries.dismiss,
}


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    asides = Asides(context)
    rows: list[tuple[str, Endpoint, list[str]]] = [
        ("/desk/call-backs", access.page(asides.show), ["GET"]),
        ("/desk/api/call-backs", access.call(asides.call_backs), ["GET"]),
        ("/desk/api/outbox", access.call(asides.outbox), ["GET"]),
    ]
    for place, act in (("call-backs", "done"), ("call-backs", "undo"), ("outbox", "again"), ("outbox", "dismiss")):
        path = f"{place}/{{item:int}}/{act}"
        rows.append((f"/desk/{path}", access.page(asides.form(act)), ["POST"]))
        rows.append((f"/desk/api/{path}", access.call(asides.act(act)), ["POST"]))
    return rows


class Asides:
    """The page, and the same by API."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def show(self, request: Request, who: SignedIn) -> Response:
        """Whom to call, whom somebody has called, and what was not delivered."""
        (people, called), stuck = await self._people(who), await self._stuck(who)
        whose = await run_in_threadpool(partial(deliveries.whose, self._context.uow(), stuck, by=who.actor))
        lists = {"people": people, "called": called, "stuck": stuck, "whose": whose}
        return self._pages.page("call_backs.html", who=who, words=kind_words, **lists)

    async def call_backs(self, _request: Request, who: SignedIn) -> Response:
        """200 `{"call_backs": […]}`, oldest first."""
        return JSONResponse({"call_backs": [_person(one.call_back) for one in (await self._people(who))[0]]})

    async def outbox(self, _request: Request, who: SignedIn) -> Response:
        """200 `{"given_up": […]}`, newest first, without what they hold."""
        return JSONResponse({"given_up": [_item(one) for one in await self._stuck(who)]})

    def form(self, act: str) -> Callable[[Request, SignedIn], Any]:
        """An act by the button of the page."""

        async def made(request: Request, who: SignedIn) -> Response:
            await form_of(request)
            await self._make(act, request, who)
            return RedirectResponse("/desk/call-backs", 303)

        return made

    def act(self, name: str) -> Callable[[Request, SignedIn], Any]:
        """An act by API: 204."""

        async def made(request: Request, who: SignedIn) -> Response:
            await self._make(name, request, who)
            return Response(status_code=204)

        return made

    async def _make(self, act: str, request: Request, who: SignedIn) -> None:
        number = request.path_params["item"]
        if number > _LARGEST:
            raise NotFound(str(number))
        work = partial(_ACTS[act], self._context.uow(), number, by=who.actor, now=self._context.clock())
        try:
            await run_in_threadpool(work)
        except NotFound:
            raise Problem(404, "not_found", "Somebody has dealt with this already.") from None

    async def _people(self, who: SignedIn) -> tuple[list[Listed], list[CallBack]]:
        work = partial(call_backs.lists, self._context.uow(), by=who.actor, now=self._context.clock())
        return await run_in_threadpool(work)

    async def _stuck(self, who: SignedIn) -> list[OutboxItem]:
        return await run_in_threadpool(partial(deliveries.given_up, self._context.uow(), by=who.actor))


_LARGEST = 2**31 - 1
# Kind of an item, and whether it names a way to go → what it is, for people.
_KINDS = {
    ("line", True): "A message to a visitor by {way}",
    ("bye", True): "A farewell to a visitor by {way}",
    ("staff_alert", True): "An alert to staff by {way}",
    ("staff_alert", False): "An alert to staff",
    ("mail", False): "An e-mail to a visitor",
    ("visit_news", False): "News of a visit to a visitor",
    ("forget_tracker", False): "The dialogue's memory of an erased chat",
}


def kind_words(kind: str) -> str:
    """What an item is, for people."""
    name, _, way = kind.partition(".")
    words = _KINDS.get((name, bool(way))) or _KINDS.get((name, False))
    return tongue.say(words, way=network(way)) if words else kind.replace("_", " ").replace(".", " · ")


def _person(one: CallBack) -> dict[str, Any]:
    return {"id": one.id, "at": one.at.isoformat(), "why": one.why, "contact": dict(one.contact)}


def _item(one: OutboxItem) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "created_at": one.created_at.isoformat(),
        "gave_up_at": one.gave_up_at.isoformat() if one.gave_up_at else None,
        "attempts": one.attempts,
        "error": one.error,
    }
