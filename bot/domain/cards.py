"""Which dangers and conditions each safety card asks about, so that one tap can answer many questions at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain import complaints, judge, more_signs, screens
from bot.domain.card_labels import LABELS
from bot.domain.intake import Intake
from bot.domain.speech import ENGLISH, say

EMERGENCY = "emergency_gate"
ORDERED = "doctor_ordered"  # a row of the conditions card that is no condition: the record's doctor = ordered
# A row of a mild ache's danger card instead of a question of its own: the ache's onset = sudden.
SUDDEN = "began_suddenly"
SUDDEN_UNSURE = f"{SUDDEN} unsure"  # the mark of who could not say: how it began is then asked by itself
_ROWS_OF_FACTS = (ORDERED, SUDDEN)
_FIXED = {
    EMERGENCY: screens.EMERGENCY_CARD,
    "general_screen": screens.GENERAL_CARD,
    "conditions": screens.CONDITIONS_CARD,
    "medicines": screens.MEDICINES_CARD,
    "skin": screens.SKIN_CARD,
    "day_of_visit": screens.DAY_OF_VISIT_CARD,
}


# Nothing hurts and nobody named a place: what massage itself could make dangerous (clinical.md §E, last row).
_RELAXING = ("RF-DVT", "RF-CELLULITIS")


_SHORT = ("relax", "tension")


def is_short(intake: Intake) -> bool:
    """True for who comes to relax or for knots: asked less, as long as nothing graver is told."""
    return intake.facts.get("complaint") in _SHORT


MILD = 3
_MAY_BE_MILD = (*_SHORT, "pain")


def is_mild(intake: Intake) -> bool:
    """True for who has no more than a mild ache that stops nothing: fewer cards, with every row on them.

    A score or a limit that nobody told is never taken for mild.
    """
    if intake.facts.get("complaint") not in _MAY_BE_MILD:
        return False
    for at in complaints.numbers(intake):
        score = intake.facts.get(complaints.field("nrs", at))
        if score is None or score > MILD or intake.facts.get(complaints.field("function_limited", at)) is not False:
            return False
    return True


def asks_doctor(intake: Intake, *, hurts: bool) -> bool:
    """True when what a doctor said is a question of its own; else a doctor's no is a row of the conditions card."""
    if clearable(intake.ci):
        return True
    if not (is_short(intake) or is_mild(intake)):
        return hurts
    return "doctor" in intake.settled or bool(judge.held_back(intake))


def is_card(field: str) -> bool:
    """True for the fields whose answer is a list of flags and conditions."""
    return field in _FIXED or field.startswith("screen_")


def asks_danger(field: str) -> bool:
    """True for the emergency card and those of the body's regions: every row of them is a danger sign."""
    return field == EMERGENCY or field.startswith("screen_")


def labelled(names: Iterable[str], locale: str = ENGLISH) -> list[dict[str, str]]:
    """The rows of a card as choices: value and label of each."""
    return [{"value": name, "label": label(name, locale)} for name in names]


def label(name: str, locale: str = ENGLISH) -> str:
    """The row of a card for a flag or condition."""
    if name in LABELS:
        return say(locale, LABELS[name])
    words = say(locale, more_signs.label(name))
    return words[:1].upper() + words[1:]


def items(field: str, intake: Intake) -> tuple[str, ...]:
    """The flags and conditions a card still has to ask: what was told or answered before is left out.

    A card that the visitor wants to change is asked whole.
    """
    if field in intake.reopened:
        return tuple(every_row(field, intake))  # asked anew: what was ticked may be taken back
    known = {*intake.rf, *intake.ci, *intake.extra}
    return tuple(name for name in every_row(field, intake) if name not in known and name not in intake.settled)


def every_row(field: str, intake: Intake) -> Sequence[str]:
    """The rows of a card, answered or not."""
    if field == "conditions" and (is_short(intake) or is_mild(intake)):
        # Who comes to relax, or with a mild ache, is asked no question about doctors: both words that decide are rows.
        return (*screens.CONDITIONS_CARD, "CI-TOLDNOT", *(() if intake.facts.get("doctor") else (ORDERED,)))
    if field == "general_screen" and is_mild(intake):
        return (*screens.GENERAL_CARD, *screens.SKIN_CARD, *screens.MEDICINES_CARD)  # two cards less for a mild ache
    if field == "general_screen" and is_short(intake):
        return (*screens.GENERAL_CARD, *screens.SKIN_CARD)  # one card less for who comes to relax
    if field == "skin":
        # The last card also asks what would make graver what was told before.
        return (*screens.SKIN_CARD, *more_signs.asked(intake))
    if field == EMERGENCY:
        return tuple(dict.fromkeys((*screens.EMERGENCY_CARD, *intake.guessed)))
    if field in _FIXED:
        return _FIXED[field]
    region = field.removeprefix("screen_")
    if region == screens.NO_SITE and intake.facts.get("complaint") == "relax":
        return _RELAXING
    if is_mild(intake):
        signs = (flag for one in regions(intake) for flag in _screen(one, intake))  # one card for all
        return tuple(dict.fromkeys((*signs, *((SUDDEN,) if could_be_sudden(intake) else ()))))
    return _screen(region, intake)


def could_be_sudden(intake: Intake) -> list[int]:
    """The complaints whose result a sudden start would change, and of which nobody has told how they began."""
    unknown = [
        at
        for at in complaints.numbers(intake)
        if intake.facts.get(complaints.field("onset", at)) is None
        and complaints.field("onset", at) not in intake.settled
    ]
    return [at for at in unknown if judge.changes_result(intake, complaints.field("onset", at), ("sudden",))]


def is_fact(row: str) -> bool:
    """True for a row that is no sign and no condition but the answer to another question."""
    return row in _ROWS_OF_FACTS


def _screen(region: str, intake: Intake) -> tuple[str, ...]:
    """Every danger sign of a region that can concern this visitor."""
    pregnant = not {"CI-PREG", "CI-POSTPARTUM"}.isdisjoint(intake.ci)
    return screens.flags_for(region, age=intake.facts.get("age"), sex=intake.facts.get("sex"), pregnant=pregnant)


def regions(intake: Intake) -> list[str]:
    """The regions whose danger card is due, in the order of the sites named; never none."""
    named = [screens.region_of(entry["site"]) for entry in complaints.every_site(intake)]
    return list(dict.fromkeys(named)) or [screens.NO_SITE]


def screen_fields(intake: Intake) -> list[str]:
    """The fields of the danger cards that are due."""
    return [f"screen_{region}" for region in regions(intake)]


def clearable(ids: Iterable[str]) -> tuple[str, ...]:
    """The conditions for which a doctor's word can lift "doctor first"."""
    return tuple(name for name in ids if name in screens.CLEARABLE)
