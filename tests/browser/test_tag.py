"""What a clinic's web person expects of one tag: it works wherever it is put, says what is wrong, and stays out of the way."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from chats import log, opened, say
from playwright.sync_api import Browser, FrameLocator, Page, expect

pytestmark = pytest.mark.browser
TAG = '<script src="HOME/widget.js" {}></script>'


def host(page: Page, clinic, body: str, policy: str = "", origin: str = "") -> None:
    """A page of the clinic's own with this body; HOME stands for the address of the chat."""
    home, api, own = clinic
    api.jump("narrative")
    html = f'<!doctype html><html lang="en"><title>Clinic</title><body><h1>Clinic</h1>{body}</body></html>'
    api.own_page, api.own_headers = (
        html.replace("HOME", home),
        {"content-security-policy": policy.replace("HOME", home)},
    )
    page.goto(f"{origin or own}/own")


def opens(page: Page) -> FrameLocator:
    """The chat, opened by its button."""
    page.locator("palpate-chat button.open").click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(log(chat).first).to_be_visible()
    return chat


def warnings(page: Page) -> list[str]:
    """What is said on the console from now on."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "warning" else None)
    return said


STRICT = "default-src 'none'; script-src HOME; frame-src HOME; require-trusted-types-for 'script'; base-uri 'none'"


@pytest.mark.parametrize("how", ["", "defer", "async", 'type="module"', 'type="module" async'])
def test_the_tag_works_however_it_is_loaded_and_under_a_strict_policy(page, clinic, how):
    host(page, clinic, TAG.format(how), STRICT)
    chat = opens(page)
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")


def test_a_tag_manager_may_put_it_in(page, clinic):
    insert = "document.head.append(Object.assign(document.createElement('script'), {src: 'HOME/widget.js'}))"
    host(page, clinic, f"<script>{insert}</script>")
    opens(page)


def test_twice_on_a_page_is_one_chat_and_a_warning(page, clinic):
    said = warnings(page)
    host(page, clinic, TAG.format("defer") + TAG.format(""))
    opens(page)
    expect(page.locator("palpate-chat")).to_have_count(1)
    assert said == ["Palpate: the chat is on this page already; the second one is left out."]


def test_what_cannot_be_used_is_named_on_the_console_and_left_out(page, clinic):
    said = warnings(page)
    wrong = 'data-color="#123456" data-colour="red" data-radius="99" data-language="fr" data-exit="javascript:1"'
    host(page, clinic, TAG.format(f'{wrong} data-name="Birch Lane" data-theme="dark"'))
    chat = opens(page)
    expect(chat.get_by_role("heading", level=1)).to_have_text("Birch Lane")
    assert [line.split(",")[0] for line in said] == [
        'Palpate: "color" is not a setting.',
        'Palpate: colour="red" is left out',
        'Palpate: radius="99" is left out',
        'Palpate: language="fr" is left out',
        'Palpate: exit="javascript:1" is left out',
    ]


def test_a_single_page_app_puts_it_in_and_takes_it_away_and_the_chat_goes_on(page, clinic):
    host(page, clinic, TAG.format('data-mount="manual"'))
    expect(page.locator("palpate-chat")).to_have_count(0)
    page.evaluate("Palpate.mount({name: 'Birch Lane'}); Palpate.open()")
    chat = page.frame_locator("palpate-chat iframe")
    expect(chat.get_by_role("heading", level=1)).to_have_text("Birch Lane")
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    page.evaluate("Palpate.unmount()")
    expect(page.locator("palpate-chat")).to_have_count(0)
    page.evaluate("document.body.replaceChildren(document.createElement('main')); Palpate.mount()")
    expect(log(opens(page)).last).to_contain_text("How old are you?")
    page.evaluate("document.body.replaceChildren(); Palpate.mount(); Palpate.open()")
    expect(log(chat).last).to_contain_text("How old are you?")
    assert len(clinic[1].conversations) == 1


def test_the_page_is_told_that_something_happened_and_never_what_was_said(page, clinic):
    host(page, clinic, TAG.format(""))
    page.evaluate(
        """() => { window.told = []; for (const name of ["ready", "open", "close", "unreachable"])
          document.addEventListener(`palpate-${name}`, (event) => told.push([name, event.detail])) }"""
    )
    page.evaluate("Palpate.open()")
    chat = page.frame_locator("palpate-chat iframe")
    expect(log(chat).first).to_be_visible()
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    page.wait_for_function("told.length === 2")
    page.evaluate("Palpate.close()")
    assert page.evaluate("told") == [["open", None], ["ready", None], ["close", None]]


def test_the_chat_can_be_a_part_of_the_page_and_takes_no_focus(page, clinic):
    spot = '<p style="height: 1200px">Words</p><div id="chat" style="height: 600px"></div>'
    host(page, clinic, spot + TAG.format('data-inline="#chat" defer'))
    expect(page.locator("palpate-chat")).to_have_count(1)
    assert len(clinic[1].conversations) == 0, "it begins when somebody comes near"
    page.locator("#chat").scroll_into_view_if_needed()
    chat = page.frame_locator("#chat iframe")
    expect(log(chat).first).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    expect(page.locator("palpate-chat button.open")).to_be_hidden()
    expect(chat.get_by_role("button", name="Close chat")).to_be_hidden()
    assert page.locator("palpate-chat iframe").bounding_box()["height"] > 580
    chat.locator("#text").press("Escape")
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")


def test_a_place_that_is_not_there_is_named_and_the_chat_is_in_the_corner(page, clinic):
    said = warnings(page)
    host(page, clinic, TAG.format('data-inline="#nowhere"'))
    opens(page)
    assert said == ["Palpate: there is no #nowhere on this page; the chat is in the corner."]


def test_a_page_without_https_has_a_chat_that_sends(page, clinic):
    _, _, own = clinic
    host(page, clinic, TAG.format(""), origin=own.replace("127.0.0.1", "clinic.test"))
    assert page.evaluate("isSecureContext") is False
    chat = opens(page)
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("button", name="Go on with another device").click()
    chat.get_by_role("button", name="Copy the link").click()
    expect(chat.get_by_text("Marked: copy it with your keyboard.")).to_be_visible()


def test_a_browser_that_lets_a_frame_keep_nothing_still_holds_a_conversation(browser: Browser, clinic, tmp_path: Path):
    (tmp_path / "Default").mkdir()
    refuse_all = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(refuse_all), encoding="utf-8")
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=os.environ.get("PALPATE_CHROMIUM", "/usr/bin/chromium"),
        args=["--no-sandbox", "--disable-gpu"],
        reduced_motion="reduce",
    )
    page = context.pages[0]
    host(page, clinic, TAG.format(""))
    chat = opens(page)
    denied = "() => { try { sessionStorage.length; return false } catch { return true } }"
    assert chat.locator("body").evaluate(denied)
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:  # a reload would lose it, so it asks first
        page.evaluate("() => { location.href = 'about:blank' }")
    assert asked.value.type == "beforeunload"
    expect(log(chat).last).to_contain_text("How old are you?")
    context.close()


def test_without_javascript_the_page_has_a_link_and_the_link_a_number_to_call(browser: Browser, clinic):
    home, _, own = clinic
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(home)
    page.get_by_role("link", name="Open the chat on a page of its own").click()
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("noscript").get_by_role("link").first).to_have_attribute("href", re.compile(r"^tel:\+?\d+$"))
    expect(page.locator("textarea")).to_be_hidden()
    assert own
    context.close()


def test_news_while_the_chat_is_closed_is_shown_on_the_button(page, clinic):
    host(page, clinic, TAG.format(""))
    chat = opens(page)
    expect(page.locator("palpate-chat .news")).to_be_hidden()
    chat.get_by_role("button", name="Close chat").click()
    clinic[1].only.append("staff", "Hello, this is Dana.", by="Dana", role="reviewer")
    button = page.get_by_role("button", name="Tell us what hurts (New message)")
    expect(button).to_be_visible()
    button.click()
    expect(log(chat).last).to_contain_text("this is Dana")
    expect(page.locator("palpate-chat .news")).to_be_hidden()


def test_a_chat_that_covers_the_page_keeps_the_focus_and_gives_it_back(page, clinic):
    page.set_viewport_size({"width": 360, "height": 640})
    host(page, clinic, f'<button data-palpate-open>Ask us</button><a href="#x">elsewhere</a>{TAG.format("")}')
    page.get_by_role("button", name="Ask us").click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(chat.locator("#text")).to_be_focused()
    page.get_by_role("link", name="elsewhere").focus()
    assert page.evaluate("document.activeElement.tagName") == "PALPATE-CHAT"
    chat.get_by_role("button", name="Close chat").click()
    expect(page.get_by_role("button", name="Ask us")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/es/"])
@pytest.mark.parametrize("height", [640, 740, 844])
def test_on_a_phone_the_button_covers_nothing_of_the_first_screen_that_can_be_tapped(page, clinic, path, height):
    """Neither the page's own button nor the number to call beside it: while one of them is in view it is away."""
    page.set_viewport_size({"width": 360, "height": height})
    page.goto(clinic[0] + path)
    button = page.locator("palpate-chat button.open")
    page.wait_for_function(
        """() => {
          const button = document.querySelector("palpate-chat").shadowRoot.querySelector(".open");
          const box = button.getBoundingClientRect();
          return getComputedStyle(button).opacity === "0" || ![...document.querySelectorAll("a, main button")].some((one) =>
            [...one.getClientRects()].some((at) => at.left < box.right && at.right > box.left && at.top < box.bottom && at.bottom > box.top));
        }"""
    )
    page.locator("#what").scroll_into_view_if_needed()
    page.evaluate("() => scrollBy(0, 400)")
    expect(button).to_have_css("opacity", "1")
    assert button.bounding_box()["width"] == 60
    button.click()
    expect(log(page.frame_locator("palpate-chat iframe")).first).to_be_visible()


def test_the_short_button_has_its_name_and_the_keyboard_reaches_it(page, clinic):
    page.set_viewport_size({"width": 360, "height": 640})
    chat = opened(page, clinic[0])
    chat.get_by_role("button", name="Close chat").click()
    expect(page.locator("[data-palpate-open]").first).to_be_focused()
    button = page.locator("palpate-chat").get_by_role("button", name="Tell us what hurts")
    button.focus()
    expect(button).to_be_focused()


def test_an_element_that_stands_in_the_page_already_becomes_the_chat(page, clinic):
    host(page, clinic, f'<palpate-chat name="Birch Lane"></palpate-chat>{TAG.format("""data-mount="manual" defer""")}')
    expect(opens(page).get_by_role("heading", level=1)).to_have_text("Birch Lane")
