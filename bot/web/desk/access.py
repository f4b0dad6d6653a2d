"""Who is asking: session cookie or bearer token, proof that a form is ours, and every refusal as the right status."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.errors import DoubleBooking, IllegalMove, NotAllowed, NotFound, PalpateError, StorageUnavailable
from bot.domain.record import BadRecord
from bot.services import accounts
from bot.services.accounts import SignedIn
from bot.services.review import BadMove
from bot.web.chat.problems import Problem
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

COOKIE = "palpate_desk"
LARGEST_BODY = 64 * 1024
_SAFE = ("GET", "HEAD")

Endpoint = Callable[[Request], Awaitable[Response]]
Guarded = Callable[[Request, SignedIn], Awaitable[Response]]


class Access:
    """Wraps the endpoints of the desk."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)
        self.home = _origin(context.settings.public_url)
        self.secure = context.settings.public_url.startswith("https://")

    def page(self, endpoint: Guarded, *, changing: bool = False) -> Endpoint:
        """A page for people: whoever is not signed in is sent to sign in, whoever must change the password, there."""

        async def passed(request: Request) -> Response:
            who = await self._cookie(request)
            if who is None:
                return RedirectResponse("/desk/sign-in", 303)
            if who.account.must_change and not changing:
                return RedirectResponse("/desk/password", 303)
            if request.method not in _SAFE and not await self._ours(request, who):
                raise Problem(403, "foreign_form", "This form is not from the desk, or it is old. Go back and reload.")
            return await endpoint(request, who)

        return _answering(passed, self._pages.problem)

    def call(self, endpoint: Guarded) -> Endpoint:
        """A call of the staff API, by cookie or bearer token."""

        async def passed(request: Request) -> Response:
            who, ours = await self._caller(request)
            if who is None:
                bearer = {"WWW-Authenticate": "Bearer"}
                raise Problem(401, "sign_in", "Sign in, or send a bearer token.", headers=bearer)
            if not ours:
                raise Problem(403, "foreign_form", "This request is not from the desk.")
            if who.account.must_change and who.session.kind == "cookie":
                raise Problem(403, "change_password", "Change your one-time password first.")
            return await endpoint(request, who)

        return _answering(passed, Problem.response)

    def same_site(self, request: Request) -> bool:
        """True when the browser says that the request comes from our own pages."""
        origin = request.headers.get("origin")
        if origin is not None:
            own = f"{request.url.scheme}://{request.headers.get('host', '')}".lower()
            return origin.lower() in (own, self.home)
        return request.headers.get("sec-fetch-site") in ("same-origin", "none")

    async def _caller(self, request: Request) -> tuple[SignedIn | None, bool]:
        """Who calls, and whether the call is theirs; a bearer token is sent by no browser on its own, a cookie is."""
        bearer = request.headers.get("authorization", "")
        if bearer.lower().startswith("bearer "):
            return await self._find(bearer[7:].strip(), "token"), True
        who = await self._cookie(request)
        return who, who is None or request.method in _SAFE or await self._ours(request, who, header_only=True)

    async def _cookie(self, request: Request) -> SignedIn | None:
        token = request.cookies.get(COOKIE, "")
        return await self._find(token, "cookie") if token else None

    async def _find(self, token: str, kind: str) -> SignedIn | None:
        return await run_in_threadpool(accounts.who, self._context.uow, token, kind=kind, now=self._context.clock())

    async def _ours(self, request: Request, who: SignedIn, *, header_only: bool = False) -> bool:
        """The origin is ours, and the session's own word is with it."""
        if not self.same_site(request):
            return False
        given = request.headers.get("x-csrf-token", "")
        if not given and not header_only:
            given = str((await form_of(request)).get("csrf", ""))
        return hmac.compare_digest(given.encode(), who.session.csrf.encode())


def _answering(passed: Endpoint, show: Callable[[Problem], Response]) -> Endpoint:
    """The endpoint, with every refusal shown in the same way."""

    async def answer(request: Request) -> Response:
        try:
            return await passed(request)
        except Problem as problem:
            return show(problem)
        except PalpateError as error:
            return show(problem_of(error))

    return answer


async def form_of(request: Request) -> dict[str, str | list[str]]:
    """The fields of a form; a field that comes more than once is a list. Files are refused."""
    if int(request.headers.get("content-length", "0") or 0) > LARGEST_BODY:
        raise Problem(413, "body_too_large", "That is too much text.")
    if not hasattr(request.state, "form"):
        async with request.form(max_files=0, max_fields=200) as form:
            request.state.form = {
                key: values if len(values) > 1 else values[0]
                for key in form
                if (values := [value for value in form.getlist(key) if isinstance(value, str)])
            }
    found: dict[str, str | list[str]] = request.state.form
    return found


def problem_of(error: PalpateError) -> Problem:
    """The answer to a refusal of ours; none of them quotes a visitor."""
    match error:
        case NotFound():
            return Problem(404, "not_found", "There is nothing under this reference.")
        case NotAllowed():
            return Problem(403, "not_allowed", str(error))
        case IllegalMove():
            return Problem(409, "illegal_move", str(error))
        case DoubleBooking():
            return Problem(409, "double_booking", "The therapist or the room is taken at that time.")
        case BadMove():
            return Problem(422, "bad_value", str(error), field=error.field)
        case BadRecord():
            return Problem(
                409, "old_record", "The stored record does not fit today's rules any more; override instead."
            )
        case StorageUnavailable():
            return Problem(
                503, "storage_unavailable", "That could not be stored. Please try again.", headers={"Retry-After": "2"}
            )
        case _:
            return Problem(400, "refused", "That was refused.")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
