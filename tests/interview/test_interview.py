"""What the interview promises, one message at a time, without Rasa, language reading or storage."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import answers, cards, interview, judge, questions, review, rows_said, screens
from bot.domain.flags import RED_FLAGS
from bot.domain.intake import FACTS, Intake
from bot.domain.mention import Danger, Mention
from bot.domain.said import Said


def mention(kind: str, value: Any = None, **more: Any) -> Mention:
    """A mention somewhere in the text; a function stands apart, since a place inside one is no complaint."""
    start = 20 if kind == "function" else 0
    return Mention(kind, value, start, start + 4, **more)


def begin() -> Intake:
    """A visitor who has agreed that their answers are used, and answered the emergency card with none."""
    intake = Intake()
    interview.take(intake, Said("hello", question="open"))
    interview.take(intake, Said("yes", "affirm"))
    interview.take(intake, Said("None of these", "answer", question="emergency_gate", value=["none"]))
    return intake


def tell(intake: Intake, text: str, *mentions: Mention, intent: str = "describe_pain") -> interview.Move:
    return interview.take(intake, Said(text, intent, mentions))


def test_the_first_question_is_consent() -> None:
    intake = Intake()
    move = interview.take(intake, Said("hello", question="open"))
    assert (intake.open_field, move.say) == ("consent_privacy", ["utter_open"])


def test_what_was_told_before_consent_is_used_after_it_and_never_before() -> None:
    intake = Intake()
    interview.take(intake, Said("hello", question="open"))
    tell(intake, "my left knee hurts", mention("site", "knee", side="left"))
    assert "sites" not in intake.facts
    interview.take(intake, Said("yes", "affirm"))
    assert intake.facts["sites"] == [{"site": "knee", "side": "left"}]
    assert intake.waiting == []


def test_a_no_to_consent_keeps_nothing() -> None:
    intake = Intake()
    interview.take(intake, Said("hello", question="open"))
    tell(intake, "my left knee hurts", mention("site", "knee", side="left"))
    interview.take(intake, Said("no thanks", "deny"))
    assert intake.phase == "closed"
    assert intake.waiting == []
    assert set(intake.facts) == {"consent_privacy"}


def test_one_message_fills_many_fields_and_none_of_them_is_asked() -> None:
    intake = begin()
    tell(
        intake,
        "my left knee, 6/10, since monday, I can't run",
        mention("site", "knee", side="left"),
        mention("intensity", lo=6, hi=6),
        mention("duration", days_lo=3, days_hi=3),
        mention("function", "running"),
    )
    assert {"sites", "nrs", "duration_days", "function_limited", "narrative"} <= set(intake.settled)
    assert intake.open_field == "age"


def test_a_denied_or_foreign_mention_is_no_fact() -> None:
    intake = begin()
    tell(
        intake,
        "no knee pain",
        mention("site", "knee", negated=True),
        mention("condition", "CI-PREG", other_person=True),
    )
    assert "sites" not in intake.facts
    assert intake.ci == []


def test_nonsense_never_wipes_a_good_value_and_never_loops() -> None:
    intake = begin()
    tell(intake, "my knee hurts, 6", mention("site", "knee", side="left"), mention("intensity", lo=6, hi=6))
    before = dict(intake.facts)
    asked = []
    for _ in range(60):
        if intake.phase != "interview":
            break
        asked.append(intake.open_field)
        tell(intake, "purple elephants", intent="out_of_scope_ish")
    assert {name: intake.facts.get(name) for name in before} == before
    assert max(asked.count(name) for name in asked if name != "contact") <= interview.MISSES_BEFORE_A_WAY_OUT + 1


def test_a_place_inside_a_function_is_no_complaint() -> None:
    intake = begin()
    shoulder, arm = Mention("site", "shoulder", 0, 8, side="right"), Mention("site", "arm", 30, 33)
    tell(intake, "shoulder hurts, can't lift my arm", shoulder, Mention("function", "reach", 16, 33))
    tell(intake, "shoulder hurts, can't lift my arm", shoulder, Mention("function", "reach", 16, 33), arm)
    assert [entry["site"] for entry in intake.facts["sites"]] == ["shoulder"]


def test_a_missing_side_is_asked_once_and_a_word_settles_it() -> None:
    intake = begin()
    tell(intake, "my knee", mention("site", "knee"))
    tell(intake, "40", intent="inform")
    tell(intake, "pain", mention("goal", "pain"))
    assert intake.open_field == "sites"
    assert {choice["label"] for choice in questions.question("sites", intake).choices} == {
        "Left knee",
        "Right knee",
        "Both knees",
    }
    tell(intake, "the left one", intent="inform")
    assert intake.facts["sites"] == [{"site": "knee", "side": "left"}]


def test_a_doubtful_danger_is_asked_once_and_only_a_clear_no_goes_on() -> None:
    for answer, phase in (("no", "interview"), ("yes", "stopped"), ("I'm not sure", "stopped")):
        intake = begin()
        interview.take(intake, Said("…", "describe_pain", danger=(Danger("RF-CES", False, 0, 1),)))
        assert intake.open_field == "RF-CES"
        tell(intake, answer, intent="inform")
        assert intake.phase == phase, answer


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("no", "no"), ("No, none of that", "no"), ("I don't", "no"), ("I don't have that", "no"), ("I don't think so", "unsure_or_no"),
        ("I don't feel anything when I wipe", None), ("yes", "yes"), ("yeah a bit", "yes"), ("not sure", "unsure"), ("I don't know", "unsure"),
    ],
)  # fmt: skip
def test_yes_no_and_what_is_neither(text: str, heard: str | None) -> None:
    said = answers.polarity(text)
    assert said in ("no", "unsure") if heard == "unsure_or_no" else said == heard


def test_a_danger_told_again_is_never_a_clear_no() -> None:
    intake = begin()
    interview.take(intake, Said("…", "describe_pain", danger=(Danger("RF-CES", False, 0, 1),)))
    interview.take(intake, Said("no, I can't feel when I wipe", "danger", danger=(Danger("RF-CES", False, 4, 20),)))
    assert intake.phase == "stopped"


@pytest.mark.parametrize("flag", sorted(RED_FLAGS))
def test_a_guessed_danger_is_never_cleared_by_a_no_to_that_one_flag(flag: str) -> None:
    """Whatever was guessed: the whole emergency card is asked once more, with the guess on it; only then it goes on."""
    intake = begin()
    said = Said("…", "describe_pain", danger=(Danger(flag, False, 0, 1, guessed=True),))
    interview.take(intake, said)
    assert intake.open_field == "emergency_gate"
    assert set(cards.items("emergency_gate", intake)) == {*screens.EMERGENCY_CARD, flag}
    interview.take(intake, Said("none", "answer", question="emergency_gate", value=["none"]))
    assert intake.open_field not in ("emergency_gate", flag)
    interview.take(intake, said)
    assert intake.open_field != "emergency_gate"


def test_an_unclear_card_is_never_taken_for_a_no() -> None:
    intake = begin()
    intake.facts.update(sites=[{"site": "low_back", "side": None}], complaint="pain")
    intake.open_field = "screen_back"
    asked = cards.items("screen_back", intake)
    tell(intake, "not sure about those", intent="unsure")
    assert set(asked) <= set(intake.rf_unknown)


def test_an_interruption_leaves_everything_as_it_was() -> None:
    intake = begin()
    before = intake.to_json() | {"facts": dict(intake.facts)}
    move = tell(intake, "what does it cost?", intent="faq_cost")
    assert move.interruption
    assert intake.to_json() == before


def test_every_fact_of_the_plan_has_a_question() -> None:
    intake = begin()
    for name in FACTS:
        if name in ("emergency_gate", "region_screen", "function", "quality", "cause", "complaints"):
            continue
        assert questions.question(name, intake).field == name


EMERGENCIES = sorted(flag.id for flag in RED_FLAGS.values() if flag.urgency in ("emergency", "same_day"))
TALK = st.sampled_from(
    [
        Said("my neck hurts", "describe_pain", (mention("site", "neck"),)),
        Said("yes", "affirm"),
        Said("no", "deny"),
        Said("not sure", "unsure"),
        Said("7", "inform", (mention("intensity", lo=7, hi=7),)),
        Said("what does it cost?", "faq_cost"),
        Said("I'm 52", "inform"),
        Said("skip", "skip"),
        Said("why?", "ask_why"),
        Said("blue", "out_of_scope"),
        Said("", ""),
        Said("ana@example.org", "inform", (mention("contact", "ana@example.org"),)),
        Said("three weeks", "inform", (mention("duration", days_lo=20, days_hi=22),)),
        Said("talk to a person", "ask_person"),
    ]
)


@given(st.lists(TALK, max_size=25), st.sampled_from(EMERGENCIES), st.lists(TALK, max_size=6))
def test_a_certain_danger_stops_at_any_point_and_for_good(before: list[Said], flag: str, after: list[Said]) -> None:
    intake = Intake()
    interview.take(intake, Said("hello", question="open"))
    for said in before:
        interview.take(intake, said)
    move = interview.take(intake, Said("danger", "danger", danger=(Danger(flag, True, 0, 6),)))
    assert move.alert is not None, "told again after the stop, the number comes again"
    assert flag in move.alert["flags"]
    assert intake.phase == "stopped"
    for said in after:
        interview.take(intake, said)
        assert intake.phase == "stopped"
        assert flag in intake.rf


@given(st.lists(TALK, max_size=60))
def test_there_is_always_an_open_question_until_the_interview_is_over(talk: list[Said]) -> None:
    intake = Intake()
    interview.take(intake, Said("hello", question="open"))
    for said in talk:
        move = interview.take(intake, said)
        if intake.phase in ("consent", "interview", "read_back"):
            assert intake.open_field is not None
            questions.question(intake.open_field, intake)
        if move.hand_off:
            break
        assert Intake.from_json(intake.to_json()).to_json() == intake.to_json()


@given(st.lists(TALK, max_size=20), st.sampled_from(EMERGENCIES))
def test_a_new_danger_never_lowers_the_result(talk: list[Said], flag: str) -> None:
    intake = begin()
    for said in talk:
        interview.take(intake, said)
    before = _rank(intake)
    interview.take(intake, Said("danger", "danger", danger=(Danger(flag, True, 0, 6),)))
    assert _rank(intake) >= before


def _rank(intake: Intake) -> int:
    result = judge.judge(intake)
    return review.rank(result.outcome, result.urgency)


CORRECTIONS = st.sampled_from(
    [
        Said("actually it's the right one", "correct"),
        Said("no, 4 not 7", "correct", (mention("intensity", lo=4, hi=4), mention("intensity", lo=7, hi=7))),
        Said("I said weeks, I meant months", "correct", (mention("span", days_lo=14, days_hi=49),)),
        Said("change the score to 2", "correct", (mention("intensity", lo=2, hi=2),)),
        Said("not the knee, the elbow", "correct", (Mention("site", "knee", 8, 12), Mention("site", "elbow", 18, 23))),
        Said("my age is 25", "correct", (mention("person", "age", detail={"years": 25}),)),
        Said("I meant my shoulder", "correct", (Mention("site", "shoulder", 8, 19),)),
    ]
)


@given(st.lists(CORRECTIONS, max_size=8))
def test_a_correction_never_loses_another_complaint(corrections: list[Said]) -> None:
    """The neck was told in full and nothing is said about it: whatever is corrected elsewhere, it stays as it was."""
    intake = begin()
    knee, neck = Mention("site", "knee", 3, 12, side="left"), Mention("site", "neck", 37, 41)
    told = (knee, Mention("intensity", None, 19, 20, lo=7, hi=7), neck, Mention("intensity", None, 48, 49, lo=3, hi=3))
    tell(intake, "my left knee hurts 7/10, and also my neck about 3/10", *told)
    assert [intake.facts["nrs"], intake.facts["nrs#2"]] == [7, 3]
    for said in corrections:
        interview.take(intake, said)
        assert intake.facts["sites#2"] == [{"site": "neck", "side": None}]
        assert intake.facts["nrs#2"] == 3


@given(
    st.lists(st.one_of(TALK, CORRECTIONS), max_size=40), st.sampled_from(["", "purple elephants", "yes", "no", "skip"])
)
def test_any_sequence_of_messages_ends(talk: list[Said], then: str) -> None:
    """However it began, who says the same thing from now on is not asked for ever."""
    intake = begin()
    for said in talk:
        if interview.take(intake, said).hand_off:
            return
    for _ in range(150):
        if intake.phase not in ("interview", "read_back"):
            return
        if interview.take(
            intake, Said(then, {"yes": "affirm", "no": "deny", "skip": "skip"}.get(then, "inform"))
        ).hand_off:
            return
    raise AssertionError(f"still asking {intake.open_field}")


@given(st.lists(TALK, max_size=40))
def test_every_record_the_interview_makes_gets_a_result(talk: list[Said]) -> None:
    intake = begin()
    for said in talk:
        interview.take(intake, said)
    assert judge.judge(intake).outcome in ("relaxation_massage", "clinical_massage", "doctor_first", "not_now")


@pytest.mark.parametrize("name", sorted({*cards.LABELS}))
def test_every_flag_and_condition_has_a_row_in_plain_words(name: str) -> None:
    label = cards.label(name)
    assert 3 <= len(label) <= 130
    assert not label.endswith((".", "?"))


def test_no_flag_or_condition_is_without_a_row() -> None:
    from bot.domain.flags import CONDITIONS

    assert {*RED_FLAGS, *CONDITIONS} <= set(cards.LABELS)


def theirs(kind: str, value: Any = None, **more: Any) -> Mention:
    return mention(kind, value, other_person=True, **more)


def test_a_story_about_somebody_else_is_read_as_theirs_once_the_visit_is() -> None:
    intake = begin()
    told = Said(
        "my wife hurt her neck, about a 7", "describe_pain", (theirs("site", "neck"), theirs("intensity", lo=7, hi=7))
    )
    interview.take(intake, told)
    assert intake.facts["for_whom"] == "other"
    assert intake.facts["sites"] == [{"site": "neck", "side": None}]
    assert intake.facts["nrs"] == 7


def test_a_danger_told_of_somebody_else_counts_when_the_visit_is_theirs_and_only_then() -> None:
    for answer, phase in (("other", "stopped"), ("self", "interview")):
        intake = begin()
        told = Said(
            "my dad is numb between the legs",
            "describe_pain",
            (theirs("finding", "numbness"),),
            other_danger=(Danger("RF-CES", True, 0, 5),),
        )
        interview.take(intake, told)
        assert intake.open_field == "for_whom"
        interview.take(intake, Said("…", "answer", question="for_whom", value=answer))
        assert intake.phase == phase


def test_who_would_rather_not_say_is_not_asked_thrice() -> None:
    intake = begin()
    tell(intake, "my neck hurts", mention("site", "neck"))
    assert intake.open_field == "age"
    tell(intake, "I'd prefer not to say", intent="inform")
    assert intake.open_field != "age"
    assert "age" in intake.rf_unknown


@pytest.mark.parametrize(
    ("words", "row", "danger"),
    [("I mean the pain", "no", False), ("thoughts of ending my life", "yes", True), ("the pain", "no", False)],
)
def test_hedged_words_are_answered_by_what_was_meant(words: str, row: str, danger: bool) -> None:
    intake = begin()
    interview.take(intake, Said("…", "describe_pain", danger=(Danger("RF-SUICIDE", False, 0, 1),)))
    assert intake.open_field == "RF-SUICIDE"
    choices = questions.question("RF-SUICIDE", intake).choices
    rows = rows_said.said(words, choices)
    assert rows.values == (row,)
    interview.take(intake, Said(words, "inform", rows=rows.values))
    assert ("RF-SUICIDE" in intake.rf) is danger
