"""The figures and the lessons, for those who lead the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.domain import summary
from bot.services import figures, learning
from bot.services.accounts import SignedIn
from bot.web.desk import clinical, tongue
from bot.web.desk.access import Access, Endpoint
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

WINDOWS = (7, 30, 90, 365)
_WIDTH = 100.0  # of the widest bar, in the units of its drawing


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = FiguresPage(context)
    return [
        ("/desk/figures", access.page(page.show), ["GET"]),
        ("/desk/learning", access.page(page.lessons), ["GET"]),
        ("/desk/learning/cases.yml", access.page(page.cases), ["GET"]),
        ("/desk/learning/sentences.yml", access.page(page.sentences), ["GET"]),
    ]


class FiguresPage:
    """`/desk/figures` and `/desk/learning`."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def show(self, request: Request, who: SignedIn) -> Response:
        """Charts, each with the table it draws."""
        raw = request.query_params.get("days", "30")
        days = int(raw) if raw.isascii() and raw.isdigit() and int(raw) in WINDOWS else 30
        zone, now = self._context.settings.clinic.zone, self._context.clock()
        found = await run_in_threadpool(
            figures.figures, self._context.uow(), days=days, zone=zone, by=who.actor, now=now
        )
        outcomes = {
            tongue.say(summary.outcome_words(*answer)): count
            for answer, count in sorted(found.by_outcome.items(), key=str)
        }
        return self._pages.page(
            "figures.html",
            who=who,
            figures=found,
            windows=WINDOWS,
            charts=[
                ("volume", "Hand-offs by day", "Day", bars(found.by_day)),
                ("outcomes", "Outcomes", "Outcome", bars(outcomes)),
                ("channels", "Channels", "Channel", bars(found.by_channel)),
                ("funnel", "Where visitors stopped without a result", "Open question", bars({clinical.name(key): count for key, count in found.funnel.items()})),
                ("reasons", "Most frequent deciding rules", "Rule", bars(found.reasons)),
            ],
        )  # fmt: skip

    async def lessons(self, _request: Request, who: SignedIn) -> Response:
        """Messages that were read wrongly, without personal details."""
        return self._pages.page("learning.html", who=who, lessons=await self._lessons(who))

    async def cases(self, _request: Request, who: SignedIn) -> Response:
        """Cases for tests/cases/language, for a person to read and commit."""
        return _yaml(learning.as_cases(await self._lessons(who)), "misread-cases.yml")

    async def sentences(self, _request: Request, who: SignedIn) -> Response:
        """Sentences for data/nlu, for a person to read and commit."""
        told = learning.as_training(await self._lessons(who))
        rows = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in told.items()]
        return _yaml({"version": "3.1", "nlu": rows}, "misread-sentences.yml")

    async def _lessons(self, who: SignedIn) -> list[learning.Lesson]:
        now = self._context.clock()
        return await run_in_threadpool(learning.lessons, self._context.uow(), by=who.actor, now=now)


def bars(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows of a bar chart: label, count, and how long the bar is."""
    most = max(counts.values(), default=0) or 1
    return [
        {"label": label, "count": count, "width": round(_WIDTH * count / most, 1)} for label, count in counts.items()
    ]


def _yaml(body: Any, name: str) -> Response:
    content = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=120)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/yaml", headers=headers)
