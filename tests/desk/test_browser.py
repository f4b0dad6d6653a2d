"""The desk in a real browser: by keys alone, without JavaScript, on a phone, and with nothing said on the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.web import visit as visit_pages
from tests.desk.test_letters import with_letter, written

pytestmark = pytest.mark.browser


@pytest.fixture
def address(context, serve) -> str:
    """The desk behind a real server, with four hand-offs."""
    context.handed_off(1)
    context.handed_off(2, "I can't feel between my legs", rf=["RF-CES"])
    context.handed_off(3, "just relax", complaint="relax", nrs=1, function_limited=False)
    context.handed_off(
        4,
        "sore back and Eliquis, 5 of 10",
        ci=["CI-ANTICOAG"],
        facts={
            "contact": {
                "name": "Wilhelmina Featherstonehaugh-Cholmondeley",
                "email": "a-very-long-address-that-does-not-break@example-clinic-with-a-long-name.example",
            }
        },
    )
    context.staff("Ana", "lead")
    return serve()


def test_a_case_is_decided_by_keys_alone(signed_in, arrived, address):
    page, said = signed_in(address)
    page.keyboard.press("j")
    assert "Not now, emergency" in page.evaluate("document.activeElement.textContent")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/handoffs/*")
    page.keyboard.press("c")
    arrived(page, "text=Claimed by Ana")
    page.keyboard.press("n")
    page.keyboard.type("called jkc twice")  # letters in a field are text, not commands
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    arrived(page, "text=called jkc twice")
    page.keyboard.press("u")
    page.wait_for_url("**/desk")
    page.keyboard.press("/")
    page.keyboard.type("ruiz")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=**")
    assert page.input_value("#search") == "ruiz"
    assert said == []


def test_letter_keys_can_be_switched_off(signed_in, address):
    page, said = signed_in(address)
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") != "rowlink"
    assert said == []


def test_everything_works_without_javascript(signed_in, address):
    page, _ = signed_in(address, java_script_enabled=False)
    page.click(".verdict:has-text('Clinical massage')")
    page.click("button:has-text('Claim')")
    page.click("summary:has-text('Decline')")
    page.fill("form[action$='/decline'] textarea", "found another clinic")
    page.click("form[action$='/decline'] button")
    expect(page.locator(".pill").first).to_have_text("Declined by Ana")
    page.click("summary:has-text('Reopen')")
    page.fill("form[action$='/reopen'] textarea", "is back")
    page.click("form[action$='/reopen'] button")
    expect(page.locator(".pill").first).to_have_text("Claimed by Ana")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_cut_off_at_any_width(signed_in, address, width, scheme):
    page, said = signed_in(address, viewport={"width": width, "height": 760}, color_scheme=scheme)
    links = page.eval_on_selector_all(".rowlink", "all => all.map(one => one.href)")
    for url in [address + "/desk?queue=all", address + "/desk/password", address + "/desk/sign-in", *links]:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        small = page.eval_on_selector_all(
            "a.button, button:not([hidden]), summary.button, select, .tabs a",
            "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 24).map(one => one.outerHTML)",
        )
        assert small == [], url
    assert said == []


def test_the_visitors_answers_appear_while_a_person_speaks(signed_in, address, context):
    from bot.services.stored import NewMessage

    page, said = signed_in(address)
    page.click(".verdict:has-text('Clinical massage')")
    page.click("button:has-text('Take over')")
    page.fill("form[action$='/say'] textarea", "Hello, this is Ana.")
    page.click("form[action$='/say'] button")
    page.wait_for_selector(".log .staff >> text=Hello, this is Ana.")
    with context.uow() as uow:
        uow.conversations.append(
            "conversation-0000000001", NewMessage("visitor", "Oh hello! <b>me</b>", id="x"), now=context.time
        )
        uow.commit()
    page.wait_for_selector(".log .visitor >> text=Oh hello! <b>me</b>", timeout=15_000)
    assert said == []


@pytest.mark.parametrize("width", [1280, 1000])
def test_a_long_row_of_moves_covers_nothing_of_the_conversation(signed_in, arrived, address, width):
    page, said = signed_in(address, viewport={"width": width, "height": 760})
    page.click(".verdict:has-text('Clinical massage')")
    page.click("button:has-text('Claim')")
    arrived(page, "text=Claimed by Ana")
    page.click("summary:has-text('Book')")
    for tick in (0, 1, 2):
        page.locator("input[name=slot]").nth(tick).check()
    page.click("text=Propose, and let them confirm")
    arrived(page, "text=Take the times back")
    page.click("button:has-text('Take over')")
    arrived(page, "button:has-text('Hand back')")
    page.evaluate("scrollTo({ top: 500, behavior: 'instant' })")
    button = page.locator("button:has-text('Hand back')")
    covered = "one => { const at = one.getBoundingClientRect(); return document.elementFromPoint(at.x + at.width / 2, at.y + 2) !== one; }"
    expect(button).to_be_in_viewport(ratio=1)
    assert not button.evaluate(covered)
    assert said == []


def test_an_open_page_tells_of_new_danger_and_r_shows_it(signed_in, arrived, address, context):
    page, said = signed_in(address)
    page.click(".verdict:has-text('Clinical massage')")
    arrived(page, "h1:has-text('Clinical massage')")
    page.evaluate("scrollTo(0, 600)")
    context.later(seconds=1)
    context.handed_off(1, rf=["RF-CES"])
    expect(page.locator("#changed")).to_contain_text("new danger", timeout=15_000)
    expect(page.locator("#changed p")).to_be_in_viewport(ratio=1)
    page.keyboard.press("r")
    arrived(page, "h1:has-text('Not now, emergency')")
    assert page.locator("#changed p").count() == 0
    assert said == []


def test_the_pages_of_a_letter_stand_beside_the_doctors_word(context, serve, signed_in):
    """On a phone, in the tab of the doctor's word; the policy of the page lets them through."""
    reference, _ = with_letter(context, written("Massage is fine.", "Second page"))
    context.staff("Ana")
    address = serve()
    page, said = signed_in(address, viewport={"width": 360, "height": 740})
    page.goto(f"{address}/desk/handoffs/{reference}")
    page.get_by_text("Doctor's word", exact=True).first.click()
    leaf = page.locator("img.leaf").first
    leaf.scroll_into_view_if_needed()
    assert leaf.evaluate("image => image.decode().then(() => image.naturalHeight)") == 1600
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert leaf.bounding_box()["width"] > 200
    assert said == []


def test_the_buttons_of_a_visit_work_in_a_browser(context, furnished, serve, chromium):
    """A page without a referrer makes browsers send `Origin: null` with its forms, which is refused as foreign."""
    page = chromium.new_page()
    page.goto(serve(*visit_pages.routes(context)) + furnished["visit"])
    page.click("summary")
    page.click("text=Cancel this visit")
    page.wait_for_selector("text=This visit is cancelled")
    page.close()
