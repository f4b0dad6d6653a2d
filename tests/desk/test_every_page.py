"""Every page of the desk as it is seen: no fault for axe, nothing cut off on a telephone, its picture in the documentation."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette

from bot.services import booking, decisions, learning, live, review
from bot.services.review import Actor
from bot.services.stored import Conversation, NewMessage
from bot.web import desk
from bot.web import visit as visit_pages

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "browser" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
GUIDE = ROOT / "docs" / "how-to" / "desk.md"
IMAGES = ROOT / "docs" / "images" / "desk"
WIDTHS = (1280, 360)
ANA = Actor("Ana", "admin")
STORY = "My left shoulder has ached since I painted the ceiling three weeks ago, about 6 of 10, and I take Eliquis"
# Page → address; what is in braces is filled by the house below.
PAGES = {
    "queue": "/desk?queue=all",
    "decide": "/desk/handoffs/{main}",
    "live": "/desk/live",
    "watch": "/desk/live/{chat}",
    "call-backs": "/desk/call-backs",
    "figures": "/desk/figures",
    "learning": "/desk/learning",
    "clinic": "/desk/clinic",
    "rules": "/desk/rules?q=R-CI-ANTICOAG",
    "audit": "/desk/audit",
    "staff": "/desk/staff",
    "account": "/desk/account",
    "doctor-note": "/desk/handoffs/{main}/doctor-note",
    "visit": "{visit}",
    "sign-in": "/desk/sign-in",
}


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
def house(context) -> Iterator[tuple[str, dict[str, str]]]:
    """A desk with something on every page: (address, places)."""
    from dataclasses import replace

    context.settings = replace(context.settings, public_url="http://localhost")
    context.staff("Ana", "admin")
    aches = [{"sites": [{"site": "neck", "side": None}], "duration_days": 90, "nrs": 3, "complaint": "tension"}]
    main = context.handed_off(
        1, STORY, "I can't lift it to brush my hair", sites=[{"site": "shoulder", "side": "left"}], nrs=6, duration_days=21,
        ci=["CI-ANTICOAG"], doctor="ok", cleared_claimed=["CI-ANTICOAG"], complaints=aches,
    )  # fmt: skip
    context.handed_off(2, "I can't feel between my legs", rf=["RF-CES"], nrs=8, age=41)
    context.handed_off(
        3, "just knots", complaint="relax", nrs=1, function_limited=False, sites=[{"site": "neck", "side": None}]
    )
    other = context.handed_off(4, "my right knee, years now", sites=[{"site": "knee", "side": "right"}], age=67)
    review.claim(context.uow(), other, by=ANA, now=context.time)
    start = context.time + timedelta(hours=5)
    booked = booking.book(
        context.uow(), other, start=start, minutes=60, therapist="Kim", room="Room 1", by=ANA, now=context.time
    ) if review.show(context.uow(), other, by=ANA, now=context.time).handoff.outcome != "not_now" else None  # fmt: skip
    decisions.override(
        context.uow(), main, outcome="not_now", urgency="same_day", reason="grey and sweating", by=ANA, now=context.time
    )
    learning.mark(
        context.uow(),
        main,
        seq=1,
        kind="site",
        value="shoulder",
        denied=False,
        note="read as neck",
        by=ANA,
        now=context.time,
    )
    chat = "conversation-in-progress-1"
    with context.uow() as uow:
        uow.conversations.add(Conversation(chat, b"h", "whatsapp", "en", "interview", context.time, context.time))
        uow.conversations.give_consent(chat, version="v", now=context.time)
        uow.conversations.append(chat, NewMessage("visitor", "my calf cramps at night", id="m1"), now=context.time)
        uow.conversations.save(
            chat, now=context.time, state={"asked": 3, "left": 5}, record={"values": {"age": 52, "nrs": 4}}
        )
        found = uow.conversations.get(chat)
        assert found is not None
        live.person_asked(uow, found, now=context.time)
        uow.commit()
    app = Starlette(routes=[*desk.mount(context), *visit_pages.routes(context)])
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    assert booked is not None
    places = {"main": main, "chat": chat, "visit": f"/visit/{booked.id}/{booked.token}"}
    yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}", places
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
