"""Every page of the desk as it is seen: no fault for axe, nothing cut off on a telephone, its picture in the documentation."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette

from bot.web import desk
from bot.web import visit as visit_pages
from tests.desk.furnished import PAGES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "browser" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
GUIDE = ROOT / "docs" / "how-to" / "desk.md"
IMAGES = ROOT / "docs" / "images" / "desk"
WIDTHS = (1280, 360)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("no Chromium here; install it with apt-get install chromium")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def house(context, furnished) -> Iterator[tuple[str, dict[str, str]]]:
    """A desk with something on every page, served: (address, places)."""
    app = Starlette(routes=[*desk.mount(context), *visit_pages.routes(context)])
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}", furnished
    server.should_exit = True
    thread.join()


def faults(page: Page) -> list[str]:
    """What axe finds, by the levels A and AA of WCAG 2.2."""
    page.evaluate(AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", tags)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]


def test_every_page_is_without_fault_and_in_the_guide(chromium: Chromium, house, tmp_path: Path):
    address, places = house
    pictures = IMAGES if os.environ.get("PALPATE_PICTURES") else tmp_path
    pictures.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for width in WIDTHS:
        said = wrong.append
        page = chromium.new_context(viewport={"width": width, "height": 860}).new_page()
        page.on("console", lambda message, width=width, said=said: said(f"{width} console: {message.text}"))
        page.on("pageerror", lambda error, width=width, said=said: said(f"{width} error: {error}"))
        page.goto(f"{address}/desk/sign-in")
        page.fill("[name=name]", "ana")
        page.fill("[name=password]", "correct horse battery")
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk")
        for name, path in PAGES.items():
            page.goto(address + path.format(**places))
            wrong += [f"{width} {name}: {fault}" for fault in faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{width} {name}: something is wider than the page")
            if width == WIDTHS[0]:
                page.screenshot(path=pictures / f"{name}.png")
        page.context.close()
    assert wrong == [], "\n".join(wrong)
    guide = GUIDE.read_text(encoding="utf-8")
    for name in PAGES:
        assert f"images/desk/{name}.png" in guide, f"{GUIDE.name} does not show the page {name}"
        assert (IMAGES / f"{name}.png").exists(), (
            "take the pictures anew: PALPATE_PICTURES=1 pytest tests/desk/test_every_page.py"
        )
