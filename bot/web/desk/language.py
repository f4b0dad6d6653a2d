"""The desk in the language of whoever reads it: chosen in the account menu, kept in a cookie, else what the browser asks for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain import speech
from bot.services.accounts import SignedIn
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.tongue import COOKIE, LANGUAGES

_YEAR = 365 * 86_400
__all__ = ["routes"]


def routes(_context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""

    async def choose(request: Request, _who: SignedIn) -> Response:
        """From now on in this language."""
        wanted = str((await form_of(request)).get("language", ""))
        answer = RedirectResponse("/desk", 303)
        language = wanted if wanted in LANGUAGES else speech.ENGLISH
        answer.set_cookie(
            COOKIE, language, path="/desk", httponly=True, samesite="lax", secure=access.secure, max_age=_YEAR
        )
        return answer

    return [("/desk/language", access.page(choose), ["POST"])]
