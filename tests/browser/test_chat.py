"""The chat in a real browser: what a visitor does, sees and hears, against the recorded interview."""

from __future__ import annotations

import re

import pytest
from chats import at, log, opened, say
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser


def test_a_message_is_sent_once_and_answered(page, clinic):
    _, api, _ = clinic
    chat = at(page, clinic, "narrative")
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    say(chat, "My left shoulder hurts")
    expect(log(chat).nth(1)).to_contain_text("Sending…")
    held[0].continue_()
    expect(log(chat).last).to_contain_text("How old are you?")
    expect(log(chat).nth(1)).to_contain_text("You said: My left shoulder hurts")
    expect(log(chat).nth(1)).to_contain_text("Sent")
    assert len(api.posts) == 1
    assert log(chat).count() == 3


def test_a_message_tells_what_was_on_screen_when_it_was_begun(page, clinic):
    _, api, _ = clinic
    chat = at(page, clinic, "narrative")
    begun = len(api.only.messages)
    box = chat.get_by_role("textbox", name="Write a message")
    box.press_sequentially("n")
    api.only.append("bot", "A line that comes while the visitor writes.")
    expect(log(chat).last).to_contain_text("A line that comes")
    box.press_sequentially("o")
    box.press("Enter")
    expect(log(chat).last).to_contain_text("How old are you?")
    shown = len(api.only.messages)
    say(chat, "46")
    expect(log(chat).nth(shown)).to_contain_text("46")
    expect(log(chat).nth(shown)).to_contain_text("Sent")
    assert [post["seen"] for post in api.posts] == [begun, shown]


def test_several_lines_are_one_message_and_shift_enter_breaks_a_line(page, clinic):
    chat = at(page, clinic, "narrative")
    box = chat.get_by_role("textbox", name="Write a message")
    box.press_sequentially("neck")
    box.press("Shift+Enter")
    box.press_sequentially("and head")
    box.press("Enter")
    expect(log(chat).last).to_contain_text("How old")
    assert clinic[1].posts[0]["text"] == "neck\nand head"


def test_enter_that_ends_a_composition_does_not_send(page, clinic):
    chat = at(page, clinic, "narrative")
    box = chat.get_by_role("textbox", name="Write a message")
    box.fill("肩")
    box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    box.press("End")
    assert clinic[1].posts == []
    expect(box).to_have_value("肩")


def test_yes_no_sends_the_value_and_shows_the_label(page, clinic):
    chat = opened(page, clinic[0])
    chat.get_by_role("button", name="Yes", exact=True).click()
    expect(log(chat).nth(1)).to_contain_text("Yes")
    expect(chat.locator("#dock form")).to_have_attribute("data-kind", "multi")
    assert clinic[1].posts[0]["answer"] == {"question": "consent_privacy", "value": "yes"}
    expect(chat.get_by_role("textbox", name="Write a message")).to_be_focused()


def test_not_sure_is_offered_where_the_question_offers_it(page, clinic):
    chat = at(page, clinic, "CI-PREG")
    chat.get_by_role("button", name="Not sure").click()
    expect(log(chat).nth(1)).to_contain_text("Not sure")
    expect(log(chat)).to_have_count(3)
    assert clinic[1].posts[0]["answer"]["value"] == "unsure"


@pytest.mark.parametrize(("label", "value"), [("None of these", "none"), ("Not sure", "unsure")])
def test_none_and_not_sure_are_in_view_at_once_and_answer_with_one_tap(page, clinic, label, value):
    page.set_viewport_size({"width": 360, "height": 640})
    chat = at(page, clinic, "emergency_gate")
    expect(chat.get_by_role("checkbox").first).to_be_in_viewport()
    button = chat.get_by_role("button", name=label)
    expect(button).to_be_in_viewport(ratio=1)
    expect(chat.get_by_role("button", name="Send answer")).to_be_in_viewport(ratio=1)
    button.click()
    expect(log(chat).nth(1)).to_contain_text(label)
    expect(log(chat).last).to_contain_text("In your own words")
    assert clinic[1].posts[0]["answer"]["value"] == value


def test_none_of_these_cannot_wipe_out_what_was_ticked(page, clinic):
    chat = at(page, clinic, "emergency_gate")
    chat.get_by_role("button", name="Send answer").click()
    expect(chat.locator(".wrong")).to_have_text("Choose at least one answer.")
    headache = chat.get_by_role("checkbox", name="A headache that was at its worst within five minutes")
    headache.check()
    for label in ("None of these", "Not sure"):
        expect(chat.get_by_role("button", name=label)).to_be_disabled()
    headache.uncheck()
    expect(chat.get_by_role("button", name="None of these")).to_be_enabled()


def test_the_question_is_shown_once_and_names_the_group(page, clinic):
    chat = at(page, clinic, "emergency_gate")
    words = "Now or in the last two weeks, even if it went away: any of these?"
    expect(chat.get_by_role("group", name=words)).to_be_visible()
    shown = chat.get_by_text(words).evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().width > 1).length"
    )
    assert shown == 1


def test_several_choices_are_sent_as_a_list(page, clinic):
    chat = at(page, clinic, "emergency_gate")
    for name in ("A headache", "An arm or leg"):
        chat.get_by_role("checkbox", name=name).check()
    chat.get_by_role("button", name="Send answer").click()
    expect(log(chat)).to_have_count(3)
    assert clinic[1].posts[0]["answer"]["value"] == ["RF-THUNDER", "RF-ALI"]


def test_the_scale_has_eleven_radios_none_chosen_and_sends_a_number(page, clinic):
    chat = at(page, clinic, "nrs")
    radios = chat.get_by_role("radio")
    expect(radios).to_have_count(11)
    assert radios.evaluate_all("all => all.some(one => one.checked)") is False
    expect(chat.get_by_text("worst pain imaginable")).to_be_visible()
    chat.get_by_role("button", name="Send answer").click()
    expect(chat.locator(".wrong")).to_have_text("Choose a number from 0 to 10.")
    chat.get_by_role("radio", name="6").check()
    chat.get_by_role("button", name="Send answer").click()
    expect(log(chat)).to_have_count(3)
    assert clinic[1].posts[0]["answer"]["value"] == 6


def test_the_body_list_and_the_figure_mirror_each_other(page, clinic):
    chat = at(page, clinic, "sites")
    chat.locator("path.place", has_text="Left knee").first.click(force=True)
    expect(chat.locator(".picked-now")).to_have_text("Chosen: Left knee")
    for area in ("Hips, legs and feet", "Head and neck"):
        chat.get_by_text(area).click()
    expect(chat.get_by_role("checkbox", name="Left knee")).to_be_checked()
    chat.get_by_role("checkbox", name="Right knee").check()
    chat.get_by_role("checkbox", name="Neck").check()
    assert chat.locator("path.place.on").count() >= 4
    chat.get_by_role("button", name="Send answer").click()
    expect(log(chat)).to_have_count(3)
    value = clinic[1].posts[0]["answer"]["value"]
    assert sorted(map(str, value)) == sorted(
        map(str, [{"site": "neck", "side": None}, {"site": "knee", "side": "both"}])
    )


def test_when_only_the_side_is_missing_one_tap_says_it(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    sides = [("left", "Left shoulder"), ("right", "Right shoulder"), ("both", "Both shoulders")]
    choices = [{"value": {"site": "shoulder", "side": side}, "label": label} for side, label in sides]
    question = {"field": "sites", "kind": "body_map", "choices": choices, "skippable": False, "why": ""}
    api.only.append("bot", "Is the shoulder on the left, on the right, or both?", question=question)
    chat.get_by_role("button", name="Both shoulders").click()
    expect(log(chat).nth(2)).to_contain_text("Both shoulders")
    expect(log(chat)).to_have_count(4)
    assert api.posts[0]["answer"] == {"question": "sites", "value": [{"site": "shoulder", "side": "both"}]}


def test_contact_is_checked_while_it_is_written(page, clinic):
    chat = at(page, clinic, "contact")
    chat.get_by_label("Your name").fill("Dana Reed")
    chat.get_by_label("E-mail").fill("dana@")
    chat.get_by_label("E-mail").blur()
    expect(chat.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    expect(chat.get_by_label("E-mail")).to_have_accessible_description(re.compile("name@example.com"))
    chat.get_by_label("E-mail").fill("")
    chat.get_by_role("button", name="Send answer").click()
    expect(chat.locator(".wrong")).to_have_text("Please give a phone number or an e-mail address.")
    chat.get_by_label("Phone").fill("+1 555 010 0199")
    chat.get_by_role("button", name="Send answer").click()
    expect(log(chat).last).to_contain_text("Here is what I understood")
    assert clinic[1].posts[0]["answer"]["value"] == {"name": "Dana Reed", "phone": "+1 555 010 0199", "email": None}


def test_wished_times_mix_words_and_days(page, clinic):
    chat = at(page, clinic, "preferred_times")
    chat.get_by_role("checkbox", name="Weekday mornings").check()
    chat.get_by_label("A certain day").fill("2099-03-02")
    chat.get_by_label("Time of day").select_option("afternoon")
    chat.get_by_role("button", name="Add this day").click()
    chat.get_by_role("button", name="Send answer").click()
    expect(log(chat)).to_have_count(3)
    assert clinic[1].posts[0]["answer"]["value"] == ["Weekday mornings", "2099-03-02T12:00/2099-03-02T17:00"]


def test_skip_sends_null_and_why_explains(page, clinic):
    chat = at(page, clinic, "sex")
    chat.get_by_text("Why we ask").click()
    expect(chat.get_by_text("A few warning signs depend on it.")).to_be_visible()
    chat.get_by_role("button", name="Skip this question").click()
    expect(log(chat).last).to_contain_text("Where does it hurt?")
    assert clinic[1].posts[0]["answer"] == {"question": "sex", "value": None}


def test_progress_and_what_was_understood(page, clinic):
    chat = at(page, clinic, "nrs")
    expect(chat.get_by_text("Asked 6, about 6 left")).to_be_visible()
    clinic[1].only.state |= {"changeable": [{"field": "sites", "label": "Where: left shoulder"}], "asked": 7}
    clinic[1].only.changes += 1
    expect(chat.get_by_text("Asked 7, about 6 left")).to_be_visible()
    chat.get_by_role("button", name="What I understood").click()
    chip = chat.get_by_role("button", name=re.compile("where.*left shoulder.*my left shoulder"))
    expect(chip).to_be_visible()
    chip.click()
    expect(log(chat).last).to_contain_text("Where does it hurt?")
    assert clinic[1].posts[0]["change"] == "sites"


def test_what_was_understood_stands_by_complaint_and_fills_while_it_is_open(page, clinic):
    api = clinic[1]
    place = {"value": [{"site": "neck", "side": None}], "said": []}
    api.record_now = {"sites": place, "sites#2": place, "age": {"value": 46, "said": []}}
    chat = at(page, clinic, "nrs")
    chat.get_by_role("button", name="What I understood").click()
    known = chat.locator("#known")
    expect(known.get_by_role("heading")).to_have_text(["Complaint 1", "Complaint 2", "About you"])
    api.record_now["nrs#2"] = {"value": 6, "said": [{"text": "six", "start": 0, "end": 3}]}
    api.only.changes += 1
    expect(known.get_by_role("list").nth(1)).to_contain_text("pain, 0 to 10")


def test_what_was_understood_is_in_words_whatever_the_field(page, clinic):
    api = clinic[1]
    api.record_now = {
        "sex": {"value": None, "said": []},
        "sites": {"value": [{"site": "low_back", "side": None}, {"site": "foot", "side": "both"}], "said": []},
        "ci": {"value": ["CI-ASTHMA"], "said": [{"text": "Asthma or COPD", "start": 0, "end": 14}]},
        "rf": {"value": [], "said": []},
        "rf_unknown": {"value": ["CI-ANTICOAG", "CI-UNKMED"], "said": []},
        "doctor": {"value": "none", "said": []},
        "preferred_times": {"value": ["Saturdays", "2099-03-02T12:00/2099-03-02T17:00"], "said": []},
        "contact": {"value": {"name": "Dana Reed", "phone": None, "email": "dana@example.com"}, "said": []},
    }
    chat = at(page, clinic, "nrs")
    chat.get_by_role("button", name="What I understood").click()
    expect(chat.locator(".chips .value")).to_have_text(
        [
            "lower back, both feet",
            "Asthma or COPD",
            "safety questions: 2",
            "not asked yet",
            "Saturdays, Monday, March 2, 12:00–17:00",
            "Dana Reed, dana@example.com",
        ]
    )


def test_the_result_says_which_and_why_and_what_next(page, clinic):
    chat = at(page, clinic, "read_back")
    chat.get_by_role("button", name="Yes, that's right").click()
    card = chat.get_by_role("region", name="Clinical massage")
    expect(card).to_contain_text("once we have seen your doctor's note")
    expect(card).to_contain_text("my shoulder has hurt since tennis on Monday")
    expect(card).to_contain_text("clinical massage is a suitable booking")
    expect(chat.get_by_text("clinical massage is a suitable booking")).to_have_count(1)
    expect(chat.get_by_text("With our team. Reference AR-7K2M")).to_be_visible()


def test_a_result_is_not_pushed_out_of_view_by_what_follows_it(page, clinic):
    api = clinic[1]
    page.set_viewport_size({"width": 360, "height": 640})
    chat = at(page, clinic, "read_back")
    chat.get_by_role("button", name="Yes, that's right").click()
    title = chat.get_by_role("heading", name="Clinical massage", level=2)
    expect(title).to_be_visible()
    scale = {"field": "peg_enjoyment", "kind": "scale", "choices": [], "skippable": True, "why": ""}
    api.only.append("bot", "Before or after your visit, get medical help if you notice new numbness or weakness.")
    api.only.append("bot", "How much has it kept you from enjoying life?", question=scale)
    expect(chat.get_by_role("radio")).to_have_count(11)
    expect(title).to_be_in_viewport(ratio=1)
    chat.get_by_role("button", name="Newest message").click()
    expect(chat.get_by_role("radio").first).to_be_in_viewport()
    expect(chat.get_by_role("button", name="Newest message")).to_be_hidden()


def test_reasons_in_the_words_of_the_result_are_said_once(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    closing = "We can plan clinical massage once they agree."
    bones, chronic = (
        "Because of brittle bones, ask your doctor first.",
        "Because of pain for months, ask your doctor first.",
    )
    reasons = [
        {"rule": "R-1", "outcome": "doctor_first", "urgency": "gp", "because": f"{bones} {closing}"},
        {"rule": "R-2", "outcome": "doctor_first", "urgency": "gp", "because": f"{chronic} {closing}"},
        {"rule": "R-3", "outcome": "clinical_massage", "urgency": None, "because": "It fits clinical massage."},
    ]
    outcome = {"outcome": "doctor_first", "urgency": "gp", "rule": "R-1", "provisional": False, "reasons": reasons}
    api.only.append("bot", f"{bones} {chronic} {closing} I can write a note for 2.5 minutes.", outcome=outcome)
    card = chat.get_by_role("region", name="Your doctor first")
    expect(card.locator("ul").get_by_role("listitem")).to_have_text([bones, f"{chronic} {closing}"])
    expect(card.locator("h2 + p")).to_have_text("I can write a note for 2.5 minutes.")
    expect(card).not_to_contain_text("fits clinical massage")


def test_an_emergency_brings_a_banner_that_calls_and_stays(page, clinic):
    chat = at(page, clinic, "narrative")
    say(chat, "I have chest pain and cannot breathe")
    banner = chat.get_by_role("alert").filter(has_text="This may be an emergency")
    call = banner.get_by_role("link", name="Call 911 now")
    expect(call).to_have_attribute("href", "tel:911")
    say(chat, "are you there?")
    expect(log(chat).last).to_contain_text("I can still read you")
    expect(call).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Tell us what hurts").first.click()
    expect(page.frame_locator("palpate-chat iframe").get_by_role("link", name="Call 911 now")).to_be_visible()


def test_a_doctor_today_is_a_calmer_banner_that_gives_way_to_an_emergency_and_never_back(page, clinic):
    api = clinic[1]
    chat = at(page, clinic, "narrative")
    today, now = {"urgency": "same_day", "call": "NHS 111"}, {"urgency": "emergency", "call": "999"}
    banner = chat.locator("#alert").get_by_role("alert")
    api.only.append("bot", "Please see a doctor today.", alert=today)
    expect(banner).to_contain_text("Please see a doctor today")
    expect(banner.get_by_role("link", name="Call NHS 111")).to_have_attribute("href", "tel:111")
    api.only.append("bot", "Please call now.", alert=now)
    expect(banner.get_by_role("link", name="Call 999 now")).to_have_attribute("href", "tel:999")
    api.only.append("bot", "See a doctor today, too.", alert=today)
    expect(log(chat).last).to_contain_text("See a doctor today, too.")
    expect(banner).to_contain_text("This may be an emergency")


def test_a_reload_shows_the_same_and_sends_nothing(page, clinic):
    chat = at(page, clinic, "narrative")
    say(chat, "My left shoulder hurts\n\nsince Monday")
    expect(log(chat).last).to_contain_text("How old are you?")
    before = [re.sub(r"Sent$", "", text.strip()) for text in log(chat).all_inner_texts()]
    page.reload()
    chat = opened(page, clinic[0])
    expect(log(chat).last).to_contain_text("How old are you?")
    assert [text.strip() for text in log(chat).all_inner_texts()] == [text.strip() for text in before]
    assert len(clinic[1].posts) == 1
    assert len(clinic[1].conversations) == 1


def test_offline_is_shown_kept_and_sent_once_when_back(page, context, clinic):
    chat = at(page, clinic, "narrative")
    context.set_offline(True)
    say(chat, "My left shoulder hurts")
    expect(log(chat).nth(1)).to_contain_text("Not sent yet. We keep trying.")
    expect(log(chat).nth(1).get_by_role("button", name="Try again")).to_be_visible()
    context.set_offline(False)
    expect(log(chat).last).to_contain_text("How old are you?")
    expect(log(chat)).to_have_count(3)
    assert len(clinic[1].only.seqs) == 1


def test_a_busy_server_is_asked_again_with_the_same_id(page, clinic):
    chat = at(page, clinic, "narrative")
    clinic[1].failing = 2
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")
    assert len({post["id"] for post in clinic[1].posts}) == 1
    assert len(clinic[1].posts) == 3


def test_a_message_whose_answer_was_lost_shows_once(page, clinic):
    chat = at(page, clinic, "narrative")
    clinic[1].losing = 1
    say(chat, "My left shoulder hurts")
    expect(log(chat).get_by_text("Not sent yet")).to_be_visible()
    expect(log(chat).get_by_text("Not sent yet")).to_have_count(0)
    expect(log(chat).get_by_text("My left shoulder hurts")).to_have_count(1)
    assert len(clinic[1].only.seqs) == 1


def test_without_an_event_stream_long_polling_takes_over(page, clinic):
    clinic[1].streaming = False
    chat = at(page, clinic, "narrative")
    say(chat, "My left shoulder hurts")
    expect(log(chat).last).to_contain_text("How old are you?")


def test_too_long_a_message_comes_back_into_the_box(page, clinic):
    chat = at(page, clinic, "narrative")
    say(chat, "x" * 2001)
    expect(chat.get_by_role("status").filter(has_text="longer than 2,000")).to_be_visible()
    expect(chat.get_by_role("textbox", name="Write a message")).to_have_value("x" * 2001)


def test_typing_shows_while_the_bot_works_and_never_sticks(page, clinic):
    clinic[1].holding = True
    page.clock.install()
    chat = at(page, clinic, "narrative")
    say(chat, "My left shoulder hurts")
    expect(log(chat).nth(1)).to_contain_text("Sent")
    page.clock.run_for(2000)
    expect(chat.locator("#dots")).to_be_visible()
    page.clock.run_for(30000)
    expect(chat.locator("#dots")).to_be_hidden()
    expect(chat.get_by_role("status").filter(has_text="Your message is safe")).to_be_visible()
    clinic[1].release()
    page.clock.run_for(60000)
    expect(log(chat).last).to_contain_text("How old are you?")
    expect(chat.locator("#dots")).to_be_hidden()


def test_forget_me_erases_on_the_server_and_on_the_screen(page, clinic):
    chat = at(page, clinic, "nrs")
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("button", name="Forget me").click()
    chat.get_by_role("button", name="Yes, erase it").click()
    expect(chat.get_by_text("has been erased")).to_be_visible()
    expect(log(chat)).to_have_count(0)
    assert clinic[1].conversations == {}
    assert chat.locator("body").evaluate("() => sessionStorage.length") == 0
    chat.get_by_role("button", name="Start a new chat").click()
    expect(log(chat)).to_have_count(1)


def test_forget_me_after_a_hand_off_does_not_claim_that_all_is_gone(page, clinic):
    chat = at(page, clinic, "read_back")
    chat.get_by_role("button", name="Yes, that").click()
    expect(chat.get_by_text("With our team. Reference AR-7K2M")).to_be_visible()
    chat.get_by_role("button", name="Your data").click()
    chat.get_by_role("button", name="Forget me").click()
    chat.get_by_role("button", name="Yes, erase it").click()
    expect(chat.get_by_text("our staff decide about its record")).to_be_visible()
    expect(chat.get_by_text("Everything you told us")).to_have_count(0)


def test_download_gives_the_conversation(page, clinic):
    chat = at(page, clinic, "nrs")
    chat.get_by_role("button", name="Your data").click()
    with page.expect_download() as download:
        chat.get_by_role("button", name="Download everything").click()
    assert "How strong is the pain" in download.value.path().read_text()


def test_a_conversation_that_is_gone_can_be_started_anew(page, clinic):
    chat = at(page, clinic, "narrative")
    clinic[1].conversations.clear()
    say(chat, "hello?")
    expect(chat.get_by_text("can no longer be opened")).to_be_visible()
    chat.get_by_role("button", name="Start a new chat").click()
    expect(log(chat)).to_have_count(1)


def test_quick_exit_leaves_at_once_and_takes_the_token_along(page, clinic):
    origin, _, host = clinic
    page.goto(origin + "/for-your-website")
    page.get_by_label("Where “Quick exit” leads").fill(host + "/")
    page.get_by_role("button", name="Open the chat").click()
    chat = page.frame_locator("palpate-chat iframe")
    expect(log(chat)).to_have_count(1)
    chat.get_by_role("button", name="Quick exit").click()
    expect(page).to_have_url(host + "/")
    page.go_back()
    expect(page).not_to_have_url(re.compile("for-your-website"))
    page.goto(origin)
    page.get_by_role("button", name="Tell us what hurts").first.click()
    expect(log(page.frame_locator("palpate-chat iframe"))).to_have_count(1)
    assert len(clinic[1].conversations) == 2
