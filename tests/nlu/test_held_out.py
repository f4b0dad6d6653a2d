"""Sentences that training never saw, read by the trained model as `palpate understand --intent` reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.language import reader
from bot.nlu import choice, serve

REPOSITORY = Path(__file__).resolve().parents[2]
CASES = REPOSITORY / "tests" / "cases" / "nlu"


def load(name):
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


ALONE = [*load("asked_nothing.yml").items(), *load("questions.yml").items()]
ANSWERS = [
    (asked, intent, text)
    for asked, by_intent in load("answers.yml").items()
    for intent, texts in by_intent.items()
    for text in texts
]


def guess(model, text, asked=None):
    return serve.guess(model, reader.load(), {"text": text, "asked": asked}).name


def sentences():
    """Every training sentence with its intent."""
    for path in sorted((REPOSITORY / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                yield block["intent"], line.removeprefix("- ").strip()


@pytest.mark.parametrize(("intent", "texts"), ALONE, ids=[intent for intent, _ in ALONE])
def test_three_of_four_sentences_of_an_intent_are_understood(trained, intent, texts):
    missed = {text: got for text in texts if (got := guess(trained, text)) != intent}
    assert len(missed) <= len(texts) / 4, missed


def test_nine_of_ten_sentences_are_understood(trained):
    pairs = [(intent, text) for intent, texts in ALONE for text in texts]
    missed = [(intent, text, got) for intent, text in pairs if (got := guess(trained, text)) != intent]
    assert len(pairs) >= 200
    assert len(missed) <= len(pairs) / 10, missed


def test_no_sentence_about_pain_is_rejected(trained):
    rejected = [text for text in load("asked_nothing.yml")["describe_pain"] if guess(trained, text) == choice.REJECTED]
    assert rejected == []


@pytest.mark.parametrize(("asked", "intent", "text"), ANSWERS, ids=[f"{asked}: {text}" for asked, _, text in ANSWERS])
def test_short_answers(trained, asked, intent, text):
    assert guess(trained, text, asked) == intent


def test_no_case_was_trained_on():
    trained_on = {text.lower() for _, text in sentences()}
    assert [text for _, texts in ALONE for text in texts if text.lower() in trained_on] == []


def test_every_intent_has_enough_sentences():
    counts: dict[str, int] = {}
    for intent, _ in sentences():
        counts[intent] = counts.get(intent, 0) + 1
    guessed = {intent: count for intent, count in counts.items() if intent not in choice.NEVER_GUESSED}
    assert {intent for intent, count in guessed.items() if count < 30} == set()
    assert guessed["describe_pain"] >= 250
    assert guessed["out_of_scope"] >= 300
