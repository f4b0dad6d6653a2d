"""Which question comes next: safety first, then the story, then what decides, then what staff need, at last the rest."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import cards, complaints, questions, returning
from bot.domain.intake import Intake
from bot.domain.judge import changes_result, held_back, judge

# Asked of every complaint, unless it was told already.
_STORY = ("sites", "duration_days", "onset", "nrs", "function_limited")
_FOLLOW_UPS = (
    ("CI-SURG", "weeks_since_surgery"),
    ("CI-FX-HEAL", "weeks_since_fracture"),
    ("CI-POSTPARTUM", "weeks_since_birth"),
    ("CI-HTN-UNC", "bp"),
)


def next_field(intake: Intake) -> str:
    """The field of the next question; the read-back when nothing is missing."""
    if not intake.consented:
        return "consent_privacy"
    doubted = in_doubt(intake)
    if doubted is not None:
        return doubted
    if intake.reopened:
        return intake.reopened[0]
    if _posed(intake):
        return str(intake.open_field)
    return next((name for name in plan(intake) if is_open(intake, name)), "read_back")


def _posed(intake: Intake) -> bool:
    """True for a question about when or how an ache began that has been put to the visitor and not been answered.

    A correction in its place may make it needless to ask; asked already, it stays, so that no answer is lost.
    """
    name = intake.open_field or ""
    posed = complaints.base(name) in _WHEN_AND_HOW and complaints.number(name) in complaints.numbers(intake)
    return posed and name not in intake.settled and _hurts(intake)


def in_doubt(intake: Intake) -> str | None:
    """What a danger that was not read with certainty makes be asked before all else: its own question, or the emergency card."""
    if intake.to_confirm:
        return intake.to_confirm[0]
    return cards.EMERGENCY if intake.guessed and is_open(intake, cards.EMERGENCY) else None


def is_open(intake: Intake, name: str) -> bool:
    """True when this question still has to be asked: never settled, a side missing, or rows that came up since."""
    if complaints.base(name) == "sites":
        at = complaints.number(name)
        sideless = questions.missing_sides(intake, at) and complaints.field("side", at) not in intake.settled
        return bool(sideless) or name not in intake.settled
    if cards.is_card(name):
        return bool(cards.items(name, intake))
    return name not in intake.settled


def left(intake: Intake) -> int:
    """About how many questions are still to come, the read-back among them."""
    if intake.phase not in ("consent", "interview", "read_back"):
        return 0
    return len([name for name in plan(intake) if is_open(intake, name)]) + len(intake.to_confirm) + 1


def plan(intake: Intake) -> list[str]:
    """Every question this visitor needs, in order, those already settled too."""
    if "days" in intake.earlier:
        return returning.plan(intake)
    hurts = _hurts(intake)
    asked = ["emergency_gate", "narrative", "for_whom", "age", "complaint"]
    if hurts:
        asked += [complaints.field(name, at) for at in complaints.numbers(intake) for name in _story(intake, at)]
    if "complaint" in intake.settled:
        asked += cards.screen_fields(intake)
    asked += ["general_screen", "conditions", *_follow_ups(intake), "medicines", "skin"]
    if cards.asks_doctor(intake, hurts=hurts):
        asked.append("doctor")
        if len(_claimable(intake)) > 1:
            asked.append("clearance")
    return [*asked, *([] if cards.is_mild(intake) else ["preferred_times"]), "contact"]


def _story(intake: Intake, at: int) -> tuple[str, ...]:
    """What is asked of a complaint. Of a mild ache not how it began, and of who comes to relax not since when.

    Each of the two is asked all the same where it could still change the result; so the score comes before them.
    """
    score = intake.facts.get(complaints.field("nrs", at))
    relaxes = cards.is_short(intake)
    if not (relaxes or intake.facts.get("complaint") == "pain") or (score is not None and score > cards.MILD):
        return _STORY
    first = ("sites", *_HOW_BAD) if relaxes else ("sites", "duration_days", *_HOW_BAD)
    if not all(complaints.field(name, at) in intake.settled for name in first):
        return first
    mild = score is not None and intake.facts.get(complaints.field("function_limited", at)) is False
    if not mild and not relaxes:
        return (*first, "onset")  # what nobody knows is never taken for mild
    if not _matter(intake, at):
        return first
    if cards.is_mild(intake) and not _matter(intake, at, but="sudden") and cards.SUDDEN_UNSURE not in intake.settled:
        return first  # a sudden start is a row of the danger card, and asked by itself of who was not sure there
    if mild and complaints.field("onset", at) not in intake.settled:
        return (*first, "onset")  # it may already tell that since when changes nothing
    return (*first, *_WHEN_AND_HOW)


_HOW_BAD = ("nrs", "function_limited")
_WHEN_AND_HOW = ("duration_days", "onset")
_GRAVEST = tuple((days, onset) for days in (0, 3, 30, 400) for onset in ("injury", "sudden", "post_op", "overuse"))


def _matter(intake: Intake, at: int, *, but: str = "") -> bool:
    """True when since when and how it began, in any combination, could change the result; what is known stays.

    `but` leaves one way of beginning out of account.
    """
    names = tuple(complaints.field(name, at) for name in _WHEN_AND_HOW)
    known = [intake.facts.get(name) for name in names]
    gravest = [one for one in _GRAVEST if one[1] != but]
    tried = (tuple(a if a is not None else b for a, b in zip(known, one, strict=True)) for one in gravest)
    return any(changes_result(intake, names, one) for one in tried)


def _follow_ups(intake: Intake) -> list[str]:
    """When an operation, a break or a birth was, and how high the pressure is: asked of whom it concerns."""
    return [name for condition, name in _FOLLOW_UPS if condition in intake.ci]


_AGE_THAT_RAISES_NOTHING = 35


def hangs_on_a_follow_up(intake: Intake) -> bool:
    """True when only an age, a date or a reading that is still to be asked makes the difference to help today."""
    calm = {name: [120, 70] if name == "bp" else 5000 for name in _follow_ups(intake) if name not in intake.settled}
    if intake.facts.get("age") is None and "age" not in intake.settled:
        calm["age"] = _AGE_THAT_RAISES_NOTHING
    return bool(calm) and judge(replace(intake, facts={**intake.facts, **calm})).urgency not in (
        "same_day",
        "emergency",
    )


def _hurts(intake: Intake) -> bool:
    facts = intake.facts
    return facts.get("complaint") != "relax" or bool(facts.get("sites")) or facts.get("nrs") is not None


def _claimable(intake: Intake) -> tuple[str, ...]:
    """What a doctor's yes could be about; empty unless a doctor said yes."""
    if intake.facts.get("doctor") not in ("ok", "ordered"):
        return ()
    return held_back(intake)


def optional(intake: Intake) -> list[str]:
    """What helps the therapist and cannot change the result: asked after it, and only of whom it fits."""
    result = judge(intake)
    if result.outcome == "not_now":
        return []
    asked = ["consent_share"] if result.outcome == "doctor_first" or result.provisional else []
    if cards.is_mild(intake):
        asked.append("preferred_times")  # of others before it: they have more to tell, and a visit to plan
    scores = ("peg_enjoyment", "peg_activity")
    if intake.facts.get("nrs") is not None and not changes_result(intake, scores, (10, 10)):
        asked += scores
        if intake.facts.get("function") and not changes_result(intake, "psfs", (0,)):
            asked.append("psfs")
    return [*asked, "preferences"]


def next_optional(intake: Intake) -> str | None:
    """The next question after the result, or None."""
    return next((name for name in optional(intake) if name not in intake.settled), None)
