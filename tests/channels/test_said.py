"""What people really send: numbers of every look, thumbs, late taps, floods, words of duty brought twice, odd shapes."""

from __future__ import annotations

import json
import unicodedata
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import WRITERS, writer
from test_outward import DOCTOR, _buttons, asked, asks

from bot import texts
from bot.domain.speech import say
from bot.web.channels import menu, sms_alphabet
from bot.web.channels.meta import Messenger, WhatsAppCloud
from bot.web.channels.protocol import Incoming, Receipt, Unreadable, Webhook
from bot.web.channels.telegram import Telegram
from bot.web.channels.twilio import Twilio
from bot.web.limits import Allowance

CHANNELS = tuple(WRITERS)
CARD = {
    "field": "skin", "kind": "multi",
    "choices": [{"value": value, "label": label} for value, label in [("A", "Sí"), ("B", "B"), ("C", "C"), ("D", "D"), ("none", "None of these"), ("unsure", "Not sure")]],
}  # fmt: skip
YES_NO = {"field": "RF-CES", "kind": "yes_no", "choices": [{"value": v, "label": v} for v in ("yes", "no", "unsure")]}
SCALE = {"field": "nrs", "kind": "scale", "choices": [{"value": n, "label": str(n)} for n in range(11)]}


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (DOCTOR, "3️⃣", "ordered"),
        (DOCTOR, "３", "ordered"),
        (DOCTOR, "③", "ordered"),
        (DOCTOR, "٣", "ordered"),
        (DOCTOR, "\u200f2\u200e", "seen"),
        (DOCTOR, "Option 2", "seen"),
        (DOCTOR, "opción 2.", "seen"),
        (DOCTOR, "#2", "seen"),
        (DOCTOR, "2 and 3", None),
        (DOCTOR, "4", None),
        (DOCTOR, "I saw 2", None),
        (CARD, "2 and 4", ["B", "D"]),
        (CARD, "1,3", ["A", "C"]),
        (CARD, "1️⃣ 3️⃣", ["A", "C"]),
        (CARD, "1️⃣3️⃣", ["A", "C"]),
        (CARD, "2 y 4", ["B", "D"]),
        (CARD, "3 3 3", ["C"]),
        (CARD, "5", "none"),
        (CARD, "1, 5", None),
        (CARD, unicodedata.normalize("NFD", "sí"), ["A"]),
        (CARD, "👍", None),
        (YES_NO, "👍", "yes"),
        (YES_NO, "👍🏽", "yes"),
        (YES_NO, "👍👍", "yes"),
        (YES_NO, "✔️", "yes"),
        (YES_NO, "👎", "no"),
        (YES_NO, "👍👎", None),
        (YES_NO, "👍 but it hurts", None),
        (YES_NO, "1", None),
        (SCALE, "7", None),  # to a scale it is the answer itself and read as one
        (None, "3", None),
    ],
)
def test_what_a_short_answer_means(question: Any, text: str, value: Any) -> None:
    assert menu.picked(question, text) == value


def test_a_thumb_to_a_question_about_danger_is_a_yes(clinic, person, networks, rasa):
    asks(rasa, YES_NO, text="Is the area between your legs numb?")
    asked(clinic, person, "telegram").write("👍🏾")
    clinic.settled()
    assert any("emergency" in text for text in networks.texts("telegram")[-2:])


def test_the_thumb_beside_messengers_text_field_is_a_thumb(clinic, person, rasa):
    answers = asks(rasa, {**YES_NO, "field": "function_limited", "skippable": False, "why": "-"})
    somebody = asked(clinic, person, "messenger")
    sticker = {"type": "image", "payload": {"url": "https://x", "sticker_id": 369239263222822}}
    somebody.post(somebody.message("m.thumb", attachments=[sticker]))
    clinic.settled()
    assert answers == ["yes"]


def test_a_late_yes_to_a_question_about_danger_is_answered_with_the_script(clinic, person, networks, rasa):
    asks(rasa, {**YES_NO, "skippable": False, "why": "-"}, text="Is the area between your legs numb?")
    somebody = asked(clinic, person, "whatsapp")
    yes, no = _buttons(networks.sent[-1][3])[:2]
    somebody.press(*no)
    clinic.settled()
    somebody.press(*yes)
    clinic.settled()
    assert "emergency" in networks.texts("whatsapp")[-1]
    assert "answered already" not in networks.texts("whatsapp")[-1]


def test_a_button_of_an_earlier_conversation_answers_nothing(clinic, person, networks, rasa):
    answers = asks(rasa, DOCTOR)
    somebody = asked(clinic, person, "telegram")
    old = _buttons(networks.sent[-1][3])
    somebody.write("delete everything")
    clinic.wait(lambda: "deleted" in networks.texts("telegram")[-1])
    clinic.settled()
    for text in ("hello", "ask"):
        somebody.write(text)
        clinic.settled()
    somebody.press(*old[2])
    clinic.settled()
    assert answers == []
    assert "answered already" in networks.texts("telegram")[-1]


def test_a_stop_that_is_brought_again_after_start_stops_nothing(clinic, person, networks):
    somebody = person("sms")
    somebody.write("hello")
    clinic.settled()
    stop = somebody.text("STOP", somebody.fresh())
    somebody.post(stop)
    clinic.settled()
    somebody.write("START")
    clinic.settled()
    assert somebody.post(stop).status_code == 200
    clinic.settled()
    somebody.write("yes")
    clinic.settled()
    assert "How bad?" in networks.texts("sms")[-1]


def test_words_of_emergency_go_even_to_who_wrote_stop(clinic, person, networks):
    somebody = person("sms")
    for text in ("hello", "STOP"):
        somebody.write(text)
        clinic.settled()
    count = len(networks.sent)
    somebody.write("I have chest pain")
    clinic.settled()
    said = networks.texts("sms")[count:]
    assert len(said) == 1
    assert "911" in said[0]


def test_stop_in_the_middle_of_an_emergency_keeps_back_no_word_of_it(clinic, person, networks):
    networks.trouble = "500"
    somebody = person("sms")
    for text in ("I have chest pain", "STOP"):
        somebody.write(text)
    clinic.wait(lambda: not clinic.unanswered())
    clinic.wait(clinic.all_wait_for_another_try)
    networks.trouble = ""
    clinic.clock.ahead += 3600
    clinic.settled()
    assert any("911" in text and "emergency help" in text for text in networks.texts("sms"))


def test_a_flood_of_one_sender_is_told_once_and_hurts_nobody_else(start_clinic, person_of, networks, rasa):
    clinic = start_clinic(allowance=Allowance(messages="5/2 seconds"))
    one, other = person_of(clinic)("messenger"), "8800"
    flood = [(one.address, f"flood {n}") for n in range(9)]
    everybody = enumerate([*flood, (other, "hello from another")])
    batch = one.batch([one.event(who, message={"mid": f"m{n}", "text": text}) for n, (who, text) in everybody])
    answer = one.post(batch)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    clinic.wait(lambda: any(turn["text"] == "hello from another" for turn in rasa.turns))
    clinic.wait(lambda: one.post(batch).status_code == 200)  # Meta brings it again until it is taken
    clinic.settled()
    assert [t["text"] for t in rasa.turns if t["text"].startswith("flood")] == [text for _, text in flood]
    told = [to for _, to, text, _ in networks.sent if text.startswith("That was a lot at once")]
    assert told == [one.address]


def test_a_flood_by_sms_hears_that_it_has_to_send_again(start_clinic, person_of, networks):
    clinic = start_clinic(allowance=Allowance(messages="2/minute"))
    somebody = person_of(clinic)("sms")
    assert [somebody.write(f"text {n}").status_code for n in range(5)] == [200, 200, 429, 429, 429]
    clinic.settled()
    assert sum("send again" in text for text in networks.texts("sms")) == 1


def test_the_window_is_counted_from_when_it_was_written(clinic, person, networks):
    somebody = person("whatsapp")
    written = str(int((clinic.clock() - timedelta(hours=30)).timestamp()))
    request = somebody.message("wamid.late", timestamp=written, type="text", text={"body": "hello"})
    assert somebody.post(request).status_code == 200  # we were down, and Meta brought it a day later
    clinic.wait(lambda: networks.texts("whatsapp") == ["template clinic_wrote"])


def test_a_message_from_the_future_is_taken(clinic, person, rasa):
    somebody = person("telegram")
    clinic.clock.ahead += 7200  # their clock goes two hours before ours
    request = somebody.text("my knee", somebody.fresh())
    clinic.clock.ahead -= 7200
    assert somebody.post(request).status_code == 200
    clinic.settled()
    assert [turn["text"] for turn in rasa.turns].count("my knee") == 1


def test_what_whatsapp_itself_tells_is_no_message_of_the_visitor(clinic, person, networks):
    somebody = person("whatsapp")
    somebody.post(somebody.message("wamid.sys", type="system", system={"type": "user_changed_number", "wa_id": "1"}))
    clinic.settled()
    assert networks.sent == []


def test_an_hour_old_message_brought_again_after_a_restart_is_known(start_clinic, person_of, rasa):
    first = start_clinic()
    somebody = person_of(first)("telegram")
    request = somebody.text("my knee", somebody.fresh())
    somebody.post(request)
    first.settled()
    first.stop()
    again = start_clinic()
    again.clock.ahead += 3600
    with httpx.Client(base_url=again.serving.url, timeout=20) as http:
        assert writer("telegram", http, again.clock).post(request).status_code == 200
    again.settled()
    assert [turn["text"] for turn in rasa.turns].count("my knee") == 1


KEYS = st.sampled_from(["object", "entry", "messaging", "changes", "value", "metadata", "phone_number_id", "messages", "statuses", "errors", "id", "from", "sender", "recipient", "timestamp", "message", "mid", "text", "body", "attachments", "payload", "sticker_id", "quick_reply", "type", "interactive", "button_reply", "list_reply", "title", "button", "image", "caption", "postback", "reaction", "message_edit", "delivery", "mids", "status", "code", "update_id", "callback_query", "edited_message", "chat", "date", "data"])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.sampled_from(["", "x", "text", "interactive", "private"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
ADAPTERS = [Messenger("p", "a", "v"), WhatsAppCloud("1", "p", "a", "v"), Telegram("t", "s", "https://x")]


@given(inner=JSON)
def test_no_shape_that_a_network_could_send_is_an_error(inner):
    whatsapp = {"value": {"metadata": {"phone_number_id": "1"}, "messages": [inner], "statuses": [inner]}}
    outer = [
        {"object": "page", "entry": [{"messaging": [{"sender": {"id": 1}, "message": inner}, inner]}]},
        {"object": "whatsapp_business_account", "entry": [{"changes": [whatsapp, inner]}, inner]},
        {"update_id": 1, "message": inner, "callback_query": inner},
    ]
    for adapter, body in zip(ADAPTERS, outer, strict=True):
        try:
            found = adapter.parse(Webhook("POST", {}, {}, json.dumps(body).encode()))
        except Unreadable:
            continue
        assert all(isinstance(one, Incoming | Receipt) for one in found)


def test_no_english_text_makes_an_sms_cost_double():
    """Names of sites, doctors and the like are filled in later; the words themselves are in the telephone's alphabet."""
    odd = {
        char
        for one in texts.every()
        for char in sms_alphabet.spelled(one.english)
        if sms_alphabet.segments(char * 71) == 2
    }
    assert odd <= set("áíóúÁÍÓÚ≠↵←↑↓✓✕▾⚠")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_parts_are_counted_as_networks_count_them(text, count):
    assert sms_alphabet.segments(text) == count


def test_an_sms_is_spelled_in_the_telephones_alphabet_and_keeps_its_words():
    [parcel] = Twilio("sms", "AC", "t", "+1", "https://x").render(_line("“Yes” – that’s it…"))
    assert parcel["Body"] == '"Yes" - that\'s it...'
    [parcel] = Twilio("whatsapp", "AC", "t", "+1", "https://x").render(_line("“Yes” – that’s it…"))
    assert parcel["Body"] == "“Yes” – that’s it…"


def _line(text: str) -> Any:
    from bot.web.channels.protocol import Line

    return Line(say("en", text))
