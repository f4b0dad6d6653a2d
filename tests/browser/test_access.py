"""Everybody can use it: axe finds nothing, the keyboard does everything, the log is read once, targets are large."""

from __future__ import annotations

import re

import pytest
from axe import violations
from chats import at, opened, say
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("field", ["consent_privacy", "emergency_gate", "sites", "nrs", "preferred_times", "contact"])
def test_axe_finds_nothing_at_a_question_where_something_is_wrong_or_open(page, clinic, field, scheme):
    page.emulate_media(color_scheme=scheme)
    chat = at(page, clinic, field)
    if field == "consent_privacy":
        chat.get_by_text("Why we ask").click()
    else:
        chat.get_by_role("button", name="Send answer").click()
        expect(chat.locator(".wrong, .note").filter(has_text=re.compile(r"\w")).first).to_be_visible()
    if field == "sites":
        chat.get_by_text("Hips, legs and feet").click()
        chat.get_by_role("checkbox", name="Left knee").check()
        chat.get_by_role("checkbox", name="Right knee").check()
        chat.get_by_role("checkbox", name="It spreads").check()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_result_the_record_and_the_data_menu(page, clinic, scheme):
    page.emulate_media(color_scheme=scheme)
    chat = at(page, clinic, "read_back")
    chat.get_by_role("button", name="What I understood").click()
    expect(chat.locator(".chips button").first).to_be_visible()
    chat.get_by_role("button", name="Yes, that's right").click()
    expect(chat.get_by_role("region", name="Clinical massage")).to_be_visible()
    assert violations(page) == []
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("button", name="Forget me").click()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_emergency_or_offline(page, context, clinic, scheme):
    page.emulate_media(color_scheme=scheme)
    chat = at(page, clinic, "narrative")
    box = chat.get_by_role("textbox", name="Write a message")
    box.fill("chest pain")
    box.press("Enter")
    expect(chat.get_by_role("region", name="No massage for now")).to_be_visible()
    context.set_offline(True)
    box.fill("hello")
    box.press("Enter")
    expect(chat.get_by_role("button", name="Try again")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_a_doctor_today_is_needed_and_messages_wait_or_are_refused(page, clinic, scheme):
    page.emulate_media(color_scheme=scheme)
    chat, api = at(page, clinic, "narrative"), clinic[1]
    api.only.append("bot", "Please see a doctor today.", alert={"urgency": "same_day", "call": "NHS 111"})
    expect(chat.locator("#alert").get_by_role("alert")).to_contain_text("Please see a doctor today")
    api.limiting = 1000  # until the pages are looked at
    say(chat, "one more thing")
    expect(chat.get_by_role("log")).to_contain_text("One moment: it is sent by itself.")
    assert violations(page) == []
    api.limiting = 0
    expect(chat.get_by_role("log")).not_to_contain_text("One moment: it is sent by itself.")
    chat.locator("#text").evaluate("box => { box.removeAttribute('maxlength'); box.value = 'x'.repeat(2001); }")
    chat.locator("#text").press("Enter")
    expect(chat.locator("#status, #over").filter(has_text=re.compile(r"\w")).first).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("end", ["erased", "gone"])
def test_axe_finds_nothing_where_a_chat_is_over(page, clinic, end, scheme):
    page.emulate_media(color_scheme=scheme)
    chat = at(page, clinic, "nrs")
    if end == "erased":
        chat.get_by_role("button", name="Your data").click()
        chat.get_by_role("button", name="Forget me").click()
        chat.get_by_role("button", name="Yes, erase it").click()
    else:
        clinic[1].conversations.clear()
        say(chat, "hello?")
    expect(chat.get_by_role("button", name="Start a new chat")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/for-your-website"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_the_clinic_pages_and_nothing_overflows(page, clinic, path, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(clinic[0] + path)
    expect(page.get_by_role("button", name="Tell us what hurts").last).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("colour", ["#ffe14d", "#1b2a6b", "#e0115f", "#808080"])
def test_any_colour_of_the_clinic_stays_readable(page, clinic, colour):
    origin, api, _ = clinic
    api.jump("nrs")
    for theme in ("light", "dark"):
        page.goto("about:blank")
        page.goto(f"{origin}/widget/app/#colour=%23{colour[1:]}&theme={theme}")
        page.get_by_role("radio", name="6").check()
        expect(page.locator("html")).to_have_attribute("style", re.compile(colour))  # it comes with a file of its own
        assert violations(page) == []


def test_the_keyboard_alone_goes_from_the_page_to_an_answer_and_back(page, clinic):
    origin, api, _ = clinic
    api.jump("nrs")
    page.goto(origin)
    launcher = page.locator("palpate-chat button.open")
    launcher.focus()
    page.keyboard.press("Enter")
    chat = page.frame_locator("palpate-chat iframe")
    box = chat.get_by_role("textbox", name="Write a message")
    expect(box).to_be_focused()
    expect(chat.get_by_role("radio").first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if chat.locator("#dock input:focus").count():
            break
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    chat.get_by_role("radio", name="0, no pain").press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(chat.get_by_role("radio", name="2", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(chat.get_by_role("log")).to_contain_text("Does it stop you")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    expect(page.locator("palpate-chat iframe")).to_be_hidden()


def test_the_keyboard_alone_holds_a_whole_interview(page, clinic):
    chat = at(page, clinic, "consent_privacy")
    box, dock = chat.locator("#text"), chat.locator("#dock")

    def reach(target: Locator) -> None:
        """Back from the message box, one tab stop after the other."""
        for _ in range(40):
            page.keyboard.press("Shift+Tab")
            if target.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"no way to {target}")

    def press(name: str) -> None:
        reach(dock.get_by_role("button", name=name, exact=True))
        page.keyboard.press("Enter")

    def write(words: str) -> None:
        page.keyboard.type(words)
        page.keyboard.press("Enter")

    def tick(target: Locator) -> None:
        reach(target)
        page.keyboard.press("Space")
        page.keyboard.press("Enter")

    def place() -> None:
        reach(dock.locator("summary").first)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")

    def contact() -> None:
        reach(dock.get_by_label("Your name"))
        page.keyboard.type("Dana Reed")
        page.keyboard.press("Tab")
        write("+1 555 010 0199")

    moves = {
        "consent_privacy": lambda: press("Yes"),
        "emergency_gate": lambda: press("None of these"),
        "narrative": lambda: write("My left shoulder hurts"),
        "age": lambda: write("39"),
        "sex": lambda: press("Female"),
        "sites": place,
        "nrs": lambda: tick(dock.get_by_role("radio").last),
        "function_limited": lambda: press("Yes"),
        "CI-PREG": lambda: press("No"),
        "preferred_times": lambda: tick(dock.get_by_role("checkbox").first),
        "contact": contact,
        "read_back": lambda: press("Yes, that's right"),
    }
    for field, move in moves.items():
        expect(dock.locator(f'form[data-field="{field}"]')).to_be_visible()
        expect(box).to_be_focused()
        move()
    expect(chat.get_by_role("region", name="Clinical massage")).to_be_visible()
    expect(box).to_be_focused()


@pytest.mark.parametrize(
    ("field", "reads"), [("contact", "Please tell us your name."), ("nrs", "Choose a number from 0 to 10.")]
)
def test_what_is_wrong_is_read_once_and_goes_as_soon_as_it_is_mended(page, clinic, field, reads):
    """By the alert, or by the note of the field that gets the focus; never by both."""
    chat = at(page, clinic, field)
    chat.get_by_role("button", name="Send answer").click()
    assert chat.locator("#dock").get_by_text(reads).count() == 1
    if field == "contact":
        name = chat.get_by_label("Your name")
        expect(name).to_be_focused()
        expect(name).to_have_accessible_description(reads)
        name.fill("Dana")
    else:
        expect(chat.get_by_role("alert").filter(has_text=reads)).to_be_visible()
        chat.get_by_role("radio").first.check()
    expect(chat.locator("#dock").get_by_text(reads)).to_have_count(0)


def test_the_log_is_a_quiet_live_region_beside_a_status(page, clinic):
    chat = at(page, clinic, "narrative")
    log = chat.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    first = log.get_by_role("listitem").first
    expect(first).to_contain_text("Assistant said: ")
    first.evaluate("one => { one.stays = true }")
    say(chat, "My left shoulder hurts")
    expect(log.get_by_role("listitem")).to_have_count(3)
    assert first.evaluate("one => one.stays"), "what stands there is never drawn anew, or all of it would be read again"
    expect(chat.locator("#status")).to_have_role("status")
    assert log.locator("#status").count() == 0


def test_what_is_replayed_is_not_read_out(page, clinic):
    page.add_init_script(
        "new MutationObserver(() => { const log = document.getElementById('log');"
        " if (log?.querySelector('li')) window.live ??= log.getAttribute('aria-live'); })"
        ".observe(document, {subtree: true, childList: true});"
    )
    at(page, clinic, "narrative")
    page.reload()
    chat = opened(page, clinic[0])
    expect(chat.get_by_role("log")).to_have_attribute("aria-live", "polite")
    assert chat.locator("html").evaluate("() => window.live") == "off"


def test_new_messages_do_not_steal_the_focus(page, clinic):
    chat = at(page, clinic, "narrative")
    chat.get_by_role("button", name="Your data").focus()
    clinic[1].only.append("staff", "Hello, this is Dana.")
    expect(chat.get_by_role("log")).to_contain_text("this is Dana")
    expect(chat.get_by_role("button", name="Your data")).to_be_focused()


@pytest.mark.parametrize("field", ["consent_privacy", "nrs", "emergency_gate"])
def test_targets_are_at_least_44_pixels_high_on_a_phone(page, clinic, field):
    page.set_viewport_size({"width": 360, "height": 740})
    chat = at(page, clinic, field)
    small = chat.locator(
        "button:visible, summary:visible, label.option:visible, label.number:visible, textarea"
    ).evaluate_all(
        "all => all.map(one => [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.height < 44 || box.width < 44).map(([text, box]) => text + ' ' + box.width + 'x' + box.height)"
    )
    assert small == []
    assert chat.locator("html").evaluate("root => root.scrollWidth <= innerWidth")
    assert chat.locator("html").evaluate("root => root.scrollHeight <= innerHeight"), "only the messages scroll"


def test_at_200_percent_on_a_small_screen_everything_can_still_be_reached(page, clinic):
    page.set_viewport_size({"width": 320, "height": 256})
    chat = at(page, clinic, "nrs")
    chat.get_by_role("radio", name="6").check()
    chat.get_by_role("button", name="Send answer").click()
    expect(chat.get_by_role("log")).to_contain_text("Does it stop you")
    assert chat.locator("html").evaluate("root => root.scrollWidth <= innerWidth")


def test_right_to_left_turns_the_layout(page, clinic):
    origin, api, _ = clinic
    api.jump("narrative")
    page.goto(f"{origin}/widget/app/")
    page.locator("html").evaluate("root => { root.dir = 'rtl'; }")
    page.get_by_role("textbox", name="Write a message").fill("مرحبا")
    page.keyboard.press("Enter")
    own = page.locator('[data-from="visitor"]')
    expect(own).to_be_visible()
    box = own.bounding_box()
    assert box is not None
    assert box["x"] < 640


def test_without_motion_nothing_is_animated(page, clinic):
    chat = at(page, clinic, "narrative")
    moving = chat.locator("*").evaluate_all(
        "all => all.filter(one => getComputedStyle(one).animationName !== 'none').length"
    )
    assert moving == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_a_person_speaks_a_letter_is_asked_and_an_answer_can_be_changed(page, clinic, scheme):
    page.emulate_media(color_scheme=scheme)
    api = clinic[1]
    chat = at(page, clinic, "age")
    chat.locator("#text").fill("39")
    chat.locator("#text").press("Enter")
    expect(chat.get_by_role("button", name="Change this answer")).to_be_visible()
    api.only.state["phase"] = "with_staff"
    api.only.state["ends_at"] = "2020-01-01T00:00:00Z"
    api.only.append("staff", "Dana has joined.", by="Dana", role="reviewer", event="takeover")
    api.only.append("staff", "Hello.", by="Dana", role="reviewer")
    api.only.append("bot", "Please ask your doctor.", outcome=DOCTOR_FIRST)
    expect(chat.get_by_role("region", name="Your doctor first")).to_be_visible()
    expect(chat.get_by_role("button", name="Keep it open")).to_be_visible()
    assert violations(page) == []


DOCTOR_FIRST = {"outcome": "doctor_first", "urgency": "gp", "rule": "R-1", "provisional": False, "reasons": []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_data_menu_with_a_link_and_at_the_end(page, clinic, scheme):
    page.emulate_media(color_scheme=scheme)
    chat = at(page, clinic, "nrs")
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("button", name="Go on with another device").click()
    expect(chat.get_by_role("textbox", name="Go on with another device")).to_be_visible()
    assert violations(page) == []
    chat.get_by_role("button", name="Close", exact=True).click()
    clinic[1].only.state["phase"] = "closed"
    clinic[1].only.changes += 1
    expect(chat.get_by_role("button", name="Start a new chat")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("field", ["emergency_gate", "nrs", "sites"])
def test_with_forced_colours_everything_keeps_an_edge_and_a_choice_can_be_told(page, clinic, field):
    page.emulate_media(forced_colors="active")
    chat = at(page, clinic, field)
    if field == "sites":
        chat.get_by_text("Head and neck").click()
    control = chat.locator("#dock").get_by_role("radio" if field == "nrs" else "checkbox").first
    label = chat.locator("#dock label.number, #dock label.option").first
    before = label.screenshot()
    control.check()
    assert label.screenshot() != before, "the choice shows"
    edges = chat.locator("#exit, #dock .option:visible, #dock .primary, li .text").evaluate_all(
        "all => all.filter((one) => parseFloat(getComputedStyle(one).borderTopWidth) === 0).map((one) => one.textContent)"
    )
    assert edges == []


GOLDEN_START = """
- banner:
  - heading "Alder Row Clinical Massage" [level=1]
  - paragraph: Automated assistant
  - button "Quick exit"
  - button "Close chat"
- main:
  - paragraph: First, your agreement
  - group "Messages and answers":
    - log "Conversation":
      - paragraph: Tell us what hurts, in your own words. We ask a few questions, then say which appointment fits and why.
      - list:
        - listitem:
          - text: "Assistant said:"
          - paragraph: Hello. I'm the automated assistant of Alder Row Clinical Massage, not a doctor.
          - paragraph: I ask about your health to plan your visit. Staff read your answers; nobody else does. Is that all right?
    - region "Your answer":
      - group /I ask about your health/:
        - button "Yes"
        - button "No"
      - group: Why we ask
  - status
  - status: Answer buttons are above the message box.
  - text: Write a message…
  - status
  - textbox "Write a message…"
  - button "Send"
- contentinfo:
  - paragraph: Not a diagnosis, not an emergency service. In an emergency call 911.
  - button "Your data"
"""
GOLDEN_SCALE = """
- region "Your answer":
  - group "How strong is the pain right now, from 0 to 10?":
    - radio "0, no pain"
    - radio "1"
    - radio "2"
    - radio "3"
    - radio "4"
    - radio "5"
    - radio "6"
    - radio "7"
    - radio "8"
    - radio "9"
    - radio "10, worst pain imaginable"
    - button "Send answer"
  - group: Why we ask
"""
GOLDEN_MAP = """
- region "Your answer":
  - group "Where does it hurt?":
    - status: "Chosen: Neck"
    - group:
      - text: Head and neck
      - checkbox "Head"
      - text: Head
      - checkbox "Left jaw"
      - text: Left jaw
      - checkbox "Right jaw"
      - text: Right jaw
      - checkbox "Neck" [checked]
      - text: Neck
    - group: Shoulders and arms
    - group: Chest, back and tummy
    - group: Hips, legs and feet
    - group: Anywhere else
    - button "Send answer"
  - group: Why we ask
"""
GOLDEN_RECORD = """
- list:
  - listitem:
    - button "where left shoulder my left shoulder Change where"
  - listitem:
    - button "how long 4 days since tennis on Monday Change how long"
"""
GOLDEN_RESULT = """
- region "Clinical massage":
  - heading "Clinical massage once we have seen your doctor's note" [level=2]
  - paragraph: /From what you told me/
  - paragraph: /Your reference is/
  - heading "Why" [level=3]
  - list:
    - listitem: /You told me about a strain/
    - listitem: /It is 6 out of 10/
  - heading "What happens next" [level=3]
  - list:
    - listitem: A person on our team reads your answers.
    - listitem: They contact you to agree a time.
    - listitem: Your therapist asks again and checks you before the massage.
  - button "Download as PDF"
  - button "Print"
"""
GOLDEN_DANGER = """
- alert:
  - strong: This may be an emergency
  - paragraph: Stop here and get help now. Do not wait for us.
  - link "Call 911 now":
    - /url: tel:911
"""


def test_the_accessibility_tree_is_the_golden_one_at_the_start(page, clinic):
    chat = at(page, clinic, "consent_privacy")
    expect(chat.locator("body")).to_match_aria_snapshot(GOLDEN_START)


def test_the_accessibility_tree_is_the_golden_one_at_the_scale_and_in_danger(page, clinic):
    chat = at(page, clinic, "nrs")
    expect(chat.locator("#dock")).to_match_aria_snapshot(GOLDEN_SCALE)
    chat.locator("#text").fill("chest pain")
    chat.locator("#text").press("Enter")
    expect(chat.locator("#alert")).to_match_aria_snapshot(GOLDEN_DANGER)


def test_the_accessibility_tree_is_the_golden_one_at_the_map_the_record_and_the_result(page, clinic):
    chat = at(page, clinic, "sites")
    chat.get_by_text("Head and neck").click()
    chat.get_by_role("checkbox", name="Neck").check()
    expect(chat.locator("#dock")).to_match_aria_snapshot(GOLDEN_MAP)
    chat.get_by_role("button", name="What I understood").click()
    expect(chat.locator("#known")).to_match_aria_snapshot(GOLDEN_RECORD)
    for turn in ("neck", "6", "yes", "no", "mornings", "555 010 0199", "yes"):
        say(chat, turn)
        expect(chat.locator("#log > ol > li").last).not_to_have_attribute("data-from", "visitor")
    expect(chat.locator(".result")).to_match_aria_snapshot(GOLDEN_RESULT)


def test_nothing_jumps_while_the_interview_goes_on(page, clinic):
    """Layout shift that no tap and no key has caused, from opening the chat to the result (Web Vitals calls 0.1 good)."""
    page.add_init_script(
        "new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput)"
        " window.shifted = (window.shifted ?? 0) + one.value; })).observe({type: 'layout-shift', buffered: true});"
    )
    page.set_viewport_size({"width": 360, "height": 740})
    chat = at(page, clinic, "consent_privacy")
    for words in [
        "yes",
        "none of these",
        "my shoulder hurts",
        "39",
        "male",
        "left shoulder",
        "6",
        "yes",
        "no",
        "mornings",
        "555 010 0199",
        "yes",
    ]:
        chat.locator("#text").fill(words)
        chat.locator("#text").press("Enter")
        expect(chat.locator("#log > ol > li").last).not_to_have_attribute("data-from", "visitor")
    expect(chat.get_by_role("region", name="Clinical massage")).to_be_visible()
    frame = page.frames[-1]
    assert page.evaluate("() => window.shifted ?? 0") == 0
    assert frame.evaluate("() => window.shifted ?? 0") < 0.1
