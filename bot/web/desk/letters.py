"""Gives staff a doctor's letter as a file: never shown within the desk's own pages, every reading on record."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.services import letters
from bot.services.accounts import SignedIn
from bot.web.desk.access import Access, Endpoint
from bot.web.desk.context import DeskContext

_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""

    async def show(request: Request, who: SignedIn) -> Response:
        """200 with the letter as a download that no browser runs anything of."""
        reference, letter = request.path_params["reference"], request.path_params["letter"]
        found = await run_in_threadpool(
            letters.read, context.uow(), reference, letter, by=who.actor, now=context.clock()
        )
        name = f"{reference}-letter-{found.id[:6]}.{_ENDINGS[found.media_type]}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return Response(found.content, media_type=found.media_type, headers=headers)

    return [("/desk/api/handoffs/{reference}/letters/{letter}", access.call(show), ["GET"])]
