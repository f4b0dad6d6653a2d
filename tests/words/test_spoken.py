"""What is put together at run time is in one language throughout: scripts, results, read-backs, questions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import triage_page
from bot.domain import cards, hints, questions, screens, scripts, sites, triage, wished_times, wording
from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.intake import Intake
from bot.domain.numbers import NUMBERS
from tests.words.test_parity import ENGLISH_WORDS, QUOTED

NAMES = re.compile(r"Samaritans|healthdirect|Healthline|Lifeline|SHOUT|HELLO|\[\[\w+\]\]")


def english_in(text: str) -> list[str]:
    return ENGLISH_WORDS.findall(NAMES.sub("", QUOTED.sub("", text)))


@pytest.mark.parametrize("country", [*sorted(NUMBERS), "??"])
@pytest.mark.parametrize("name", sorted(RED_FLAGS))
def test_every_danger_script_is_wholly_spanish_and_calls_the_same_number(name: str, country: str) -> None:
    spanish = scripts.for_danger([name], country=country, locale="es-AR")
    english = scripts.for_danger([name], country=country)
    assert english_in(spanish.text) == [], spanish.text
    assert "{" not in spanish.text
    assert (spanish.urgency, spanish.call) == (english.urgency, english.call)
    if spanish.call:
        assert spanish.call in spanish.text


@pytest.mark.parametrize("case", triage_page.load_cases(), ids=lambda case: case.id)
def test_every_result_of_the_case_library_is_told_in_spanish_and_decides_the_same(case: Any) -> None:
    result = case.result()
    shown, kept = triage.result_to_json(result, "es"), triage.result_to_json(result)
    told = [scripts.result_message(result, locale="es")]
    told += [reason["because"] for reason in shown["reasons"]]
    told += [modifier["visitor"] for modifier in shown["modifiers"]]
    told += [shown["alternative"]["because"]] if shown["alternative"] else []
    assert [text for text in told if english_in(text) or "{" in text] == []
    for key in ("outcome", "urgency", "rule", "provisional", "unknown", "rules_version"):
        assert shown[key] == kept[key]
    assert [one["staff"] for one in shown["reasons"]] == [one["staff"] for one in kept["reasons"]]


def test_who_speaks_spanish_in_the_united_states_gets_the_spanish_crisis_line() -> None:
    text = scripts.for_danger(["RF-SUICIDE"], country="US", locale="es").text
    assert "marque el 2" in text
    assert "AYUDA" in text
    assert "AYUDA" not in scripts.for_danger(["RF-SUICIDE"], country="CA", locale="es").text


SITES = st.sampled_from(sorted(sites.SITES)).flatmap(
    lambda site: st.fixed_dictionaries(
        {"site": st.just(site), "side": st.sampled_from(["left", "right", "both"] if sites.paired(site) else [None])}
    )
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "for_whom": st.sampled_from(["self", "child", "other"]),
        "age": st.integers(1, 100),
        "complaint": st.sampled_from(["relax", "tension", "pain", "injury", "rehab", "illness"]),
        "sites": st.lists(SITES, min_size=1, max_size=3, unique_by=str),
        "duration_days": st.integers(0, 9000),
        "onset": st.sampled_from(["gradual", "sudden", "overuse", "injury", "post_op", "none"]),
        "nrs": st.integers(0, 10),
        "function_limited": st.booleans(),
        "doctor": st.sampled_from(["none", "seen", "ok", "ordered", "refused"]),
        "preferred_times": st.just(["2027-03-04T12:00/2027-03-05T17:00"]),
    },
)
FLAGS = st.lists(st.sampled_from(sorted(RED_FLAGS)), max_size=3, unique=True)
GIVEN = st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=3, unique=True)


@given(FACTS, FLAGS, GIVEN, st.booleans())
def test_whatever_was_told_is_read_back_in_spanish(facts: dict[str, Any], rf: Any, ci: Any, unsure: bool) -> None:
    intake = Intake(facts=facts, rf=rf, ci=ci, rf_unknown=["RF-AAA"] if unsure else [], locale="es")
    assert english_in(wording.read_back(intake)) == []
    assert english_in(wording.acknowledge(intake, [*facts, *rf, *ci])) == []


FIELDS = [
    "consent_privacy", "consent_share", "narrative", "for_whom", "age", "sex", "complaint", "sites", "duration_days",
    "onset", "nrs", "function_limited", "bp", "doctor", "preferred_times", "contact", "preferences", "read_back",
    "emergency_gate", "general_screen", "conditions", "medicines", "skin", *(f"screen_{one}" for one in screens.REGIONS),
    *sorted(RED_FLAGS), *sorted(CONDITIONS),
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_every_question_has_spanish_choices_a_spanish_why_and_spanish_hints(field: str) -> None:
    intake = Intake(locale="es")
    question = questions.question(field, intake)
    shown = [question.why, *(str(choice["label"]) for choice in question.choices)]
    shown += [hints.hint(field, misses, "es") for misses in (1, 2, 3)]
    assert [text for text in shown if english_in(text)] == []
    english = questions.question(field, Intake())
    assert [choice["value"] for choice in question.choices] == [choice["value"] for choice in english.choices]
    if cards.is_card(field):
        assert not {choice["label"] for choice in question.choices} & {choice["label"] for choice in english.choices}


def test_a_day_is_said_as_people_say_it() -> None:
    day = "2026-12-03T12:00/2026-12-03T17:00"
    assert wished_times.say(["sábados", day], "es") == "sábados; jueves 3 de diciembre, de 12:00 a 17:00"
    assert wished_times.say(day) == "Thursday 3 December, 12:00 to 17:00"
