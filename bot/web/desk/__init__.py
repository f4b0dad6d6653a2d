"""The staff desk: sign in, see who waits, decide on one screen, speak with the visitor, book."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

from bot.web.desk import (
    account,
    api,
    asides,
    audit,
    clinic,
    erasures,
    exports,
    figures,
    language,
    letters,
    live,
    pages,
    queue,
    rules,
    sign_in,
    staff,
)
from bot.web.desk.access import Access
from bot.web.desk.context import DeskContext
from bot.web.desk.files import Files

__all__ = ["DeskContext", "mount"]

# Each part gives its routes; an earlier one is asked first.
_PARTS = (
    sign_in, account, language, staff, audit, erasures, clinic, asides, live, figures, queue, exports, api, letters, pages, rules,
)  # fmt: skip


def mount(context: DeskContext) -> list[BaseRoute]:
    """Every route of the desk, all under /desk."""
    access = Access(context)
    rows = (row for part in _PARTS for row in part.routes(context, access))
    return [
        Mount("/desk/static", Files(), name="desk-static"),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in rows),
    ]
