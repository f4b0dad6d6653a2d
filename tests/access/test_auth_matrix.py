"""Every route of the running app × every kind of caller, by the table tests/cases/access.yml."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml

from bot.domain.mention import Reading
from bot.domain.permissions import ROLES
from bot.services import accounts
from bot.services.hand_off import hand_off
from bot.services.stored import StaffAccount
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web.app import create_app
from bot.web.context import WebContext
from bot.web.limits import Allowance

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "cases/access.yml").read_text(encoding="utf-8"))
STAFF_ROWS = [
    (row, kind, role) for kind in ("page", "call") for role, rows in TABLE[kind].items() for row in rows
]  # fmt: skip
RESULT = {"outcome": "clinical_massage", "urgency": None, "rule": "R-C02", "provisional": False, "rules_version": "v"}
NOT_LET_IN = ("stranger", "made up", "expired", "idle", "half way", "disabled", "token as cookie")


class NothingRead:
    """The language is tested elsewhere."""

    def read(self, text: str, **_: Any) -> Reading:
        return Reading(text, (), ())


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """The whole edge on a real socket, one hand-off, and callers of every kind."""

    url: str
    context: WebContext
    clock: Clock
    reference: str
    conversation: str
    token: str
    foreign: str

    def path(self, row: str) -> tuple[str, str]:
        method, path = row.split(" ")
        filled = {
            "{id:str}": self.conversation, "{reference}": self.reference, "{letter:str}": "none", "{letter}": "none",
            "{move}": "note", "{staff:int}": "999999", "{item:int}": "999999", "{name:str}": "none", "{token}": "none",
            "{view:int}": "999999", "{page:int}": "1", "{number:int}": "999999", "{conversation}": self.conversation,
        }  # fmt: skip
        for name, value in filled.items():
            path = path.replace(name, value)
        return method, self.url + path

    def staff(self, role: str) -> StaffAccount:
        with self.context.uow() as uow:
            account = uow.staff.add(StaffAccount(0, f"{role} {uuid.uuid4().hex[:8]}", role, "x", self.clock()))
            uow.commit()
        return account

    def session(self, role: str, *, how: str = "code", age: timedelta = timedelta(), idle: timedelta = timedelta()):
        account = self.staff(role)
        with self.context.uow() as uow:
            signed_in = accounts.opened(uow, account, how=how, agent="", now=self.clock() - age)
            uow.staff.seen(signed_in.session.token_hash, self.clock() - idle)
            uow.commit()
        return signed_in

    def cookie_of(self, kind: str) -> str | None:
        match kind:
            case "stranger":
                return None
            case "made up":
                return "x" * 43
            case "expired":
                return self.session("admin", age=accounts.LONGEST_SESSION + timedelta(minutes=1)).token
            case "idle":
                return self.session("admin", age=timedelta(hours=2), idle=accounts.IDLE + timedelta(minutes=1)).token
            case "half way":
                return self.session("admin", how="half").token
            case "token as cookie":
                return accounts.issue_token(self.context.uow, name=self.staff("admin").name, now=self.clock())
        signed_in = self.session("admin")
        with self.context.uow() as uow:
            uow.staff.save(replace(signed_in.account, disabled_at=self.clock()))
            uow.commit()
        return signed_in.token

    def ask(self, row: str, *, cookie: str | None = None, **headers: str) -> httpx.Response:
        """One request; the body is what pages and calls both refuse or take without harm."""
        method, url = self.path(row)
        body = {"json": {}} if method != "GET" else {}
        sent = {"Cookie": f"palpate_desk={cookie}"} if cookie else {}
        with (
            httpx.Client(timeout=20) as http,
            http.stream(method, url, headers={**sent, **headers}, **body) as answer,
        ):
            if "text/event-stream" not in answer.headers.get("content-type", ""):
                answer.read()
            return answer

    def as_staff(self, row: str, signed_in: accounts.SignedIn) -> httpx.Response:
        return self.ask(row, cookie=signed_in.token, Origin=self.url, **{"X-CSRF-Token": signed_in.session.csrf})


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    vault = Vault.open(home)
    storage = SqlStorage.open(f"sqlite:///{home / 'palpate.db'}", vault)
    migrations.upgrade(storage.engine)
    settings = Settings.from_env({"PALPATE_HOME": str(home), "PALPATE_RASA_PORT": "9"})
    off = Allowance.from_env({"PALPATE_LIMITS": "off"})
    clock = Clock()
    context = WebContext(storage, settings, vault, NothingRead(), clock=clock, allowance=off)
    server = uvicorn.Server(uvicorn.Config(create_app(context), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=url) as http:
        own, foreign = (http.post("/api/conversations", json={"channel": "web", "locale": "en"}).json() for _ in "ab")
    receipt = hand_off(
        storage(), conversation=own["id"], record={"nrs": 5}, result=RESULT, consent={"privacy": True}, said={},
        now=clock(),
    )  # fmt: skip
    yield House(url, context, clock, receipt.reference, own["id"], own["token"], foreign["token"])
    context.hub.close()
    server.should_exit = True
    thread.join()
    storage.close()


@pytest.mark.parametrize(("row", "kind", "role"), STAFF_ROWS, ids=[row for row, _, _ in STAFF_ROWS])
def test_staff_routes_let_in_whom_the_table_names(house, row, kind, role):
    for caller in NOT_LET_IN:
        answer = house.ask(row, cookie=house.cookie_of(caller), Origin=house.url)
        if kind == "page":
            assert (answer.status_code, answer.headers.get("location")) == (303, "/desk/sign-in"), caller
        else:
            assert answer.status_code == 401, caller
    for one in ROLES:
        answer = house.as_staff(row, house.session(one))
        allowed = ROLES.index(one) >= ROLES.index(role)
        assert (answer.status_code == 403) is not allowed, f"{one}: {answer.status_code}"
        assert answer.status_code not in (401, 500), one
        assert answer.headers.get("location") != "/desk/sign-in" or row == "POST /desk/sign-out", one


@pytest.mark.parametrize(("row", "kind", "role"), STAFF_ROWS, ids=[row for row, _, _ in STAFF_ROWS])
def test_what_changes_something_must_come_from_our_own_page(house, row, kind, role):
    if row.startswith("GET"):
        return
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        who = house.session(role)
        answer = house.ask(row, cookie=who.token, **{"X-CSRF-Token": who.session.csrf, **headers})
        assert answer.status_code == 403, headers
    who, other = house.session(role), house.session(role)
    assert house.ask(row, cookie=who.token, Origin=house.url).status_code == 403, "no token of the session"
    csrf = {"X-CSRF-Token": other.session.csrf}
    assert house.ask(row, cookie=who.token, Origin=house.url, **csrf).status_code == 403, "a token of another session"


@pytest.mark.parametrize(
    ("row", "role"), [(row, role) for row, kind, role in STAFF_ROWS if kind == "call"], ids=lambda value: str(value)
)
def test_the_staff_api_takes_tokens_of_active_staff_only(house, row, role):
    account = house.staff(role)
    token = accounts.issue_token(house.context.uow, name=account.name, now=house.clock())
    assert house.ask(row, Authorization=f"Bearer {token}").status_code not in (401, 403)
    assert house.ask(row, Authorization=f"Bearer {token}x").status_code == 401
    session = house.session(role)
    assert house.ask(row, Authorization=f"Bearer {session.token}").status_code == 401
    with house.context.uow() as uow:
        uow.staff.save(replace(account, disabled_at=house.clock()))
        uow.commit()
    assert house.ask(row, Authorization=f"Bearer {token}").status_code == 401


@pytest.mark.parametrize("row", [row for row, kind, _ in STAFF_ROWS if kind == "page"])
def test_pages_take_no_token(house, row):
    token = accounts.issue_token(house.context.uow, name=house.staff("admin").name, now=house.clock())
    assert house.ask(row, Authorization=f"Bearer {token}").headers.get("location") == "/desk/sign-in"


def kept_by_nobody(answer: httpx.Response, row: str) -> None:
    """No cache keeps this answer, and no address it was asked at goes on to another site."""
    kept = answer.headers["cache-control"]
    assert "no-store" in kept, f"{row}: {kept}"
    assert "public" not in kept, row
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), row


@pytest.mark.parametrize(("row", "role"), [(row, role) for row, _, role in STAFF_ROWS if row.startswith("GET")])
def test_no_cache_keeps_a_page_of_the_desk(house, row, role):
    kept_by_nobody(house.as_staff(row, house.session(role)), row)
    kept_by_nobody(house.ask(row), row)


@pytest.mark.parametrize("row", [row for row in TABLE["public"] if "/desk" in row or "/visit" in row])
def test_no_cache_keeps_a_page_whose_address_is_a_secret(house, row):
    kept_by_nobody(house.ask(row.replace("{visit:int}", "1"), Origin=house.url), row)


def test_every_chat_route_is_for_its_own_token(house):
    """In the order of the table, since the last one forgets the conversation."""
    for row in TABLE["visitor"]:
        assert house.ask(row).status_code == 401, f"{row}: none"
        for wrong in (house.foreign, "x" * 43, house.token + "x"):
            answer = house.ask(row, Authorization=f"Bearer {wrong}")
            assert answer.status_code in (401, 404), f"{row}: foreign"
            assert answer.json()["code"] in ("unknown_conversation", "unauthorized", "no_token"), row
        staff = accounts.issue_token(house.context.uow, name=house.staff("admin").name, now=house.clock())
        assert house.ask(row, Authorization=f"Bearer {staff}").status_code in (401, 404), f"{row}: staff"
    for row in TABLE["visitor"]:
        answer = house.ask(row, Authorization=f"Bearer {house.token}")
        kept_by_nobody(answer, row)
        assert answer.status_code not in (401, 403, 500), f"{row}: own"
        assert answer.status_code != 404 or "{letter" in row, f"{row}: own"
    assert house.ask(TABLE["visitor"][1], Authorization=f"Bearer {house.token}").status_code in (401, 404), "forgotten"


@pytest.mark.parametrize("row", TABLE["public"])
def test_public_routes_answer_everybody_and_tell_nothing_of_the_desk(house, row):
    if row.endswith("*"):
        return
    answer = house.ask(row, Origin=house.url)
    assert answer.status_code != 500
    assert house.reference not in answer.text
