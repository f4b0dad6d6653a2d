"""The body map: words light it up, fingers zoom it, a pain that spreads is said so, and the list alone does everything."""

from __future__ import annotations

import pytest
from chats import at, log
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("words", "lit"),
    [
        ("between my shoulder blades", {"Upper back"}),
        ("my left knee and the small of my back", {"Left knee", "Lower back"}),
        ("both knees, mostly when I run", {"Left knee", "Right knee"}),
        ("kneecap on the right", {"Right knee"}),
        ("it is my birthday", set()),
    ],
)
def test_words_light_up_their_places_while_they_are_written(page, clinic, words, lit):
    chat = at(page, clinic, "sites")
    chat.get_by_role("textbox", name="Write a message").press_sequentially(words)
    ticked = chat.locator("#dock label.option:has(:checked)")
    expect(ticked).to_have_count(len(lit))
    assert (
        set(ticked.all_inner_texts() if chat.locator("details.area[open]").count() else ticked.all_text_contents())
        == lit
    )
    assert set(chat.locator(".drawn path.on title").all_text_contents()) == lit


def test_a_place_without_its_side_glows_on_both_and_is_not_ticked(page, clinic):
    chat = at(page, clinic, "sites")
    box = chat.get_by_role("textbox", name="Write a message")
    box.press_sequentially("my shoulder")
    expect(chat.locator(".drawn path.maybe").first).to_be_attached()
    assert set(chat.locator(".drawn path.maybe title").all_text_contents()) == {"Left shoulder", "Right shoulder"}
    expect(chat.locator("#dock label.option:has(:checked)")).to_have_count(0)
    box.press_sequentially(", the left one")
    expect(chat.locator(".picked-now")).to_have_text("Chosen: Left shoulder")


def test_words_taken_back_take_back_their_light_but_not_what_was_ticked_by_hand(page, clinic):
    chat = at(page, clinic, "sites")
    chat.get_by_text("Head and neck").click()
    chat.get_by_role("checkbox", name="Neck").check()
    box = chat.get_by_role("textbox", name="Write a message")
    box.fill("my left ankle")
    expect(chat.locator(".picked-now")).to_have_text("Chosen: Neck, Left ankle")
    box.fill("")
    expect(chat.locator(".picked-now")).to_have_text("Chosen: Neck")


def test_one_view_alone_is_as_wide_as_the_chat_for_fingers(page, clinic):
    page.set_viewport_size({"width": 360, "height": 740})
    chat = at(page, clinic, "sites")
    knee = chat.locator(".front path.place", has_text="Left knee").first
    small = knee.bounding_box()
    chat.locator(".views").get_by_text("Front").click()
    large = knee.bounding_box()
    assert large["width"] > 2.2 * small["width"]
    expect(chat.locator(".back svg")).to_be_hidden()
    knee.scroll_into_view_if_needed()
    knee.click()
    expect(chat.locator(".picked-now")).to_have_text("Chosen: Left knee")


def test_a_pain_that_spreads_is_said_with_its_start(page, clinic):
    chat = at(page, clinic, "sites")
    chat.get_by_role("textbox", name="Write a message").fill("lower back and left buttock")
    chat.get_by_role("checkbox", name="It spreads from one place to the others").check()
    chat.get_by_label("It starts in").select_option("Lower back")
    chat.get_by_role("button", name="Send answer").click()
    expect(log(chat)).to_have_count(3)
    assert clinic[1].posts[0]["text"] == "Lower back, spreading to left buttock"


def test_the_keyboard_alone_chooses_several_places(page, clinic):
    chat = at(page, clinic, "sites")
    chat.locator("details.area summary").first.focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(chat.locator(".picked-now")).to_have_text("Chosen: Right jaw, Neck")
    assert chat.locator(".figures :focus").count() == 0
    page.keyboard.press("Enter")
    expect(log(chat)).to_have_count(3)
    assert clinic[1].posts[0]["answer"]["value"] == [{"site": "jaw", "side": "right"}, {"site": "neck", "side": None}]
