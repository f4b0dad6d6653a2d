"""One's own account: password, authenticator app, recovery codes, passkeys, and where one is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.services import accounts, passkeys, second_factor, staff_admin
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.review import BadMove
from bot.web.chat.problems import Problem
from bot.web.desk import tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages
from bot.web.desk.sign_in import json_of, site_of

_HOME = "/desk/account"


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    own = Own(context)

    def step(endpoint: Any) -> Endpoint:
        return access.page(endpoint, changing=True, recent=True)

    return [
        ("/desk/password", access.page(own.password, changing=True, costly=True), ["GET", "POST"]),
        (_HOME, access.page(own.account), ["GET"]),
        (f"{_HOME}/app", step(own.app), ["GET", "POST"]),
        (f"{_HOME}/app/remove", access.page(own.remove_app, recent=True), ["POST"]),
        (f"{_HOME}/recovery", access.page(own.recovery, recent=True), ["POST"]),
        (f"{_HOME}/passkeys/options", step(own.passkey_options), ["POST"]),
        (f"{_HOME}/passkeys", step(own.add_passkey), ["POST"]),
        (f"{_HOME}/passkeys/remove", access.page(own.remove_passkey, recent=True), ["POST"]),
        (f"{_HOME}/sessions/end", access.page(own.end_session), ["POST"]),
    ]


class Own:
    """The pages of one's own account."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)
        self._site = site_of(context)

    async def account(self, _request: Request, who: SignedIn) -> Response:
        """Everything about one's own ways in."""
        return await self._show(who)

    async def password(self, request: Request, who: SignedIn) -> Response:
        """Another password."""
        if request.method != "POST":
            return self._pages.page("password.html", who=who, wrong=None)
        fields = await form_of(request)
        new = str(fields.get("new", ""))
        wrong = None
        if new != str(fields.get("again", "")):
            wrong = "The two new passwords are not the same."
        else:
            try:
                await self._do(accounts.change_password, who, old=str(fields.get("old", "")), new=new)
            except SignInRefused:
                wrong = "The old password is wrong."
            except BadMove as error:
                wrong = tongue.refusal(error)
        if wrong:
            return self._pages.page("password.html", who=who, wrong=wrong, status=422)
        return RedirectResponse("/desk", 303)

    async def app(self, request: Request, who: SignedIn) -> Response:
        """Scan the picture, type the code, note the recovery codes."""
        wrong = None
        if request.method == "POST":
            code = str((await form_of(request)).get("code", ""))[:12]
            try:
                codes = await self._do(second_factor.confirm, who, code=code)
                return self._pages.page("recovery.html", who=who, codes=codes)
            except BadMove as error:
                wrong = tongue.refusal(error)
        secret = await self._do(second_factor.begin, who)
        clinic = self._context.settings.clinic.name
        picture = segno.make(second_factor.address_of(secret, account=who.account.name, issuer=clinic), error="m")
        return self._pages.page(
            "authenticator.html",
            who=who,
            wrong=wrong,
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            picture=picture.svg_inline(scale=5, border=3, dark="#000", light="#fff"),
            status=422 if wrong else 200,
        )

    async def remove_app(self, _request: Request, who: SignedIn) -> Response:
        """No more codes."""
        await self._do(second_factor.remove, who)
        return RedirectResponse(_HOME, 303)

    async def recovery(self, _request: Request, who: SignedIn) -> Response:
        """Fresh recovery codes."""
        if not who.second_factor:
            raise Problem(409, "no_second_factor", "Recovery codes stand in for a second factor; set one up first.")
        codes = await self._do(second_factor.renew_recovery, who)
        return self._pages.page("recovery.html", who=who, codes=codes)

    async def passkey_options(self, _request: Request, who: SignedIn) -> Response:
        """What the browser needs to make a passkey."""
        options = await self._do(passkeys.offer, who, self._site)
        return JSONResponse(options, headers={"Cache-Control": "no-store"})

    async def add_passkey(self, request: Request, who: SignedIn) -> Response:
        """The passkey the browser made."""
        body = await json_of(request)
        credential = body.get("credential")
        label = str(body.get("label") or "")
        try:
            given: Mapping[str, Any] = credential if isinstance(credential, dict) else {}
            await self._do(passkeys.register, who, self._site, given, label=label)
        except BadMove as error:
            return Problem(422, "bad_passkey", tongue.refusal(error)).response()
        return JSONResponse({"to": _HOME})

    async def remove_passkey(self, request: Request, who: SignedIn) -> Response:
        """Take a passkey away."""
        await self._do(passkeys.remove, who, str((await form_of(request)).get("passkey", "")))
        return RedirectResponse(_HOME, 303)

    async def end_session(self, request: Request, who: SignedIn) -> Response:
        """Sign out elsewhere: one session or token by its name, or all others."""
        wanted = str((await form_of(request)).get("session", ""))
        if wanted == "others":
            await self._do(staff_admin.end_other_sessions, who)
        else:
            try:
                key = bytes.fromhex(wanted)
            except ValueError:
                raise Problem(422, "bad_value", "There is no such session.") from None
            await self._do(staff_admin.end_session, who, key)
        return RedirectResponse(_HOME, 303)

    async def _show(self, who: SignedIn) -> Response:
        sessions = await self._do(staff_admin.sessions, who)
        keys = await run_in_threadpool(self._passkeys, who)
        return self._pages.page("account.html", who=who, sessions=sessions, passkeys=keys, name_of=passkeys.name_of)

    def _passkeys(self, who: SignedIn) -> list[Any]:
        with self._context.uow.reading() as uow:
            return uow.doors.passkeys_of(who.account.id)

    async def _do(self, work: Any, *args: Any, **more: Any) -> Any:
        return await run_in_threadpool(work, self._context.uow, *args, now=self._context.clock(), **more)
