"""Getting in and out: the sign-in page, the password page, signing out."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.errors import StorageUnavailable
from bot.services import accounts
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.review import BadMove
from bot.web.chat.problems import Problem
from bot.web.desk.access import COOKIE, Access, Endpoint, form_of, problem_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

WRONG = (
    "That name and password do not go together, or there were too many tries. Wait a quarter of an hour and try again."
)


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    door = Door(context, access)
    return [
        ("/desk/sign-in", door.sign_in, ["GET", "POST"]),
        ("/desk/sign-out", access.page(door.sign_out, changing=True), ["POST"]),
        ("/desk/password", access.page(door.password, changing=True), ["GET", "POST"]),
    ]


class Door:
    """The pages of the door."""

    def __init__(self, context: DeskContext, access: Access) -> None:
        self._context = context
        self._access = access
        self._pages = Pages(context)

    async def sign_in(self, request: Request) -> Response:
        """Name and password."""
        if request.method != "POST":
            return self._pages.page("sign_in.html", wrong=None)
        if not self._access.same_site(request):
            foreign = "This form is not from the desk. Go back and reload."
            return self._pages.problem(Problem(403, "foreign_form", foreign))
        try:
            fields = await form_of(request)
            who = await run_in_threadpool(
                accounts.sign_in,
                self._context.uow,
                name=str(fields.get("name", "")),
                password=str(fields.get("password", "")),
                now=self._context.clock(),
            )
        except SignInRefused:
            return self._pages.page("sign_in.html", wrong=WRONG, status=401)
        except StorageUnavailable as error:
            return self._pages.problem(problem_of(error))
        except Problem as problem:
            return self._pages.problem(problem)
        answer = RedirectResponse("/desk/password" if who.account.must_change else "/desk", 303)
        answer.set_cookie(
            COOKIE, who.token, path="/desk", httponly=True, samesite="lax", secure=self._access.secure,
            max_age=int(accounts.LONGEST_SESSION.total_seconds()),
        )  # fmt: skip
        return answer

    async def sign_out(self, request: Request, who: SignedIn) -> Response:
        """End this session."""
        await run_in_threadpool(accounts.sign_out, self._context.uow, who, now=self._context.clock())
        answer = RedirectResponse("/desk/sign-in", 303)
        answer.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="lax", secure=self._access.secure)
        return answer

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
                await run_in_threadpool(
                    accounts.change_password,
                    self._context.uow,
                    who,
                    old=str(fields.get("old", "")),
                    new=new,
                    now=self._context.clock(),
                )
            except SignInRefused:
                wrong = "The old password is wrong."
            except BadMove as error:
                wrong = f"{str(error).capitalize()}."
        if wrong:
            return self._pages.page("password.html", who=who, wrong=wrong, status=422)
        return RedirectResponse("/desk", 303)
