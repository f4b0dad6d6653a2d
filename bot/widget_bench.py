"""Measures the chat on a slow phone (`palpate bench widget`): first paint of its frame, layout shift, bytes loaded.

The frame's own page is opened in Chromium with the profile of a middling phone on a slow 4G line, as Lighthouse has it:
150 ms a round trip, 1.6 Mbit/s down, a processor four times slower. Needs what `make dev` installs.
"""

from __future__ import annotations

import os
import socket
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.settings import Settings
from bot.web.site import pages

RUNS = 5
CHROMIUM = "/usr/bin/chromium"
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SLOWER = 4
SCREEN = {"width": 360, "height": 740}
_OBSERVE = """
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  if (!one.hadRecentInput) window.shifted = (window.shifted ?? 0) + one.value;
})).observe({ type: "layout-shift", buffered: true });
"""
_READ = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  words: performance.now(),
  shift: window.shifted ?? 0,
  bytes: performance.getEntriesByType("resource").reduce((all, one) => all + one.encodedBodySize, 0)
    + performance.getEntriesByType("navigation")[0].encodedBodySize,
})"""


def main(stdout: TextIO) -> int:
    """Print the figures; 1 when Chromium or Playwright is not there."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        stdout.write("needs Playwright: run `make dev` first\n")
        return 1
    with _served() as origin, sync_playwright() as playwright:
        path = os.environ.get("PALPATE_CHROMIUM", CHROMIUM)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for language in pages.LANGUAGES:
            seen = [
                _visit(browser, f"{origin}/widget/app/{'' if language == 'en' else language + '/'}")
                for _ in range(RUNS)
            ]
            middle = {key: statistics.median(one[key] for one in seen) for key in seen[0]}
            stdout.write(
                f"{language}: first paint {middle['paint'] / 1000:.2f} s, with words {middle['words'] / 1000:.2f} s, "
                f"layout shift {middle['shift']:.3f}, {middle['bytes'] / 1000:.1f} kB before the first message "
                f"(middle of {RUNS} visits: 150 ms, 1.6 Mbit/s, processor {SLOWER} times slower)\n"
            )
        browser.close()
    return 0


def _visit(browser: Any, address: str) -> dict[str, float]:
    context = browser.new_context(viewport=SCREEN, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.add_init_script(_OBSERVE)
    line = context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.wait_for_function("() => document.querySelector('#intro').textContent")
    read: dict[str, float] = page.evaluate(_READ)
    context.close()
    return read


@contextmanager
def _served() -> Iterator[str]:
    """The pages and files on a free loopback port; the chat API says that it is busy."""
    busy = Route("/api/conversations", lambda _: JSONResponse({}, 503, {"Retry-After": "60"}), methods=["POST"])
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = Starlette(routes=[busy, *pages.routes(Settings.from_env({}))])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=5)
    listener.close()
