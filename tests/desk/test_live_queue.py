"""The queue of a page that is open, in a real browser: what comes in is said, nothing moves, and nobody's health is shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from bot.web.desk import stream

pytestmark = pytest.mark.browser
# Notifications are made for real and written down; a page under test always believes that it has the focus.
_NOTED = """
window.noted = [];
window.Notification = new Proxy(window.Notification, {
  construct(made, given) { window.noted.push(given); return Reflect.construct(made, given); },
  get(made, name) { return name === "permission" ? "granted" : made[name]; },
});
document.hasFocus = () => false;
"""


@pytest.fixture
def address(context, serve, monkeypatch: pytest.MonkeyPatch) -> str:
    """The desk behind a real server that looks for news often, with two hand-offs."""
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.1)
    context.handed_off(1)
    context.handed_off(2)
    context.staff("Ana", "lead")
    return serve()


def focused(page: Page) -> tuple[str, float]:
    """The id of what has the focus, and how far down it stands."""
    found = page.evaluate("[document.activeElement.id, document.activeElement.getBoundingClientRect().top]")
    return found[0], found[1]


def test_what_comes_in_is_said_and_the_focused_row_stays_where_it_is(signed_in, address, context):
    page, said = signed_in(address)
    page.keyboard.press("j")
    page.keyboard.press("j")
    before = focused(page)
    assert before[0].startswith("row-")
    context.later(minutes=1)
    come = [context.handed_off(number, rf=["RF-CES"], nrs=9) for number in (3, 4)]
    page.wait_for_selector("#news button:has-text('2 urgent, 2 new')")
    page.wait_for_selector("[data-counts=new] >> text=4")
    assert focused(page) == before
    assert page.locator(f"#row-{come[0]}").count() == 0
    page.keyboard.press("r")
    page.wait_for_selector(f"#row-{come[0]}")
    assert page.locator(".row").count() == 4
    assert focused(page)[0] == before[0]
    assert page.locator("#news button").count() == 0
    context.later(minutes=1)
    context.handed_off(5)
    page.wait_for_selector("#news button:has-text('1 new')")  # the page that was made anew listens, too
    assert said == []


def test_a_desktop_notification_says_that_something_urgent_waits_and_nothing_else(signed_in, address, context):
    page, said = signed_in(address, permissions=["notifications"])
    page.context.add_init_script(_NOTED)
    page.reload()
    page.keyboard.press("?")
    page.check("#notify-on")
    page.keyboard.press("Escape")
    context.later(minutes=1)
    context.handed_off(3)  # not urgent: nobody is called away for it
    page.wait_for_selector("#news button:has-text('1 new')")
    context.later(seconds=1)
    reference = context.handed_off(4, "numb between my legs", rf=["RF-CES"], nrs=9)
    page.wait_for_selector("#fresh-urgent [data-count='1']", state="attached")
    assert page.evaluate("window.noted.length") == 1
    title, given = page.evaluate("window.noted[0]")
    assert title == context.settings.clinic.name
    assert given["body"] == "1 urgent"
    told = f"{title} {given['body']} {given['tag']}".lower()
    for secret in (reference.lower(), "ruiz", "numb", "cauda", "ces", "9", "emergency"):
        assert secret not in told
    context.later(seconds=1)
    context.handed_off(5)  # news again, but nothing more that is urgent
    page.wait_for_selector("#news button:has-text('3 new')")
    assert page.evaluate("window.noted.length") == 1
    page.reload()
    assert page.is_checked("#notify-on")  # the wish is kept in this browser
    assert said == []
