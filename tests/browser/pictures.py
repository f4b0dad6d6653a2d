"""Takes the pictures of the README from the running product: `.venv/bin/python tests/browser/pictures.py`."""

from __future__ import annotations

import base64
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
# How the telephones lie on their picture.
TABLE = """
body { margin: 0; height: 100vh; display: flex; justify-content: center; align-items: center; gap: 26px; background: #efe6d8; }
img { width: 386px; border-radius: 30px; box-shadow: 0 2px 6px rgb(20 30 25 / .14), 0 22px 50px rgb(20 30 25 / .2); }
"""
# Only the list of messages moves, never the page around it.
TO_THE_TOP = """one => {
  let box = one.parentElement;
  while (!/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;
  box.scrollTop += one.getBoundingClientRect().top - box.getBoundingClientRect().top - 12;
}"""
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
    """Three telephones side by side: what was understood, where it hurts, the result; returns the reference of the hand-off."""
    told, lit = _telephone(browser, address), _telephone(browser, address)
    told.start()
    told.go_on("conditions")
    told.chat.get_by_role("button", name="What I understood").click()
    expect(told.chat.locator(".chips button").first).to_be_visible()
    shots = [_shot(told)]
    lit.start()
    lit.say("It has been hurting for a week whenever I lift something.")
    lit.wait_for("age")
    lit.go_on("sites")
    lit.chat.locator("#text").fill("lower back and left hip")
    expect(lit.chat.locator(".picked-now")).to_contain_text("Lower back")
    shots.append(_shot(lit))
    told.chat.get_by_role("button", name="What I understood").click()
    told.go_on("result")
    told.wait_for("peg_enjoyment")
    told.chat.locator(".result").evaluate(TO_THE_TOP)
    shots.append(_shot(told))
    page = browser.new_page(viewport={"width": 1280, "height": 888})
    pictures = "".join(f'<img src="data:image/png;base64,{shot}" alt="">' for shot in shots)
    page.set_content(f"<style>{TABLE}</style>{pictures}")
    page.screenshot(path=IMAGES / "chat.png")
    return told.chat.locator("#progress .ref").inner_text()


def _telephone(browser: Browser, address: str) -> Visitor:
    """A visitor of their own on a telephone."""
    context = browser.new_context(viewport={"width": 390, "height": 820}, device_scale_factor=2, has_touch=True)
    visitor = Visitor(context.new_page(), address)
    visitor.arrive()
    return visitor


def _shot(visitor: Visitor) -> str:
    """The telephone's screen, base64."""
    visitor.chat.locator("body").evaluate("() => document.activeElement.blur()")
    return base64.b64encode(visitor.page.screenshot()).decode()


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
