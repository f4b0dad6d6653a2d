"""Takes the pictures of the README from the running product: `.venv/bin/python tests/browser/pictures.py`."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from person import Visitor, sign_in
from playwright.sync_api import Browser, expect, sync_playwright

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("PALPATE_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a calm green lamp 42"


def main() -> None:
    """Start the product in a new home, hold one conversation, take both pictures, stop it."""
    product = _product()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        stack = product.start(Path(home))
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            reference = _chat(browser, stack.url)
            _desk(browser, stack, reference)
            browser.close()
        finally:
            product.stop(stack)


def _product() -> ModuleType:
    """The part of the tests that starts the product."""
    spec = importlib.util.spec_from_file_location("product", HERE.parent / "conftest.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("tests/conftest.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["product"] = module
    spec.loader.exec_module(module)
    return module


def _chat(browser: Browser, address: str) -> str:
    """The visitor's own words and the safety questions that follow from them; returns the reference of the hand-off."""
    page = browser.new_page(viewport={"width": 960, "height": 784}, device_scale_factor=4 / 3)
    visitor = Visitor(page, address)
    visitor.arrive()
    visitor.start()
    visitor.go_on("screen_chest")
    page.mouse.move(20, 700)
    visitor.chat.locator("#roll").evaluate(
        "box => { const own = [...box.querySelectorAll('[data-from=visitor]')].at(-1); box.scrollTop = own.offsetTop - 10; }"
    )
    page.evaluate("() => document.activeElement.blur()")
    page.screenshot(path=IMAGES / "chat.png")
    visitor.go_on("result")
    return visitor.chat.locator("#progress .ref").inner_text()


def _desk(browser: Browser, stack, reference: str) -> None:
    """The hand-off, claimed."""
    stack.palpate("staff", "add", "mira", "--role", "reviewer", "--password-stdin", text=PASSWORD)
    page = browser.new_page(viewport={"width": 1280, "height": 1160})
    sign_in(page, stack.url, "mira", PASSWORD)
    page.get_by_role("link", name=re.compile(reference)).click()
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("Claimed by mira")).to_be_visible()
    page.locator("#log").evaluate(
        "log => { const own = log.querySelectorAll('.visitor')[2]; log.scrollTop = own.offsetTop - log.offsetTop - 60; }"
    )
    page.screenshot(path=IMAGES / "desk.png")


if __name__ == "__main__":
    main()
