"""Chromium, the real pages and files, and the stand-in API on loopback ports; one browser for each file of tests."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.settings import Settings
from bot.web import site

HERE = Path(__file__).resolve().parent
CHROMIUM = os.environ.get("PALPATE_CHROMIUM", "/usr/bin/chromium")
# clinic.test: a host that browsers do not trust as they trust loopback, so a page there is like one without https.
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP clinic.test 127.0.0.1"]
DEMO_PHONE = "+1 555 010 0142"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


for helper in ("axe", "chats", "person"):
    _load(helper)
standin = _load("standin")


class Server:
    """A Starlette app on a loopback port, in a thread, stopped cleanly; a port that is given is taken again after a stop."""

    def __init__(self, port: int = 0) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(128)  # at once, so that a browser never comes too early
        self.port = self.socket.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"

    def start(self, routes: list[BaseRoute]) -> None:
        """Serve; returns once requests are answered."""
        config = uvicorn.Config(
            Starlette(routes=routes), log_level="error", lifespan="off", timeout_graceful_shutdown=1, ws="none"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the thread; open event streams are cut."""
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(timeout=5)
        self.socket.close()


@pytest.fixture(scope="module")  # not longer: two Playwrights at once, ours and the desk's, refuse each other
def browser() -> Iterator[Browser]:
    """Chromium of the system; never skipped silently."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"no Chromium at {CHROMIUM}: apt-get install -y chromium, or set PALPATE_CHROMIUM", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def clinic() -> Iterator[tuple[str, standin.StandIn, str]]:
    """(origin of the product with the stand-in API, the stand-in, origin of a clinic's own site that embeds the tag)."""
    api, product, host = standin.StandIn(), Server(), Server()
    ancestors = f"{host.origin} http://clinic.test:{host.port}"
    settings = Settings.from_env({"PALPATE_HOME": str(HERE / "no-such-home"), "PALPATE_FRAME_ANCESTORS": ancestors})
    routes = [*site.routes(settings), *api.routes()]
    servers = [product]

    def restart() -> None:
        servers.append(Server(product.port))
        servers[-1].start(routes)

    product.start(routes)
    api.stop, api.restart = product.stop, restart
    host.start(
        [
            Route("/", lambda _request: _host_page(product.origin)),
            Route("/own", lambda _request: HTMLResponse(api.own_page, headers=api.own_headers)),
            Route("/spy.js", lambda _request: Response(SPY, media_type="text/javascript")),
        ]
    )
    yield product.origin, api, host.origin
    api.streaming = False
    servers[-1].stop()
    host.stop()


SPY = """
window.heard = [];
addEventListener("keydown", (event) => heard.push(event.key), true);
addEventListener("message", (event) => heard.push(JSON.stringify(event.data)));
"""


def _host_page(home: str) -> HTMLResponse:
    """A clinic's own page with a strict policy of its own, and a script that listens to everything it can."""
    policy = f"default-src 'none'; script-src 'self' {home}; frame-src {home}"
    return HTMLResponse(
        f'<!doctype html><html lang="en"><title>Clinic</title><main><h1>Clinic</h1></main><script src="/spy.js"></script>'
        f'<script src="{home}/widget.js" data-name="Alder Row" defer></script></html>',
        headers={"Content-Security-Policy": policy},
    )


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile that notes console errors and every request; a test fails on an error nobody expected."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not log a content-policy violation or throw."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    assert wrong == []
