"""Nothing is lost: a second tab, another device, an end that is told in time, a page that is left too early."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from chats import at, leads_to, log, opened, say
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_second_tab_shows_the_same_and_both_go_on(page, context, clinic):
    chat = at(page, clinic, "narrative")
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    other = opened(context.new_page(), clinic[0])
    expect(log(other).last).to_contain_text("How old are you?")
    assert len(clinic[1].conversations) == 1
    say(other, "39")
    for tab in (chat, other):
        expect(log(tab).nth(3)).to_contain_text("39")
        expect(log(tab)).to_have_count(5)


def test_quick_exit_in_one_tab_clears_the_other(page, context, clinic):
    at(page, clinic, "narrative")
    second = context.new_page()
    other = opened(second, clinic[0])
    leads_to(second, clinic[2] + "/")
    other.get_by_role("button", name="Quick exit").click()
    expect(page.locator("palpate-chat")).to_have_count(0)
    assert "shoulder" not in page.content()


def test_a_link_goes_on_at_another_device_once(page, browser, clinic):
    chat = at(page, clinic, "narrative")
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("button", name="Go on with another device").click()
    address = chat.get_by_role("textbox", name="Go on with another device").input_value()
    path, _, behind = address.partition("#")
    assert "code" not in path, "no server may see it"
    assert "resume=code-0" in behind

    phone = browser.new_context(reduced_motion="reduce")
    there = phone.new_page()
    asked: list[str] = []
    there.on("request", lambda request: asked.append(request.url))
    there.goto(address)
    expect(there.locator("#log > ol > li").last).to_contain_text("How old are you?")
    assert "resume" not in there.url, "it leaves the address bar at once"
    assert not any("code-0" in url for url in asked)
    assert len(clinic[1].conversations) == 1
    phone.close()

    late = browser.new_context(reduced_motion="reduce")
    again = late.new_page()
    again.goto(address)
    expect(again.locator("#log > ol > li")).to_have_count(1)
    assert len(clinic[1].conversations) == 2, "a link that was used opens a new chat"
    late.close()


def test_the_end_is_told_in_time_and_can_be_put_off(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    near = datetime.now(UTC) + timedelta(minutes=4)
    api.only.state["ends_at"] = near.isoformat()
    api.only.changes += 1
    warning = chat.locator("#ending")
    expect(warning).to_contain_text(re.compile("This chat is forgotten at .* if nothing more is said."))
    expect(warning).to_have_role("status")
    warning.get_by_role("button", name="Keep it open").click()
    expect(warning).to_be_empty()
    expect(chat.get_by_role("status").filter(has_text="The chat stays open.")).to_be_visible()
    assert api.only.state["ends_at"] is None


def test_an_end_far_away_is_not_spoken_of(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    api.only.state["ends_at"] = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    api.only.append("bot", "Still here.")
    expect(log(chat).last).to_contain_text("Still here.")
    expect(chat.locator("#ending")).to_be_empty()


def test_leaving_with_unsent_words_asks_first(page, context, clinic):
    chat = at(page, clinic, "narrative")
    context.set_offline(True)
    say(chat, "My left shoulder hurts")
    expect(chat.get_by_role("button", name="Try again")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.evaluate("() => { location.reload() }")
    assert asked.value.type == "beforeunload"
    context.set_offline(False)


def test_an_answer_is_changed_where_it_stands(page, clinic):
    chat = at(page, clinic, "age")
    expect(chat.locator("#text")).to_have_attribute("inputmode", "numeric")
    say(chat, "39")
    expect(chat.locator("#text")).to_have_attribute("inputmode", "text")
    expect(log(chat).last).to_contain_text("sex")
    pen = log(chat).nth(1).get_by_role("button", name="Change this answer")
    expect(pen).to_be_visible()
    assert pen.bounding_box()["width"] >= 44
    pen.click()
    expect(log(chat).last).to_contain_text("How old")
    assert clinic[1].posts[-1]["change"] == "age"
    expect(pen).to_be_visible()


def test_what_cannot_be_asked_again_is_changed_in_words(page, clinic):
    chat = at(page, clinic, "nrs")
    chat.get_by_role("button", name="What I understood").click()
    chat.get_by_role("button", name=re.compile("^how long")).click()
    expect(chat.get_by_role("textbox", name="Write a message")).to_have_value("I want to change an answer: ")
    assert clinic[1].posts == []


def test_too_long_a_text_is_told_while_it_is_written(page, clinic):
    chat = at(page, clinic, "narrative")
    chat.locator("#text").fill("x" * 2012)
    expect(chat.locator("#over")).to_have_text("12 characters too long")
    chat.locator("#text").fill("x" * 2000)
    expect(chat.locator("#over")).to_be_empty()


def test_pasted_lines_stay_lines(page, context, clinic):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat = at(page, clinic, "narrative")
    page.evaluate("() => navigator.clipboard.writeText('neck\\nand head\\n\\nsince May')")
    chat.locator("#text").focus()
    page.keyboard.press("Control+V")
    chat.locator("#text").press("Enter")
    expect(log(chat).last).to_contain_text("How old")
    assert clinic[1].posts[0]["text"] == "neck\nand head\n\nsince May"


def test_a_server_that_is_started_anew_in_mid_conversation_loses_nothing(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    api.streaming = False
    api.stop()
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("Not sent yet. We keep trying.")
    api.only.append("staff", "Said while you were away.")
    api.streaming = True
    api.restart()
    log(chat).get_by_role("button", name="Try again").click()
    expect(log(chat).last).to_contain_text("How old are you?")
    expect(log(chat)).to_have_count(4)
    expect(log(chat).get_by_text("Said while you were away.")).to_have_count(1)
    expect(chat.locator("#dots")).to_be_hidden()
    assert len(api.only.seqs) == 1


def test_too_fast_is_said_kindly_and_sent_by_itself(page, clinic):
    clinic[1].limiting = 1
    chat = at(page, clinic, "narrative")
    say(chat, "My left shoulder hurts")
    expect(log(chat).nth(1)).to_contain_text("One moment: it is sent by itself.")
    expect(chat.get_by_role("button", name="Try again")).to_have_count(0)
    expect(log(chat).last).to_contain_text("How old are you?")
    assert len({post["id"] for post in clinic[1].posts}) == 1


def test_being_offline_is_told_as_soon_as_the_browser_knows(page, context, clinic):
    chat = at(page, clinic, "narrative")
    context.set_offline(True)
    expect(chat.locator("#status")).to_contain_text("What you write waits here")
    context.set_offline(False)
    expect(chat.locator("#status")).to_have_text("Connected again.")
