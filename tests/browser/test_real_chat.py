"""The whole product in a real browser: a visitor in the chat, staff at the desk, one database between them."""

from __future__ import annotations

import json
import re
import uuid

import httpx
import pytest
from axe import violations
from person import STORY, TURN, Visitor, sign_in
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}
PASSWORD = "a calm green lamp 42"


@pytest.fixture(params=SIZES)
def sized(request, page: Page) -> tuple[str, Page]:
    """A page on a phone and on a desk."""
    page.set_viewport_size(SIZES[request.param])
    return request.param, page


def test_a_visitor_is_asked_and_told_and_staff_book(sized, stack, browser: Browser):
    size, page = sized
    visitor = Visitor(page, stack.url)
    visitor.arrive()
    visitor.start()
    visitor.go_on("read_back")
    expect(visitor.log).to_contain_text("Times: Weekday mornings; Thursday 5 March, 12:00 to 17:00")
    assert "narrative" in visitor.asked
    assert {"nrs", "duration_days", "onset"}.isdisjoint(visitor.asked), "the story said these"
    visitor.tap("Yes, that's right")
    card = visitor.chat.get_by_role("region", name="Clinical massage")
    expect(card.get_by_role("listitem").first).to_contain_text(re.compile(r"\w+ \w+"), timeout=TURN)
    with page.expect_download() as paper:
        card.get_by_role("button", name="Download as PDF").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF-")
    reference = visitor.chat.locator("#progress .ref")
    expect(reference).to_have_text(re.compile(r"PLP-\w{4}-\w{2}"))
    assert visitor.chat.locator("html").evaluate("root => root.scrollWidth <= innerWidth")

    told, number = visitor.read(), reference.inner_text()
    assert sum(STORY in text for text in told) == 1
    visitor.arrive()
    expect(visitor.chat.locator(".result")).to_be_visible(timeout=TURN)
    assert visitor.read() == told, "a reload shows the same"

    staff = browser.new_context(viewport=SIZES[size])
    booked_by(staff.new_page(), stack, f"ana-{size}", number)
    staff.close()
    shown = stack.palpate("handoffs", "show", number, "--json")
    assert json.loads(shown.stdout)["status"] == "booked", shown.stdout + shown.stderr


def booked_by(page: Page, stack, name: str, reference: str) -> None:
    """Staff find the hand-off in the queue, claim it and book it."""
    added = stack.palpate("staff", "add", name, "--role", "reviewer", "--password-stdin", text=PASSWORD)
    assert added.returncode == 0, added.stderr
    sign_in(page, stack.url, name, PASSWORD)
    page.get_by_role("searchbox").fill(reference)
    page.get_by_role("searchbox").press("Enter")  # a whole reference opens its hand-off
    expect(page.get_by_role("heading", level=1)).to_have_text("Clinical massage")
    expect(page.get_by_text("Asthma or COPD").first).to_be_visible()
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text(f"Claimed by {name}")).to_be_visible()
    page.locator("summary", has_text=re.compile("^Book$")).click()
    page.get_by_label("Start", exact=True).fill("2099-03-05T14:00")
    page.get_by_label("Therapist", exact=True).fill(f"Mira {name}")
    page.get_by_label("Room", exact=True).fill(f"Room {name}")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("heading", name="Appointment")).to_be_visible()
    expect(page.get_by_text("Booked", exact=False).first).to_be_visible()


def test_an_emergency_written_in_the_chat_shows_the_number_to_call(sized, stack):
    _, page = sized
    visitor = Visitor(page, stack.url)
    visitor.arrive()
    visitor.start()
    visitor.say("crushing chest pain and I can't breathe")
    call = visitor.chat.get_by_role("alert").get_by_role("link", name="Call 911 now")
    expect(call).to_have_attribute("href", "tel:911", timeout=TURN)
    expect(call).to_be_in_viewport(ratio=1)
    expect(visitor.log).to_contain_text("Please stop here", timeout=TURN)
    expect(visitor.chat.locator("#progress")).to_contain_text("The questions have ended", timeout=TURN)
    visitor.arrive()
    expect(call).to_be_visible(timeout=TURN)


def test_danger_in_a_message_too_many_shows_the_number_before_the_message_is_taken(page, stack):
    visitor = Visitor(page, stack.url)
    visitor.arrive()
    visitor.wait_for("consent_privacy")
    key, token = visitor.chat.locator("body").evaluate("() => sessionStorage.palpate").split()
    with httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as other:
        again = {"id": str(uuid.uuid4()), "text": "hello"}  # the same one each time: no turn, but each of them counts
        while other.post(f"/api/conversations/{key}/messages", json=again).status_code == 202:
            pass
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        visitor.say("crushing chest pain and I can't breathe")
    assert refused.value.status == 429
    call = visitor.chat.get_by_role("alert").get_by_role("link", name="Call 911 now")
    expect(call).to_have_attribute("href", "tel:911")
    expect(visitor.log).to_contain_text("One moment: it is sent by itself.")


def test_danger_before_consent_is_answered_at_once(page, stack):
    visitor = Visitor(page, stack.url)
    visitor.arrive()
    visitor.wait_for("consent_privacy")
    visitor.say("I can't feel between my legs and I cannot pee")
    expect(visitor.chat.get_by_role("alert").get_by_role("link", name="Call 911 now")).to_be_visible(timeout=TURN)


def test_what_was_understood_stands_in_words_beside_what_was_said(page, stack):
    visitor = Visitor(page, stack.url)
    visitor.arrive()
    visitor.start()
    visitor.say(STORY)
    expect(visitor.chat.locator('#dock form:not([data-field="narrative"])')).to_be_visible(timeout=TURN)
    visitor.chat.get_by_role("button", name="What I understood").click()
    chips = visitor.chat.locator(".chips button")
    expect(chips.filter(has_text="where")).to_contain_text("right shoulder")
    expect(chips.filter(has_text="pain, 0 to 10")).to_contain_text("5 out of 10")
    expect(chips.filter(has_text="age")).to_contain_text("39")
    assert not re.search(r"RF-|CI-|null|_", " ".join(chips.all_inner_texts()))


@pytest.mark.parametrize("sized", ["phone"], indirect=True)  # tests/desk/test_every_page.py looks at both widths
def test_axe_finds_nothing_at_the_desk(sized, stack):
    size, page = sized
    visitor = Visitor(page, stack.url)
    visitor.arrive()
    visitor.start()
    visitor.go_on("result")
    reference, name = visitor.chat.locator("#progress .ref").inner_text(), f"axe-{size}"
    assert stack.palpate("staff", "add", name, "--role", "lead", "--password-stdin", text=PASSWORD).returncode == 0
    page.goto(f"{stack.url}/desk")
    assert wrong(page) == []
    sign_in(page, stack.url, name, PASSWORD)
    one = f"/desk/handoffs/{reference}"
    for path in (
        "/desk",
        "/desk?queue=all",
        one,
        f"{one}/doctor-note",
        "/desk/rules?q=RF-CES",
        "/desk/password",
        "/desk/handoffs/none",
    ):
        page.goto(stack.url + path)
        assert wrong(page) == [], path
    page.goto(stack.url + one)
    page.get_by_role("button", name="Claim").click()
    for fold in page.locator("details.act > summary").all():
        fold.click()
        assert violations(page) == [], fold.inner_text()


def wrong(page: Page) -> list[str]:
    """What axe finds on light and on dark, and whether the page is wider than the screen."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += violations(page)
    if not page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"):
        found.append("wider than the screen")
    return found
