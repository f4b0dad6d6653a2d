"""Who gets in, who does not, and what each role may do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.permissions import ROLES
from bot.services import accounts, sign_in
from bot.web.desk import stream
from tests.desk.conftest import PASSWORD, Browser
from tests.desk.test_second_factor import switch_on

PAGES = ("/desk", "/desk/handoffs/{ref}", "/desk/handoffs/{ref}/doctor-note", "/desk/password")
CALLS = (
    "/desk/api/handoffs",
    "/desk/api/handoffs/{ref}",
    "/desk/api/handoffs/{ref}.json",
    "/desk/api/handoffs/{ref}.csv",
    "/desk/api/handoffs/{ref}/messages",
    "/desk/api/news",
)
MOVES = (
    "claim",
    "release",
    "note",
    "override",
    "agree",
    "wait",
    "resume",
    "clear",
    "book",
    "decline",
    "reopen",
    "takeover",
    "say",
    "hand_back",
)


def audited(context, reference):
    with context.uow.reading() as uow:
        return [(entry.actor, entry.action) for entry in uow.audit.of(reference)]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(context, stranger, path):
    answer = stranger.get(path.format(ref=context.handed_off(1)))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")


@pytest.mark.parametrize("path", CALLS)
def test_a_strangers_call_is_refused(context, stranger, path):
    answer = stranger.get(path.format(ref=context.handed_off(1)))
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in"


@pytest.mark.parametrize("move", MOVES)
def test_a_stranger_moves_nothing(context, stranger, move):
    reference = context.handed_off(1)
    before = audited(context, reference)
    assert stranger.call(f"/desk/api/handoffs/{reference}/{move}", {"text": "x", "reason": "x"}).status_code == 401
    assert stranger.post(f"/desk/handoffs/{reference}/{move}").headers["location"] == "/desk/sign-in"
    assert audited(context, reference) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", CALLS + PAGES)
def test_every_role_reads_and_every_read_is_written_down(context, browser, role, path):
    reference = context.handed_off(1)
    answer = browser("Ana", role).get(path.format(ref=reference))
    assert answer.status_code == 200
    if "{ref}" in path:
        assert [entry for entry in audited(context, reference) if entry[0] == "Ana"]
    elif path in ("/desk", "/desk/api/handoffs"):
        with context.uow.reading() as uow:
            assert uow.audit.newest(actor="Ana", action="list")[0].detail == {"references": [reference]}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("move", ["release", "wait", "book", "decline"])
def test_what_a_colleague_claimed_is_theirs_or_a_leads(context, program, role, move):
    reference = context.handed_off(1)
    program("Bo").call(f"/desk/api/handoffs/{reference}/claim")
    body = {
        "for": "patient",
        "reason": "r",
        "start": "2026-11-24T10:00",
        "minutes": 60,
        "therapist": "Kim",
        "room": "1",
    }
    answer = program("Ana", role).call(f"/desk/api/handoffs/{reference}/{move}", body)
    if role == "reviewer":
        assert answer.status_code == 409
        assert "Bo has claimed it" in answer.json()["detail"]
    else:
        assert answer.status_code == 200


def test_a_form_from_another_site_or_without_the_sessions_word_is_refused(context, browser):
    reference = context.handed_off(1)
    desk = browser()
    at = f"/desk/handoffs/{reference}/claim"
    assert desk.post(at, headers={"Origin": "https://evil.test"}).status_code == 403
    desk.headers = {}
    assert desk.post(at).status_code == 403
    assert desk.post(at, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    desk.csrf = "wrong"
    assert desk.post(at, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403
    assert (
        desk.call("/desk/api/handoffs/" + reference + "/claim", headers={"Origin": "https://desk.test"}).status_code
        == 403
    )
    assert ("Ana", "claim") not in audited(context, reference)


def test_signing_in_from_another_site_is_refused(context, stranger):
    context.staff("Ana")
    stranger.headers = {"Origin": "https://evil.test"}
    assert stranger.sign_in("Ana").status_code == 403


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(context, stranger):
    context.staff("Ana")
    cookie = stranger.sign_in("Ana").headers["set-cookie"]
    assert {"HttpOnly", "Secure", "Path=/desk"} <= {part.strip() for part in cookie.split(";")}
    assert "samesite=lax" in cookie.lower()


def test_wrong_name_and_wrong_password_look_alike_and_ten_failures_lock(context, stranger):
    context.staff("Ana")
    nobody, wrong = stranger.sign_in("Nobody", "x"), stranger.sign_in("Ana", "x")
    assert (nobody.status_code, nobody.text) == (wrong.status_code, wrong.text)
    assert nobody.status_code == 401
    for _ in range(sign_in.MOST_FAILURES - 1):
        stranger.sign_in("Ana", "x")
    assert stranger.sign_in("Ana").status_code == 401
    context.later(minutes=16)
    assert stranger.sign_in("ana").status_code == 303


def test_a_session_ends_when_idle_when_old_and_when_signed_out(context, browser):
    desk = browser()
    context.later(minutes=29)
    assert desk.get("/desk").status_code == 200
    context.later(minutes=29)
    assert desk.get("/desk").status_code == 200
    context.later(minutes=31)
    assert desk.get("/desk").status_code == 303
    assert desk.sign_in("Ana").status_code == 303
    for _ in range(26):
        context.later(minutes=28)
        last = desk.get("/desk").status_code
    assert last == 303
    assert desk.sign_in("Ana").status_code == 303
    assert desk.post("/desk/sign-out").status_code == 303
    assert desk.get("/desk").status_code == 303


def test_a_stolen_cookie_is_worth_nothing_after_sign_out(context, browser):
    desk = browser()
    kept = dict(desk.cookies)
    desk.post("/desk/sign-out")
    desk.cookies.clear()
    for name, value in kept.items():
        desk.cookies.set(name, value)
    assert desk.get("/desk").status_code == 303


def test_the_first_password_must_be_changed_before_anything_else(context, stranger):
    reference = context.handed_off(1)
    password = accounts.first_admin(context.uow, now=context.time)
    assert accounts.first_admin(context.uow, now=context.time) is None
    answer = stranger.sign_in("admin", password)
    assert answer.headers["location"] == "/desk/password"
    assert stranger.get(f"/desk/handoffs/{reference}").headers["location"] == "/desk/password"
    assert stranger.get(f"/desk/api/handoffs/{reference}").status_code == 403
    change = {"old": password, "new": "a new long sentence", "again": "a new long sentence"}
    assert stranger.post("/desk/password", {**change, "again": "other"}).status_code == 422
    assert stranger.post("/desk/password", {**change, "old": "no"}).status_code == 422
    assert stranger.post("/desk/password", {**change, "new": "short", "again": "short"}).status_code == 422
    assert stranger.post("/desk/password", change).status_code == 303
    assert stranger.get(f"/desk/handoffs/{reference}").status_code == 200
    assert stranger.sign_in("admin", password).status_code == 401


def test_a_token_is_for_calls_only_and_a_cookie_is_no_token(context, program, browser):
    context.handed_off(1)
    assert program("Bo").get("/desk").status_code == 303
    desk = browser("Ana")
    stolen = desk.cookies["palpate_desk"]
    desk.cookies.clear()
    desk.headers = {"Authorization": f"Bearer {stolen}"}
    assert desk.get("/desk/api/handoffs").status_code == 401


def test_a_stolen_session_cannot_try_old_passwords_without_end(browser):
    desk = browser()
    tries = {"old": "a wrong password", "new": "another long one", "again": "another long one"}
    codes = [desk.post("/desk/password", tries).status_code for _ in range(61)]
    assert (codes[0], codes[-1]) == (422, 429)


def test_a_session_that_was_planted_or_half_way_is_worth_nothing_afterwards(context, browser, stranger):
    totp, _ = switch_on(context, browser())
    context.later(minutes=1)
    stranger.cookies.set("palpate_desk", "p" * 43, domain="desk.test", path="/desk")
    stranger.post("/desk/sign-in", {"name": "Ana", "password": PASSWORD})
    half = cookie_of(stranger)
    stranger.post("/desk/sign-in/code", {"code": totp.at(context.time)})
    assert stranger.get("/desk").status_code == 200
    whole = cookie_of(stranger)
    assert len({"p" * 43, half, whole}) == 3
    for old in ("p" * 43, half):
        thief = Browser(context)
        thief.cookies.set("palpate_desk", old, domain="desk.test", path="/desk")
        assert thief.get("/desk").headers["location"] == "/desk/sign-in"
        assert thief.post("/desk/sign-in/code", {"code": totp.at(context.time)}).headers["location"] == "/desk/sign-in"


def cookie_of(desk) -> str:
    """The newest session this browser was given."""
    return [one.value for one in desk.cookies.jar if one.name == "palpate_desk"][-1]


def test_a_flood_of_sign_ins_is_refused_before_it_costs_a_slow_hash(context, stranger, monkeypatch):
    for _ in range(60):
        stranger.sign_in("nobody", "wrong " * 4)
    monkeypatch.setattr(accounts, "verify", lambda *_: pytest.fail("a slow hash for somebody in a flood"))
    refused = stranger.sign_in("nobody", "wrong " * 4)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert stranger.post("/desk/sign-in/passkey/options").status_code == 429, "each would leave a row"
    assert stranger.get("/desk/sign-in").status_code == 200, "looking is free"


@pytest.mark.parametrize("how", ["signed out", "disabled", "idle"])
def test_an_open_stream_does_not_outlive_the_session(context, monkeypatch, how):
    context.staff("Bo")
    who = sign_in.with_password(context.uow, name="Bo", password="correct horse battery", now=context.time)
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0)
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0)
    monkeypatch.setattr(stream, "LONGEST_SECONDS", 2)
    looks = []

    def look():
        looks.append(how)
        match how:
            case "signed out":
                accounts.sign_out(context.uow, who, now=context.time)
            case "disabled":
                with context.uow() as uow:
                    uow.staff.save(replace(who.account, disabled_at=context.time))
                    uow.commit()
            case "idle":
                context.later(hours=1)
        return [("news", "one line")]

    class Reader:
        async def is_disconnected(self) -> bool:
            return False

    async def read():
        return [text async for text in stream.stream(Reader(), context, who, look).answer.body_iterator]

    told = asyncio.run(read())
    assert looks == [how], "the first look only: from then on nobody is there who may see more"
    assert "one line" in "".join(told)
