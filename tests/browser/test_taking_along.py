"""A doctor's letter goes in, papers come out, and a person who takes over is named."""

from __future__ import annotations

import pytest
from chats import at, log, say
from playwright.sync_api import FrameLocator, Page, expect

pytestmark = pytest.mark.browser
PDF = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 letter"}
DOCTOR = {
    "outcome": "doctor_first", "urgency": "gp", "rule": "R-1", "provisional": False,
    "reasons": [{"rule": "R-1", "outcome": "doctor_first", "urgency": "gp", "because": "You told me about “brittle bones”."}],
}  # fmt: skip


def doctor_first(page: Page, clinic) -> tuple[FrameLocator, object]:
    chat = at(page, clinic, "narrative")
    clinic[1].only.append("bot", "Please ask your doctor before a massage.", outcome=DOCTOR)
    return chat, chat.get_by_role("region", name="Your doctor first")


def test_a_letter_is_added_listed_after_a_reload_and_removed(page, clinic):
    chat, card = doctor_first(page, clinic)
    card.locator("input[type=file]").set_input_files(PDF)
    expect(card.get_by_text("Your letter was added.")).to_be_visible()
    expect(card.locator(".letter li")).to_contain_text("PDF, 1 kB")
    page.reload()
    chat = at_again(page)
    row = chat.locator(".letter li")
    expect(row).to_contain_text("PDF, 1 kB")
    row.get_by_role("button", name="Remove PDF, 1 kB").click()
    expect(row).to_have_count(0)
    assert clinic[1].kept == []


def at_again(page: Page) -> FrameLocator:
    page.locator("palpate-chat button.open").click()
    return page.frame_locator("palpate-chat iframe")


def test_what_is_no_letter_is_refused_in_words(page, clinic):
    _, card = doctor_first(page, clinic)
    card.locator("input[type=file]").set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"hello"})
    expect(card.get_by_role("status")).to_have_text("That is neither a photo nor a PDF.")


def test_a_photo_is_made_smaller_and_loses_where_it_was_taken(page, clinic):
    _, card = doctor_first(page, clinic)
    large = page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement('canvas'), {width: 4000, height: 3000});
          canvas.getContext('2d').fillRect(0, 0, 2000, 3000);
          const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
          return [...new Uint8Array(await blob.arrayBuffer())];
        }"""
    )
    photo = bytes(large) + b"GPS 40.7128 N"
    card.locator("input[type=file]").set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": photo})
    expect(card.locator(".letter li")).to_contain_text("Photo")
    assert clinic[1].kept[0]["type"] == "image/jpeg"


def test_a_letter_can_be_added_where_the_doctor_is_asked_about(page, clinic):
    chat = at(page, clinic, "narrative")
    question = {
        "field": "doctor", "kind": "choice", "skippable": False, "why": "",
        "choices": [{"value": "ok", "label": "My doctor agreed"}, {"value": "none", "label": "I have not asked"}],
    }  # fmt: skip
    clinic[1].only.append("bot", "Have you asked a doctor about massage?", question=question)
    chat.locator("#dock input[type=file]").set_input_files(PDF)
    expect(chat.locator("#dock").get_by_text("Your letter was added.")).to_be_visible()
    chat.get_by_role("button", name="My doctor agreed").click()
    expect(log(chat).nth(2)).to_contain_text("My doctor agreed")


@pytest.mark.parametrize(
    ("button", "name", "inside"),
    [
        ("Download as PDF", "massage-summary.pdf", b"summary"),
        ("Note for your doctor (PDF)", "note-for-your-doctor.pdf", b"doctor-note"),
    ],
)
def test_papers_are_downloads(page, clinic, button, name, inside):
    _, card = doctor_first(page, clinic)
    with page.expect_download() as download:
        card.get_by_role("button", name=button).click()
    assert download.value.suggested_filename == name
    assert inside in download.value.path().read_bytes()


def test_on_paper_there_is_the_conversation_and_nothing_to_tap(page, clinic):
    origin, api, _ = clinic
    page.goto(f"{origin}/widget/app/")
    expect(page.get_by_role("listitem")).to_have_count(1)
    api.only.append("bot", "Please ask your doctor before a massage.", outcome=DOCTOR)
    card = page.get_by_role("region", name="Your doctor first")
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    card.get_by_role("button", name="Print").click()
    assert page.evaluate("() => window.printed")
    page.emulate_media(media="print")
    expect(card).to_be_visible()
    for part in ("#composer", "#exit", ".papers", ".letter", "#privacy"):
        expect(page.locator(part)).to_be_hidden()
    page.goto(origin)
    assert page.locator("palpate-chat").evaluate("host => getComputedStyle(host).display") == "none"


def test_the_result_says_what_happens_next_but_not_in_an_emergency(page, clinic):
    chat, card = doctor_first(page, clinic)
    expect(card.get_by_role("heading", name="What happens next")).to_be_visible()
    expect(card.locator("ol.next li").first).to_have_text("Show the note for your doctor, and ask.")
    expect(card.locator("em")).to_have_text("“brittle bones”")
    expect(card.get_by_role("link", name="+1 555 010 0142")).to_have_attribute("href", "tel:+15550100142")
    say(chat, "chest pain")
    urgent = chat.get_by_role("region", name="No massage for now")
    expect(urgent).to_be_visible()
    expect(urgent.get_by_role("button")).to_have_count(0)


def test_a_person_who_takes_over_is_named_and_the_bot_is_silent(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    api.only.state["phase"] = "with_staff"
    api.holding = True
    joined = "Dana from our team has joined the chat. I'll be quiet while you talk."
    api.only.append("staff", joined, by="Dana", role="reviewer", event="takeover")
    expect(chat.locator("#role")).to_have_text("Dana, our care team")
    expect(log(chat).last).to_have_class("event")
    api.only.append("staff", "Hello, this is Dana.", by="Dana", role="reviewer")
    expect(log(chat).last.locator(".name")).to_have_text("Dana")
    expect(chat.locator("#text")).to_have_attribute("placeholder", "Write to Dana…")
    say(chat, "Hello Dana")
    expect(log(chat).last).to_contain_text("Sent")
    expect(chat.locator("#dots")).to_be_hidden()
    page.reload()
    chat = at_again(page)
    expect(chat.locator("#role")).to_have_text("Dana, our care team")
    api.only.state["phase"] = "interview"
    api.only.append("staff", "Dana has left the chat.", by="Dana", role="reviewer", event="hand_back")
    expect(chat.locator("#role")).to_have_text("Automated assistant")
    expect(log(chat).last).to_contain_text("Dana has left the chat.")
