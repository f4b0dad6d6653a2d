"""Staff accounts for administrators: who there is, inviting, roles, shutting an account, a lost telephone."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.permissions import ROLES
from bot.services import staff_admin
from bot.services.accounts import SignedIn
from bot.services.review import BadMove
from bot.services.stored import Invitation, StaffAccount
from bot.web.chat.problems import Problem
from bot.web.desk import tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

_HOME = "/desk/staff"


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = StaffPage(context)

    return [
        (_HOME, access.page(page.show, act="manage_staff"), ["GET"]),
        (f"{_HOME}/invite", access.page(page.invite, recent=True, act="manage_staff"), ["POST"]),
        (f"{_HOME}/withdraw", access.page(page.withdraw, act="manage_staff"), ["POST"]),
        (_HOME + "/{staff:int}/{move}", access.page(page.change, recent=True, act="manage_staff"), ["POST"]),
    ]


class StaffPage:
    """The page of the staff."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def show(self, _request: Request, who: SignedIn) -> Response:
        """Everybody with an account or an invitation."""
        return await self._page(who)

    async def invite(self, request: Request, who: SignedIn) -> Response:
        """Make a link; it is shown once."""
        fields = await form_of(request)
        try:
            token = await run_in_threadpool(
                staff_admin.invite,
                self._context.uow,
                name=str(fields.get("name", "")),
                role=str(fields.get("role", "")),
                by=who.actor,
                now=self._context.clock(),
            )
        except BadMove as error:
            return await self._page(who, wrong=tongue.refusal(error))
        return await self._page(who, link=f"{self._context.settings.public_url}/desk/invitation/{token}")

    async def withdraw(self, request: Request, who: SignedIn) -> Response:
        """Take an invitation back."""
        try:
            key = bytes.fromhex(str((await form_of(request)).get("invitation", "")))
        except ValueError:
            raise Problem(422, "bad_value", "There is no such invitation.") from None
        await run_in_threadpool(staff_admin.withdraw, self._context.uow, key, by=who.actor, now=self._context.clock())
        return RedirectResponse(_HOME, 303)

    async def change(self, request: Request, who: SignedIn) -> Response:
        """Role, disable, enable, reset."""
        moves = {
            "disable": staff_admin.disable,
            "enable": staff_admin.enable,
            "reset": staff_admin.reset_second_factor,
            "role": staff_admin.change_role,
        }
        name = request.path_params["move"]
        if name not in moves:
            raise Problem(404, "no_such_move", "There is no such move.")
        more = {"role": str((await form_of(request)).get("role", ""))} if name == "role" else {}
        try:
            await run_in_threadpool(
                moves[name],
                self._context.uow,
                request.path_params["staff"],
                by=who.actor,
                now=self._context.clock(),
                **more,
            )
        except BadMove as error:
            return await self._page(who, wrong=tongue.refusal(error))
        return RedirectResponse(_HOME, 303)

    async def _page(self, who: SignedIn, *, wrong: str | None = None, link: str | None = None) -> Response:
        accounts, invitations, strong = await run_in_threadpool(self._read)
        return self._pages.page(
            "staff.html",
            who=who,
            accounts=accounts,
            invitations=invitations,
            strong=strong,
            roles=ROLES,
            wrong=wrong,
            link=link,
            now=self._context.clock(),
            status=422 if wrong else 200,
        )

    def _read(self) -> tuple[list[StaffAccount], list[Invitation], dict[int, str]]:
        with self._context.uow.reading() as uow:
            accounts = uow.staff.all()
            strong = {account.id: len(uow.doors.passkeys_of(account.id)) for account in accounts}
            open_ones = [one for one in uow.doors.invitations() if one.expires_at > self._context.clock()]
        return accounts, open_ones, {account.id: _factors(account, strong[account.id]) for account in accounts}


def _factors(account: StaffAccount, passkeys: int) -> str:
    """What stands beside the password, in words."""
    found = [tongue.say("app")] if account.totp_secret else []
    found += [tongue.say("passkeys: {count}", count=passkeys)] if passkeys else []
    found += [tongue.say("identity provider")] if account.oidc_subject else []
    return ", ".join(found) or tongue.say("none")
