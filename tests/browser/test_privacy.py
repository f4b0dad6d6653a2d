"""What the clinic's page, other sites and this device may learn of a chat: nothing but that it is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_host_page_hears_no_key_and_reads_no_word(page, clinic):
    _, api, host = clinic
    api.jump("narrative")
    page.goto(host)
    page.get_by_role("button", name="Tell us what hurts").click()
    chat = page.frame_locator("palpate-chat iframe")
    box = chat.get_by_role("textbox", name="Write a message")
    expect(box).to_be_focused()
    box.press_sequentially("my secret shoulder")
    box.press("Enter")
    expect(chat.get_by_role("log")).to_contain_text("How old are you?")
    heard = page.evaluate("() => heard")
    assert set(heard) <= {
        '{"palpate":"ready"}',
        '{"palpate":"close"}',
        '{"palpate":"news"}',
        '{"palpate":"size","wide":true}',
        '{"palpate":"size","wide":false}',
    }
    blocked = page.evaluate(
        "() => { try { return document.querySelector('palpate-chat').shadowRoot.querySelector('iframe').contentDocument } catch { return 'threw' } }"
    )
    assert blocked in (None, "threw")
    assert "secret" not in page.evaluate(
        "() => document.documentElement.outerHTML + JSON.stringify({...localStorage, ...sessionStorage})"
    )


def test_a_site_that_is_not_listed_may_not_frame_the_chat(context, clinic):
    page = context.new_page()
    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        page.set_content(f'<iframe src="{clinic[0]}/widget/app/"></iframe>')
    assert page.frames[-1].locator("#log").count() == 0


def test_messages_of_other_windows_are_ignored(page, clinic):
    _, _, host = clinic
    page.goto(host)
    page.get_by_role("button", name="Tell us what hurts").click()
    expect(page.frame_locator("palpate-chat iframe").get_by_role("listitem").first).to_be_visible()
    page.evaluate("() => window.postMessage({palpate: 'close'}, '*')")
    expect(page.locator("palpate-chat iframe")).to_be_visible()


def test_no_request_leaves_the_origin_and_only_the_token_is_kept(page, clinic):
    origin, api, _ = clinic
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    api.jump("sites")
    page.goto(origin)
    page.get_by_role("button", name="Tell us what hurts").first.click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(chat.locator("path.place").first).to_be_visible()
    page.goto(origin + "/for-your-website")
    assert [url for url in asked if not url.startswith((origin + "/", "blob:"))] == []
    assert not any(re.search("token|Bearer", url) for url in asked)
    stored = page.evaluate("() => [Object.entries(sessionStorage), localStorage.length, document.cookie]")
    ((key, conversation),) = api.conversations.items()
    assert stored == [[["palpate", f"{key} {conversation.token}"]], 0, ""]


def test_words_can_never_become_markup(page, clinic):
    origin, api, _ = clinic
    api.jump("narrative")
    page.goto(origin)
    page.get_by_role("button", name="Tell us what hurts").first.click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(chat.get_by_role("listitem")).to_have_count(1)
    nasty = (
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> **x** [a](javascript:1)"
    )
    box = chat.get_by_role("textbox", name="Write a message")
    box.fill(nasty)
    box.press("Enter")
    expect(chat.get_by_role("log")).to_contain_text(nasty)
    api.only.append(
        "bot",
        nasty,
        question={
            "field": "x",
            "kind": "choice",
            "choices": [{"value": "a", "label": nasty}],
            "skippable": True,
            "why": nasty,
        },
    )
    expect(chat.get_by_role("button", name="<img src=x")).to_be_visible()
    assert chat.locator("#log img, #log script, #dock img, #log a").count() == 0
    assert page.title() != "owned"
