"""Visitors who asked to be forgotten after the hand-off: an administrator decides, the proof stays."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.services import erasures
from bot.services.accounts import SignedIn
from bot.services.review import BadMove
from bot.web.desk import tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

_HOME = "/desk/erasures"


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = ErasuresPage(context)
    return [
        (_HOME, access.page(page.show, act="erase"), ["GET"]),
        (_HOME + "/{reference}", access.page(page.decide, act="erase"), ["POST"]),
    ]


class ErasuresPage:
    """The page of the requests."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def show(self, _request: Request, who: SignedIn) -> Response:
        """Open requests first."""
        return await self._page(who)

    async def decide(self, request: Request, who: SignedIn) -> Response:
        """Erase the record, or keep it with the reason."""
        fields = await form_of(request)
        try:
            await run_in_threadpool(
                erasures.decide,
                self._context.uow,
                request.path_params["reference"],
                decision=str(fields.get("decision", "")),
                reason=str(fields.get("reason", "")),
                by=who.actor,
                now=self._context.clock(),
            )
        except BadMove as error:
            return await self._page(who, wrong=tongue.refusal(error))
        return RedirectResponse(_HOME, 303)

    async def _page(self, who: SignedIn, wrong: str | None = None) -> Response:
        found = await run_in_threadpool(erasures.requests, self._context.uow, by=who.actor)
        policy = self._context.settings.clinic.erase_after_handoff
        return self._pages.page(
            "erasures.html", who=who, requests=found, wrong=wrong, policy=policy, status=422 if wrong else 200
        )
