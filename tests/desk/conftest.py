"""The desk over a real SQLite file, a clock that the test moves, and staff of every role."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.domain import record as records
from bot.domain import triage
from bot.services import accounts, hand_off
from bot.services.stored import Conversation, NewMessage
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web import desk
from bot.web.security import Guard
from tests.desk.furnished import furnish

HOME = "https://desk.test"
PASSWORD = "correct horse battery"
CLEAR: Mapping[str, Any] = {
    "age": 46, "sex": "F", "sites": [{"site": "low_back", "side": None}], "duration_days": 20, "onset": "overuse", "nrs": 5,
    "complaint": "pain", "function_limited": True, "rf": [], "rf_unknown": [], "ci": [], "bp": None, "doctor": "none",
    "cleared": [], "cleared_claimed": [], "extra": [],
}  # fmt: skip


def classify(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The real rules."""
    return triage.result_to_json(triage.classify(records.from_json(raw)))


@dataclass
class Context:
    """What the web app gives to the desk."""

    uow: SqlStorage
    settings: Settings
    time: datetime = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    woken: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.time

    def wake(self, conversation: str) -> None:
        self.woken.append(conversation)

    @property
    def classify(self) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        return classify

    def later(self, **span: float) -> None:
        self.time += timedelta(**span)

    def handed_off(self, number: int = 1, *texts: str, **record: Any) -> str:
        """A conversation with a hand-off; returns its reference."""
        conversation = f"conversation-{number:010d}"
        raw = {**CLEAR, **record}
        facts = raw.get("facts") or {
            "contact": {
                "name": f"Ana Ruiz {number}",
                "phone": f"+1 555 010 {number:04d}",
                "email": f"ana{number}@example.org",
            },
            "for_whom": "self",
        }
        with self.uow() as uow:
            if uow.conversations.get(conversation) is None:
                uow.conversations.add(Conversation(conversation, b"h", "web", "en", "handed_off", self.time, self.time))
            for at, text in enumerate(texts or ("my lower back hurts, 5 of 10",)):
                uow.conversations.append(conversation, NewMessage("visitor", text, id=f"m{at}"), now=self.time)
            uow.commit()
        plain = {key: value for key, value in raw.items() if key != "facts"}
        said = {"nrs": [{"text": "5 of 10", "start": 21, "end": 28, "message": "m0"}]}
        receipt = hand_off.hand_off(
            self.uow(), conversation=conversation, record={**plain, "facts": facts}, result=classify(plain),
            consent={"privacy": True, "share": False, "version": "2026-11", "language": "en"}, said=said, now=self.time,
        )  # fmt: skip
        return receipt.reference

    def staff(self, name: str, role: str = "reviewer", **more: Any) -> None:
        """An account with the password of these tests."""
        accounts.add_staff(self.uow, name=name, role=role, password=PASSWORD, now=self.time, **more)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the smallest costs: the same code, a hundredth of the time."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_HASHER", quick)
    monkeypatch.setattr(accounts, "_NOBODY", quick.hash("nobody at all"))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An installation of its own."""
    storage = SqlStorage.open(f"sqlite:///{tmp_path / 'palpate.db'}", Vault.open(tmp_path))
    migrations.upgrade(storage.engine)
    settings = Settings.from_env(
        {"PALPATE_HOME": str(tmp_path), "PALPATE_PUBLIC_URL": HOME, "PALPATE_SECOND_FACTOR": "optional"}
    )
    yield Context(storage, settings)
    storage.close()


class Browser:
    """A browser (or, with a token, a program) that talks to the desk within this process."""

    def __init__(self, context: Context, token: str | None = None) -> None:
        app = Starlette(routes=desk.mount(context))
        self._transport = httpx.ASGITransport(app=app)
        self.cookies = httpx.Cookies()
        self.headers = {"Origin": HOME} if token is None else {"Authorization": f"Bearer {token}"}
        self.csrf = ""

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form; the session's token goes with it."""
        return self.request("POST", path, data={"csrf": self.csrf, **(data or {})}, **more)

    def call(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """A JSON call; the session's token goes in a header."""
        headers = {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        return self.request("POST", path, json={} if body is None else body, headers=headers, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url=HOME, cookies=self.cookies) as client:
                answer = await client.request(method, path, headers={**self.headers, **more.pop("headers", {})}, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(run())

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in and take the session's token from the page, as a form would."""
        answer = self.post("/desk/sign-in", {"name": name, "password": password})
        if answer.status_code == 303:
            page = self.get(answer.headers["location"]).text
            self.csrf = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        return answer


@pytest.fixture
def browser(context: Context) -> Callable[..., Browser]:
    """A signed-in browser of a new member of staff: `browser("Ana", "lead")`."""

    def open_browser(name: str = "Ana", role: str = "reviewer") -> Browser:
        context.staff(name, role)
        opened = Browser(context)
        assert opened.sign_in(name).status_code == 303
        return opened

    return open_browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium; not for longer than a file, because its loop is in the way of other tests."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("no Chromium here; install it with apt-get install chromium")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def serve(context: Context) -> Iterator[Callable[..., str]]:
    """A real server in front of the desk (and of other routes, when given); gives its address."""
    # Over plain http here, so the cookie may not insist on https.
    context.settings = replace(context.settings, public_url="http://localhost")
    with ExitStack() as ends:

        def started(*routes: BaseRoute) -> str:
            app = Guard(Starlette(routes=[*desk.mount(context), *routes]), settings=context.settings)
            config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run)
            thread.start()
            ends.callback(thread.join)
            ends.callback(setattr, server, "should_exit", True)
            while not server.started:
                thread.join(0.01)
            return f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"

        yield started


@pytest.fixture
def signed_in(chromium: Chromium, serve: Callable[..., str]) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """A page of Chromium in which Ana is signed in, and what its console says: `signed_in(address, **options)`.

    The pages are closed before the server that they listen to is.
    """

    def opened(address: str, **options: Any) -> tuple[Page, list[str]]:
        page = closing.enter_context(chromium.new_context(**options)).new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address + "/desk/sign-in")
        page.fill("[name=name]", "ana")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk")
        return page, said

    with ExitStack() as closing:
        yield opened


@pytest.fixture
def arrived() -> Callable[[Page, str], None]:
    """Waits for a page that shows `selector` **and** listens: words are painted before the scripts that hear keys run."""

    def waited(page: Page, selector: str) -> None:
        page.wait_for_selector(selector)
        page.wait_for_load_state("load")

    return waited


@pytest.fixture
def stranger(context: Context) -> Browser:
    """Nobody in particular."""
    return Browser(context)


@pytest.fixture
def program(context: Context) -> Callable[..., Browser]:
    """A program with an API token: `program("Ana", "lead")`."""

    def open_program(name: str = "Ana", role: str = "reviewer") -> Browser:
        context.staff(name, role)
        return Browser(context, accounts.issue_token(context.uow, name=name, now=context.time))

    return open_program


@pytest.fixture
def furnished(context: Context) -> Mapping[str, str]:
    """Something on every page; what fills the braces of `furnished.PAGES`."""
    return furnish(context)
