"""The shape of a result, what would change it, the version of the rules, the command, and the small scores."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from bot import triage_command
from bot.domain import record as records
from bot.domain import scores, triage
from bot.domain.policy import DEFAULT_POLICY, BadPolicy, Policy, settings
from bot.domain.proof import proof_sheet
from bot.domain.replay import Stored, replay
from bot.domain.rules import RULES, by_id
from bot.domain.rules_version import RULES_VERSION

BASE = {
    "age": 46, "sex": "F", "sites": [{"site": "low_back", "side": None}], "duration_days": 4, "onset": "gradual",
    "nrs": 6, "complaint": "pain", "function_limited": True, "rf": [], "rf_unknown": [], "ci": [], "bp": None,
    "doctor": "none", "cleared": [], "cleared_claimed": [], "extra": [],
}  # fmt: skip


def judged(**told):
    return triage.result_to_json(triage.classify(records.from_json({**BASE, **told})))


def changes(**told):
    return {one["if"]: one["outcome"] for one in judged(**told)["what_would_change"]}


def test_the_example_of_the_contract():
    result = judged(rf=["RF-CES"], ci=["CI-SPINEOP"], extra=["bilateral"])
    assert list(result) == [
        "outcome", "urgency", "rule", "provisional", "reasons", "modifiers", "unknown", "alternative", "rules_version",
        "what_would_change",
    ]  # fmt: skip
    assert (result["outcome"], result["urgency"], result["rule"]) == ("not_now", "emergency", "R-RF-CES")
    assert [reason["rule"] for reason in result["reasons"]] == ["R-RF-CES", "R-CI-SPINEOP"]
    assert set(result["reasons"][0]) >= {"rule", "outcome", "urgency", "because", "staff", "source"}
    assert result["modifiers"] == []
    assert result["what_would_change"] == []


def test_a_reason_names_the_facts_it_rests_on():
    result = judged(rf=["RF-DVT"], extra=["breathless", "sport"])
    assert result["reasons"][0]["facts"] == ["RF-DVT", "breathless"]


def test_a_clearance_that_would_open_the_door():
    assert changes(duration_days=400) == {"CI-CHRONIC cleared": "clinical_massage"}


def test_two_holds_need_both():
    assert changes(duration_days=400, ci=["CI-HEART"]) == {
        "CI-HEART cleared and CI-CHRONIC cleared": "clinical_massage"
    }


def test_an_unknown_answer_that_would_open_the_door():
    assert changes(rf_unknown=["RF-CES"]) == {"RF-CES answered no": "clinical_massage"}


def test_a_doubt_that_would_open_the_door():
    assert list(changes(extra=["contradiction"]).values()) == ["clinical_massage"]


def test_a_fever_that_is_over():
    assert changes(sites=[{"site": "knee"}], ci=["CI-FEVER"]) == {"CI-FEVER over": "clinical_massage"}


def test_what_would_close_the_door():
    assert changes(nrs=2, function_limited=False) == {
        "score of 4 or more": "clinical_massage",
        "pain that limits what you do": "clinical_massage",
        "pain for more than three months": "doctor_first",
    }


def test_a_document_would_make_a_pending_booking_firm():
    found = judged(duration_days=400, cleared_claimed=["CI-CHRONIC"])["what_would_change"]
    assert found[0] == {
        "if": "CI-CHRONIC cleared",
        "outcome": "clinical_massage",
        "urgency": None,
        "provisional": False,
    }


def test_nobody_in_danger_is_told_how_to_talk_their_way_out():
    assert changes(rf=["RF-CES"]) == {}
    assert changes(rf=["RF-DVT"]) == {}


def test_the_version_is_the_hash_of_the_rules():
    assert len(RULES_VERSION) == 16
    assert judged()["rules_version"] == RULES_VERSION


def test_a_rule_is_found_by_its_id():
    assert [rule.outcome for rule in by_id("R-X00")] == ["doctor_first", "clinical_massage", "relaxation_massage"]
    assert by_id("R-NO") == ()


def test_only_r_x00_has_more_than_one_row():
    once = [rule.id for rule in RULES if rule.id != "R-X00"]
    assert len(once) == len(set(once))


def test_every_switch_and_window_says_why_and_whence():
    for one in settings(DEFAULT_POLICY):
        assert one.why
        assert one.source


def test_a_window_can_be_moved():
    record = records.from_json({**BASE, "bp": [155, 90]})
    assert triage.classify(record).outcome == "clinical_massage"
    assert triage.classify(record, Policy.from_mapping({"bp_hold_systolic": 150})).rule == "R-CI-HTN-UNC"


@pytest.mark.parametrize(
    "bad", [{"chronic": True}, {"chronic_requires_doctor": 1}, {"surgery_weeks": True}, {"birth_weeks": "6"}]
)
def test_a_setting_that_cannot_be_is_refused(bad):
    with pytest.raises(BadPolicy):
        Policy.from_mapping(bad)


def run(text, **options):
    out, err = io.StringIO(), io.StringIO()
    status = triage_command.main(io.StringIO(text), out, err, **options)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_the_command_answers_line_by_line():
    status, answers, errors = run(json.dumps(BASE) + "\n\n" + json.dumps({**BASE, "rf": ["RF-CES"]}) + "\n")
    assert status == 0
    assert [answer["rule"] for answer in answers] == ["R-C03", "R-RF-CES"]
    assert errors == ""


def test_the_command_refuses_in_place_and_goes_on():
    lines = ['{"rf": ["RF-CESS"]}', "not json", '{"nrs": NaN}', "[" * 100_000, '{"\\ud800": 1}', json.dumps(BASE)]
    status, answers, errors = run("\n".join(lines))
    assert status == 1
    assert [next(iter(answer)) for answer in answers] == ["error"] * 5 + ["outcome"]
    assert answers[0]["error"]["key"] == "rf"
    assert "RF-CES" in answers[0]["error"]["why"]
    assert errors.count("\n") == 1


def test_a_key_given_twice_is_refused_so_that_no_danger_is_lost():
    status, [answer], _ = run('{"rf": ["RF-CES"], "rf": []}')
    assert status == 1
    assert answer["error"] == {"key": "rf", "why": "is given twice"}


def test_broken_bytes_refuse_one_line_only():
    source = io.TextIOWrapper(io.BytesIO(b'\xff\xfe{"age"\n' + json.dumps(BASE).encode() + b"\n"), encoding="utf-8")
    out = io.StringIO()
    assert triage_command.main(source, out, io.StringIO()) == 1
    assert [next(iter(json.loads(line))) for line in out.getvalue().splitlines()] == ["error", "outcome"]


def test_the_command_prints_its_vocabulary():
    status, [words], _ = run("", vocabulary=True)
    assert status == 0
    assert "RF-OVERDOSE" in words["rf"]


@pytest.mark.parametrize(
    ("days", "name"), [(0, "acute"), (27, "acute"), (28, "subacute"), (90, "subacute"), (91, "chronic")]
)
def test_duration_classes(days, name):
    assert scores.duration_class(days) == name


@pytest.mark.parametrize(
    ("score", "name"),
    [(0, "none"), (1, "mild"), (3, "mild"), (4, "moderate"), (6, "moderate"), (7, "severe"), (10, "severe")],
)
def test_score_bands(score, name):
    assert scores.nrs_band(score) == name


def test_peg_is_the_mean_of_three_with_one_decimal():
    assert scores.peg_mean(5, 6, 6) == 5.7


def test_impact_is_the_higher_of_the_two_and_never_a_low_guess():
    assert scores.impact(2, (6, 6, 6)) == 6
    assert scores.impact(7, (6, 6, 6)) == 7
    assert scores.impact(None, None) is None


@pytest.mark.parametrize(("before", "after", "better"), [(5, 4, True), (5, 4.5, False), (2, 1.4, True), (0, 0, False)])
def test_improvement(before, after, better):
    assert scores.improved(before, after) is better


def test_a_record_is_not_changed_by_being_judged():
    record = records.from_json({**BASE, "rf": ["RF-DVT"]})
    copy = replace(record)
    triage.classify(record)
    assert record == copy


def test_an_emergency_that_was_shown_stays():
    danger = triage.classify(records.from_json({**BASE, "rf": ["RF-ACS"]}))
    calm = triage.classify(records.from_json(BASE))
    assert triage.keep_emergency(danger, calm) is danger
    assert triage.keep_emergency(calm, danger) is danger
    assert triage.keep_emergency(None, calm) is calm


def test_the_proof_sheet_holds_the_visitors_own_words():
    said = {"RF-DVT": [{"text": "my calf is huge", "start": 0, "end": 15}]}
    first = proof_sheet(judged(rf=["RF-DVT"], extra=["breathless"]), said)[0]
    assert first["rule"] == "R-EC06"
    assert first["source"]
    assert first["facts"] == [
        {"fact": "RF-DVT", "follows": [], "words": ["my calf is huge"]},
        {"fact": "breathless", "follows": [], "words": []},
    ]


def test_a_derived_finding_is_proven_by_what_it_follows_from():
    said = {"duration_days": [{"text": "for two years"}], "bp": [{"text": "165 over 90"}]}
    entries = {entry["rule"]: entry for entry in proof_sheet(judged(duration_days=730, bp=[165, 90]), said)}
    chronic = entries["R-CI-CHRONIC"]["facts"][0]
    assert chronic["fact"] == "CI-CHRONIC"
    assert "duration_days" in chronic["follows"]
    assert chronic["words"] == ["for two years"]
    assert entries["R-CI-HTN-UNC"]["facts"] == [{"fact": "CI-HTN-UNC", "follows": ["bp"], "words": ["165 over 90"]}]


def test_a_finding_behind_a_finding_is_proven_to_the_bottom():
    reasons = judged(weeks_since_chemo=2, ci=["CI-FEVER"])["reasons"]
    first = next(reason for reason in reasons if reason["rule"] == "R-EC10")
    assert first["follows"]["CI-IMMUNO"] == ["weeks_since_chemo"]


def test_an_open_question_is_proven_by_its_name():
    reasons = judged(rf_unknown=["RF-CES"], age=None)["reasons"]
    assert next(one for one in reasons if one["rule"] == "R-X01")["follows"] == {"unknown": ["RF-CES", "age"]}


def test_a_replay_lists_what_would_change_and_what_would_be_milder():
    record = records.from_json({**BASE, "duration_days": 400})
    stored = [
        Stored("A", record, "doctor_first", "gp"),
        Stored("B", record, "clinical_massage", None),
        Stored("C", record, "not_now", "defer"),
    ]
    assert [(one.reference, one.milder) for one in replay(stored)] == [("B", False), ("C", True)]
    relaxed = replay(stored[:1], Policy(chronic_requires_doctor=False))
    assert [(one.reference, one.milder, one.rule) for one in relaxed] == [("A", True, "R-C03")]
