"""How much the chat makes a visitor's phone load, counted as it comes over the wire."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from bot.settings import Settings
from bot.web.site import pages

pytestmark = pytest.mark.browser
BEFORE_FIRST_MESSAGE = 20_000  # bytes, gzipped
IN_ALL = 35_000


def packed_sizes(origin: str) -> dict[str, int]:
    """Every file of the widget as the server sends it, gzipped."""
    paths = [route.path for route in pages.routes(Settings.from_env({})) if route.path.startswith("/widget")]
    answers = {path: httpx.get(origin + path, headers={"Accept-Encoding": "gzip"}) for path in paths}
    assert {answer.headers["content-encoding"] for answer in answers.values()} == {"gzip"}
    return {path: int(answer.headers["content-length"]) for path, answer in answers.items()}


def test_what_loads_before_the_first_message_is_small(page, clinic, record_property):
    origin, _, _ = clinic
    loaded: set[str] = set()
    page.on("response", lambda response: loaded.add(response.url.removeprefix(origin).split("#")[0]))
    page.goto(origin)
    page.get_by_role("button", name="Tell us what hurts").first.click()
    expect(page.frame_locator("palpate-chat iframe").get_by_role("button", name="Yes", exact=True)).to_be_visible()
    sizes = packed_sizes(origin)
    first = {path: sizes[path] for path in loaded if path in sizes}
    record_property("widget_bytes_before_first_message", sum(first.values()))
    assert {"/widget.js", "/widget/app/", "/widget/app/first.js", "/widget/app/en.js", "/widget/app/app.css"} <= set(
        first
    )
    assert sum(first.values()) <= BEFORE_FIRST_MESSAGE, first


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_everything_a_visitor_can_come_to_load_is_small(clinic, language, record_property):
    """Every file but those of the other language: first, parts, figure, places, words, looks and the tag itself."""
    others = {one for one in pages.LANGUAGES if one != language}
    sizes = {
        path: size
        for path, size in packed_sizes(clinic[0]).items()
        if not any(_speaks(path, other) for other in others)
    }
    record_property(f"widget_bytes_in_all_{language}", sum(sizes.values()))
    assert {"/widget.js", "/widget/app/map.js", f"/widget/app/{language}_parts.js"} <= set(sizes)
    assert sum(sizes.values()) <= IN_ALL, sizes


def test_the_notice_of_the_drawing_goes_out_with_the_figure(clinic):
    """Apache-2.0 asks for it; the minifier takes every other comment away."""
    figure = httpx.get(clinic[0] + "/widget/app/map.js").text
    said = re.search(r"/\*! (Body Muscles .*? Ivan Vulović, Apache-2.0, changed): (\S+) \*/", figure)
    assert said is not None
    licence = httpx.get(clinic[0] + said[2])
    assert licence.headers["content-type"].startswith("text/plain")
    for words in ("Copyright 2024 Ivan Vulović", "Apache License", "Version 2.0"):
        assert words in licence.text


def _speaks(path: str, language: str) -> bool:
    name = path.removeprefix("/widget/app/")
    page = {"en": "", "es": "es/"}[language]
    return name == page or name.split(".")[0].split("_")[0] == language or f".{language}." in name


def test_the_parts_and_the_figure_wait_until_they_are_needed(page, clinic):
    origin, _, _ = clinic
    loaded: list[str] = []
    page.on("response", lambda response: loaded.append(response.url.rsplit("/", 1)[1].split("#")[0]))
    page.goto(f"{origin}/widget/app/")
    expect(page.get_by_role("button", name="Yes", exact=True)).to_be_visible()
    assert {"first.js", "en.js"} == {name for name in loaded if name.endswith(".js")}
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_role("checkbox").first).to_be_visible()
    assert {"parts.js", "en_parts.js"} <= set(loaded)
    assert "map.js" not in loaded
