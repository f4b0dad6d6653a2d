"""The page of one visit, for the visitor who has its link: say yes, cancel, calendar, and the check of the day, here or in the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.domain import cards, record, scripts, wished_times
from bot.domain.errors import IllegalMove, NotFound
from bot.domain.screens import DAY_OF_VISIT_CARD, EMERGENCY_CARD
from bot.domain.speech import language_of, say
from bot.domain.triage import classify
from bot.notify.visits import calendar_entry, link
from bot.services import booking, returning, review
from bot.services.stored import Appointment, Handoff
from bot.web.context import WebContext
from bot.web.site.pages import frame_path

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_ONE = "/visit/{visit:int}/{token:str}"
_CARD = (*EMERGENCY_CARD, *DAY_OF_VISIT_CARD)
# The check of the day is asked from the evening before.
CHECK_FROM = timedelta(hours=18)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none at all, browsers send its forms with an origin of `null`
    "X-Robots-Tag": "noindex",
}


def routes(context: WebContext) -> list[BaseRoute]:
    """The page, its calendar file, and its four buttons."""
    page = VisitPage(context)
    return [
        Route(_ONE, page.show, methods=["GET"]),
        Route(f"{_ONE}/visit.ics", page.calendar, methods=["GET"]),
        Route(f"{_ONE}/confirm", page.confirm, methods=["POST"]),
        Route(f"{_ONE}/cancel", page.cancel, methods=["POST"]),
        Route(f"{_ONE}/check", page.check, methods=["POST"]),
        Route(f"{_ONE}/chat", page.chat, methods=["POST"]),
    ]


class VisitPage:
    """Whoever has the link may see and answer for this visit, and learns nothing else of the hand-off."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)

    async def show(self, request: Request) -> Response:
        """When, where, with whom; and what can be done about it."""
        return await self._page(request)

    async def calendar(self, request: Request) -> Response:
        """The visit for a calendar."""
        _, visit = await self._find(request)
        if visit is None or visit.status == "cancelled":
            return await self._page(request)
        settings = self._context.settings
        entry = calendar_entry(settings.clinic, visit, link(settings, visit), self._context.clock())
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="visit.ics"'}
        return Response(entry, media_type="text/calendar; charset=utf-8", headers=headers)

    async def confirm(self, request: Request) -> Response:
        """One of the proposed times suits; where there are several, the form says which."""
        async with request.form(max_files=0, max_fields=4) as form:
            chosen = str(form.get("visit", ""))
        visit = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
        return await self._move(request, partial(booking.confirm, visit=visit))

    async def cancel(self, request: Request) -> Response:
        """It does not suit (any more)."""
        return await self._move(request, booking.give_up)

    async def check(self, request: Request) -> Response:
        """The answers of the day: anything new goes by the rules, and to staff when it is graver."""
        handoff, visit = await self._find(request)
        if handoff is None or visit is None:
            return await self._page(request)
        async with request.form(max_files=0, max_fields=60) as form:
            ticked = [name for name in _CARD if name in form.getlist("new")]
        script = await run_in_threadpool(self._rescreen, handoff, ticked)
        return await self._page(request, script=script, checked=True)

    async def chat(self, request: Request) -> Response:
        """The same check in the chat, in the visitor's own words; the code stands behind the `#`, which no server sees."""
        handoff, visit = await self._find(request)
        if handoff is None or visit is None or not self._due(visit):
            return await self._page(request)
        context = self._context
        code = await run_in_threadpool(
            returning.day_of_visit_code, context.uow(), handoff.reference, now=context.clock()
        )
        return RedirectResponse(f"{frame_path(language_of(handoff.locale))}#returning={code}", 303, headers=HEADERS)

    def _rescreen(self, handoff: Handoff, ticked: list[str]) -> scripts.Script | None:
        context, now = self._context, self._context.clock()
        with context.uow.reading() as uow:
            last = uow.handoffs.revisions(handoff.id)[-1]
        told = {
            **last.record,
            "rf": sorted({*(last.record.get("rf") or ()), *(one for one in ticked if one.startswith("RF-"))}),
            "ci": sorted({*(last.record.get("ci") or ()), *(one for one in ticked if one.startswith("CI-"))}),
        }
        plain = {key: value for key, value in told.items() if key != "facts"}
        result = context.classify(plain)
        returning.rescreen(
            context.uow(), handoff.conversation, spoken_in=handoff.conversation, record=told, result=result,
            consent=last.consent, said=last.said, now=now,
        )  # fmt: skip
        clinic = context.settings.clinic
        judged = classify(record.from_json(plain), clinic.policy)
        return scripts.for_result(judged, country=clinic.lines, locale=handoff.locale) if ticked else None

    async def _move(self, request: Request, move: Callable[..., Any]) -> Response:
        handoff, visit = await self._find(request)
        if handoff is None or visit is None:
            return await self._page(request)
        try:
            moved = await run_in_threadpool(
                move, self._context.uow(), handoff.reference, by=review.VISITOR, now=self._context.clock()
            )
        except IllegalMove:  # somebody was quicker: the page shows how it stands now
            return await self._page(request, status=409)
        if isinstance(moved, Appointment):  # of several times another one was chosen than the link's own
            return RedirectResponse(f"/visit/{moved.id}/{moved.token}", 303)
        return RedirectResponse(request.url.path.rsplit("/", 1)[0], 303)

    async def _find(self, request: Request) -> tuple[Handoff | None, Appointment | None]:
        def find() -> tuple[Handoff | None, Appointment | None]:
            with self._context.uow.reading() as uow:
                try:
                    return booking.visit_of(uow, request.path_params["visit"], request.path_params["token"])
                except NotFound:
                    return None, None

        return await run_in_threadpool(find)

    async def _page(
        self, request: Request, *, script: scripts.Script | None = None, checked: bool = False, status: int = 200
    ) -> Response:
        handoff, visit = await self._find(request)
        clinic = self._context.settings.clinic
        locale = handoff.locale if handoff else request.headers.get("accept-language", "en")[:5]
        if visit is None:
            status = 404
        html = self._pages.get_template("visit.html").render(
            _=lambda text, **values: say(locale, text, **values),
            language=language_of(locale),
            clinic=clinic,
            visit=visit,
            at=request.url.path if request.method == "GET" else request.url.path.rsplit("/", 1)[0],
            proposed=[
                (one, wished_times.moment(one.starts_at.astimezone(clinic.zone), locale))
                for one in await run_in_threadpool(self._proposed, visit)
            ],
            when=wished_times.moment(visit.starts_at.astimezone(clinic.zone), locale) if visit else "",
            to_check=visit is not None and not checked and self._due(visit),
            rows=[(name, cards.label(name, locale)) for name in _CARD],
            script=script,
            checked=checked,
        )
        return HTMLResponse(html, status, headers=HEADERS)

    def _proposed(self, visit: Appointment | None) -> list[Appointment]:
        if visit is None or visit.status != "proposed":
            return []
        with self._context.uow.reading() as uow:
            return booking.proposed_with(uow, visit)

    def _due(self, visit: Appointment) -> bool:
        now: datetime = self._context.clock()
        return visit.status in booking.STANDS and visit.starts_at - CHECK_FROM <= now <= visit.starts_at
