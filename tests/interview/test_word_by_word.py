"""Laws about who sends one word per message: however the words and our replies overtake each other, and whatever the
classifier makes of each, the rest of an answer answers no other card and makes no danger up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import answers, cards

STORY = "My left knee hurts since Monday, 6/10, little by little, I'm 40, I can't run"
CHEST = "Hi, my chest hurts."
AGREES = ("sure, go ahead", "yes, that's fine", "of course, please do", "ok, you may", "sí, adelante, claro")
DENIES = ("no, none of those", "none of them, thankfully", "no, nothing like that", "no, not really", "none of these at all")  # fmt: skip
NUMBERS = [
    ("age", "40 years old", 40), ("age", "I'm 40", 40), ("age", "40 years young", 40),
    ("duration_days", "for 10 days", 10), ("duration_days", "about 2 weeks", 14), ("duration_days", "3 weeks ago", 21),
    ("nrs", "5 out of 10", 5), ("nrs", "about a 6", 6), ("nrs", "I'd say 7", 7),
]  # fmt: skip
MEASURED = ("age", "duration_days", "nrs")
# What one word may sound like to a classifier that has seen whole messages.
GUESSES = ("affirm", "deny", "unsure", "goodbye", "greet", "out_of_scope", "ask_why", "thank")
WORDS = 5

overtaking = st.lists(st.integers(0, 2), min_size=WORDS, max_size=WORDS)
guesses = st.lists(st.sampled_from(GUESSES), min_size=WORDS, max_size=WORDS)


def _say_word_by_word(talk: Any, phrase: str, overtakes: list[int], guesses: list[str]) -> None:
    """`overtakes` says of each word how many of our last replies its writer had not yet read."""
    read = 0  # replies that the writer has read
    put, asked = 0, talk.intake.open_field  # the reply that put the open question
    for replies, (word, behind, guess) in enumerate(zip(phrase.split(), overtakes, guesses, strict=False)):
        read = max(read, replies - behind)
        plain = answers.polarity(word) is not None or word.isdigit()
        talk.say(word, None if plain else guess, hurried=read < replies, early=read < put)
        if talk.intake.open_field != asked:
            put, asked = replies + 1, talk.intake.open_field


def _dangers(talk: Any) -> list[str]:
    return [*talk.intake.rf, *talk.intake.rf_unknown, *talk.intake.ci]


def _answered(talk: Any) -> set[str]:
    return {name for name in talk.intake.settled if cards.is_card(name)}


@given(phrase=st.sampled_from(AGREES), opening=st.sampled_from((STORY, CHEST)), overtakes=overtaking, guesses=guesses)
def test_the_rest_of_a_yes_answers_no_question_of_danger(
    begin: Callable[..., Any], phrase: str, opening: str, overtakes: list[int], guesses: list[str]
) -> None:
    talk = begin(locale="es" if "adelante" in phrase else "en")
    talk.say(opening)
    _say_word_by_word(talk, phrase, overtakes, guesses)
    assert talk.intake.consented
    assert not _dangers(talk), talk.heard
    assert not _answered(talk), talk.heard


@pytest.mark.parametrize("card", [cards.EMERGENCY, "screen_leg", "general_screen", "conditions"])
@given(phrase=st.sampled_from(DENIES), overtakes=overtaking, guesses=guesses)
def test_the_rest_of_a_no_answers_no_other_card(
    begin: Callable[..., Any], card: str, phrase: str, overtakes: list[int], guesses: list[str]
) -> None:
    talk = begin()
    talk.say(STORY)
    talk.say("yes")
    while talk.intake.open_field != card:
        talk.tap(["none"])
    before = _answered(talk)
    _say_word_by_word(talk, phrase, overtakes, guesses)
    assert _answered(talk) - before <= {card}, talk.heard
    assert not _dangers(talk), talk.heard


@pytest.mark.parametrize(("field", "phrase", "value"), NUMBERS, ids=[phrase for _, phrase, _ in NUMBERS])
@given(overtakes=overtaking, guesses=guesses)
def test_the_rest_of_a_number_is_no_other_number(
    begin: Callable[..., Any], field: str, phrase: str, value: int, overtakes: list[int], guesses: list[str]
) -> None:
    talk = begin()
    for line in ("My left knee hurts", "yes", "none", "I'm 40", "10 days", "5"):
        if talk.intake.open_field == field:
            break
        talk.say(line)
    assert talk.intake.open_field == field
    before = dict(talk.intake.facts)
    _say_word_by_word(talk, phrase, overtakes, guesses)
    changed = {name: fact for name, fact in talk.intake.facts.items() if before.get(name) != fact and name in MEASURED}
    assert changed in ({}, {field: value}), talk.heard
