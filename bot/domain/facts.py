"""What one ache of one record comes to, prepared once so that every rule can look at it cheaply and alike."""

from __future__ import annotations

from bot.domain import scores
from bot.domain.extras import OF_ONE_COMPLAINT
from bot.domain.policy import Policy
from bot.domain.record import Complaint, IntakeRecord
from bot.domain.screens import REGION_OF, core_questions

# Goals that ask for treatment of a pain, as against relaxing. Source: clinical.md §E Q4.
TREATMENT = frozenset({"pain", "injury", "rehab", "illness"})
RELAXING = frozenset({"relax", "tension"})
SPINE_SITES = frozenset(
    {
        "back", "low_back", "upper_back", "lumbar_spine", "thoracic_spine", "cervical_spine", "neck", "neck_back",
        "si_joint", "sacrum", "coccyx",
    }
)  # fmt: skip
BACK_OR_BELLY = frozenset({"upper_back", "abdomen"})

# Items that a doctor's word, told in the chat and not yet seen by staff, may lift (clinical_changes §4).
CLAIM_LIFTS = frozenset({"CI-CHRONIC", "CI-ILLNESS", "CI-PREG", "CI-SCAR", "CI-LYMPH", "CI-SPINEOP"})


class Facts:
    """One ache of a record. `found` holds flags, conditions and extras, also derived ones; `score` is None when unknown."""

    __slots__ = (
        "age", "complaint", "days", "found", "injury_days", "lifted", "limited", "listed", "onset", "pain", "policy",
        "record", "regions", "score", "sites", "stuck_claim", "told", "told_lifted", "unknown",
    )  # fmt: skip

    def __init__(self, record: IntakeRecord, ache: Complaint, shared: frozenset[str], policy: Policy) -> None:
        self.record = record
        self.policy = policy
        self.age = record.age
        self.complaint = ache.complaint
        self.days = ache.duration_days
        self.onset = ache.onset
        self.score = scores.impact(ache.nrs, record.peg)
        self.limited = scores.limits_function(ache.function_limited, record.peg, record.psfs)
        self.sites = frozenset([site.site for site in ache.sites])
        self.regions = frozenset([REGION_OF[site] for site in self.sites])
        self.told = shared.union(ache.extra) if ache.extra else shared
        self.found = set(self.told)
        self.listed = shared
        self.unknown = record.rf_unknown
        self.pain = self.complaint in TREATMENT or self.limited or (self.score is not None and self.score >= 4)
        self.injury_days = _injury_days(record, ache)
        self.told_lifted = (
            CLAIM_LIFTS.intersection(record.cleared_claimed) if policy.claimed_word_lifts else frozenset()
        )
        self.lifted = self.told_lifted.union(record.cleared)
        self.stuck_claim = False  # set by triage when a rule stands that a claim alone cannot lift

    def core_unknown(self) -> list[str]:
        """The questions asked and not answered that must not count as no, in the order of the record; age last."""
        missing = self.unknown if self.age is not None else (*self.unknown, "age")
        if not missing:
            return []
        pregnant = not self.found.isdisjoint(("CI-PREG", "CI-POSTPARTUM", "late_period"))
        core = core_questions(self.regions, age=self.age, sex=self.record.sex, pregnant=pregnant)
        return [name for name in dict.fromkeys(missing) if name in core]


def aches(record: IntakeRecord) -> tuple[Complaint, ...]:
    """The complaints of a record: the list, and the one at the top level when it says more or stands alone."""
    top = Complaint(
        record.sites, record.duration_days, record.onset, record.nrs, record.complaint, record.function_limited
    )
    if not record.complaints:
        return (top,)
    return record.complaints if top == Complaint() or top in record.complaints else (top, *record.complaints)


def shared_findings(record: IntakeRecord) -> frozenset[str]:
    """What counts for every ache: flags, conditions, and all extras but those that describe another ache alone."""
    told = {*record.rf, *record.ci, *record.extra}
    for ache in record.complaints:
        told.update(name for name in ache.extra if name not in OF_ONE_COMPLAINT)
    return frozenset(told)


def _injury_days(record: IntakeRecord, ache: Complaint) -> float | None:
    """How old the injury is, in days; None when that is not known. An ache's age counts only if it began by injury."""
    if record.hours_since_injury is not None:
        return record.hours_since_injury / 24
    if record.weeks_since_injury is not None:
        return record.weeks_since_injury * 7
    return ache.duration_days if ache.onset == "injury" else None
