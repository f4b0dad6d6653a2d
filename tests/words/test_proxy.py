"""Who writes for somebody else is spoken to about that person: in every question, fact to tick and result, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.domain import proxy
from bot.domain.flags import RED_FLAGS
from bot.domain.speech import LANGUAGES, say

RESPONSES = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text(encoding="utf-8"))["responses"]
QUESTIONS = [
    one["text"]
    for name, variants in RESPONSES.items()
    if name.removeprefix("utter_ask_") in proxy.ABOUT_THEM
    for one in variants
]
ASKED = QUESTIONS + [flag.ask for flag in RED_FLAGS.values()]
YOU = re.compile(r"\byou(?:r|rs|rself)?\b", re.IGNORECASE)
TO_THE_WRITER = re.compile(r"in your own words|thank you|if you don't know it|you can (?:imagine|name)", re.IGNORECASE)


def test_every_question_about_the_person_has_its_words() -> None:
    asked = {name.removeprefix("utter_ask_") for name in RESPONSES}
    assert asked >= proxy.ABOUT_THEM


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize(("whom", "name"), [("child", "your child"), ("other", "the person")])
def test_english_speaks_of_the_person_and_names_them_once(text: str, whom: str, name: str) -> None:
    said = proxy.say_about(whom, "en", text)
    assert not YOU.search(TO_THE_WRITER.sub("", said.replace("your child", "").replace("Your child", "")))
    turned = YOU.search(TO_THE_WRITER.sub("", text)) is not None
    assert said.lower().count(name) == turned
    assert re.findall(r"\{\w+\}", said) == re.findall(r"\{\w+\}", text)
    assert len(said.split()) <= 45


@pytest.mark.parametrize("text", ASKED)
def test_spanish_names_the_person_and_changes_nothing_else(text: str) -> None:
    plain, said = say("es", text), proxy.say_about("child", "es", text)
    assert "a usted" not in said
    assert said.lower() in (plain.lower(), f"en cuanto a su hijo o hija: {plain}".lower())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whom", [None, "self"])
def test_who_writes_for_themselves_hears_the_text_as_it_is(language: str, whom: str | None) -> None:
    assert [text for text in ASKED if proxy.say_about(whom, language, text) != say(language, text)] == []


def test_facts_to_tick_are_the_persons() -> None:
    items = [proxy.item_about("child", "en", item.text) for flag in RED_FLAGS.values() for item in flag.items]
    assert [text for text in items if re.search(r"\b(?:I|my|me|you|your)\b", text)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your therapist will ask again, check you and may change the plan.", "Their therapist will ask again, check them and may change the plan."),
        ("From what you told us a regular massage looks fine for you.", "From what you told us a regular massage looks fine for them."),
        ("Because of a heart condition, please check with your doctor first.", "Because of a heart condition, please check with their doctor first."),
    ],
)  # fmt: skip
def test_a_result_speaks_of_them(text: str, said: str) -> None:
    assert proxy.they(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("You take blood thinners or bleed easily.", "Your child takes blood thinners or bleeds easily."),
        ("You have a fever or feel very unwell.", "Your child has a fever or feels very unwell."),
        ("Do you take any, or have you had some?", "Does your child take any, or have they had some?"),
    ],
)
def test_both_verbs_of_one_subject_agree_with_it(text: str, said: str) -> None:
    assert proxy.they(text, "your child") == said
