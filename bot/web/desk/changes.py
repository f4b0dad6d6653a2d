"""Tells the open page of a hand-off that it does not show how the hand-off stands any more, who changed it, and what."""

from __future__ import annotations

from bot.services import review
from bot.services.accounts import SignedIn
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages
from bot.web.desk.stream import Events


class Changes:
    """`since` is the hand-off's `changed_at` as the page shows it, an ISO time."""

    def __init__(self, context: DeskContext, pages: Pages, reference: str, who: SignedIn, since: str) -> None:
        self._context, self._pages, self._reference, self._who = context, pages, reference, who
        self._shown = since

    def news(self) -> Events:
        """`changed` once for each change."""
        move = review.last_move(self._context.uow.reading(), self._reference, but=self._shown, by=self._who.actor)
        if move is None:
            return []
        self._shown, entry = move
        base = f"/desk/handoffs/{self._reference}"
        return [("changed", self._pages.part("decide/changed.html", entry=entry, base=base))]
