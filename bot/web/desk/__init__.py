"""The staff desk: sign in, see who waits, decide on one screen, speak with the visitor, book."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

from bot.web.desk import api, letters, pages, rules, sign_in
from bot.web.desk.access import Access
from bot.web.desk.context import DeskContext
from bot.web.desk.files import Files

__all__ = ["DeskContext", "mount"]


def mount(context: DeskContext) -> list[BaseRoute]:
    """Every route of the desk, all under /desk."""
    access = Access(context)
    return [
        Mount("/desk/static", Files(), name="desk-static"),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in sign_in.routes(context, access)),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in api.routes(context, access)),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in letters.routes(context, access)),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in pages.routes(context, access)),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in rules.routes(context, access)),
    ]
