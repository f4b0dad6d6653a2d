"""Nothing milder is published on one person's word, and an unsigned version says so."""

from __future__ import annotations

import io
from datetime import date

import pytest

from bot import rules_command, rules_signed, triage_bench
from bot.domain import record as records
from bot.domain.numbers import own_lines
from bot.domain.policy import Policy
from bot.domain.replay import Moved, Stored
from bot.domain.rules_version import RULES_VERSION, version_of
from bot.domain.signoff import Signature, banner, may_publish, signers

DAY = date(2026, 11, 23)
MILDER = [Moved("A", ("doctor_first", "gp"), ("clinical_massage", None), "R-C03", milder=True)]
STRICTER = [Moved("A", ("clinical_massage", None), ("doctor_first", "gp"), "R-CI-HEART", milder=False)]
ANA, BEN = Signature("v1", "Ana Ruiz, RN", DAY), Signature("v1", "Ben Ode, MD", DAY)


def test_a_stricter_version_needs_one_signature():
    assert not may_publish("v1", STRICTER, [])
    assert may_publish("v1", STRICTER, [ANA])


def test_a_milder_version_needs_two_different_people():
    assert not may_publish("v1", MILDER, [ANA])
    assert not may_publish("v1", MILDER, [ANA, Signature("v1", "ana  ruiz, rn", DAY)])
    assert may_publish("v1", MILDER, [ANA, BEN])


def test_a_signature_counts_for_its_own_version_only():
    assert signers("v2", [ANA, BEN]) == ()


def test_an_unsigned_version_says_so():
    assert "No clinician has signed" in (banner("v1", []) or "")
    assert banner("v1", [ANA]) is None


def test_a_milder_version_says_that_a_second_person_is_missing():
    words = banner("v1", [Signature("v1", "Ana Ruiz, RN", DAY, needs=2)]) or ""
    assert "second clinician" in words
    assert "Ana Ruiz, RN" in words
    assert banner("v1", [Signature("v1", "Ana Ruiz, RN", DAY, needs=2), BEN]) is None


def test_signing_is_kept_and_counts_once(tmp_path):
    assert rules_signed.add(tmp_path, "Ana Ruiz, RN", DAY)
    assert not rules_signed.add(tmp_path, "ana  ruiz, rn", DAY)
    out = io.StringIO()
    rules_command.show(tmp_path, out)
    assert f"signed {RULES_VERSION} by Ana Ruiz, RN on 2026-11-23" in out.getvalue()
    assert "No clinician" not in out.getvalue()


def test_a_damaged_file_signs_nothing(tmp_path):
    for damaged in ("{", '{"version": "v1"}', '[{"version": "v1"}]', "[3]"):
        (tmp_path / rules_signed.FILE).write_text(damaged, encoding="utf-8")
        with pytest.raises(rules_signed.BadSignatures):
            rules_signed.read(tmp_path)
        assert "No clinician has signed" in (rules_signed.warning(tmp_path) or "")


def test_a_replay_stops_until_two_have_signed_what_is_milder(tmp_path):
    stored = [Stored("H-1", records.from_json({"age": 30, "rf": [], "ci": []}), "not_now", "defer")]
    out = io.StringIO()
    assert rules_command.run_replay(stored, tmp_path, out) == 1
    assert "H-1 not_now/defer -> relaxation_massage R-X00 milder" in out.getvalue()
    rules_command.sign(tmp_path, "Ana Ruiz, RN", DAY, stored, out)
    assert "1 of 2 signatures" in out.getvalue()
    assert "second clinician" in (rules_signed.warning(tmp_path) or "")
    assert rules_command.run_replay(stored, tmp_path, io.StringIO()) == 1
    assert rules_signed.published(tmp_path) == []
    rules_command.sign(tmp_path, "Ben Ode, MD", DAY, stored, out)
    assert rules_signed.warning(tmp_path) is None
    assert rules_command.run_replay(stored, tmp_path, io.StringIO()) == 0


def test_a_signed_version_keeps_its_answers_so_that_the_next_is_held_against_them(tmp_path):
    rules_command.sign(tmp_path, "Ana Ruiz, RN", DAY, [], io.StringIO())
    kept = rules_signed.published(tmp_path)
    assert kept == rules_command.library()
    out = io.StringIO()
    assert rules_command.run_replay(kept, tmp_path, out, Policy(chronic_requires_doctor=False)) == 1
    assert "doctor_first/gp -> clinical_massage" in out.getvalue()


def test_a_turned_switch_is_a_version_that_nobody_has_signed(tmp_path):
    own = Policy(acute_injury_hours=48)
    assert version_of(Policy()) == RULES_VERSION
    assert version_of(own).startswith(f"{RULES_VERSION}-")
    assert version_of(own) != version_of(Policy(acute_injury_hours=24))
    rules_signed.add(tmp_path, "Ana Ruiz, RN", DAY)
    assert rules_signed.warning(tmp_path) is None
    assert "No clinician" in (rules_signed.warning(tmp_path, own) or "")


def test_a_replay_without_changes_needs_no_signature(tmp_path):
    out = io.StringIO()
    assert rules_command.run_replay([], tmp_path, out) == 0
    assert out.getvalue().startswith("0 changed")


def test_the_bench_prints_its_figures():
    out = io.StringIO()
    assert triage_bench.main(out, 50) == 0
    assert out.getvalue().startswith("records=50 ")


def test_a_clinic_may_set_its_own_numbers():
    lines = own_lines("GB", {"crisis_call": "our night line on 0000", "checked": "2026-11-20"})
    assert (lines.emergency, lines.crisis_call, lines.checked) == ("999", "our night line on 0000", "2026-11-20")
