"""The audit log on the desk: who read or did what, narrowed by person, act, hand-off and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.services import audit
from bot.services.accounts import SignedIn
from bot.web.desk.access import Access, Endpoint
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

_FIELDS = ("actor", "action", "reference", "day")


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    return [("/desk/audit", access.page(AuditPage(context).show, act="read_audit"), ["GET"])]


class AuditPage:
    """The page of the audit log."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)
        self._zone = ZoneInfo(context.settings.clinic.time_zone)

    async def show(self, request: Request, who: SignedIn) -> Response:
        """The newest entries that fit."""
        typed = {name: request.query_params.get(name, "").strip()[:80] for name in _FIELDS}
        wrong, day = None, None
        try:
            day = date.fromisoformat(typed["day"]) if typed["day"] else None
        except ValueError:
            wrong = "A day looks like 2026-11-23."
        entries = await run_in_threadpool(
            audit.read, self._context.uow, self._wanted(typed, day), by=who.actor, now=self._context.clock()
        )
        return self._pages.page(
            "audit.html",
            who=who,
            entries=entries,
            typed=typed,
            wrong=wrong,
            full=len(entries) == audit.PAGE,
            status=422 if wrong else 200,
        )

    def _wanted(self, typed: Mapping[str, str], day: date | None) -> audit.Wanted:
        """A day is a day of the clinic's clock."""
        start = datetime(day.year, day.month, day.day, tzinfo=self._zone) if day else None
        return audit.Wanted(
            typed["actor"] or None,
            typed["action"] or None,
            typed["reference"].upper() or None,
            start,
            start + timedelta(days=1) if start else None,
        )
