"""Hears what is said one word per message: together the words say what no one of them does."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain import answers, cards, complaints, rows_said, taken_back
from bot.domain.intake import Intake
from bot.domain.said import Said

_FEW = 3  # words
LONGEST = 200  # characters: more than the longest row of a card
_TIME = re.compile(rf"\b(?P<count>{taken_back.NUMBER}|an?)\s+(?P<unit>{taken_back.UNIT.pattern})", re.IGNORECASE)
_BARE_NUMBER = re.compile(rf"(?:^|\s)(?:{taken_back.NUMBER})\W*$", re.IGNORECASE)
_UNIT = re.compile(rf"\W*(?:{taken_back.UNIT.pattern})", re.IGNORECASE)


def continued(intake: Intake, said: Said) -> Said:
    """A few words after a message that ended with a comma ("no," "none") were begun before the question open now was read."""
    moved_on = intake.pieces.get("question") != intake.open_field
    if said.question is not None or not moved_on or len(said.text.split()) > _FEW:
        return said
    return replace(said, early=True) if intake.pieces.get("text", "").rstrip().endswith(",") else said


def rows(intake: Intake, said: Said) -> list[str]:
    """The rows of a card that the words since it was put say together; a danger sign among them is never lost.

    Words written before the next question was put still belong to the card, although it may be answered by now: the
    first of them may have been its "no". A message in its own time begins anew, but for the unit of a number: "10", then
    "days".
    """
    if said.question is None and intake.pieces and (said.hurried or said.early or _is_unit(intake, said)):
        intake.pieces = {**intake.pieces, "text": f"{intake.pieces['text']} {said.text}"[:LONGEST]}
        return _rows(intake)
    name = intake.open_field or ""
    begins = said.question is None and len(said.text) <= LONGEST and not said.is_interruption
    intake.pieces = {"question": name, "text": said.text} if begins else {}
    return []


def _is_unit(intake: Intake, said: Said) -> bool:
    """True for the "days" that answers "days, weeks or months?" after a bare number."""
    return bool(_BARE_NUMBER.search(intake.pieces["text"]) and _UNIT.match(said.text))


def _rows(intake: Intake) -> list[str]:
    name = intake.pieces["question"]
    if not cards.is_card(name):
        return []
    choices = [{"value": row, "label": cards.label(row, intake.locale)} for row in cards.every_row(name, intake)]
    return [str(row) for row in rows_said.said(intake.pieces["text"], choices).values if not cards.is_fact(str(row))]


def time(intake: Intake, said: Said) -> bool:
    """ "For", "10", "days": since when it has hurt, where that was asked when the first of them came."""
    name = intake.pieces.get("question", "")
    if complaints.base(name) != "duration_days" or name != intake.open_field or intake.pieces["text"] == said.text:
        return False
    found = _TIME.search(intake.pieces["text"])
    count = answers.whole_number(found["count"], 1, 120) or 1 if found else None
    if found is None or count is None:
        return False
    intake.know(name, round(count * taken_back.UNIT_DAYS[taken_back.unit(found["unit"])]), said.words())
    return True
