"""The last word on an intent: short answers lean, weak guesses are rejected, an ache never is."""

from __future__ import annotations

import pytest

from bot.nlu import choice, polarity
from bot.nlu.choice import choose

CLEAR = {"faq_cost": 0.9, "out_of_scope": 0.05, "describe_pain": 0.05}
WEAK = {"faq_cost": 0.12, "greet": 0.11, "out_of_scope": 0.1, "describe_pain": 0.08}
FOREIGN = {"out_of_scope": 0.97, "describe_pain": 0.01, "inform": 0.02}


def test_a_clear_guess_stands():
    assert choose("how much is it", CLEAR).name == "faq_cost"


def test_a_weak_guess_is_rejected():
    assert choose("mumble", WEAK).name == "out_of_scope"


@pytest.mark.parametrize("kind", ["site", "intensity"])
@pytest.mark.parametrize("weighed", [WEAK, FOREIGN])
def test_an_ache_is_never_rejected(kind, weighed):
    assert choose("the old trouble", weighed, read=[kind]).name == "describe_pain"


@pytest.mark.parametrize("kind", ["quality", "finding", "condition", "medicine"])
def test_the_name_of_a_symptom_is_rejected_only_when_the_text_is_surely_of_something_else(kind):
    assert choose("bit of a twinge", WEAK, read=[kind]).name == "describe_pain"
    assert choose("electric guitar", FOREIGN, read=[kind]).name == "out_of_scope"
    assert choose("electric", FOREIGN, read=[kind], asked="conditions").name == "describe_pain"


@pytest.mark.parametrize(
    ("asked", "text", "read"),
    [
        ("nrs", "7", []),
        ("age", "forty six", []),
        ("duration_days", "since the flood", ["duration"]),
        ("weeks_since_surgery", "10", []),
        ("contact", "Maria Lopez", []),
        ("preferred_times", "when the moon is full", ["when"]),
        ("nrs#2", "4", []),
    ],
)
def test_an_answer_to_the_open_question_is_never_rejected(asked, text, read):
    assert choose(text, FOREIGN, asked=asked, read=read).name == "inform"


def test_the_same_words_are_rejected_when_nothing_is_asked():
    assert choose("Maria Lopez", FOREIGN).name == "out_of_scope"


def test_an_ache_in_the_same_breath_outweighs_a_weak_stop():
    weighed = {"stop": 0.4, "describe_pain": 0.3, "out_of_scope": 0.1}
    assert choose("had to stop running, my knee", weighed, read=["site"]).name == "describe_pain"
    assert choose("stop", {"stop": 0.9, "out_of_scope": 0.1}, read=[]).name == "stop"


@pytest.mark.parametrize(("question", "intent"), [("open", "open"), ("nrs", "answer")])
def test_a_tapped_answer_needs_no_reading(question, intent):
    assert choice.tapped({"question": question, "value": None}) == choice.Guess(intent, 1.0)


def test_yes_leans_only_where_yes_or_no_is_asked():
    assert choose("sometimes", FOREIGN, asked="RF-CES").name == "affirm"
    assert choose("sometimes", FOREIGN).name == "out_of_scope"


# Where a wrong "no" or "yes" could hide a danger or end an interview, nothing is guessed from the way of saying.
@pytest.mark.parametrize(
    "text",
    [
        "I don't feel anything when I wipe",
        "i can't feel my legs",
        "I don't have control of my bladder",
        "numb between the legs",
        "my knee hurts",
        "what do you mean?",
        "ok what does that mean",
        "",
        "🦵",
    ],
)
def test_what_does_not_lean(text):
    assert polarity.lean(text, "RF-CES") is None


@pytest.mark.parametrize(
    ("asked", "way"), [("consent_privacy", "affirm"), ("read_back", "affirm"), ("general_screen", "deny")]
)
def test_all_good_agrees_or_denies_by_what_was_asked(asked, way):
    assert polarity.lean("all good", asked) == way


@pytest.mark.parametrize("text", ["no " * 700, "i do " * 400, "yes, " * 400, "a," * 1000, "x" * 2000, "not " * 500])
def test_long_odd_answers_take_no_time(text):
    for _ in range(20):
        polarity.lean(text, "RF-CES")


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("my doctor ruled that out", "deny"),
        ("thankfully i dont get that", "deny"),
        ("my gp says i don't have it", "deny"),
        ("my gp says i have it", "affirm"),
        ("diagnosed in 2015", "affirm"),
        ("all the flipping time", "affirm"),
        ("never had it checked", "unsure"),
        ("i havent paid attention", "unsure"),
    ],
)
def test_what_others_said_of_it_answers_too(text, way):
    assert polarity.lean(text, "RF-CES") == way


@pytest.mark.parametrize(
    ("text", "name"),
    [("how many legs does a spider have", "out_of_scope"), ("how do I get rid of my leg pain", "describe_pain")],
)
def test_a_question_about_the_world_is_none_of_ours_whatever_place_it_names(text, name):
    weighed = {"out_of_scope": 0.9, "describe_pain": 0.1}
    assert choice.choose(text, weighed, asked="narrative", read={"site"}).name == name
