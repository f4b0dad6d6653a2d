"""Small moves in the chat that every file of browser tests needs."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import FrameLocator, Locator, Page, expect


def opened(page: Page, origin: str, path: str = "") -> FrameLocator:
    """A page with the tag, and the chat open in it; it has taken the focus, so that no key is typed too early."""
    page.goto(origin + path)
    page.locator("palpate-chat button.open:not(.away), [data-palpate-open]").first.click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(chat.get_by_role("log")).to_contain_text(re.compile(r"\w"))
    expect(chat.locator("#text")).to_be_focused()
    return chat


def at(page: Page, clinic, field: str, path: str = "") -> FrameLocator:
    """The chat with the question of a field open."""
    origin, api, _ = clinic
    api.jump(field)
    chat = opened(page, origin, path)
    expect(chat.locator("#dock form")).to_have_attribute("data-field", field)
    return chat


def say(chat: FrameLocator, text: str) -> None:
    """Write and send with Enter."""
    box = chat.locator("#text")
    box.fill(text)
    box.press("Enter")


def leads_to(page: Page, exit_: str) -> None:
    """Set where "Quick exit" leads; returns once the chat knows it, which hears of it through its own address."""
    page.evaluate("exit => document.querySelector('palpate-chat').setAttribute('exit', exit)", exit_)
    (frame,) = (one for one in page.frames if "/widget/app/" in one.url)
    frame.wait_for_url(lambda url: quote(exit_, safe="") in url)


def log(chat: FrameLocator) -> Locator:
    """The messages, each one list item of the log."""
    return chat.locator("#log > ol > li")
