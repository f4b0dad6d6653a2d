"""Hears a row of a card that is said one word per message: together the words say what no one of them does."""

from __future__ import annotations

from bot.domain import cards, rows_said
from bot.domain.intake import Intake
from bot.domain.said import Said

LONGEST = 200  # characters: more than the longest row of a card


def said(intake: Intake, one: Said) -> list[str]:
    """The rows that the words since the card was put say together; a danger sign among them is never lost.

    Words written before the next question was put still belong to the card, although it may be answered by now: the
    first of them may have been its "no". A message in its own time begins anew.
    """
    if one.early and intake.pieces and one.question is None:
        intake.pieces = {**intake.pieces, "text": f"{intake.pieces['text']} {one.text}"[:LONGEST]}
        return _rows(intake)
    name = intake.open_field or ""
    begins = cards.is_card(name) and one.question is None and len(one.text) <= LONGEST
    intake.pieces = {"card": name, "text": one.text} if begins else {}
    return []


def _rows(intake: Intake) -> list[str]:
    name = intake.pieces["card"]
    choices = [{"value": row, "label": cards.label(row, intake.locale)} for row in cards.every_row(name, intake)]
    return [str(row) for row in rows_said.said(intake.pieces["text"], choices).values if not cards.is_fact(str(row))]
