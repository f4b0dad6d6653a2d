"""Replies without a yes or a no: learned, used only where no rule decides, and never to deny what the Reader found."""

from __future__ import annotations

import pytest
import yaml

from bot.language import reader
from bot.nlu import leaning, polarity, serve

HELD_OUT = yaml.safe_load((leaning.SENTENCES.parents[2] / "tests" / "cases" / "nlu" / "leaning.yml").read_text("utf-8"))


def guess(model, text, asked="yes_no"):
    return serve.guess(model, reader.load(), {"text": text, "asked": asked}).name


def test_no_case_was_trained_on():
    trained = {text.lower() for text, _ in leaning.told() + leaning.made()}
    assert [text for texts in HELD_OUT.values() for text in texts if text.lower() in trained] == []


def test_a_sentence_of_the_file_leans_one_way_only():
    said = [text.lower() for text, _ in leaning.told()]
    assert sorted({text for text in said if said.count(text) > 1}) == []
    assert {way for _, way in leaning.told()} == {polarity.AFFIRM, polarity.DENY, polarity.UNSURE}


@pytest.mark.parametrize("way", HELD_OUT)
def test_seven_of_ten_replies_are_understood(trained, way):
    missed = {text: got for text in HELD_OUT[way] if (got := guess(trained, text)) != way}
    assert len(missed) <= len(HELD_OUT[way]) * 0.3, missed


def test_hardly_any_yes_is_taken_for_a_no(trained):
    hidden = [text for text in HELD_OUT["affirm"] if guess(trained, text) == "deny"]
    assert len(hidden) <= len(HELD_OUT["affirm"]) / 20, hidden


@pytest.mark.parametrize(
    "text", ["I can't feel it as usual", "my leg tingles as always", "the bladder won't work normally", "I couldn't move my arm normally"]
)  # fmt: skip
def test_what_may_be_a_loss_or_names_a_sign_is_never_a_learned_no(trained, text):
    assert guess(trained, text, "RF-CES") != "deny"


def test_nothing_is_learned_about_where_no_yes_or_no_is_asked(trained):
    assert guess(trained, "more than I'd care to admit", None) != "affirm"
