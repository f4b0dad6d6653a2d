"""Conversations in progress: who is in the chat, who asks for a person, and taking part before there is a hand-off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain import summary
from bot.domain.errors import IllegalMove
from bot.services import live, review
from bot.services.accounts import SignedIn
from bot.services.live import Watched
from bot.services.review import BadMove
from bot.services.stored import Conversation
from bot.web.chat.problems import Problem
from bot.web.desk import clinical, replies, tongue, words
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext, wake
from bot.web.desk.render import Pages
from bot.web.desk.stream import Events, stream

LOOK_AGAIN = timedelta(seconds=5)
_MOVES = ("takeover", "say", "hand_back", "seen_to")


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = LivePage(context)
    one = "/desk/live/{conversation}"
    return [
        ("/desk/live", access.page(page.all), ["GET"]),
        ("/desk/live/events", access.call(page.news), ["GET"]),
        (one, access.page(page.watch), ["GET"]),
        (one + "/events", access.call(page.events), ["GET"]),
        (one + "/{move}", access.page(page.move), ["POST"]),
    ]


class Speaking:
    """Who speaks in a conversation whose page is open; its open page is what says that the speaker is still there."""

    def __init__(self, context: DeskContext, pages: Pages, where: str, who: SignedIn) -> None:
        self._context, self._pages, self._where, self._who = context, pages, where, who
        self._looked: datetime | None = None
        self._speaker: str | None = None

    def news(self, now: datetime) -> Events:
        """`speaker` when another one speaks than at the last look; looks every few seconds."""
        if self._looked is not None and now - self._looked < LOOK_AGAIN:
            return []
        speaker = live.speaker(self._context.uow(), self._where, by=self._who.actor, now=now)
        changed = self._looked is not None and speaker != self._speaker
        self._looked, self._speaker = now, speaker
        if not changed:
            return []
        return [("speaker", self._pages.part("decide/speaker.html", taken_by=speaker, who=self._who, fragment=True))]


class LivePage:
    """The list, and one conversation."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def all(self, _request: Request, who: SignedIn) -> Response:
        """Who is in the chat now."""
        chats = await run_in_threadpool(self._chats, who)
        return self._pages.page("live.html", who=who, chats=chats)

    async def news(self, request: Request, who: SignedIn) -> Response:
        """`chats`: the list anew whenever it has become another."""
        seen = [""]

        def look() -> Events:
            part = self._pages.part("live_list.html", chats=self._chats(who))
            if part == seen[0]:
                return []
            seen[0] = part
            return [("chats", part)]

        return stream(request, self._context, who, look)

    async def watch(self, request: Request, who: SignedIn) -> Response:
        """One conversation while it goes on."""
        return await self._show(request, who)

    async def events(self, request: Request, who: SignedIn) -> Response:
        """`line`: what is said from now on; `speaker`: who speaks, when that changes."""
        conversation = request.path_params["conversation"]
        seen = [words.seq_of(request.query_params.get("after", "0"))]
        speaking = Speaking(self._context, self._pages, conversation, who)

        def look() -> Events:
            now = self._context.clock()
            news = speaking.news(now)
            watched = live.watch(self._context.uow(), conversation, after=seen[0], by=who.actor, now=now)
            if not watched.messages:
                return news
            seen[0] = watched.messages[-1].seq
            marked = words.bubbles([review.line_of(line) for line in watched.messages], {})
            return [("line", self._pages.part("lines.html", bubbles=marked, fragment=True)), *news]

        return stream(request, self._context, who, look)

    async def move(self, request: Request, who: SignedIn) -> Response:
        """Take over, say something, hand back, or say that the person was seen to."""
        conversation, name = request.path_params["conversation"], request.path_params["move"]
        if name not in _MOVES:
            raise Problem(404, "no_such_move", "There is no such move.")
        fields = await form_of(request)
        try:
            await run_in_threadpool(self._make, name, conversation, str(fields.get("text", "")), who)
        except BadMove as error:
            return await self._show(request, who, refused=(name, tongue.refusal(error)), typed=fields, status=422)
        except IllegalMove as error:
            return await self._show(request, who, refused=(name, tongue.refusal(error)), typed=fields, status=409)
        return RedirectResponse("/desk/live" if name == "seen_to" else f"/desk/live/{conversation}#live", 303)

    def _make(self, name: str, conversation: str, text: str, who: SignedIn) -> None:
        uow, now, by = self._context.uow(), self._context.clock(), who.actor
        if name == "seen_to":
            live.person_seen_to(uow, conversation, by=by, now=now)
        elif name == "say":
            wake(self._context, live.say(uow, conversation, text=text, by=by, now=now))
        else:
            act = live.take_over if name == "takeover" else live.hand_back
            wake(self._context, act(uow, conversation, by=by, now=now))

    async def _show(
        self, request: Request, who: SignedIn, *, refused: tuple[str, str] | None = None,
        typed: Mapping[str, Any] | None = None, status: int = 200,
    ) -> Response:  # fmt: skip
        conversation, now = request.path_params["conversation"], self._context.clock()
        watched = await run_in_threadpool(live.watch, self._context.uow(), conversation, by=who.actor, now=now)
        if watched.reference is not None and refused is None:
            return RedirectResponse(f"/desk/handoffs/{watched.reference}#live", 303)
        said = watched.chat.record.get("said") or {}
        marked = words.bubbles([review.line_of(line) for line in watched.messages], said)
        return self._pages.page(
            "watch.html",
            status=status,
            who=who,
            chat=watched.chat,
            base=f"/desk/live/{conversation}",
            bubbles=marked,
            known=_known(watched),
            taken_by=watched.chat.taken_by,
            closed=False,
            fragment=False,
            replies=replies.filled(self._context.settings.clinic, _contact(watched.chat), ""),
            refused=refused,
            typed=typed or {},
        )

    def _chats(self, who: SignedIn) -> list[dict[str, Any]]:
        chats = live.in_progress(self._context.uow.reading(), by=who.actor, now=self._context.clock())
        return [
            {
                "chat": chat,
                "name": _contact(chat).get("name"),
                "reference": chat.state.get("handoff"),
                "asked": chat.state.get("asked") or 0,
                "left": chat.state.get("left"),
            }
            for chat in chats
        ]


def _contact(chat: Conversation) -> Mapping[str, Any]:
    values = chat.record.get("values") or {}
    return values.get("contact") or {}


def _known(watched: Watched) -> list[tuple[str, str]]:
    """What the interview has learnt so far, field by field, in words."""
    values = watched.chat.record.get("values") or {}
    hidden = ("contact", "consent_privacy", "consent_share", "read_back", "complaints")
    rows = ((key, summary.plainly(key, value, clinical.voice())) for key, value in values.items() if key not in hidden)
    return [(clinical.name(key), text) for key, text in rows if text]
