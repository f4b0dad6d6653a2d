"""Two questions in one message are both heard; a story with a question in it is not torn apart."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.nlu import several

WORDS = {
    "how much": "faq_cost",
    "cuánto": "faq_cost",
    "where": "faq_location",
    "dónde": "faq_location",
    "insurance": "faq_insurance",
}


def weigh(text: str) -> Mapping[str, float]:
    found = next((intent for word, intent in WORDS.items() if word in text.lower()), "describe_pain")
    return {found: 0.9, "out_of_scope": 0.1}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("how much is it and where are you?", ["faq_cost", "faq_location"]),
        ("How much is it? Where are you?", ["faq_cost", "faq_location"]),
        ("¿cuánto cuesta y dónde están?", ["faq_cost", "faq_location"]),
        ("where are you, how much is it, do you take insurance?", ["faq_location", "faq_cost"]),
        ("how much is it?", []),
        ("my knee and my back hurt", []),
        ("", []),
    ],
)
def test_the_questions_of_a_message(text: str, asked: list[str]) -> None:
    found = several.questions(text, weigh)
    assert [one["value"] for one in found] == asked
    assert all(text[one["start"] : one["end"]].strip() for one in found)
