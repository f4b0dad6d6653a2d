"""The second step: set up, asked for, used once each, lost, demanded by the clinic's policy."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from bot.services import sign_in


def app_of(desk):
    """Set up an authenticator app as a person would; returns what the app does, and the recovery codes."""
    page = desk.get("/desk/account/app").text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    totp = pyotp.TOTP(secret)
    return totp, page


def switch_on(context, desk):
    totp, _ = app_of(desk)
    answer = desk.post("/desk/account/app", {"code": totp.at(context.time)})
    assert answer.status_code == 200, answer.text
    codes = re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</li>", answer.text)
    assert len(codes) == 10
    return totp, codes


def halfway(context, stranger, name="Ana"):
    """Name and password were right; the code is asked for now."""
    answer = stranger.post("/desk/sign-in", {"name": name, "password": "correct horse battery"})
    assert answer.headers["location"] == "/desk/sign-in/code"
    assert stranger.get("/desk").headers["location"] == "/desk/sign-in"
    assert stranger.get("/desk/api/handoffs").status_code == 401
    return stranger


def code(stranger, typed):
    return stranger.post("/desk/sign-in/code", {"code": typed})


def test_the_picture_holds_the_secret_and_the_page_no_inline_style(browser):
    desk = browser()
    _, page = app_of(desk)
    assert "<svg" in page
    assert "style=" not in page
    assert "<style" not in page
    assert app_of(desk)[0].secret == app_of(desk)[0].secret, "a reload must not change what was scanned"


def test_a_wrong_code_does_not_switch_it_on(context, browser, stranger):
    desk = browser()
    app_of(desk)
    assert desk.post("/desk/account/app", {"code": "000000"}).status_code == 422
    assert stranger.sign_in("Ana").headers["location"] == "/desk"


def test_the_code_is_asked_for_and_is_worth_something_once(context, browser, stranger):
    totp, _ = switch_on(context, browser())
    context.later(minutes=1)
    now = totp.at(context.time)
    halfway(context, stranger)
    assert code(stranger, "000000").status_code == 401
    assert code(stranger, now[:3] + " " + now[3:]).headers["location"] == "/desk"
    assert stranger.get("/desk").status_code == 200
    stranger.cookies.clear()
    halfway(context, stranger)
    assert code(stranger, now).status_code == 401, "the same code again is refused"
    context.later(seconds=30)
    assert code(stranger, totp.at(context.time)).status_code == 303


def test_the_code_that_switched_it_on_does_not_also_let_in(context, browser, stranger):
    totp, _ = switch_on(context, browser())
    halfway(context, stranger)
    assert code(stranger, totp.at(context.time)).status_code == 401


def test_an_old_code_is_refused_and_a_slow_clock_is_not(context, browser, stranger):
    totp, _ = switch_on(context, browser())
    context.later(minutes=5)
    halfway(context, stranger)
    context.later(seconds=1)
    assert code(stranger, totp.at(context.time - timedelta(seconds=60))).status_code == 401
    assert code(stranger, totp.at(context.time - timedelta(seconds=30))).status_code == 303


def test_a_recovery_code_opens_once_in_whatever_way_it_is_typed(context, browser, stranger):
    _, codes = switch_on(context, browser())
    halfway(context, stranger)
    assert code(stranger, codes[0].lower().replace("-", " ")).status_code == 303
    stranger.cookies.clear()
    halfway(context, stranger)
    assert code(stranger, codes[0]).status_code == 401
    assert code(stranger, codes[1]).status_code == 303


def test_new_recovery_codes_make_the_old_ones_worthless(context, browser, stranger):
    desk = browser()
    _, codes = switch_on(context, desk)
    assert desk.post("/desk/account/recovery").status_code == 200
    halfway(context, stranger)
    assert code(stranger, codes[0]).status_code == 401


def test_ten_wrong_codes_shut_the_account(context, browser, stranger):
    totp, _ = switch_on(context, browser())
    context.later(minutes=1)
    halfway(context, stranger)
    for _ in range(sign_in.MOST_FAILURES):
        assert code(stranger, "000000").status_code == 401
    assert code(stranger, totp.at(context.time)).status_code == 401
    context.later(minutes=16)
    halfway(context, stranger)
    assert code(stranger, totp.at(context.time)).status_code == 303


def test_the_half_way_ends_after_five_minutes(context, browser, stranger):
    totp, _ = switch_on(context, browser())
    halfway(context, stranger)
    context.later(minutes=6)
    assert code(stranger, totp.at(context.time)).headers["location"] == "/desk/sign-in"


def test_switching_it_off_leaves_the_password_and_no_recovery_code(context, browser, stranger):
    desk = browser()
    switch_on(context, desk)
    assert desk.post("/desk/account/app/remove").status_code == 303
    assert stranger.sign_in("Ana").headers["location"] == "/desk"
    with context.uow.reading() as uow:
        assert uow.staff.by_name("Ana").recovery == ()


@pytest.mark.parametrize("path", ["app/remove", "recovery", "passkeys/options"])
def test_changing_a_way_in_needs_a_fresh_sign_in(context, browser, path):
    desk = browser()
    switch_on(context, desk)
    context.later(minutes=16)
    answer = desk.post(f"/desk/account/{path}")
    assert answer.status_code == 403
    assert "sign out and in again" in answer.text


def test_where_the_policy_demands_it_nothing_else_opens_before(context, browser, stranger):
    context.settings = replace(context.settings, second_factor_required=True)
    context.staff("Ana")
    assert stranger.sign_in("Ana").headers["location"] == "/desk/account/app"
    assert stranger.get("/desk").headers["location"] == "/desk/account/app"
    assert stranger.get("/desk/api/handoffs").status_code == 403
    switch_on(context, stranger)
    assert stranger.get("/desk").status_code == 200


def test_the_secret_and_the_codes_are_nowhere_on_disk_in_the_clear(context, browser, tmp_path):
    totp, codes = switch_on(context, browser())
    for file in tmp_path.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert totp.secret.encode() not in raw
            assert not [one for one in codes if one.encode() in raw or one.replace("-", "").encode() in raw]


def test_one_address_may_not_try_all_names(context, stranger):
    context.staff("Ana")
    for number in range(sign_in.MOST_FAILURES_OF_ADDRESS):
        assert stranger.sign_in(f"nobody {number}", "x").status_code == 401
    assert stranger.sign_in("Ana").status_code == 401, "right, but from an address that is shut"
    context.later(minutes=16)
    assert stranger.sign_in("Ana").status_code == 303


def shut_by_strangers(context, stranger, name="Ana"):
    """Ten wrong passwords from a browser nobody ever got in with."""
    for _ in range(sign_in.MOST_FAILURES):
        assert stranger.sign_in(name, "x").status_code == 401
    assert stranger.sign_in(name).status_code == 401, "shut for strangers, whatever they know"


def test_a_stranger_cannot_shut_out_who_comes_with_their_own_browser(context, browser, stranger):
    desk = browser()
    assert desk.post("/desk/sign-out").status_code == 303
    shut_by_strangers(context, stranger)
    assert desk.sign_in("Ana").status_code == 303
    assert desk.get("/desk").status_code == 200
    assert stranger.sign_in("Ana").status_code == 401, "and that gives the stranger no new tries"


def test_the_second_step_is_open_to_the_own_browser_too(context, browser, stranger):
    desk = browser()
    totp, _ = switch_on(context, desk)
    shut_by_strangers(context, stranger)
    context.later(minutes=1)
    halfway(context, desk)
    assert code(desk, totp.at(context.time)).status_code == 303


def test_a_flood_from_a_shared_address_does_not_shut_out_the_own_browser(context, browser, stranger):
    desk = browser()
    for number in range(sign_in.MOST_FAILURES_OF_ADDRESS):
        stranger.sign_in(f"nobody {number}", "x")
    context.staff("Bo")
    assert stranger.sign_in("Bo").status_code == 401
    assert desk.sign_in("Ana").status_code == 303


def test_a_browser_that_fell_into_wrong_hands_has_ten_tries_of_its_own(context, browser):
    desk = browser()
    for _ in range(sign_in.MOST_FAILURES):
        assert desk.sign_in("Ana", "x").status_code == 401
    assert desk.sign_in("Ana").status_code == 401
    context.later(minutes=16)
    assert desk.sign_in("Ana").status_code == 303


def test_a_known_browser_is_a_stranger_to_every_other_account(context, browser, stranger):
    desk = browser()
    context.staff("Bo")
    shut_by_strangers(context, stranger, "Bo")
    assert desk.sign_in("Bo").status_code == 401


def test_a_browser_at_the_reception_is_known_to_all_who_got_in_with_it(context, browser, stranger):
    desk = browser()
    context.staff("Bo")
    assert desk.sign_in("Bo").status_code == 303
    for name in ("Ana", "Bo"):
        shut_by_strangers(context, stranger, name)
        assert desk.sign_in(name).status_code == 303


def test_half_way_in_makes_no_browser_known(context, browser, stranger):
    switch_on(context, browser())
    halfway(context, stranger)
    assert "palpate_browser" not in stranger.cookies


def test_a_browser_is_known_for_ninety_days_and_a_made_up_secret_is_not(context, browser, stranger):
    desk = browser()
    context.later(days=91)
    shut_by_strangers(context, stranger)
    assert desk.sign_in("Ana").status_code == 401
    desk.cookies.set("palpate_browser", "x" * 43, domain="desk.test", path="/desk/sign-in")
    assert desk.sign_in("Ana").status_code == 401


def test_sessions_are_listed_and_ended_from_elsewhere(context, browser, stranger):
    desk = browser()
    stranger.headers["User-Agent"] = "Thief/1.0"
    assert stranger.sign_in("Ana").status_code == 303
    page = html.unescape(desk.get("/desk/account").text)
    assert "Thief/1.0" in page
    name = re.search(r'name="session" value="([0-9a-f]{64})"', page).group(1)
    assert desk.post("/desk/account/sessions/end", {"session": name}).status_code == 303
    assert stranger.get("/desk").headers["location"] == "/desk/sign-in"
    assert stranger.sign_in("Ana").status_code == 303
    assert desk.post("/desk/account/sessions/end", {"session": "others"}).status_code == 303
    assert stranger.get("/desk").headers["location"] == "/desk/sign-in"
    assert desk.get("/desk").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(context, browser):
    ana, bo = browser("Ana"), browser("Bo")
    with context.uow.reading() as uow:
        name = uow.staff.sessions_of(uow.staff.by_name("Bo").id)[0].token_hash.hex()
    assert ana.post("/desk/account/sessions/end", {"session": name}).status_code == 404
    assert bo.get("/desk").status_code == 200
