"""Every attribute of the tag does what it says, in the button and in the chat, and the builder writes it."""

from __future__ import annotations

import base64
import re

import pytest
from axe import violations
from chats import at, leads_to, log, say
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def dressed(page: Page, clinic, field: str = "narrative", **settings: str):
    """The demo page with these settings on its tag, and the chat open."""
    origin, api, _ = clinic
    api.jump(field)
    page.goto(origin)
    page.evaluate(
        "settings => Object.entries(settings).forEach(([key, value]) => document.querySelector('palpate-chat').setAttribute(key, value))",
        settings,
    )
    button = page.locator("palpate-chat button.open")
    text = button.inner_text()
    button.click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(log(chat).first).to_be_visible()
    return chat, text


def test_name_greeting_label_corners_logo_and_colour(page, clinic):
    chat, text = dressed(
        page,
        clinic,
        name="Birch Lane",
        greeting="Hello from Birch Lane.",
        label="Ask us",
        radius="4",
        logo=PIXEL,
        colour="#ffe14d",
    )
    assert text == "Ask us"
    button = page.locator("palpate-chat button.open")
    expect(button).to_have_css("background-color", "rgb(255, 225, 77)")
    expect(button).to_have_css("color", "rgb(0, 0, 0)")
    expect(chat.locator("header")).to_have_css("background-color", "rgb(255, 225, 77)")
    expect(page.get_by_role("dialog", name="Chat with Birch Lane")).to_be_visible()
    expect(chat.get_by_role("heading", level=1)).to_have_text("Birch Lane")
    expect(chat.locator("#intro")).to_have_text("Hello from Birch Lane.")
    expect(chat.locator(".face img")).to_have_js_property("naturalWidth", 1)
    assert log(chat).first.locator(".text").evaluate("node => getComputedStyle(node).borderTopLeftRadius") == "4px"
    assert page.locator("palpate-chat .panel").evaluate("node => getComputedStyle(node).borderTopLeftRadius") == "4px"


def test_a_setting_that_is_not_one_is_left_out(page, clinic):
    chat, _ = dressed(
        page,
        clinic,
        radius="9999",
        colour="red;x",
        logo="https://elsewhere.example/logo.png",
        theme="pink",
        direction="up",
    )
    expect(chat.locator(".face img")).to_have_count(0)
    expect(chat.locator("html")).to_have_attribute("dir", "ltr")
    assert chat.locator("html").get_attribute("data-theme") is None
    assert log(chat).first.locator(".text").evaluate("node => getComputedStyle(node).borderTopLeftRadius") == "18px"


def test_left_corner_and_dark(page, clinic):
    chat, _ = dressed(page, clinic, position="left", theme="dark")
    assert page.locator("palpate-chat .panel").bounding_box()["x"] < 40
    dark, light = "rgb(19, 25, 23)", "rgb(251, 247, 241)"
    panel = page.locator("palpate-chat .panel")  # shows before the chat within it does
    for part in (panel, chat.locator("body")):
        expect(part).to_have_css("background-color", dark)
    page.evaluate("() => document.querySelector('palpate-chat').removeAttribute('theme')")
    for scheme, colour in (("light", light), ("dark", dark)):
        page.emulate_media(color_scheme=scheme)
        for part in (panel, chat.locator("body")):
            expect(part).to_have_css("background-color", colour)


def test_right_to_left_turns_the_button_the_panel_and_the_chat(page, clinic):
    chat, _ = dressed(page, clinic, direction="rtl")
    expect(chat.locator("html")).to_have_attribute("dir", "rtl")
    assert page.locator("palpate-chat .panel").bounding_box()["x"] < 40, "the corner follows the direction"
    say(chat, "مرحبا")
    own = chat.locator('[data-from="visitor"]')
    expect(own).to_be_visible()
    panel, mine = page.locator("palpate-chat .panel").bounding_box(), own.bounding_box()
    assert mine["x"] - panel["x"] < panel["width"] / 2
    assert violations(page) == []


@pytest.mark.parametrize("language", ["es", "es-MX"])
def test_spanish_from_the_button_to_the_parts(page, clinic, language):
    chat, text = dressed(page, clinic, "nrs", language=language)
    assert text == "Cuéntenos qué le duele"
    expect(chat.locator("html")).to_have_attribute("lang", "es")
    expect(chat.get_by_role("button", name="Salir ya")).to_be_visible()
    expect(chat.get_by_text("el peor dolor imaginable")).to_be_visible()
    expect(chat.get_by_role("button", name="Enviar respuesta")).to_be_visible()
    assert violations(page) == []
    english = re.compile(r"Write a message|Quick exit|Your data|Send answer|Why we ask|What I understood")
    expect(chat.locator("body")).not_to_contain_text(english)


def test_both_languages_have_the_same_words(page, clinic):
    page.goto(clinic[0])
    sets = page.evaluate(
        """async () => Object.fromEntries(await Promise.all(['en', 'es', 'en_parts', 'es_parts'].map(async (name) =>
          [name, Object.entries((await import(`/widget/app/${name}.js`)).words).map(([key, words]) =>
            key + ' ' + (words.match(/{\\w+}/g) ?? []).sort().join(''))])))"""
    )
    plain = {name: {key for key in keys if not key.startswith("p_")} for name, keys in sets.items()}
    assert plain["en"] == plain["es"]
    assert plain["en_parts"] == plain["es_parts"]


def test_a_language_we_do_not_have_is_answered_in_english(page, clinic):
    chat, text = dressed(page, clinic, language="fr")
    assert text == "Tell us what hurts"
    expect(chat.locator("html")).to_have_attribute("lang", "en")


def test_the_builder_writes_the_tag_and_the_live_chat_follows(page, clinic):
    origin, _, _ = clinic
    page.goto(f"{origin}/for-your-website")
    page.get_by_role("button", name="Open the chat").click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(log(chat).first).to_be_visible()
    page.get_by_label("Name of the clinic").fill('Birch & "Lane"')
    page.get_by_label("Words on the button").fill("Ask us")
    page.get_by_label("First words").fill("Hello.")
    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("Roundness").fill("6")
    page.get_by_label("Direction").select_option("rtl")
    page.get_by_label("Corner").select_option("left")
    page.get_by_label("Where “Quick exit” leads").fill("https://www.example.org/")
    page.get_by_label("Logo").set_input_files(
        {"name": "l.png", "mimeType": "image/png", "buffer": base64.b64decode(PIXEL.split(",")[1])}
    )
    tag = page.get_by_label("Your tag")
    expect(tag).to_contain_text('data-logo="data:image/png;base64,')
    for setting in (
        'data-name="Birch &amp; &quot;Lane&quot;"', 'data-label="Ask us"', 'data-greeting="Hello."', 'data-theme="dark"',
        'data-radius="6"', 'data-direction="rtl"', 'data-position="left"', 'data-exit="https://www.example.org/"',
    ):  # fmt: skip
        expect(tag).to_contain_text(setting)
    expect(chat.get_by_role("heading", level=1)).to_have_text('Birch & "Lane"')
    expect(chat.locator("#intro")).to_have_text("Hello.")
    expect(chat.locator("html")).to_have_attribute("dir", "rtl")
    expect(chat.locator(".face img")).to_have_js_property("naturalWidth", 1)
    page.get_by_label("Language").select_option("es")
    expect(chat.get_by_role("button", name="Salir ya")).to_be_visible()


def test_shift_three_times_leaves_and_blanks_the_page(page, clinic):
    _, _, host = clinic
    chat = at(page, clinic, "narrative")
    leads_to(page, host + "/")
    box = chat.locator("#text")
    box.press_sequentially("ABC")
    expect(box).to_have_value("ABC")
    box.press("Shift")
    box.press("Shift")
    box.press("Shift")
    expect(page).to_have_url(host + "/")


def test_quick_exit_is_in_reach_however_far_the_page_is_scrolled(page, clinic):
    page.set_viewport_size({"width": 320, "height": 256})
    chat = at(page, clinic, "contact")
    chat.get_by_role("button", name="Send answer").scroll_into_view_if_needed()
    expect(chat.get_by_role("button", name="Quick exit")).to_be_in_viewport(ratio=1)


def test_when_the_chat_goes_on_in_spanish_its_surface_does_too(page, clinic):
    chat, _ = dressed(page, clinic)
    clinic[1].only.state["locale"] = "es"
    clinic[1].only.append("bot", "Claro, seguimos en español.")
    expect(chat.get_by_role("button", name="Salir ya")).to_be_visible()
    expect(log(chat)).to_have_count(2)
    assert len(clinic[1].conversations) == 1


def test_quick_exit_is_in_reach_in_the_data_menu_too(page, clinic):
    _, _, host = clinic
    chat = at(page, clinic, "narrative")
    leads_to(page, host + "/")
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("dialog").get_by_role("button", name="Quick exit").click()
    expect(page).to_have_url(host + "/")
