"""Laws of the decision over the whole space of records: whatever is told, these hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.domain import record as records
from bot.domain import triage
from bot.domain.extras import EXTRAS, OF_ONE_COMPLAINT
from bot.domain.facts import CLAIM_LIFTS
from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.policy import Policy
from bot.domain.rule import URGENCIES, strength
from bot.domain.rules import RULES
from bot.domain.screens import REGION_OF

LAW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
ALMOST_ALL = [name for name in EXTRAS if name != "low_risk_pregnancy"]


def few(values, most=3):
    """A small set of ids in some order, as a tuple."""
    return st.lists(st.sampled_from(sorted(values)), max_size=most, unique=True).map(tuple)


def perhaps(strategy):
    return st.none() | strategy


sites = st.lists(
    st.builds(records.Site, st.sampled_from(sorted(REGION_OF)), st.sampled_from([None, *records.SIDES])), max_size=3
).map(tuple)
scores = st.integers(0, 10)
days = st.sampled_from([0, 1, 2, 3, 14, 15, 27, 28, 42, 43, 84, 85, 90, 91, 400]) | st.integers(0, 2000)
weeks = st.sampled_from([0, 5, 6, 7, 11, 12, 13, 20, 40])
aches = st.builds(
    records.Complaint,
    sites=sites,
    duration_days=perhaps(days),
    onset=perhaps(st.sampled_from(records.ONSETS)),
    nrs=perhaps(scores),
    complaint=perhaps(st.sampled_from(records.COMPLAINTS)),
    function_limited=perhaps(st.booleans()),
    extra=few(EXTRAS, 2),
)
intakes = st.builds(
    records.IntakeRecord,
    age=perhaps(st.sampled_from([0, 15, 16, 17, 18, 39, 40, 49, 50, 59, 60, 64, 65, 70, 75, 90])),
    sex=perhaps(st.sampled_from(records.SEX)),
    sites=sites,
    duration_days=perhaps(days),
    onset=perhaps(st.sampled_from(records.ONSETS)),
    nrs=perhaps(scores),
    complaint=perhaps(st.sampled_from(records.COMPLAINTS)),
    function_limited=perhaps(st.booleans()),
    rf=few(RED_FLAGS, 2),
    rf_unknown=few([*RED_FLAGS, *CONDITIONS, *records.SAFETY_FIELDS, "first_episode"], 2),
    ci=few(CONDITIONS),
    bp=perhaps(st.tuples(st.integers(90, 210), st.integers(50, 130))),
    doctor=perhaps(st.sampled_from(records.DOCTOR)),
    cleared=few([*CONDITIONS, *RED_FLAGS]),
    cleared_claimed=few([*CONDITIONS, *RED_FLAGS]),
    extra=few(EXTRAS),
    hours_since_injury=perhaps(st.sampled_from([1, 71, 72, 73, 335, 337, 3000])),
    peg=perhaps(st.tuples(scores, scores, scores)),
    psfs=perhaps(scores),
    areas=perhaps(st.integers(0, 19)),
    complaints=st.lists(aches, max_size=2).map(tuple),
    weeks_since_surgery=perhaps(weeks),
    weeks_since_fracture=perhaps(weeks),
    weeks_since_birth=perhaps(weeks),
    weeks_since_chemo=perhaps(weeks),
    weeks_pregnant=perhaps(weeks),
    fever_days=perhaps(st.integers(0, 9)),
)


def caution(record, policy=None):
    result = triage.classify(record, policy) if policy else triage.classify(record)
    return strength(result.outcome, result.urgency)


def with_(record, field, name):
    return replace(record, **{field: tuple(dict.fromkeys((*getattr(record, field), name)))})


@LAW
@given(intakes)
def test_every_record_gets_an_answer_of_the_contract(record):
    result = triage.classify(record)
    assert result.urgency in URGENCIES[result.outcome]
    assert result.rule in {rule.id for rule in RULES}
    assert result.reasons
    assert result.reasons[0].rule == result.rule
    assert all("{" not in reason.because for reason in result.reasons)
    assert all(
        strength(reason.outcome, reason.urgency) <= strength(result.outcome, result.urgency)
        for reason in result.reasons
    )
    json.dumps(triage.result_to_json(result))


@LAW
@given(intakes)
def test_a_record_survives_json(record):
    raw = json.loads(json.dumps(records.to_json(record)))
    assert records.from_json(raw) == record


@LAW
@given(intakes, st.sampled_from(sorted(RED_FLAGS)))
def test_another_danger_sign_never_lowers_the_result(record, name):
    assert caution(with_(record, "rf", name)) >= caution(record)


@LAW
@given(intakes, st.sampled_from(sorted(CONDITIONS)))
def test_another_condition_never_lowers_the_result(record, name):
    assert caution(with_(record, "ci", name)) >= caution(record)


@LAW
@given(intakes, st.sampled_from(sorted(EXTRAS)))
def test_another_finding_never_lowers_the_result(record, name):
    assert caution(with_(record, "extra", name)) >= caution(record)


@LAW
@given(intakes, st.sampled_from([*RED_FLAGS, *CONDITIONS, *EXTRAS, *records.SAFETY_FIELDS]))
def test_an_unknown_answer_never_lowers_the_result(record, name):
    assert caution(with_(record, "rf_unknown", name)) >= caution(record)


@LAW
@given(intakes)
def test_an_unknown_age_never_lowers_the_result(record):
    assert caution(replace(record, age=None)) >= caution(record)


@LAW
@given(intakes, scores, scores)
def test_a_higher_score_never_lowers_the_result(record, one, other):
    low, high = sorted((one, other))
    assert caution(replace(record, nrs=high)) >= caution(replace(record, nrs=low))


@LAW
@given(intakes)
def test_a_limitation_never_lowers_the_result(record):
    assert caution(replace(record, function_limited=True)) >= caution(record)


@LAW
@given(intakes, st.integers(90, 210), st.integers(50, 130), st.integers(0, 60), st.integers(0, 60))
def test_a_higher_pressure_never_lowers_the_result(record, systolic, diastolic, up, down):
    higher = (systolic + up, diastolic + down)
    assert caution(replace(record, bp=higher)) >= caution(replace(record, bp=(systolic, diastolic)))


@LAW
@given(intakes, st.integers(18, 100), st.integers(0, 20))
def test_an_older_adult_is_never_judged_milder(record, age, years):
    assert caution(replace(record, age=age + years)) >= caution(replace(record, age=age))


@LAW
@given(intakes, st.integers(0, 15))
def test_a_child_is_never_judged_milder_than_a_young_adult(record, age):
    assert caution(replace(record, age=age)) >= caution(replace(record, age=18))


@LAW
@given(intakes, st.lists(aches, min_size=1, max_size=2), aches)
def test_another_ache_never_lowers_the_result(record, several, ache):
    one = replace(record, complaints=tuple(several))
    assert caution(replace(one, complaints=(*several, ache))) >= caution(one)


@LAW
@given(intakes, st.sampled_from([*CONDITIONS, *RED_FLAGS]), st.sampled_from(["cleared", "cleared_claimed"]))
def test_clearance_never_touches_a_stop(record, item, field):
    result = triage.classify(record)
    assume(result.outcome == "not_now")
    again = triage.classify(with_(record, field, item))
    assert (again.outcome, again.urgency, again.rule) == (result.outcome, result.urgency, result.rule)


@LAW
@given(intakes, st.sampled_from([*CONDITIONS, *RED_FLAGS]))
def test_a_clearance_lifts_only_the_rules_of_its_item(record, item):
    before = {reason.rule for reason in triage.classify(record).reasons if reason.outcome == "doctor_first"}
    after = triage.classify(with_(record, "cleared", item))
    if after.outcome not in ("doctor_first", "not_now"):
        after_rules = set()
    else:
        after_rules = {reason.rule for reason in after.reasons}
    follows = {"CI-CANCER-ACT": {"R-CI-IMMUNO"}, "RF-UCI": {"R-GP01"}}.get(item, set())
    assert before - after_rules <= {f"R-{item}", "R-X05"} | follows


@LAW
@given(intakes, st.sampled_from(sorted(CLAIM_LIFTS)))
def test_a_claimed_word_never_makes_a_firm_booking(record, item):
    plain = replace(record, cleared=(), cleared_claimed=())
    held = triage.classify(plain)
    assume(held.outcome == "doctor_first")
    told = triage.classify(replace(plain, cleared_claimed=(item,)))
    if told.outcome in ("clinical_massage", "relaxation_massage"):
        assert told.provisional
        assert told.outcome == "clinical_massage"


@LAW
@given(intakes, st.randoms(use_true_random=False))
def test_the_order_of_what_was_told_never_matters(record, random):
    shuffled = {}
    for field in ("rf", "ci", "rf_unknown", "extra", "cleared", "cleared_claimed", "sites", "complaints"):
        values = list(getattr(record, field))
        random.shuffle(values)
        shuffled[field] = tuple(values)
    one, other = triage.classify(record), triage.classify(replace(record, **shuffled))
    assert (one.outcome, one.urgency, one.rule, one.provisional) == (
        other.outcome,
        other.urgency,
        other.rule,
        other.provisional,
    )
    assert {reason.rule for reason in one.reasons} == {reason.rule for reason in other.reasons}


@LAW
@given(intakes, st.sampled_from([None, *records.SIDES]))
def test_the_side_never_matters(record, side):
    moved = replace(record, sites=tuple(replace(site, side=side) for site in record.sites))
    assert triage.classify(moved).rule == triage.classify(record).rule


@LAW
@given(intakes)
def test_what_would_change_is_true(record):
    """Each counterfactual names a real answer, and nobody in danger is told how to talk their way out."""
    result = triage.classify(record)
    found = result.what_would_change
    if result.urgency in ("emergency", "same_day"):
        assert found == ()
    for change in found:
        assert change.urgency in URGENCIES[change.outcome]
        assert (change.outcome, change.urgency, change.provisional) != (
            result.outcome,
            result.urgency,
            result.provisional,
        )


SWITCHES = [name for name in Policy.__dataclass_fields__ if isinstance(getattr(Policy(), name), bool)]
MILDER = [name for name in SWITCHES if Policy.__dataclass_fields__[name].metadata["lowers"]]


@LAW
@given(intakes, st.sampled_from(MILDER))
def test_a_switch_marked_milder_is_milder_or_equal(record, name):
    on, off = Policy(**{name: True}), Policy(**{name: False})
    assert caution(record, on) <= caution(record, off)


def test_every_switch_that_lowers_a_rule_exists():
    for rule in RULES:
        for name in rule.lowers:
            assert name in MILDER, (rule.id, name)


@pytest.mark.parametrize("name", ALMOST_ALL)
def test_an_extra_alone_is_accepted(name):
    assert triage.classify(records.from_json({"age": 30, "rf": [], "ci": [], "extra": [name]})).rule


@LAW
@given(intakes, st.sampled_from(records.SEX))
def test_the_sex_never_matters_when_nothing_is_unknown(record, sex):
    """It only narrows what is asked; what was told counts alike."""
    known = replace(record, age=record.age or 40, rf_unknown=())
    one, other = triage.classify(known), triage.classify(replace(known, sex=sex))
    assert (one.outcome, one.urgency, one.rule, one.modifiers) == (
        other.outcome,
        other.urgency,
        other.rule,
        other.modifiers,
    )


@LAW
@given(intakes, st.integers(0, 60))
def test_the_days_of_a_fever_never_matter_without_a_fever(record, days):
    well = replace(record, ci=tuple(name for name in record.ci if name != "CI-FEVER"))
    assert triage.classify(replace(well, fever_days=days)).rule == triage.classify(replace(well, fever_days=None)).rule


@LAW
@given(intakes, st.integers(13, 5000))
def test_what_lies_beyond_every_window_never_matters(record, weeks):
    fields = ("weeks_since_surgery", "weeks_since_fracture", "weeks_since_birth", "weeks_since_chemo")
    told = replace(record, ci=tuple(name for name in record.ci if name != "CI-SURG"))
    long_ago = replace(told, **dict.fromkeys(fields, weeks))
    assert triage.classify(long_ago).rule == triage.classify(replace(told, **dict.fromkeys(fields))).rule


@LAW
@given(intakes, st.sampled_from(["asked_to_skip", "language_help", "trauma_survivor"]))
def test_what_only_changes_how_we_speak_never_changes_the_result(record, name):
    one, other = triage.classify(record), triage.classify(with_(record, "extra", name))
    assert (one.outcome, one.urgency, one.rule, one.provisional) == (
        other.outcome,
        other.urgency,
        other.rule,
        other.provisional,
    )


@LAW
@given(intakes, st.lists(aches, min_size=1, max_size=3))
def test_the_result_of_several_aches_is_the_strongest_of_each(record, several):
    """Findings of the whole person count for every ache, so that here each ache only has what is its own."""
    own = [replace(ache, extra=tuple(set(ache.extra) & OF_ONE_COMPLAINT)) for ache in several]
    blank = replace(
        record,
        sites=(), duration_days=None, onset=None, nrs=None, complaint=None, function_limited=None, complaints=(),
    )  # fmt: skip
    assume(not all(ache == records.Complaint() for ache in own))
    together = caution(replace(blank, complaints=tuple(own)))
    assert together == max(caution(replace(blank, complaints=(ache,))) for ache in own)


@LAW
@given(intakes, st.tuples(*[st.integers(0, 9)] * 3), st.integers(0, 2))
def test_a_higher_peg_never_lowers_the_result(record, peg, place):
    higher = tuple(score + (number == place) for number, score in enumerate(peg))
    assert caution(replace(record, peg=higher)) >= caution(replace(record, peg=peg))


@LAW
@given(intakes, scores, scores)
def test_less_of_an_activity_never_lowers_the_result(record, one, other):
    less, more = sorted((one, other))
    assert caution(replace(record, psfs=less)) >= caution(replace(record, psfs=more))


@LAW
@given(intakes)
def test_everything_a_reason_rests_on_is_there(record):
    """The proof names only what was told, a field, or what the rules themselves derived."""
    told = {*record.rf, *record.ci, *record.extra, *(name for ache in record.complaints for name in ache.extra)}
    for reason in triage.classify(record).reasons:
        for name, parts in reason.follows:
            assert name == "unknown" or name not in told or record.complaints
            assert parts
        for name in reason.facts:
            if name.startswith(("RF-", "CI-")) and name not in told:
                assert dict(reason.follows).get(name), (reason.rule, name)


@LAW
@given(intakes)
def test_a_minor_is_never_sent_to_a_doctor_of_their_own(record):
    result = triage.classify(replace(record, age=16))
    assert result.minor
    assert not any("your doctor" in reason.because.lower() for reason in result.reasons)
