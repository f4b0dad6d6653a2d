"""Who is asking: session cookie or bearer token, proof that a form is ours, and every refusal as the right status."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain import permissions
from bot.domain.errors import DoubleBooking, IllegalMove, NotAllowed, NotFound, PalpateError, StorageUnavailable
from bot.domain.record import BadRecord
from bot.services import accounts
from bot.services.accounts import SignedIn
from bot.services.review import BadMove
from bot.web.chat.bodies import clean
from bot.web.chat.problems import Problem
from bot.web.desk import tongue
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages
from bot.web.limits import Allowance, Limiter

COOKIE = "palpate_desk"
LARGEST_BODY = 64 * 1024
RECENT = timedelta(minutes=15)
_SAFE = ("GET", "HEAD")

Endpoint = Callable[[Request], Awaitable[Response]]
Guarded = Callable[[Request, SignedIn], Awaitable[Response]]


class Access:
    """Wraps the endpoints of the desk."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._limiter = Limiter(getattr(context, "allowance", Allowance()))
        self._pages = Pages(context)
        self.home = _origin(context.settings.public_url)
        self.secure = context.settings.public_url.startswith("https://")

    def page(
        self,
        endpoint: Guarded,
        *,
        changing: bool = False,
        recent: bool = False,
        costly: bool = False,
        act: str | None = None,
    ) -> Endpoint:
        """A page for people: whoever is not signed in is sent to sign in, whoever owes us a step, there.

        `changing` pages are for that step itself; `recent` ones want a sign-in of the last quarter of an hour before
        they change anything; what a `costly` one changes is counted by address; `act` is the act of `bot.domain.permissions` the role must include.
        """

        async def passed(request: Request) -> Response:
            who = await self.cookie(request)
            if who is None:
                return RedirectResponse("/desk/sign-in", 303)
            owed = self.owed(who)
            if owed is not None and not changing:
                return RedirectResponse(owed, 303)
            if act is not None:
                permissions.check(who.account.role, act)
            if request.method not in _SAFE:
                if not await self._ours(request, who):
                    raise Problem(
                        403, "foreign_form", "This form is not from the desk, or it is old. Go back and reload."
                    )
                if recent and self._context.clock() - who.session.created_at > RECENT:
                    raise Problem(
                        403, "sign_in_again", "For this, sign out and in again: the last sign-in is too long ago."
                    )
                if costly:
                    await self._limiter.sign_in(request)
            return await endpoint(request, who)

        return _answering(passed, self._pages.problem, tongue.refusal)

    def open(self, endpoint: Endpoint, *, costly: bool = False) -> Endpoint:
        """A page of the door, for whoever comes; a form or a call must still be from our own pages.

        What changes something is counted by address, and so is the mere look at a `costly` one.
        """

        async def passed(request: Request) -> Response:
            if request.method not in _SAFE and not self.same_site(request):
                raise Problem(403, "foreign_form", "This form is not from the desk. Go back and reload.")
            if costly or request.method not in _SAFE:
                await self._limiter.sign_in(request)
            return await endpoint(request)

        return _answering(passed, self._pages.problem, tongue.refusal)

    def call(self, endpoint: Guarded) -> Endpoint:
        """A call of the staff API, by cookie or bearer token."""

        async def passed(request: Request) -> Response:
            who, ours = await self._caller(request)
            if who is None:
                bearer = {"WWW-Authenticate": "Bearer"}
                raise Problem(401, "sign_in", "Sign in, or send a bearer token.", headers=bearer)
            if not ours:
                raise Problem(403, "foreign_form", "This request is not from the desk.")
            owed = self.owed(who) if who.session.kind == "cookie" else None
            if owed is not None:
                raise Problem(403, "step_owed", f"Something has to be done first at {owed}.")
            return await endpoint(request, who)

        return _answering(passed, Problem.response)

    def owed(self, who: SignedIn) -> str | None:
        """Where this person must go before anything else: another password, a second factor; None when all is well."""
        if who.account.must_change:
            return "/desk/password"
        if self._context.settings.second_factor_required and who.session.how == "password" and not who.second_factor:
            return "/desk/account/app"
        return None

    def same_site(self, request: Request) -> bool:
        """True when the browser says that the request comes from our own pages."""
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return False
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
        who = await self.cookie(request)
        return who, who is None or request.method in _SAFE or await self._ours(request, who, header_only=True)

    async def cookie(self, request: Request, kind: str = "cookie") -> SignedIn | None:
        """Whose browser this is; `kind` is `half` for one that still owes the second factor."""
        token = request.cookies.get(COOKIE, "")
        return await self._find(token, kind) if token else None

    def let_in(self, answer: Response, who: SignedIn) -> Response:
        """Give the browser its session."""
        answer.set_cookie(
            COOKIE, who.token, path="/desk", httponly=True, samesite="lax", secure=self.secure,
            max_age=int(accounts.LONGEST_SESSION.total_seconds()),
        )  # fmt: skip
        return answer

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


def _answering(
    passed: Endpoint, show: Callable[[Problem], Response], say: Callable[[PalpateError], str] = str
) -> Endpoint:
    """The endpoint, with every refusal shown in the same way: programs read the names of moves, people their words."""

    async def answer(request: Request) -> Response:
        tongue.use(request)
        try:
            return await passed(request)
        except Problem as problem:
            return show(problem)
        except PalpateError as error:
            return show(problem_of(error, say))

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
                if (values := [clean(value) for value in form.getlist(key) if isinstance(value, str)])
            }
    found: dict[str, str | list[str]] = request.state.form
    return found


def problem_of(error: PalpateError, say: Callable[[PalpateError], str] = str) -> Problem:
    """The answer to a refusal of ours; none of them quotes a visitor."""
    match error:
        case NotFound():
            return Problem(404, "not_found", "There is nothing under this reference.")
        case NotAllowed():
            return Problem(403, "not_allowed", say(error))
        case IllegalMove():
            return Problem(409, "illegal_move", say(error))
        case DoubleBooking():
            return Problem(409, "double_booking", "The therapist or the room is taken at that time.")
        case BadMove():
            return Problem(422, "bad_value", say(error), field=error.field)
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
