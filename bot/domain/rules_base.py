"""The rules that say which massage fits when nothing stands in its way; the first that holds counts."""

from __future__ import annotations

from bot.domain.clauses import Clause, all_of, any_of, fact, switch
from bot.domain.facts import RELAXING, TREATMENT, Facts
from bot.domain.rule import Rule
from bot.domain.rules_derived import MATTERS
from bot.domain.scores import widespread


def _mild(facts: Facts) -> bool:
    """Below 4 and nothing limited; for a wish to relax a score is not needed."""
    if facts.limited:
        return False
    return facts.complaint in RELAXING if facts.score is None else facts.score < 4


def _local(facts: Facts) -> bool:
    """One or a few places of muscles and joints: not all over, not the belly alone."""
    if not facts.sites or facts.regions == {"abdomen"}:
        return False
    return not widespread(facts.record.areas, facts.regions)


def _within_three_months(facts: Facts) -> bool:
    return facts.days is not None and facts.days <= facts.policy.chronic_days


def _told_lifted(facts: Facts) -> bool:
    return bool(facts.told_lifted.intersection(facts.found).difference(facts.record.cleared))


def _surgeon_ok(facts: Facts) -> bool:
    return facts.record.doctor in ("ok", "ordered") or "CI-SURG" in facts.record.cleared


def _strained(facts: Facts) -> bool:
    injured = facts.complaint == "injury" or facts.onset in ("overuse", "injury")
    wish_to_relax = facts.policy.mild_sport_soreness_may_relax and facts.complaint in RELAXING and _mild(facts)
    return injured and not wish_to_relax


def _counts_as_four(facts: Facts) -> bool:
    """A score of 4 or more, a limitation, or a pain whose score nobody knows (never taken for low)."""
    if facts.limited:
        return True
    return facts.complaint in TREATMENT if facts.score is None else facts.score >= 4


MILD = fact("nrs", "a score below 4 (not needed with a wish to relax) and no limitation", _mild)
LOCAL = fact("sites", "a local site of muscles or joints", _local)
RECENT = fact("duration_days", "up to chronic_days", _within_three_months)
BOOKABLE = switch("nothing_matched_may_book")
STRONG = fact("nrs", "a score of 4 or more (or not known, with a pain), or a limitation", _counts_as_four)


def _base(id_: str, outcome: str, when: Clause, because: str, staff: str, source: str, **more: object) -> Rule:
    return Rule(id_, outcome, None, when, because, staff, source, **more)  # type: ignore[arg-type]  # one row of the table


_CLINICAL = "clinical_massage"
_RELAX = "relaxation_massage"

BASE_RULES: tuple[Rule, ...] = (
    _base(
        "R-C01",
        _CLINICAL,
        fact("doctor", "doctor = ordered", lambda facts: facts.record.doctor == "ordered"),
        "Your doctor has asked for massage therapy, so clinical massage is the right booking.",
        "Physician order; see the document (dated, named, limits) and follow its limits.",
        "seed",
    ),
    _base(
        "R-C06",
        _CLINICAL,
        any_of(
            all_of("CI-CHRONIC", MATTERS, fact("cleared", "CI-CHRONIC cleared", lambda f: "CI-CHRONIC" in f.lifted)),
            all_of("CI-ILLNESS", fact("cleared", "CI-ILLNESS cleared", lambda f: "CI-ILLNESS" in f.lifted)),
        ),
        "As your doctor agrees, clinical massage under their advice is suitable.",
        "Chronic/illness under doctor's orders (seed).",
        "seed",
        lowers=("claimed_word_lifts",),
    ),
    _base(
        "R-C02",
        _CLINICAL,
        all_of("sport", fact("onset", "an injury or overuse (and not mild soreness with a wish to relax)", _strained)),
        "A sport or activity strain like this suits clinical massage (not on the sore spot in the first 72 hours).",
        "Athlete strain (seed). Check >72 h; grade; return-to-play goals.",
        "seed; s:HARM; s:DAVIS; clinical_changes §4",
        lowers=("mild_sport_soreness_may_relax",),
    ),
    _base(
        "R-C04",
        _CLINICAL,
        all_of(
            "local_msk_dx",
            any_of(RECENT, fact("cleared", "CI-CHRONIC cleared", lambda f: "CI-CHRONIC" in f.lifted)),
        ),
        "For what your clinician found, clinical massage may help alongside exercise.",
        "Diagnosis-based; see section C evidence.",
        "clinical.md §C",
    ),
    _base(
        "R-C03",
        _CLINICAL,
        all_of(
            fact("nrs", "a score of 4 or more, or a limitation", lambda f: f.limited or (f.score or 0) >= 4),
            LOCAL,
            any_of(RECENT, switch("chronic_requires_doctor", on=False)),
        ),
        "Your pain and how it limits you fit clinical massage with an assessment first.",
        "Acute/subacute MSK pain; red flags negative; review in 2-4 wk.",
        "s:ACP17; s:NG59",
    ),
    _base(
        "R-C05",
        _CLINICAL,
        all_of(
            fact("complaint", "complaint = rehab, or began after an operation",
                 lambda f: f.complaint == "rehab" or f.onset == "post_op"),
            fact("doctor", "the surgeon or doctor agrees", _surgeon_ok),
        ),
        "With your surgeon's OK, clinical massage can be part of your recovery.",
        "Scar/oedema precautions.",
        "s:JAMA24-N",
    ),
    _base(
        "R-C07",
        _CLINICAL,
        fact("cleared_claimed", "a doctor's word told in the chat lifted an item", _told_lifted),
        "Once we have seen your doctor's note, clinical massage under their advice can be planned.",
        "Doctor's word told in chat: see the document before treating.",
        "clinical_changes §4",
        lowers=("claimed_word_lifts",),
    ),
    _base(
        "R-R02",
        _RELAX,
        all_of(
            fact("complaint", "no wish only to relax", lambda f: f.complaint not in RELAXING),
            MILD,
            LOCAL,
            RECENT,
        ),
        "A regular massage is fine; tell us if it gets worse.",
        "Offer clinical if wanted; safety-net.",
        "seed; design",
    ),
    _base(
        "R-R01",
        _RELAX,
        all_of(fact("complaint", "a wish to relax or to ease tension", lambda f: f.complaint in RELAXING), MILD),
        "A regular relaxation massage looks fine for you. No prescription is needed.",
        "Relaxation; apply modifiers.",
        "seed",
    ),
    Rule(
        "R-X00",
        "doctor_first",
        "gp",
        switch("nothing_matched_may_book", on=False),
        "We would like to hear a little more, so a member of our team will call before we book.",
        "Nothing matched; switched off: a person decides.",
        "clinical_changes §4",
    ),
    _base(
        "R-X00",
        _CLINICAL,
        all_of(BOOKABLE, STRONG),
        "From what you told us clinical massage may fit. A member of our team looks at it before the booking is fixed.",
        "Nothing matched and no danger told. Check the story before the booking is fixed.",
        "clinical_changes §4; contract §3",
        lowers=("nothing_matched_may_book",),
        provisional=True,
    ),
    _base(
        "R-X00",
        _RELAX,
        BOOKABLE,
        "From what you told us a regular massage looks fine for you.",
        "Nothing matched and no danger told.",
        "clinical_changes §4; contract §3",
        lowers=("nothing_matched_may_book",),
    ),
)  # fmt: skip
