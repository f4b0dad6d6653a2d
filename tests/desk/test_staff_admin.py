"""Administrators let people in and keep them out; nobody else does, and the last administrator stays."""

from __future__ import annotations

import re

import pytest

from bot.services import accounts

NEW = {"new": "a new long sentence", "again": "a new long sentence"}


def account(context, name):
    with context.uow.reading() as uow:
        return uow.staff.by_name(name)


def invited(admin, name="Bo", role="reviewer"):
    page = admin.post("/desk/staff/invite", {"name": name, "role": role})
    return re.search(r'value="https://desk.test(/desk/invitation/[^"]+)"', page.text).group(1)


def test_an_invitation_makes_one_account_and_is_worth_nothing_afterwards(context, browser, stranger):
    link = invited(browser("Ana", "admin"), "Bo", "lead")
    assert "Welcome, Bo" in stranger.get(link).text
    assert stranger.post(link, {**NEW, "again": "x"}).status_code == 422
    assert stranger.post(link, {"new": "short", "again": "short"}).status_code == 422
    assert stranger.post(link, NEW).headers["location"] == "/desk"
    assert account(context, "bo").role == "lead"
    assert stranger.get(link).status_code == 404
    assert stranger.post(link, NEW).status_code == 404


def test_an_invitation_ends_by_time_by_a_new_one_and_when_taken_back(context, browser, stranger):
    admin = browser("Ana", "admin")
    first, second = invited(admin), invited(admin)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    name = re.search(r'name="invitation" value="([0-9a-f]+)"', admin.get("/desk/staff").text).group(1)
    assert admin.post("/desk/staff/withdraw", {"invitation": name}).status_code == 303
    assert stranger.get(second).status_code == 404
    third = invited(admin)
    context.later(days=4)
    assert stranger.post(third, NEW).status_code == 404


def test_a_name_in_use_and_an_unknown_role_are_not_invited(browser):
    admin = browser("Ana", "admin")
    assert admin.post("/desk/staff/invite", {"name": "ANA", "role": "lead"}).status_code == 422
    assert admin.post("/desk/staff/invite", {"name": "Bo", "role": "owner"}).status_code == 422


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_only_administrators_manage_staff(context, browser, role):
    desk = browser("Ana", role)
    context.staff("Bo")
    before = account(context, "Bo")
    assert desk.get("/desk/staff").status_code == 403
    assert desk.post("/desk/staff/invite", {"name": "Cy", "role": "admin"}).status_code == 403
    for move in ("disable", "enable", "reset", "role"):
        assert desk.post(f"/desk/staff/{before.id}/{move}", {"role": "admin"}).status_code == 403
    assert account(context, "Bo") == before


def test_a_disabled_account_is_out_at_once_with_its_tokens(context, browser):
    admin, bo = browser("Ana", "admin"), browser("Bo")
    token = accounts.issue_token(context.uow, name="Bo", now=context.time)
    assert admin.post(f"/desk/staff/{account(context, 'Bo').id}/disable").status_code == 303
    assert bo.get("/desk").headers["location"] == "/desk/sign-in"
    assert bo.sign_in("Bo").status_code == 401
    assert accounts.who(context.uow, token, kind="token", now=context.time) is None
    assert admin.post(f"/desk/staff/{account(context, 'Bo').id}/enable").status_code == 303
    assert bo.sign_in("Bo").status_code == 303


def test_a_new_role_counts_from_the_next_request(context, browser):
    admin, bo = browser("Ana", "admin"), browser("Bo")
    assert bo.get("/desk/staff").status_code == 403
    assert admin.post(f"/desk/staff/{account(context, 'Bo').id}/role", {"role": "admin"}).status_code == 303
    assert bo.get("/desk/staff").status_code == 200


@pytest.mark.parametrize("move", ["disable", "role"])
def test_the_last_administrator_cannot_go(context, browser, move):
    admin = browser("Ana", "admin")
    answer = admin.post(f"/desk/staff/{account(context, 'Ana').id}/{move}", {"role": "reviewer"})
    assert answer.status_code == 422
    assert "one active administrator must be left" in answer.text.lower()
    assert admin.get("/desk/staff").status_code == 200


def test_every_change_is_written_down_with_the_name_of_who_made_it(context, browser):
    admin = browser("Ana", "admin")
    invited(admin, "Cy")
    context.staff("Bo")
    for move in ("disable", "enable", "reset", "role"):
        admin.post(f"/desk/staff/{account(context, 'Bo').id}/{move}", {"role": "lead"})
    with context.uow.reading() as uow:
        done = {entry.action for entry in uow.audit.newest(actor="Ana")}
    assert done >= {"staff_invited", "staff_disabled", "staff_enabled", "second_factor_reset", "role_changed"}
