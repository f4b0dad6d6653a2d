"""Gives staff a doctor's letter: as a file that no browser runs, and a PDF drawn page by page; every look on record."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.services import letters
from bot.services.accounts import SignedIn
from bot.services.stored import Letter
from bot.web.chat.problems import Problem
from bot.web.desk import letter_pages
from bot.web.desk.access import Access, Endpoint
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}
_DRAWN = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    pages = Pages(context)

    def read(request: Request, who: SignedIn) -> Letter:
        reference, letter = request.path_params["reference"], request.path_params["letter"]
        return letters.read(context.uow(), reference, letter, by=who.actor, now=context.clock())

    def read_pdf(request: Request, who: SignedIn) -> bytes:
        found = read(request, who)
        if found.media_type != "application/pdf":
            raise Problem(404, "not_found", "There is nothing under this reference.")
        return found.content

    async def show(request: Request, who: SignedIn) -> Response:
        """200 with the letter as a download that no browser runs anything of."""
        found = await run_in_threadpool(read, request, who)
        name = f"{request.path_params['reference']}-letter-{found.id[:6]}.{_ENDINGS[found.media_type]}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return Response(found.content, media_type=found.media_type, headers=headers)

    async def leaf_through(request: Request, who: SignedIn) -> Response:
        """The places of a PDF's pages, as a part of the open hand-off or, without JavaScript, as a page."""
        try:
            there = await run_in_threadpool(lambda: letter_pages.count(read_pdf(request, who)))
        except letter_pages.CannotBeDrawn:
            there = 0
        reference, letter = request.path_params["reference"], request.path_params["letter"]
        template = "letter_part.html" if "hx-request" in request.headers else "letter.html"
        return pages.page(
            template,
            who=who,
            reference=reference,
            there=there,
            shown=min(there, letter_pages.MOST),
            base=f"/desk/handoffs/{reference}/letters/{letter}",
            file=f"/desk/api/handoffs/{reference}/letters/{letter}",
        )

    async def page(request: Request, who: SignedIn) -> Response:
        """200 with one page as PNG; 422 when it cannot be drawn."""
        number = request.path_params["page"]
        try:
            png = await run_in_threadpool(lambda: letter_pages.draw(read_pdf(request, who), number))
        except letter_pages.CannotBeDrawn:
            raise Problem(422, "cannot_be_drawn", "This page cannot be shown.") from None
        return Response(png, media_type="image/png", headers=_DRAWN)

    own = "/desk/handoffs/{reference}/letters/{letter}"
    return [
        ("/desk/api/handoffs/{reference}/letters/{letter}", access.call(show), ["GET"]),
        (own, access.page(leaf_through), ["GET"]),
        (own + "/{page:int}.png", access.call(page), ["GET"]),
    ]
