"""The figures and the lessons, for those who lead the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
        ("/desk/learning/danger.yml", access.page(page.dangers), ["GET"]),
        ("/desk/learning/sentences.yml", access.page(page.sentences), ["GET"]),
    ]


# The files that exported cases go into, by language.
PLACES = {
    code: {
        "cases": f"tests/cases/language/{folder}reading.yml",
        "dangers": f"tests/cases/language/{folder}danger_more.yml",
    }
    for code, folder in (("en", ""), ("es", "es/"))
}


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and the table they draw; `total` is the sum of the counts, None where they are parts of each other."""

    id: str
    title: str
    about: str
    head: str
    rows: Sequence[Mapping[str, Any]]
    total: int | None


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
        return self._pages.page("figures.html", who=who, figures=found, windows=WINDOWS, charts=charts(found))

    async def lessons(self, _request: Request, who: SignedIn) -> Response:
        """Messages that were read wrongly, without personal details."""
        lessons = await self._lessons(who)
        languages = sorted({one.locale for one in lessons} & {*tongue.LANGUAGES})
        return self._pages.page(
            "learning.html", who=who, lessons=lessons, spoken=languages, goes=PLACES, training="data/nlu/"
        )

    async def cases(self, request: Request, who: SignedIn) -> Response:
        """Cases in the shape of tests/cases/language/reading.yml, for a person to read and commit."""
        language = _language(request)
        return _yaml(learning.as_cases(await self._lessons(who), language), f"misread-reading-{language}.yml")

    async def dangers(self, request: Request, who: SignedIn) -> Response:
        """Dangers in the shape of tests/cases/language/danger.yml, for a person to read and commit."""
        language = _language(request)
        return _yaml(learning.as_dangers(await self._lessons(who), language), f"misread-danger-{language}.yml")

    async def sentences(self, _request: Request, who: SignedIn) -> Response:
        """Sentences in the shape of data/nlu, for a person to read and commit."""
        told = learning.as_training(await self._lessons(who))
        rows = [
            {"intent": name, "examples": _Block("".join(f"- {text}\n" for text in texts))}
            for name, texts in told.items()
        ]
        return _yaml({"version": "3.1", "nlu": rows}, "misread-sentences.yml")

    async def _lessons(self, who: SignedIn) -> list[learning.Lesson]:
        now = self._context.clock()
        return await run_in_threadpool(learning.lessons, self._context.uow(), by=who.actor, now=now)


def charts(found: figures.Figures) -> list[Chart]:
    """What is drawn, each with what it counts in one line."""
    chats = found.chats
    far = {
        "Began": chats.begun,
        "Agreed to the use of what they write": chats.agreed,
        "Came to the read-back": chats.read_back,
        "Came to a result": chats.handed_off,
    }
    outcomes = {
        tongue.say(summary.outcome_words(*answer)): count for answer, count in sorted(found.by_outcome.items(), key=str)
    }
    left = {
        tongue.say("All others") if key == figures.OTHERS else clinical.name(key): count
        for key, count in chats.left_at.items()
    }
    rules = {tongue.say("All others") if key == figures.OTHERS else key: count for key, count in found.reasons.items()}
    handoffs = "Hand-offs that came in in this window, whenever the conversation began."
    return [
        Chart("volume", "Hand-offs by day", handoffs, "Day", bars(found.by_day), found.handoffs),
        Chart("outcomes", "Outcomes", "The same hand-offs, by the answer that counts now.", "Outcome", bars(outcomes), found.handoffs),
        Chart("channels", "Channels", "The same hand-offs, by where the conversation was held.", "Channel", bars(found.by_channel), found.handoffs),
        Chart("far", "How far visitors come", "Conversations begun in this window; each line is part of the one above.", "Step", bars({tongue.say(step): count for step, count in far.items()}), None),
        Chart("funnel", "Where visitors stopped without a result", "Conversations nobody has written in for half an hour, by the question that was open.", "Open question", bars(left), chats.left),
        Chart("reasons", "Most frequent deciding rules", "The strongest rule of each hand-off.", "Rule", bars(rules), found.with_reasons),
    ]  # fmt: skip


def bars(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows of a bar chart: label, count, and how long the bar is."""
    most = max(counts.values(), default=0) or 1
    return [
        {"label": label, "count": count, "width": round(_WIDTH * count / most, 1)} for label, count in counts.items()
    ]


def _language(request: Request) -> str:
    """The language whose cases are wanted; each has files of its own."""
    asked = request.query_params.get("language", "en")
    return asked if asked in tongue.LANGUAGES else "en"


class _Block(str):
    """A text of lines that stands as such in a file, as Rasa's examples do."""

    __slots__ = ()


class _Files(yaml.SafeDumper):
    """Writes as the files do that people commit."""


_Files.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def _yaml(body: Any, name: str) -> Response:
    content = yaml.dump(body, Dumper=_Files, allow_unicode=True, sort_keys=False, width=1000)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/yaml", headers=headers)
