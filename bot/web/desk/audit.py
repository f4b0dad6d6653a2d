"""The audit log on the desk: who read or did what, narrowed by person, act, hand-off and days; paged, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.services import audit
from bot.services.accounts import SignedIn
from bot.services.stored import AuditEntry
from bot.web.desk import csv_file
from bot.web.desk.access import Access, Endpoint
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

FIELDS = ("actor", "action", "reference", "from", "to")
CHANGES = "changes"  # what can be chosen in the place of an act: all that is not reading
_HEADING = ("at", "who", "act", "hand-off", "conversation", "from", "to")


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = AuditPage(context)
    return [
        ("/desk/audit", access.page(page.show, act="read_audit"), ["GET"]),
        ("/desk/audit.csv", access.page(page.download, act="read_audit"), ["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for; `wrong` says what of it cannot be used."""

    typed: Mapping[str, str]
    wanted: audit.Wanted
    before: int | None
    wrong: str | None


class AuditPage:
    """The page of the audit log."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)
        self._zone = ZoneInfo(context.settings.clinic.time_zone)

    async def show(self, request: Request, who: SignedIn) -> Response:
        """The newest entries that fit; older ones on the next page."""
        asked = self._asked(request.query_params)
        entries = await self._read(asked, who, before=asked.before)
        chosen = {name: value for name, value in asked.typed.items() if value}
        older = urlencode({**chosen, "before": str(entries[-1].id)}) if len(entries) == audit.PAGE else None
        return self._pages.page(
            "audit.html",
            who=who,
            entries=entries,
            typed=asked.typed,
            chosen=urlencode(chosen),
            older=older,
            paged=asked.before is not None,
            actions=await run_in_threadpool(audit.actions, self._context.uow),
            names=await run_in_threadpool(self._names),
            wrong=asked.wrong,
            status=422 if asked.wrong else 200,
        )

    async def download(self, request: Request, who: SignedIn) -> Response:
        """The same as a table, without what entries quote; that it was taken is an entry itself."""
        asked = self._asked(request.query_params)
        entries = await self._read(asked, who, limit=audit.MOST_EXPORTED, how="export_audit")
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
        return Response(csv_file.table(_HEADING, map(_row, entries)), media_type=csv_file.TYPE, headers=headers)

    async def _read(
        self,
        asked: _Asked,
        who: SignedIn,
        *,
        limit: int = audit.PAGE,
        before: int | None = None,
        how: str = "read_audit",
    ) -> list[AuditEntry]:
        work = partial(audit.read, by=who.actor, now=self._context.clock(), limit=limit, before=before, how=how)
        return await run_in_threadpool(work, self._context.uow, asked.wanted)

    def _asked(self, query: Mapping[str, str]) -> _Asked:
        """Days are days of the clinic's clock, both within."""
        typed = {name: query.get(name, "").strip()[:80] for name in FIELDS}
        since, until, wrong = None, None, None
        try:
            since, until = self._midnight(typed["from"]), self._midnight(typed["to"], days=1)
        except ValueError:
            wrong = "A day looks like 2026-11-23."
        raw = query.get("before", "")
        before = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 18 else None
        changes = typed["action"] == CHANGES
        wanted = audit.Wanted(
            typed["actor"] or None,
            None if changes else typed["action"] or None,
            typed["reference"].upper() or None,
            since,
            until,
            looks=not changes,
        )
        return _Asked(typed, wanted, before, wrong)

    def _midnight(self, day: str, *, days: int = 0) -> datetime | None:
        if not day:
            return None
        found = date.fromisoformat(day) + timedelta(days=days)
        return datetime(found.year, found.month, found.day, tzinfo=self._zone)

    def _names(self) -> list[str]:
        with self._context.uow.reading() as uow:
            return [account.name for account in uow.staff.all()]


def _row(entry: AuditEntry) -> tuple[str, ...]:
    cells = (
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.reference,
        entry.conversation,
        entry.from_status,
        entry.to_status,
    )
    return tuple(cell or "" for cell in cells)
