"""Every question fits every network, whatever its words; numbers and words find their choice again; cuts lose nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import BOT_TOKEN, PAGE_TOKEN, _whatsapp_fits

from bot.domain import cards, questions
from bot.domain.intake import Intake
from bot.web.channels import menu, parts
from bot.web.channels.matrix import Matrix
from bot.web.channels.meta import Messenger, WhatsAppCloud
from bot.web.channels.protocol import Line
from bot.web.channels.telegram import Telegram
from bot.web.channels.twilio import Twilio

CHANNELS = {
    "sms": Twilio("sms", "AC", "t", "+1", "https://x"),
    "telegram": Telegram(BOT_TOKEN, "s", "https://x"),
    "messenger": Messenger(PAGE_TOKEN, "a", "v"),
    "whatsapp": WhatsAppCloud("1", PAGE_TOKEN, "a", "v"),
    "matrix": Matrix("https://x", "@p:x", "p"),
}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=120).filter(
    str.strip
)


@st.composite
def _questions(draw: st.DrawFn) -> dict[str, Any]:
    labels = draw(st.lists(WORDS, max_size=45, unique=True))
    kind = draw(st.sampled_from(["choice", "multi", "yes_no", "scale", "text", "body_map", "date", "contact"]))
    return {
        "field": "f",
        "kind": kind,
        "choices": [{"value": f"v{n}", "label": label} for n, label in enumerate(labels)],
    }


def _fits(channel: str, parcel: Any) -> bool:
    if channel == "sms":
        return 0 < len(parcel["Body"]) <= 1600
    if channel == "telegram":
        buttons = [one for row in (parcel.get("reply_markup") or {}).get("inline_keyboard", []) for one in row]
        return (
            0 < len(parcel["text"]) <= 4096
            and len(buttons) <= 100
            and all(len(b["callback_data"]) <= 64 and b["text"] for b in buttons)
        )
    if channel == "messenger":
        quick = parcel.get("quick_replies", [])
        return (
            0 < len(parcel["text"]) <= 2000 and len(quick) <= 13 and all(0 < len(one["title"]) <= 20 for one in quick)
        )
    if channel == "whatsapp":
        return _whatsapp_fits(parcel)
    return len(parcel["body"].encode()) < 60_000


@pytest.mark.parametrize("channel", CHANNELS)
@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=5000).filter(
        str.strip
    ),
    question=st.none() | _questions(),
)
def test_every_line_fits_and_no_choice_is_lost(channel, text, question):
    parcels = CHANNELS[channel].render(Line(text, question, 7))
    assert parcels
    assert all(_fits(channel, parcel) for parcel in parcels)
    shown = repr(parcels)
    if question and menu.choices(question):
        buttons = re.findall(r"'\.7\.(\d+)'", shown)
        numbered = all(f"{n} " in shown for n in range(1, len(question["choices"]) + 1))
        assert numbered or len(buttons) == len(question["choices"])


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_products_own_questions_fit(channel):
    intake = Intake(facts={"sites": [{"site": "low_back", "side": None}], "age": 60})
    for name in (
        "for_whom",
        "complaint",
        "onset",
        "nrs",
        "doctor",
        "read_back",
        "emergency_gate",
        "conditions",
        "screen_back",
        "RF-CES",
        "sites",
    ):
        question = questions.question(name, intake).to_json()
        parcels = CHANNELS[channel].render(Line("A question of the usual length, is it not?", question, 12))
        assert all(_fits(channel, parcel) for parcel in parcels), name
        assert len(parcels) <= 3, name


def test_an_emergency_script_is_never_cut():
    for name, channel in CHANNELS.items():
        assert len(channel.render(Line("Call 911 now. " * 100, None, 3, urgent=True))) == 1, name


def test_numbers_words_and_none_find_their_choice():
    intake = Intake(facts={"age": 40})
    card = questions.question("conditions", intake).to_json()
    first, third = card["choices"][0], card["choices"][2]
    assert menu.picked(card, "1, 3") == [first["value"], third["value"]]
    assert menu.picked(card, "1 and 3") == [first["value"], third["value"]]
    assert menu.picked(card, first["label"].upper() + ".") == [first["value"]]
    assert menu.picked(card, str(len(card["choices"]) - 1)) == "none"
    assert menu.picked(card, f"1, {len(card['choices'])}") is None
    assert menu.picked(card, "99") is None
    assert menu.picked(card, "I have 2 of those, I think") is None
    assert menu.picked(questions.question("nrs", intake).to_json(), "7") is None, "7 is the answer itself"
    assert cards.label(first["value"]) == first["label"]


@given(text=st.text(max_size=4000), most=st.integers(20, 400))
def test_a_cut_text_has_all_its_words_and_every_part_fits(text, most):
    pieces = parts.cut(text, most)
    assert all(0 < len(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(text=st.text("ab .!\n", max_size=3000))
def test_with_an_overlap_nothing_is_lost_and_it_ends(text):
    pieces = parts.cut(text, 200, overlap=60)
    assert all(len(piece) <= 200 for piece in pieces)
    rest = "".join(text.split())
    for piece in pieces:
        bare = "".join(piece.split())
        assert bare in rest
