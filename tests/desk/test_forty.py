"""Forty hand-offs before lunch, in a real browser: from one to the next, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def address(context, serve) -> str:
    for number in (1, 2, 3):
        context.handed_off(number)
    context.staff("Ana", "lead")
    return serve()


def signs_in(page: Page, name: str) -> None:
    """On the sign-in page that stands open."""
    page.fill("[name=name]", name)
    page.fill("[name=password]", "correct horse battery")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk")


def test_from_one_hand_off_to_the_next_by_keys(signed_in, arrived, address):
    page, said = signed_in(address)
    rows = page.eval_on_selector_all(".rowlink", "all => all.map(one => one.href)")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(rows[0])
    assert page.inner_text("[data-place]") == "1 / 3"
    assert page.is_hidden("[rel=prev]")
    page.keyboard.press("e")
    arrived(page, ".said:has-text('Agreed by Ana')")
    page.keyboard.press("j")
    page.wait_for_url(rows[1])
    page.keyboard.press("j")
    page.wait_for_url(rows[2])
    assert page.is_hidden("[rel=next]")
    page.keyboard.press("k")
    page.wait_for_url(rows[1])
    assert said == []


def test_what_was_typed_outlives_a_lost_session_and_is_nobody_elses(signed_in, arrived, address, context):
    page, said = signed_in(address)
    page.click(".rowlink >> nth=0")
    page.wait_for_url("**/handoffs/*")
    there = page.url
    page.keyboard.press("o")
    page.keyboard.type("Not now, see")  # no answer is chosen beforehand
    page.keyboard.press("Tab")
    page.keyboard.type("pale and sweating when she called")
    page.context.clear_cookies()
    page.click("form[action$='/override'] button")
    page.wait_for_url("**/desk/sign-in")
    signs_in(page, "ana")
    page.goto(there)
    assert page.input_value("form[action$='/override'] textarea") == "pale and sweating when she called"
    page.select_option("form[action$='/override'] select", "not_now/same_day")
    page.click("form[action$='/override'] button")
    arrived(page, ".said:has-text('Overridden by Ana')")
    assert page.input_value("form[action$='/override'] textarea") == ""
    page.keyboard.press("n")
    page.keyboard.type("half a thought")
    context.staff("Ben", "reviewer")
    page.context.clear_cookies()
    page.goto(there)
    signs_in(page, "ben")
    page.goto(there)
    assert page.input_value("form[action$='/note'] textarea") == ""
    assert said == []
