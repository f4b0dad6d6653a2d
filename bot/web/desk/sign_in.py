"""Getting in and out: password, second factor, passkey, identity provider, invitation, signing out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.domain.errors import NotFound
from bot.services import accounts, passkeys, provider, sign_in, staff_admin
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.review import BadMove
from bot.web import limits
from bot.web.chat.problems import Problem
from bot.web.desk import tongue
from bot.web.desk.access import COOKIE, LARGEST_BODY, Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.identity_provider import IdentityProvider, NotProven
from bot.web.desk.render import Pages

WRONG = (
    "That name and password do not go together, or there were too many tries. Wait a quarter of an hour and try again."
)
WRONG_CODE = "That code is wrong or was used before. Wait for the next one; after ten wrong ones the door shuts."
NOT_LET_IN = "Your identity provider did not let you in here, or could not be reached."
OLD_LINK = "This invitation was used before, taken back, or is older than three days. Ask for a new one."
# What this browser keeps between two requests of one sign-in.
DOOR = "palpate_door"
_DOOR_SECONDS = 600
# By this a browser is known that somebody got in with before: it opens nothing, but strangers cannot shut its door.
BROWSER = "palpate_browser"


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    door = Door(context, access)
    return [
        ("/desk/sign-in", access.open(door.sign_in), ["GET", "POST"]),
        ("/desk/sign-in/code", access.open(door.code), ["GET", "POST"]),
        ("/desk/sign-in/passkey/options", access.open(door.passkey_options), ["POST"]),
        ("/desk/sign-in/passkey", access.open(door.passkey), ["POST"]),
        ("/desk/sign-in/provider", access.open(door.provider, costly=True), ["GET"]),
        ("/desk/sign-in/provider/back", access.open(door.provider_back), ["GET"]),
        ("/desk/invitation/{token}", access.open(door.invitation), ["GET", "POST"]),
        ("/desk/sign-out", access.page(door.sign_out, changing=True), ["POST"]),
    ]


def site_of(context: DeskContext) -> passkeys.Site:
    """What passkeys of this installation are bound to."""
    parts = urlsplit(context.settings.public_url)
    return passkeys.Site(
        parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}", context.settings.clinic.name
    )


async def json_of(request: Request) -> Mapping[str, Any]:
    """A JSON object in the body."""
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise Problem(413, "body_too_large", "That is too much text.")
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", "That is not JSON.") from None
    if not isinstance(found, dict):
        raise Problem(400, "bad_json", "That is not a JSON object.")
    return found


def _place(request: Request) -> sign_in.Place:
    return sign_in.Place(limits.address(request), request.cookies.get(BROWSER, "")[:100])


class Door:
    """The pages of the door."""

    def __init__(self, context: DeskContext, access: Access) -> None:
        self._context = context
        self._access = access
        self._pages = Pages(context)
        self._site = site_of(context)
        oidc = context.settings.oidc
        callback = f"{context.settings.public_url}/desk/sign-in/provider/back"
        self._provider = IdentityProvider(oidc, callback) if oidc else None

    async def sign_in(self, request: Request) -> Response:
        """Name and password, with the other ways beside them."""
        if request.method != "POST":
            return self._front()
        fields = await form_of(request)
        try:
            who = await run_in_threadpool(
                sign_in.with_password,
                self._context.uow,
                name=str(fields.get("name", "")),
                password=str(fields.get("password", "")),
                now=self._context.clock(),
                place=_place(request),
                agent=request.headers.get("user-agent", ""),
            )
        except SignInRefused:
            return self._front(WRONG)
        return await self._in(request, RedirectResponse(self._next(who), 303), who)

    async def code(self, request: Request) -> Response:
        """The second step."""
        half = await self._access.cookie(request, "half")
        if half is None:
            return RedirectResponse("/desk/sign-in", 303)
        if request.method != "POST":
            return self._pages.page("code.html", half=half, wrong=None)
        fields = await form_of(request)
        try:
            who = await run_in_threadpool(
                sign_in.with_code,
                self._context.uow,
                half,
                code=str(fields.get("code", ""))[:40],
                now=self._context.clock(),
                place=_place(request),
            )
        except SignInRefused:
            return self._pages.page("code.html", half=half, wrong=WRONG_CODE, status=401)
        return await self._in(request, RedirectResponse(self._next(who), 303), who)

    async def passkey_options(self, _request: Request) -> Response:
        """A fresh challenge for this browser."""
        key = secrets.token_urlsafe(24)
        options = await run_in_threadpool(
            passkeys.challenge, self._context.uow, self._site, key=key, now=self._context.clock()
        )
        return self._remember(JSONResponse(options, headers={"Cache-Control": "no-store"}), key)

    async def passkey(self, request: Request) -> Response:
        """The browser's answer to the challenge."""
        credential = await json_of(request)
        try:
            who = await run_in_threadpool(
                passkeys.sign_in,
                self._context.uow,
                self._site,
                credential,
                key=request.cookies.get(DOOR, ""),
                now=self._context.clock(),
                address=limits.address(request),
                agent=request.headers.get("user-agent", ""),
            )
        except SignInRefused:
            return Problem(401, "passkey_refused", "This passkey is not known here.").response()
        return await self._in(request, JSONResponse({"to": self._next(who)}), who)

    async def provider(self, _request: Request) -> Response:
        """Off to the clinic's identity provider."""
        if self._provider is None:
            raise Problem(404, "no_provider", "There is no identity provider here.")
        try:
            started = await run_in_threadpool(self._provider.start)
        except NotProven:
            return self._front(NOT_LET_IN, status=502)
        key = secrets.token_urlsafe(24)
        kept = {"state": started.state, "nonce": started.nonce, "verifier": started.verifier}
        await run_in_threadpool(self._keep, key, kept)
        return self._remember(RedirectResponse(started.url, 303), key)

    async def provider_back(self, request: Request) -> Response:
        """Back from there, with a code that is worth something only to the browser that set out."""
        if self._provider is None or self._context.settings.oidc is None:
            raise Problem(404, "no_provider", "There is no identity provider here.")
        kept = await run_in_threadpool(self._take, request.cookies.get(DOOR, ""))
        state = request.query_params.get("state", "")
        if kept is None or not secrets.compare_digest(state.encode(), str(kept.get("state")).encode()):
            return self._front(NOT_LET_IN)
        try:
            proven = await run_in_threadpool(
                self._provider.finish,
                request.query_params.get("code", ""),
                nonce=str(kept["nonce"]),
                verifier=str(kept["verifier"]),
            )
            who = await run_in_threadpool(
                provider.enter,
                self._context.uow,
                proven,
                self._context.settings.oidc.roles,
                now=self._context.clock(),
                agent=request.headers.get("user-agent", ""),
            )
        except (NotProven, SignInRefused):
            return self._front(NOT_LET_IN)
        return await self._in(request, RedirectResponse(self._next(who), 303), who)

    async def invitation(self, request: Request) -> Response:
        """A one-time link: choose a password and be in."""
        token = str(request.path_params["token"])
        found = await run_in_threadpool(staff_admin.invitation, self._context.uow, token, now=self._context.clock())
        if found is None:
            raise Problem(404, "old_link", OLD_LINK)
        if request.method != "POST":
            return self._pages.page("invitation.html", invitation=found, wrong=None)
        fields = await form_of(request)
        wrong = None
        if fields.get("new") != fields.get("again"):
            wrong = "The two passwords are not the same."
        else:
            try:
                who = await run_in_threadpool(
                    staff_admin.accept,
                    self._context.uow,
                    token,
                    password=str(fields.get("new", "")),
                    now=self._context.clock(),
                    agent=request.headers.get("user-agent", ""),
                )
                return await self._in(request, RedirectResponse(self._next(who), 303), who)
            except BadMove as error:
                wrong = tongue.refusal(error)
            except NotFound:
                raise Problem(404, "old_link", OLD_LINK) from None
        return self._pages.page("invitation.html", invitation=found, wrong=wrong, status=422)

    async def sign_out(self, _request: Request, who: SignedIn) -> Response:
        """End this session."""
        await run_in_threadpool(accounts.sign_out, self._context.uow, who, now=self._context.clock())
        answer = RedirectResponse("/desk/sign-in", 303)
        answer.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="lax", secure=self._access.secure)
        return answer

    async def _in(self, request: Request, answer: Response, who: SignedIn) -> Response:
        """The session goes to the browser, which is known from now on once somebody is in to the end."""
        if who.session.kind != "half":
            known = await run_in_threadpool(
                sign_in.remember_browser, self._context.uow, who, _place(request).browser, now=self._context.clock()
            )
            answer.set_cookie(
                BROWSER, known, path="/desk/sign-in", httponly=True, samesite="strict", secure=self._access.secure,
                max_age=int(sign_in.BROWSER_KNOWN_FOR.total_seconds()),
            )  # fmt: skip
        return self._access.let_in(answer, who)

    def _front(self, wrong: str | None = None, *, status: int = 401) -> Response:
        return self._pages.page(
            "sign_in.html", wrong=wrong, provider=self._provider is not None, status=status if wrong else 200
        )

    def _next(self, who: SignedIn) -> str:
        if who.session.kind == "half":
            return "/desk/sign-in/code"
        return self._access.owed(who) or "/desk"

    def _remember(self, answer: Response, key: str) -> Response:
        answer.set_cookie(
            DOOR, key, path="/desk/sign-in", httponly=True, samesite="lax", secure=self._access.secure,
            max_age=_DOOR_SECONDS,
        )  # fmt: skip
        return answer

    def _keep(self, key: str, data: Mapping[str, Any]) -> None:
        now = self._context.clock()
        with self._context.uow() as uow:
            uow.doors.keep(accounts.hashed(key), data, until=now + passkeys.WAIT)
            uow.commit()

    def _take(self, key: str) -> Mapping[str, Any] | None:
        with self._context.uow() as uow:
            kept = uow.doors.take(accounts.hashed(key), now=self._context.clock())
            uow.commit()
        return kept
