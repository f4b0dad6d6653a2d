"""The staff desk: sign in, see who waits, decide on one screen, speak with the visitor, book."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.web.desk import api, pages, sign_in
from bot.web.desk.access import Access
from bot.web.desk.context import DeskContext

_STATIC = Path(__file__).resolve().parent / "static"

__all__ = ["DeskContext", "mount"]


def mount(context: DeskContext) -> list[BaseRoute]:
    """Every route of the desk, all under /desk."""
    access = Access(context)
    return [
        Mount("/desk/static", StaticFiles(directory=_STATIC), name="desk-static"),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in sign_in.routes(context, access)),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in api.routes(context, access)),
        *(Route(path, endpoint, methods=methods) for path, endpoint, methods in pages.routes(context, access)),
    ]
