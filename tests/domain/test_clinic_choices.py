"""A clinic's own file: its choices among the rules and its telephone numbers reach the running product, or are refused by name."""

from __future__ import annotations

import io
import json

import pytest

from bot import triage_command
from bot.domain import judge, scripts
from bot.domain.intake import Intake
from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.domain.questions import question
from bot.settings import BadSettings, Settings, read_clinic
from bot.web import context
from bot.web.turns import danger, words

OLD_ACHE = {
    "age": 40, "sites": [{"site": "knee"}], "duration_days": 400, "onset": "gradual", "nrs": 6, "complaint": "pain",
    "function_limited": True, "rf": [], "ci": [],
}  # fmt: skip


def clinic(tmp_path, text):
    path = tmp_path / "clinic.toml"
    path.write_text(text, encoding="utf-8")
    return read_clinic(path)


def test_without_a_word_the_defaults_hold(tmp_path):
    own = clinic(tmp_path, 'name = "Mine"')
    assert own.policy == DEFAULT_POLICY
    assert (own.lines.emergency, own.lines.crisis_text) == ("911", "988")


def test_choices_are_read_from_the_file(tmp_path):
    text = "[policy]\nchronic_requires_doctor = false\nacute_injury_hours = 48\n"
    assert clinic(tmp_path, text).policy == Policy(chronic_requires_doctor=False, acute_injury_hours=48)
    settings = Settings.from_env({"PALPATE_HOME": str(tmp_path)})
    assert not settings.clinic.policy.chronic_requires_doctor


def test_own_numbers_are_read_and_the_others_stay(tmp_path):
    text = 'country = "GB"\n[numbers]\ncrisis_call = "our night line on 0800 111"\nchecked = "2026-11-20"\n'
    lines = clinic(tmp_path, text).lines
    assert (lines.emergency, lines.crisis_call, lines.checked) == ("999", "our night line on 0800 111", "2026-11-20")
    found = danger.for_flags(["RF-SUICIDE"], lines, "en")
    assert "0800 111" in found.script.text
    assert "our night line" in scripts.for_danger(["RF-SUICIDE"], country=lines).text


def test_the_words_of_the_edge_name_the_clinics_own_number(tmp_path):
    own = clinic(tmp_path, '[numbers]\nemergency_words = "911 or 4444"\nchecked = "2026-11-20"\n')
    assert "911 or 4444" in words.fill(words.TROUBLE, own, "en")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[policy]\nchronic = true", "no such policy setting"),
        ("[policy]\nchronic_requires_doctor = 1", "true or false"),
        ("[policy]\nacute_injury_hours = true", "a number"),
        ("[policy]\nacute_injury_hours = -1", "not below 0"),
        ("[policy]\nbp_stop_systolic = nan", "not below 0"),
        ("policy = 3", "no such policy setting"),
        ('[numbers]\nfire = "1"\nchecked = "2026-11-20"', "fire"),
        ('[numbers]\ncrisis_call = " "\nchecked = "2026-11-20"', "crisis_call"),
        ('[numbers]\ncrisis_call = "1"', "checked"),
        ('[numbers]\nemergency = "call us"\nchecked = "2026-11-20"', "digits"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path, text, why):
    with pytest.raises(BadSettings, match=why):
        clinic(tmp_path, text)


def test_an_intake_is_judged_by_the_clinics_policy():
    facts = {key: value for key, value in OLD_ACHE.items() if key not in ("rf", "ci")}
    held, open_ = Intake(facts=facts), Intake(facts=facts, policy=Policy(chronic_requires_doctor=False))
    assert judge.judge(held).outcome == "doctor_first"
    assert judge.judge(open_).outcome == "clinical_massage"
    assert next(one["value"] for one in question("clearance", held).choices) == "CI-CHRONIC"
    assert "CI-CHRONIC" not in [one["value"] for one in question("clearance", open_).choices]


def test_a_policy_is_no_part_of_what_is_stored():
    intake = Intake(policy=Policy(chronic_requires_doctor=False))
    assert "policy" not in intake.to_json()
    assert Intake.from_json(intake.to_json()).policy == DEFAULT_POLICY


def test_the_desk_and_the_command_judge_by_it_too():
    own = Policy(chronic_requires_doctor=False)
    assert context.classify(OLD_ACHE)["outcome"] == "doctor_first"
    assert context.classify(OLD_ACHE, own)["outcome"] == "clinical_massage"
    out = io.StringIO()
    triage_command.main(io.StringIO(json.dumps(OLD_ACHE)), out, io.StringIO(), policy=own)
    answer = json.loads(out.getvalue())
    assert answer["outcome"] == "clinical_massage"
    assert "-" in answer["rules_version"]
