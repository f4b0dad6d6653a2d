"""Short Spanish answers lean the right way, in the classifier's last word and in the interview alike."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.domain import answers, spanish_answers
from bot.nlu import polarity

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "language" / "es" / "answers.yml").read_text("utf-8"))
WAYS = {"affirm": ("affirm", "yes"), "deny": ("deny", "no"), "unsure": ("unsure", "unsure"), "words": (None, None)}


@pytest.mark.parametrize("way", WAYS)
def test_which_way_an_answer_leans(way):
    wanted = WAYS[way]
    said = {text: (polarity.lean(text), answers.polarity(text)) for text in CASES[way]}
    assert {text: got for text, got in said.items() if got != wanted} == {}


@pytest.mark.parametrize(("asked", "way"), [("general_screen", "deny"), ("read_back", "affirm")])
def test_all_well_agrees_or_denies_by_what_was_asked(asked, way):
    assert polarity.lean("todo bien", asked) == way


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("siete", 7),
        ("treinta y cinco", 35),
        ("tengo 46 años", 46),
        ("noventa", 90),
        ("hace mucho", None),
        ("veintidós", 22),
    ],
)
def test_numbers_in_words(text, number):
    assert answers.whole_number(text, 0, 120) == number


@pytest.mark.parametrize(("text", "age"), [("tengo 46 años", 46), ("hace 3 años", None), ("a mis 66", 66)])
def test_ages(text, age):
    assert spanish_answers.age(text) == age


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("para mí", "self"),
        ("es para mi hija", "child"),
        ("para mi mamá", "other"),
        ("para otra persona", "other"),
        ("my back", None),
    ],
)
def test_for_whom(text, whom):
    assert spanish_answers.whom(text) == whom


@pytest.mark.parametrize(
    ("text", "side"), [("la izquierda", "left"), ("el derecho", "right"), ("los dos", "both"), ("no sé", None)]
)
def test_sides(text, side):
    assert spanish_answers.side(text) == side
