"""What holds for every text: no exception, true offsets, politeness changes nothing, a denial silences."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import reader

READ = reader.load().read
SENTENCES = [
    "sharp pain in my left knee since Monday, about 7/10, no swelling",
    "my lower back aches after gardening",
    "both shoulders tight for three weeks",
    "I'm on Eliquis and my calf is sore",
    "headaches for a month, doctor said massage is fine",
    "numbness down my right arm, not every day",
    "I pulled my hamstring at football last week",
]
# Things that are dangerous when they are there.
DENIALS = [
    "chest pain", "crushing chest pressure", "numbness between my legs", "blood in my urine", "blood in my stools", "facial droop",
    "slurred speech", "night sweats soaking the bed", "foot drop", "double vision", "shortness of breath", "loss of bladder control",
]  # fmt: skip
ADVERSARIAL = [
    "a" * 2000, "1" * 2000, "1/" * 1000, "no " * 700, "no," * 600, "(" * 2000, "🔥" * 2000, "a@" * 1000, "a." * 1000, "pain " * 400, "-" * 2000,
    "1,000," * 330, "\u202e\u200f" * 1000, "and " * 500, "chest pain " * 180, "my leg is cold white numb swollen red hot " * 48, "+1 (" * 500,
    "'" * 2000, "a'" * 1000, "3 weeks and " * 160, "left right both " * 125, "\ud800" * 2000, "for the past " * 150, "ǅ" * 500, "\n" * 2000,
]  # fmt: skip
ODD = st.text(alphabet=st.characters(), max_size=300)
MIXED = st.lists(
    st.sampled_from(
        [
            *" ".join(SENTENCES).split(),
            "no",
            "?",
            ",",
            ".",
            "7/10",
            "½",
            "🔥",
            "\u202e",
            "\ud800",
            "1/2",
            "\0",
            "²",
            "①",
            "٣",
            "weeks",
            "March",
        ]
    ),
    max_size=60,
).map(" ".join)


@given(
    st.one_of(ODD, MIXED),
    st.sampled_from([None, "nrs", "duration_days", "age", "contact", "RF-CES", "preferred_times"]),
)
def test_never_raises_and_offsets_are_true(text, asked):
    reading = READ(text, asked=asked)
    assert reading.text == text
    for found in (*reading.mentions, *reading.danger):
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    "text", ["knee \0 pain", "lower\0back", "² weeks pregnant", "since March ②", "①/①/①", "I was born in ²⁰²⁰"]
)
def test_signs_that_once_stopped_the_reading(text):
    assert READ(text).text == text


def _said(text: str) -> list[tuple]:
    return [
        (m.kind, m.value, m.side, m.lo, m.hi, m.days_lo, m.negated, m.past, text[m.start : m.end])
        for m in READ(text).mentions
    ]


@given(
    st.sampled_from(SENTENCES),
    st.sampled_from(["Hi! ", "Hello there. ", "Good morning. "]),
    st.sampled_from(["", " Thanks!", ". Many thanks", " Thank you."]),
)
def test_greeting_and_thanks_change_nothing(sentence, before, after):
    assert _said(before + sentence + after) == _said(sentence)


@given(
    st.sampled_from(["I have no ", "No ", "I've never had ", "without ", "I don't have any "]), st.sampled_from(DENIALS)
)
def test_a_plain_denial_silences(denial, phrase):
    assert READ(denial + phrase).danger == ()


@pytest.mark.parametrize("text", ADVERSARIAL, ids=lambda text: repr(text[:12]))
def test_no_slow_text(text):
    begin = time.process_time()
    READ(text[:2000])
    assert time.process_time() - begin < 2.0  # a slow pattern takes minutes, a busy machine does not
