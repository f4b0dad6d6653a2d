"""A bad answer: the question in fewer words, then an example, then a way out; never a loop, and no good value is lost."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import interview, judge

# What makes each kind of question open, as (text, intent) or a tapped value.
FIRST: list[Any] = ["Hi", ["yes"], [["none"]]]
STORY = [*FIRST, "My left knee and my neck hurt", ["self"]]
AGED = [*STORY, "46"]
ACHE = [*AGED, "since Monday", "6"]
TOLD = "My left knee hurts since Monday, 6/10, little by little, I'm 40, I can't run"
SCREENED = ["Hi", ["yes"], [["none"]], TOLD, [["none"]], [["none"]]]
TO_CONTACT = [*SCREENED, [["none"]], [["none"]], [["none"]], ["none"], "Tuesday morning"]
WAYS: dict[str, list[Any]] = {
    "consent_privacy": ["Hi"],
    "emergency_gate": FIRST[:2],
    "narrative": FIRST,
    "for_whom": [*FIRST, [None]],
    "age": [*FIRST, [None], ["self"]],
    "complaint": [*FIRST, [None], ["self"], "46"],
    "sites": [*FIRST, [None], ["self"], "46", ["pain"]],
    "duration_days": [*FIRST, "My left knee hurts", "46"],
    "nrs": [*FIRST, "My left knee hurts", "46", "two weeks"],
    "onset": [*FIRST, "My left knee hurts", "46", "two weeks", "6"],
    "function_limited": [*FIRST, "My left knee hurts", "46", "two weeks", "6", ["gradual"]],
    "screen_leg": SCREENED[:4],
    "general_screen": SCREENED[:5],
    "conditions": SCREENED,
    "weeks_since_surgery": [*SCREENED, [["CI-SURG"]]],
    "bp": [*SCREENED, [["CI-HTN-UNC"]]],
    "medicines": [*SCREENED, [["none"]]],
    "doctor": [*SCREENED, [["none"]], [["none"]], [["none"]]],
    "preferred_times": TO_CONTACT[:-1],
    "contact": TO_CONTACT,
    "read_back": [*TO_CONTACT, "Ana Ruiz, ana@example.org"],
    "change": [*TO_CONTACT, "Ana Ruiz, ana@example.org", ["change"]],
}
STOPS = ("consent_privacy", "read_back")
IN_OWN_WORDS = ("narrative", "preferred_times")  # what is plainly off-topic is no answer; anything else staff read


def at(begin: Any, name: str, locale: str = "en") -> Any:
    talk = begin(locale=locale)
    for step in WAYS[name]:
        if isinstance(step, list):
            talk.tap(step[0])
        else:
            talk.say(step)
    assert talk.intake.open_field == name, talk.heard
    return talk


@pytest.mark.parametrize("intent", ["out_of_scope", "inform"])
@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_bad_answer_climbs_and_ends(begin: Any, name: str, locale: str, intent: str) -> None:
    if name in IN_OWN_WORDS:
        intent = "out_of_scope"
    talk = at(begin, name, locale)
    before = {key: value for key, value in talk.intake.facts.items() if value is not None}
    replies = []
    for _ in range(interview.MISSES_BEFORE_A_WAY_OUT + 1):
        assert talk.intake.open_field == name
        talk.say("banana" if locale == "en" else "plátano", intent)
        replies.append(talk.last[0])
    assert len(set(replies)) == len(replies), replies
    assert talk.intake.open_field != name or name in STOPS, replies
    assert {key: talk.intake.facts.get(key) for key in before} == before or name == "consent_privacy"


@pytest.mark.parametrize(("name", "tapped", "kept"), [
    ("age", "age", 40), ("nrs", "nrs", 6), ("duration_days", "duration_days", 2), ("onset", "onset", "gradual"),
    ("function_limited", "function_limited", True), ("contact", "contact", {"name": "Ana Ruiz", "email": "ana@example.org"}),
    ("preferred_times", "preferred_times", "Tuesday morning"), ("conditions", "conditions", "none"),
    ("sites", "sites", [{"site": "knee", "side": "left"}]), ("doctor", "doctor", "none"),
])  # fmt: skip
def test_a_good_value_outlives_bad_ones(begin: Any, name: str, tapped: str, kept: Any) -> None:
    talk = at(begin, "read_back")
    assert talk.intake.facts[name] == kept
    talk.tap(tapped, "change")
    for _ in range(interview.MISSES_BEFORE_A_WAY_OUT + 1):
        assert talk.intake.open_field == name
        talk.say("banana", "out_of_scope")
    assert talk.intake.open_field == "read_back"
    assert talk.intake.facts[name] == kept
    assert talk.intake.rf_unknown == []


def test_a_question_that_is_off_topic_is_no_bad_answer(begin: Any) -> None:
    talk = at(begin, "age")
    for text in ("who was the first president?", "tell me a joke about cats", "what's the capital of France"):
        talk.say(text, "out_of_scope")
        assert talk.last[0].startswith("I'm afraid I can't help with that")
    assert (talk.intake.open_field, talk.intake.misses) == ("age", 0)


@pytest.mark.parametrize("said", ["for 500 years", "99999 days", "700 years ago", "desde hace mil años"])
@pytest.mark.parametrize("name", ["narrative", "duration_days", "weeks_since_surgery"])
def test_a_time_longer_than_any_life_is_kept_as_the_longest_there_is(begin: Any, name: str, said: str) -> None:
    """Said for "ever so long": a record has a longest time, and what is over it must not stop the rules."""
    talk = at(begin, name)
    talk.say(f"my knee hurts {said}" if name == "narrative" else said)
    assert talk.intake.open_field != name
    judge.judge(talk.intake)
