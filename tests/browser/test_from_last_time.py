"""A code from last time: the chat says where it goes, and a link brings it along without a server on the way seeing it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
CODE = "R7C6-7WV8-95N6"


def texts(api) -> list[str]:
    """What was posted, in order."""
    return [post.get("text", post) for post in api.posts]


def answered(page: Page) -> None:
    """What was written shows at once; only the answer to it says that it was posted."""
    expect(page.locator("#log > ol > li")).to_have_count(3)


@pytest.mark.parametrize(
    ("path", "have", "how"),
    [
        ("", "I have a code from last time", "Write it below."),
        ("es/", "Tengo un código de la última vez", "Escríbalo abajo."),
    ],
)
def test_whoever_has_a_code_is_told_where_it_goes_before_consent(page, clinic, path, have, how):
    origin, api, _ = clinic
    page.goto(f"{origin}/widget/app/{path}")
    fold = page.get_by_text(have)
    expect(fold).to_be_visible()
    assert fold.bounding_box()["height"] >= 44
    expect(page.get_by_text(how)).to_be_hidden()
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(how)).to_be_visible()
    box = page.locator("#text")
    box.fill(CODE)
    box.press("Enter")
    expect(page.get_by_role("log")).to_contain_text(CODE)
    expect(fold).to_be_hidden()
    answered(page)
    assert texts(api) == [CODE]


def test_a_link_brings_the_code_and_leaves_the_address_at_once(page, clinic):
    origin, api, _ = clinic
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{origin}/widget/app/#colour=%232e5e4e&returning={CODE}")
    expect(page.get_by_role("log")).to_contain_text(CODE)
    answered(page)
    assert texts(api) == [CODE]
    assert page.url == f"{origin}/widget/app/#colour=%232e5e4e"
    assert not any(CODE in url.split("#")[0] for url in asked)
    page.reload()
    expect(page.get_by_role("log")).to_contain_text(CODE)
    assert texts(api) == [CODE], "a second look at the page does not send it again"


def test_a_link_does_not_break_into_a_chat_that_has_begun(page, clinic):
    origin, api, _ = clinic
    api.jump("age")
    page.goto(f"{origin}/widget/app/")
    expect(page.locator("#dock form")).to_have_attribute("data-field", "age")
    page.goto(f"{origin}/favicon.svg")
    page.goto(f"{origin}/widget/app/#returning={CODE}")
    expect(page.locator("#dock form")).to_have_attribute("data-field", "age")
    assert texts(api) == []


def test_a_link_after_a_chat_with_its_result_begins_a_new_one(page, clinic):
    origin, api, _ = clinic
    api.jump("age")
    page.goto(f"{origin}/widget/app/")
    expect(page.locator("#dock form")).to_have_attribute("data-field", "age")
    api.only.state["phase"] = "handed_off"
    api.jump("consent_privacy")
    page.goto(f"{origin}/favicon.svg")
    page.goto(f"{origin}/widget/app/#theme=dark&returning={CODE}")
    expect(page.get_by_role("log")).to_contain_text(CODE)
    answered(page)
    assert texts(api) == [CODE]
    assert len(api.conversations) == 2
    assert page.url.endswith("#theme=dark")


def test_a_link_goes_by_itself_and_not_into_the_chat_of_another_tab(page, context, clinic):
    origin, api, _ = clinic
    api.jump("age")
    page.goto(f"{origin}/widget/app/")
    expect(page.locator("#dock form")).to_have_attribute("data-field", "age")
    api.jump("consent_privacy")
    there = context.new_page()
    there.goto(f"{origin}/widget/app/#returning={CODE}")
    expect(there.get_by_role("log")).to_contain_text(CODE)
    assert len(api.conversations) == 2
    expect(page.locator("#dock form")).to_have_attribute("data-field", "age")
