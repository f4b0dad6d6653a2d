"""The words visitors read: kind of script, the right number, reading level, and no word that promises too much."""

from __future__ import annotations

import re

import pytest

from bot import triage_page
from bot.domain import record as records
from bot.domain import scripts, triage
from bot.domain.card_labels import LABELS
from bot.domain.extras import EXTRAS
from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.modifiers import MODIFIERS
from bot.domain.numbers import NUMBERS, lines_for
from bot.domain.rules import NOTES, RULES
from tests.words.reading import grade

BASE = {
    "age": 40, "sex": "F", "sites": [{"site": "knee"}], "duration_days": 10, "onset": "gradual", "nrs": 5,
    "complaint": "pain", "rf": [], "ci": [],
}  # fmt: skip


def judged(**told):
    return triage.classify(records.from_json({**BASE, **told}))


def said(*, country="US", **told):
    return scripts.for_result(judged(**told), country=country)


@pytest.mark.parametrize("name", sorted(RED_FLAGS))
def test_the_script_of_every_danger_is_easy_to_read(name):
    script = scripts.for_danger([name])
    assert grade(script.text) <= 8, script.text
    assert script.urgency == RED_FLAGS[name].urgency
    assert script.call == ("911" if script.urgency in ("emergency", "same_day") else None)


@pytest.mark.parametrize(
    "told", [{"rf": [name]} for name in RED_FLAGS] + [{"ci": [name]} for name in CONDITIONS], ids=str
)
def test_the_message_of_every_result_is_easy_to_read(told):
    text = scripts.result_message(judged(**told))
    assert grade(text) <= 8, (grade(text), text)


def test_the_fixed_texts_are_easy_to_read():
    assert grade(scripts.SAFETY_NET) <= 8
    assert grade(scripts.DISCLAIMER) <= 8


AVOID = re.compile(
    r"\b(nothing serious|you have (?:a |an )?(?:clot|cancer|fracture)|cures?|toxins?|guarantee|just a muscle)\b", re.I
)
REASSURING = re.compile(r"\b(?:is|are|it's|be|looks?|perfectly|completely) (?:safe|cleared)\b", re.I)


def everything_visitors_may_read():
    yield from ((f"{rule.id} {rule.outcome}", rule.because) for rule in RULES)
    yield from ((rule_id, words) for rule_id, (_, words, _) in NOTES.items())
    yield from ((one.id, one.visitor) for one in MODIFIERS)
    yield from (
        (flag.id, f"{flag.plain} {flag.ask} {' '.join(item.text for item in flag.items)}")
        for flag in RED_FLAGS.values()
    )
    yield from ((f"script {name}", scripts.for_danger([name]).text) for name in RED_FLAGS)
    yield from ((one.id, one.plain) for one in CONDITIONS.values())
    yield from LABELS.items()
    yield from EXTRAS.items()
    yield "net", scripts.SAFETY_NET
    yield "disclaimer", scripts.DISCLAIMER


@pytest.mark.parametrize("case", triage_page.load_cases(), ids=lambda case: case.id)
def test_what_each_case_of_the_library_is_told_reads_well_and_promises_nothing(case):
    result = case.result()
    text = scripts.result_message(result)
    assert grade(text) <= 8, (grade(text), text)
    for words in (text, *(reason.because for reason in result.reasons)):
        assert not AVOID.search(words), words
        assert not REASSURING.search(words), words


def test_the_words_to_avoid_are_found_where_they_reassure_and_left_where_they_warn():
    for bad in (
        "Massage is safe for you.",
        "You are completely cleared.",
        "It's nothing serious.",
        "It is just a muscle.",
    ):
        assert AVOID.search(bad) or REASSURING.search(bad), bad
    for fine in ("Massage is not safe today.", "A safe number to call", "until the doctor has cleared it"):
        assert not AVOID.search(fine), fine
        assert not REASSURING.search(fine), fine


@pytest.mark.parametrize(("name", "text"), list(everything_visitors_may_read()))
def test_no_word_promises_or_names_a_disease(name, text):
    assert not AVOID.search(text), text
    assert not REASSURING.search(text), text
    for flag in RED_FLAGS.values():
        if len(flag.name) > 12 and flag.id != "RF-SICKLE":  # its crises are named by the people who have them
            assert flag.name.lower() not in text.lower()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.item == "CI-MINOR"], ids=lambda rule: rule.id)
def test_a_guardian_is_never_sent_to_your_doctor(rule):
    assert "your doctor" not in rule.because


OWN_DOCTOR = re.compile(r"\byour (doctor|surgeon|midwife|clinician)", re.I)


@pytest.mark.parametrize("age", [8, 15, 17])
@pytest.mark.parametrize(
    "told",
    [{"rf": [name]} for name in RED_FLAGS]
    + [{"ci": [name]} for name in CONDITIONS]
    + [
        {"duration_days": 400},
        {"duration_days": 400, "cleared_claimed": ["CI-CHRONIC"]},
        {"duration_days": 400, "cleared": ["CI-CHRONIC", "CI-MINOR"]},
        {"ci": ["CI-HEART"], "cleared_claimed": ["CI-HEART"]},
        {"doctor": "ordered", "cleared": ["CI-MINOR"]},
        {"complaint": "rehab", "nrs": 2, "doctor": "ok", "cleared": ["CI-MINOR"]},
    ],
    ids=str,
)
def test_whatever_a_minor_tells_nobody_is_sent_to_your_doctor(age, told):
    result = judged(age=age, **told)
    text = scripts.result_message(result)
    assert not OWN_DOCTOR.search(text), text
    assert not OWN_DOCTOR.search(result.alternative.because if result.alternative else "")
    assert grade(text) <= 8, (grade(text), text)
    for reason in result.reasons:
        assert not OWN_DOCTOR.search(reason.because), reason.because


def test_a_guardian_asks_the_doctor_for_a_minor():
    assert "a parent or guardian should ask a doctor first" in said(age=17, ci=["CI-HEART"]).text
    assert "your doctor" in said(age=18, ci=["CI-HEART"]).text


def test_a_pregnancy_is_not_told_to_a_parent():
    text = said(age=17, ci=["CI-PREG"]).text
    assert "please ask a midwife or doctor first" in text
    assert "guardian should" not in text


@pytest.mark.parametrize("name", ["RF-LUMP", "RF-WEIGHT", "RF-CANCERPAIN", "RF-HEAD50"])
def test_no_offer_of_massage_in_the_first_sentence(name):
    assert "massage" not in scripts.result_message(judged(rf=[name])).split(".")[0].lower()


def test_pregnancy_asks_the_midwife():
    assert "midwife or doctor" in said(ci=["CI-PREG"]).text


@pytest.mark.parametrize("name", ["CI-DVT-ACTIVE", "CI-TOLDNOT"])
def test_a_fresh_clot_or_a_no_says_who_decides(name):
    text = said(ci=[name]).text
    assert "decide" in text
    assert "rebook" not in text
    assert "not safe" not in text


def test_emergency_means_call_now():
    script = said(rf=["RF-ACS"])
    assert script.call == "911"
    assert "Call 911 now" in script.text
    assert "ask anyone near you" in script.text
    assert "Unlock the door" in script.text
    assert "if you get worse" not in script.text.lower()


@pytest.mark.parametrize("name", ["RF-CES", "RF-TORSION", "RF-EYE", "RF-DISLOC"])
def test_an_emergency_department_is_reached_by_another_driver(name):
    text = said(rf=[name]).text
    assert "emergency department now" in text
    assert "do not drive yourself" in text


def test_an_ambulance_wins_over_a_drive():
    assert "Call 911 now" in said(rf=["RF-CES", "RF-ACS"]).text


def test_signs_in_pregnancy_go_to_the_maternity_unit():
    assert "maternity unit now" in said(rf=["RF-PREECL"]).text


def test_a_crisis_gets_support_first_and_both_ways_to_reach_a_line():
    text = said(rf=["RF-SUICIDE"], country="GB").text
    assert text.startswith("I'm really glad you told me")
    assert "116 123" in text
    assert "85258" in text
    assert "massage" not in text


def test_a_crisis_with_an_overdose_gets_both():
    text = said(rf=["RF-SUICIDE", "RF-OVERDOSE"]).text
    assert text.startswith("I'm really glad you told me")
    assert "Call 911 now" in text


def test_being_hurt_gets_no_pressure_and_a_private_call_back():
    text = said(rf=["RF-ABUSE"]).text
    assert "not to blame" in text
    assert "private" in text


def test_a_combination_names_the_answers_that_matter_together():
    text = said(rf=["RF-DVT"], extra=["breathless"]).text
    assert "leg" in text
    assert "breathlessness" in text


def test_do_not_move_is_said_of_fresh_injuries_only():
    assert "keep still" in said(rf=["RF-SPINEFX"]).text
    assert "last two weeks" in said(rf=["RF-SPINEFX"]).text


def test_low_immunity_and_fever_may_call_the_treatment_line():
    assert "treatment line" in said(ci=["CI-IMMUNO", "CI-FEVER"]).text


def test_a_deferral_says_when_and_calls_nobody():
    script = said(ci=["CI-FEVER"])
    assert script.urgency == "defer"
    assert script.call is None
    assert "rebook" in script.text


def test_chronic_pain_is_offered_relaxation_meanwhile():
    assert "relaxation massage now" in said(duration_days=400).text


def test_a_claimed_word_is_held_until_it_is_seen():
    text = said(duration_days=400, cleared_claimed=["CI-CHRONIC"]).text
    assert "once we have seen your doctor's note" in text


def test_at_most_three_reasons_are_told():
    text = said(ci=["CI-HEART", "CI-OSTEOP", "CI-STROKE", "CI-KIDLIV", "CI-SPINEOP"]).text
    assert text.count("Because of") == 3


@pytest.mark.parametrize("country", sorted(NUMBERS))
def test_every_country_has_its_numbers_and_the_day_they_were_looked_at(country):
    lines = NUMBERS[country]
    assert lines.emergency in said(rf=["RF-ACS"], country=country).text
    assert said(rf=["RF-ACS"], country=country).call == lines.emergency
    assert "verify" in lines.checked


def test_an_unknown_country_gets_them_all():
    text = said(rf=["RF-ACS"], country="??").text
    assert all(number in text for number in ("911", "999", "112", "000", "111"))


def test_members_of_the_union_share_a_row():
    assert lines_for("de").emergency == "112"
    assert lines_for("uk") is NUMBERS["GB"]


def test_danger_without_a_rule_names_what_was_told():
    script = scripts.for_danger(["RF-DVT", "CI-HEART"], country="NZ")
    assert script.urgency == "same_day"
    assert "one leg or arm" in script.text
    assert "heart" not in script.text


def test_a_combination_told_by_the_rules_is_an_emergency():
    assert scripts.for_danger(["RF-DVT"], urgency="emergency").urgency == "emergency"


def test_the_note_to_a_doctor_states_and_asks_and_names_no_diagnosis():
    note = scripts.doctor_note(
        judged(duration_days=400),
        name="A. Smith",
        born="1980-01-02",
        site="left knee",
        duration="about 13 months",
        peg=4.3,
    )
    assert "left knee" in note
    assert "5/10" in note
    assert "PEG 4.3" in note
    assert "Pain >3 months" in note
    assert "May they have massage?" in note


@pytest.mark.parametrize("name", sorted(RED_FLAGS))
def test_a_confirming_question_asks_one_fact_a_line(name):
    text = scripts.confirmation(name)
    assert text.count("?") == 1
    assert all(line.startswith("• ") for line in text.split("\n")[1:])
    assert len(text.split("\n")) - 1 in (0, len(RED_FLAGS[name].items))


def test_hedged_words_about_dying_get_the_crisis_line_with_the_question():
    text = scripts.confirmation("RF-SUICIDE")
    assert text.startswith("Do you mean the pain, or thoughts of ending your life?")
    assert "988" in text
