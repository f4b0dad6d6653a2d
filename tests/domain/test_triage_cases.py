"""The case library, one test per case, and the promise that every rule is exercised both ways."""

from __future__ import annotations

from datetime import date

import pytest

from bot import triage_page
from bot.domain.modifiers import MODIFIERS
from bot.domain.rules import NOTES, RULES
from bot.domain.rules_derived import DERIVED

CASES = triage_page.load_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case):
    """The outcome, urgency and strongest rule of the library, with whatever else the case says."""
    result = case.result()
    expect = case.expect
    fired = [reason.rule for reason in result.reasons]
    assert (result.outcome, result.urgency, result.rule) == (expect["outcome"], expect["urgency"], expect["rule"]), (
        fired
    )
    assert set(expect.get("reasons", ())) <= set(fired)
    assert not set(expect.get("not", ())) & set(fired)
    adapted = {modifier.id for modifier in result.modifiers}
    assert set(expect.get("modifiers", ())) <= adapted
    assert not set(expect.get("no_modifiers", ())) & adapted
    if "provisional" in expect:
        assert result.provisional is expect["provisional"]
    if "unknown" in expect:
        assert list(result.unknown) == expect["unknown"]
    if "alternative" in expect:
        assert (result.alternative.outcome if result.alternative else None) == expect["alternative"]


def test_the_library_is_large_and_its_names_are_unique():
    names = [case.id for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 250
    assert all(case.why for case in CASES)


def test_every_case_says_only_what_the_tests_read():
    known = {
        "outcome",
        "urgency",
        "rule",
        "reasons",
        "not",
        "modifiers",
        "no_modifiers",
        "provisional",
        "unknown",
        "alternative",
    }
    for case in CASES:
        assert set(case.expect) <= known, case.id
        assert set(case.expect.get("not", ())) <= {rule.id for rule in RULES} | set(NOTES), case.id


def test_every_rule_has_a_source_an_owner_and_a_case_both_ways():
    fires, stays = triage_page.exercised(CASES)
    for rule in RULES:
        assert rule.source, rule.id
        assert rule.owner, rule.id
        assert rule.review_by, rule.id
        assert rule.id in fires, f"{rule.id} fires in no case"
        assert rule.id in stays, f"{rule.id} has no case in which it must not fire"


def test_every_note_has_a_case_both_ways():
    fires, stays = triage_page.exercised(CASES)
    for name in NOTES:
        assert name in fires, name
        assert name in stays, name


def test_every_review_date_is_a_day_and_every_row_beside_the_rules_has_a_source():
    for rule in RULES:
        assert date.fromisoformat(rule.review_by) > date(2026, 1, 1), rule.id
    for row in DERIVED:
        assert row.source, row.gives
    for modifier in MODIFIERS:
        assert modifier.source, modifier.id
        assert modifier.instruction, modifier.id


def test_every_modifier_and_every_derived_finding_appears_in_a_case():
    adapted, found = set(), set()
    for case in CASES:
        result = case.result()
        adapted.update(modifier.id for modifier in result.modifiers)
        found.update(name for reason in result.reasons for name, _ in reason.follows)
    assert {modifier.id for modifier in MODIFIERS} <= adapted
    silent = {"CI-ACUTE72"}  # adapts the massage, and is the reason of no rule
    assert {row.gives for row in DERIVED} - silent <= found


def test_the_page_clinicians_read_is_up_to_date():
    assert triage_page.PAGE.read_text(encoding="utf-8") == triage_page.page(CASES)
