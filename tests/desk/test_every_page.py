"""Every page of the desk as it is seen: no fault for axe, nothing cut off on a telephone, its picture in the documentation."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bot.web import visit as visit_pages
from tests.desk.furnished import PAGES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "browser" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
GUIDE = ROOT / "docs" / "how-to" / "desk.md"
IMAGES = ROOT / "docs" / "images" / "desk"
WIDTHS = (1280, 360)


@pytest.fixture
def house(context, furnished, serve) -> tuple[str, dict[str, str]]:
    """A desk with something on every page, served: (address, places)."""
    return serve(*visit_pages.routes(context)), furnished


def faults(page: Page) -> list[str]:
    """What axe finds, by the levels A and AA of WCAG 2.2."""
    page.evaluate(AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", tags)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]


def test_every_page_is_without_fault_and_in_the_guide(signed_in, house, tmp_path: Path):
    address, places = house
    pictures = IMAGES if os.environ.get("PALPATE_PICTURES") else tmp_path
    pictures.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for width in WIDTHS:
        page, console = signed_in(address, viewport={"width": width, "height": 860})
        for name, path in PAGES.items():
            page.goto(address + path.format(**places))
            wrong += [f"{width} {name}: {fault}" for fault in faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{width} {name}: something is wider than the page")
            if width == WIDTHS[0]:
                page.screenshot(path=pictures / f"{name}.png")
        wrong += [f"{width} console: {line}" for line in console]
        page.context.close()
    assert wrong == [], "\n".join(wrong)
    guide = GUIDE.read_text(encoding="utf-8")
    for name in PAGES:
        assert f"images/desk/{name}.png" in guide, f"{GUIDE.name} does not show the page {name}"
        assert (IMAGES / f"{name}.png").exists(), (
            "take the pictures anew: PALPATE_PICTURES=1 pytest tests/desk/test_every_page.py"
        )
