"""How much the chat makes a visitor's phone load, counted as it comes over the wire."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.settings import Settings
from bot.web.site import pages

pytestmark = pytest.mark.browser
BEFORE_FIRST_MESSAGE = 20_000  # bytes, gzipped
IN_ALL = 35_000


def packed_sizes() -> dict[str, int]:
    """Every file of the widget as the server sends it, gzipped."""
    routes = pages.routes(Settings.from_env({}))
    return {
        route.path: len(cell.cell_contents.packed)
        for route in routes
        for cell in route.endpoint.__closure__
        if route.path.startswith("/widget")
    }


def test_what_loads_before_the_first_message_is_small(page, clinic, record_property):
    origin, _, _ = clinic
    loaded: set[str] = set()
    page.on("response", lambda response: loaded.add(response.url.removeprefix(origin).split("#")[0]))
    page.goto(origin)
    page.get_by_role("button", name="Tell us what hurts").last.click()
    expect(page.frame_locator("palpate-chat iframe").get_by_role("button", name="Yes", exact=True)).to_be_visible()
    sizes = packed_sizes()
    first = {path: sizes[path] for path in loaded if path in sizes}
    record_property("widget_bytes_before_first_message", sum(first.values()))
    assert {"/widget.js", "/widget/app/", "/widget/app/main.js", "/widget/app/app.css"} <= set(first)
    assert sum(first.values()) <= BEFORE_FIRST_MESSAGE, first


def test_everything_together_is_small(record_property):
    total = sum(packed_sizes().values())
    record_property("widget_bytes_in_all", total)
    assert total <= IN_ALL


def test_the_browser_is_told_of_every_module_it_needs_first(page, clinic):
    origin, _, _ = clinic
    scripts: list[str] = []
    page.on("response", lambda response: scripts.append(response.url.rsplit("/", 1)[1].split("#")[0]))
    page.goto(f"{origin}/widget/app/")
    expect(page.get_by_role("button", name="Yes", exact=True)).to_be_visible()
    needed = {name for name in scripts if name.endswith(".js")} - {"main.js"}
    assert needed == set(pages.FIRST_MODULES)
