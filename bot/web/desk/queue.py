"""The queue's page: tabs, filters, saved views, what is late, and the news of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain import review as states
from bot.domain import summary
from bot.domain.errors import NotFound
from bot.domain.flags import RED_FLAGS
from bot.domain.permissions import may
from bot.domain.sites import SITES
from bot.services import erasures, keeping, review, search, searches
from bot.services.accounts import SignedIn
from bot.services.ports import Arrival
from bot.services.review import BadMove
from bot.services.stored import SavedView
from bot.web.chat.problems import Problem
from bot.web.desk import clinical, queues, tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages
from bot.web.desk.stream import Events, stream

# What is stamped now may be committed after something stamped later; so long a change does not count as seen, and so far
# back a page looks for what was on its way while it was made.
JUST_NOW = timedelta(seconds=10)
_MOST_SEEN = 100
CHANNELS = ("web", "whatsapp", "sms", "telegram", "messenger", "matrix")
LOCALES = {"en": "English", "es": "Español"}


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = QueuePage(context)
    return [
        ("/desk", access.page(page.show), ["GET"]),
        ("/desk/events", access.call(page.events), ["GET"]),
        ("/desk/search", access.page(page.search), ["POST"]),
        ("/desk/views", access.page(page.keep_view), ["POST"]),
        ("/desk/views/{view:int}/drop", access.page(page.drop_view), ["POST"]),
    ]


class QueuePage:
    """Lists hand-offs."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def show(self, request: Request, who: SignedIn) -> Response:
        """One page of a queue."""
        query = {key: value for key, value in request.query_params.items() if value}
        now = self._context.clock()
        before = now - JUST_NOW
        # Read before the rows are: what comes in between is on the page and told, never neither.
        seen = await run_in_threadpool(self._arrivals, before)
        wrong = None
        try:
            typed = await run_in_threadpool(self._typed, query, who)
            queue, wanted = queues.wanted({**query, "q": typed}, who.actor, default="new")
            after = queues.after(query)
        except BadMove as error:
            wrong, after, typed, query = tongue.refusal(error), None, "", {}
            queue, wanted = queues.wanted({}, who.actor, default="new")
        rows, by_state = await run_in_threadpool(
            review.queue, self._context.uow(), wanted, by=who.actor, now=now, after=after
        )
        forget = await run_in_threadpool(erasures.undecided, self._context.uow)
        filters = {key: query.get(key, "") for key in queues.FILTERS}
        kept = {"queue": queue.name, **{key: value for key, value in filters.items() if value}}
        here = {**kept, **({"find": query["find"]} if typed else {})}
        more = None
        if len(rows) == review.PAGE:
            last = rows[-1].handoff
            more = "/desk?" + urlencode({**here, "after": f"{wanted.place(last)}.{last.id}"})
        return self._pages.page(
            "queue.html",
            who=who,
            queue=queue,
            queues=[tab for tab in queues.QUEUES.values() if not tab.lead or may(who.account.role, "act_for_others")],
            counts=queues.counts(by_state),
            rows=[self._line(row, now, forget) for row in rows],
            filters=filters,
            typed=typed,
            view=urlencode(kept),
            query=urlencode(here),
            since=urlencode({"queue": queue.name, "since": before.isoformat(), "seen": _named(seen)}),
            narrowed=len(kept) - 1,
            views=await run_in_threadpool(self._views, who),
            flags=RED_FLAGS,
            sites=SITES,
            channels=CHANNELS,
            locales=LOCALES,
            more=more,
            wrong=wrong,
            bulk=may(who.account.role, "export_many"),
            status=422 if wrong else 200,
        )

    async def events(self, request: Request, who: SignedIn) -> Response:
        """`news`: how many came into this queue since the page was made, and how many of those are urgent.

        `since` is a moment before the page was made, `seen` what had come in after it and was on the page.
        """
        queue, wanted = queues.wanted({"queue": request.query_params.get("queue", "")}, who.actor, default="new")
        since = _moment(request.query_params.get("since", ""))
        known = _arrivals_named(request.query_params.get("seen", ""))
        seen: list[Any] = [None, None]

        def look() -> Events:
            with self._context.uow.reading() as uow:
                changed = uow.handoffs.newest_change()
                if changed == seen[0] and not (changed and self._context.clock() - changed < JUST_NOW):
                    return []
                seen[0] = changed
                here, urgent = (uow.handoffs.came_in(one, since, but=known) for one in (wanted, queues.urgent()))
                counts = queues.counts(uow.handoffs.counts())
            if (here, urgent, counts) == seen[1]:
                return []
            seen[1] = (here, urgent, counts)
            news = self._pages.part("queue_news.html", here=here, urgent=urgent, queue=queue)
            told = [("counts", self._pages.part("queue_counts.html", counts=counts))]
            return [*told, ("news", news), *([("urgent", self._urgent(urgent))] if urgent else [])]

        return stream(request, self._context, who, look)

    async def search(self, request: Request, who: SignedIn) -> Response:
        """Search: what was typed stays here, its token goes into the address; a whole reference opens its hand-off."""
        fields = await form_of(request)
        said = {key: value for key, value in fields.items() if isinstance(value, str) and value.strip()}
        reference = search.reference_of(said.get("q", ""))
        if reference is not None and await run_in_threadpool(self._is_there, reference):
            return RedirectResponse(f"/desk/handoffs/{reference}", 303)
        token = await run_in_threadpool(
            searches.keep, self._context.uow, said.get("q", ""), who=who, now=self._context.clock()
        )
        found = {**queues.tidied(said), **({"find": token} if token else {})}
        return RedirectResponse(f"/desk?{urlencode(found)}", 303)

    async def keep_view(self, request: Request, who: SignedIn) -> Response:
        """Keep the search that is on the page under a title."""
        fields = await form_of(request)
        title, query = str(fields.get("title", "")), queues.tidy(str(fields.get("query", "")))
        await run_in_threadpool(keeping.keep_view, self._context.uow, title=title, query=query, by=who.actor)
        return RedirectResponse(f"/desk?{query}", 303)

    async def drop_view(self, request: Request, who: SignedIn) -> Response:
        """Forget a view."""
        view = request.path_params["view"]
        await run_in_threadpool(keeping.drop_view, self._context.uow, view, by=who.actor)
        return RedirectResponse("/desk", 303)

    def _arrivals(self, since: datetime) -> Sequence[Arrival]:
        with self._context.uow.reading() as uow:
            return uow.handoffs.arrivals(since)[-_MOST_SEEN:]

    def _urgent(self, count: int) -> str:
        """What a notification says: how many, and nothing of whom or why."""
        return f'<span data-count="{count}">{tongue.say("{count} urgent").format(count=count)}</span>'

    def _views(self, who: SignedIn) -> list[SavedView]:
        """One's views; those of earlier versions may hold a search, which is left out."""
        return [replace(one, query=queues.tidy(one.query)) for one in keeping.views(self._context.uow, by=who.actor)]

    def _typed(self, query: Mapping[str, str], who: SignedIn) -> str:
        """What stands in the search box. Raises `BadMove` for a search that is over."""
        if "q" in query:
            raise BadMove("q", "searches are not kept in addresses; type it into the box below")
        if "find" not in query:
            return ""
        found = searches.typed(self._context.uow, query["find"], who=who, now=self._context.clock())
        if found is None:
            raise BadMove("find", "that search is over; type it again")
        return found

    def _is_there(self, reference: str) -> bool:
        with self._context.uow.reading() as uow:
            try:
                uow.handoffs.by_reference(reference)
            except NotFound:
                return False
        return True

    def _line(self, row: review.Row, now: datetime, forget: frozenset[str]) -> dict[str, Any]:
        handoff, record = row.handoff, row.revision.record
        urgent = handoff.rank >= states.URGENT_FROM
        waits = handoff.status == states.NEW
        return {
            "handoff": handoff,
            "name": handoff.contact.get("name"),
            "visits": row.visits,
            "where": summary.place(record, tongue.language()).capitalize(),
            "nrs": record.get("nrs"),
            "flags": [clinical.name(flag) for flag in record.get("rf") or () if flag in RED_FLAGS],
            "urgent": urgent,
            "forget_asked": handoff.reference in forget,
            "unseen": waits and handoff.first_look_at is None,
            "due": int((handoff.waiting_since + keeping.LOOK_WITHIN[urgent] - now).total_seconds() // 60),
            "late": waits and now - handoff.waiting_since > keeping.LOOK_WITHIN[urgent],
            "reminded": handoff.wait_until is not None and handoff.wait_until <= now,
        }


def _named(arrivals: Sequence[Arrival]) -> str:
    return " ".join(f"{key}.{revision}" for key, revision in arrivals)


def _arrivals_named(raw: str) -> list[Arrival]:
    """What `_named` wrote. Raises `Problem`."""
    pairs = [one.partition(".")[::2] for one in raw.split()]
    if len(pairs) > _MOST_SEEN or not all(queues.is_number(part) for pair in pairs for part in pair):
        raise Problem(422, "bad_value", "seen must be what the page of the queue gave.", field="seen")
    return [(int(key), int(revision)) for key, revision in pairs]


def _moment(raw: str) -> datetime:
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Problem(422, "bad_value", "since must be a time with zone.", field="since")
    return at
