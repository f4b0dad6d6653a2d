"""Passkeys in a real browser with a virtual authenticator: registered, used alone, removed, and not to be copied."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
import uvicorn
from playwright.sync_api import Page
from starlette.applications import Starlette

from bot.services import privacy
from bot.web import desk

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture
def address(context) -> Iterator[str]:
    """The desk under the address it knows itself by, since passkeys are bound to it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        home = f"http://localhost:{listening.getsockname()[1]}"
        context.settings = replace(context.settings, public_url=home)
        context.staff("Ana")
        app = Starlette(routes=desk.mount(context))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield home
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(chromium, address) -> Iterator[Page]:
    """Chromium with a virtual authenticator whose owner always says yes."""
    opened = chromium.new_page(base_url=address)
    opened.set_default_timeout(10_000)
    tools = opened.context.new_cdp_session(opened)
    tools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield opened
    opened.close()


def sign_in(page: Page) -> None:
    page.goto("/desk/sign-in")
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("banner").locator("details.account > summary").click()
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()


def register(page: Page, label: str = "Front desk PC") -> None:
    page.goto("/desk/account")
    page.get_by_label("Name of this device").fill(label)
    with page.expect_navigation():
        page.get_by_role("button", name="Add a passkey").click()
    assert page.locator(".lines b", has_text=label).is_visible()


def test_a_passkey_is_registered_used_alone_and_removed(page):
    sign_in(page)
    register(page)
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/desk/sign-in/code")  # the password alone is not enough any more
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url(re.compile("/desk$"))
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("/desk$"))
    page.goto("/desk/account")
    assert "last used" in page.locator(".lines").first.inner_text()
    page.get_by_role("button", name="Remove Front desk PC").click()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("not known here").wait_for()
    assert page.url.endswith("/desk/sign-in")


def test_a_copied_passkey_is_noticed_by_its_counter(context, page):
    sign_in(page)
    register(page)
    with context.uow() as uow:
        passkey = uow.doors.passkeys_of(uow.staff.by_name("Ana").id)[0]
        uow.doors.passkey_used(passkey.id, count=passkey.count + 1000, at=context.time)
        uow.commit()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("not known here").wait_for()
    assert page.goto("/desk").url.endswith("/desk/sign-in")


def test_an_answer_counts_once_and_only_for_its_challenge(context, page):
    sign_in(page)
    register(page)
    sign_out(page)
    with page.expect_request("**/desk/sign-in/passkey") as sent:
        page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("/desk$"))
    body = sent.value.post_data
    again = page.request.post(
        "/desk/sign-in/passkey",
        data=body,
        headers={"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    assert again.status == 401


def test_the_account_of_a_passkey_that_is_disabled_stays_shut(context, page):
    sign_in(page)
    register(page)
    sign_out(page)
    with context.uow() as uow:
        uow.staff.save(replace(uow.staff.by_name("Ana"), disabled_at=context.time))
        uow.commit()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("not known here").wait_for()


AXE = (Path(__file__).parents[1] / "browser/vendor/axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_of_accounts_put_no_barrier_in_anybodys_way(context, page, width):
    reference = context.handed_off(1)
    privacy.forget(context.uow(), "conversation-0000000001", by="visitor", now=context.time)
    context.staff("Ada", "admin")
    page.set_viewport_size({"width": width, "height": 800})

    def look(where: str) -> None:
        page.evaluate(AXE)
        run = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        assert not [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in run["violations"]], where
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{where} scrolls sideways"

    page.goto("/desk/sign-in")
    look("sign-in")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    for path in ("account", "account/app", "staff", "erasures", f"audit?reference={reference}", "audit"):
        page.goto(f"/desk/{path}")
        look(path)
    page.goto("/desk/staff")
    page.get_by_label("Name").fill("Cy")
    page.get_by_role("button", name="Make a link").click()
    look("a fresh invitation")
    page.goto("/desk/account/app")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(pyotp.TOTP(secret).at(context.time))
    page.get_by_role("button", name="Switch on").click()
    page.get_by_text("Your recovery codes").wait_for()
    look("recovery codes")
    page.goto("/desk/account")
    look("an account with everything")
