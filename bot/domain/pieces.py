"""Hears what is said one word per message: together the words say what no one of them does."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain import answers, cards, complaints, questions, rows_said, taken_back
from bot.domain.intake import Intake
from bot.domain.said import Said

_THEN = "\n"  # between two pieces
# What ends with a comma goes on in the next message or two: "sure," "go" "ahead".
_UNENDED = re.compile(rf",{_THEN}\S+(?:{_THEN}\S+)?$")
_ONE_OF_SEVERAL = ("complaint", "onset")
_TIMES = ("duration", "span")
_FEW = 3  # words
_MEANT_ALONE = ("stop", "ask_person")
LONGEST = 200  # characters: more than the longest row of a card
_TIME = re.compile(rf"\b(?P<count>{taken_back.NUMBER}|an?)\s+(?P<unit>{taken_back.UNIT.pattern})", re.IGNORECASE)
_BARE_NUMBER = re.compile(rf"(?:^|\s)(?:{taken_back.NUMBER})\W*$", re.IGNORECASE)
_UNIT = re.compile(rf"\W*(?:{taken_back.UNIT.pattern})", re.IGNORECASE)


def as_piece(intake: Intake, said: Said) -> Said:
    """The message as the piece of a longer one that it may be.

    A few words after a message that ended with a comma ("no," "none") were begun before the question open now was read.
    A unit after a bare number ("40" "years") is that number's, and no time of its own.
    Of small words, and of one that goes on with others, the classifier's guess tells nothing: it has learnt whole messages.
    """
    moved_on = intake.pieces.get("question") != intake.open_field
    if said.question is not None:
        return said
    if moved_on and _is_begun(intake.pieces.get("text", ""), said.text):
        said = replace(said, early=True)
    if moved_on and intake.pieces and _is_unit(intake, said):
        said = replace(said, early=True, mentions=tuple(one for one in said.mentions if one.kind not in _TIMES))
    one_of_many = said.in_haste and said.is_one_word and "?" not in said.text
    guessed = said.intent not in _MEANT_ALONE and (one_of_many or answers.says_nothing(said.text))
    return replace(said, intent="") if guessed else said


def _is_begun(before: str, text: str) -> bool:
    """True for "none" after "no,", and for one word more after that."""
    words = len(text.split())
    return (before.rstrip().endswith(",") and words <= _FEW) or (words == 1 and bool(_UNENDED.search(before)))


def together(intake: Intake, said: Said) -> Said:
    """The message behind the few words before it: "of" and "course" are a yes only together."""
    before = intake.pieces.get("text", "") if intake.pieces.get("question") == intake.open_field else ""
    words = [*before.split(), *said.text.split()]
    if said.question is not None or said.tells_something or not before or len(words) > _FEW:
        return said
    return replace(said, text=" ".join(words), intent="")


def is_rest(intake: Intake, said: Said) -> bool:
    """True for the first small words since the question was put: they may end the answer to the one before it."""
    return answers.says_nothing(said.text) and len(intake.pieces.get("text", "").split()) <= _FEW


def begin(intake: Intake, said: Said) -> None:
    """Remember a message in words as the first piece of what may follow it."""
    name = intake.open_field or ""
    begins = said.question is None and len(said.text) <= LONGEST and not said.is_interruption
    intake.pieces = {"question": name, "text": said.text} if begins else {}


def rows(intake: Intake, said: Said) -> list[str]:
    """The rows of a card that the words since it was put say together; a danger sign among them is never lost.

    Words written before the next question was put still belong to the card, although it may be answered by now: the
    first of them may have been its "no".
    """
    if said.question is None and intake.pieces and _goes_on(intake, said):
        intake.pieces = {**intake.pieces, "text": f"{intake.pieces['text']}{_THEN}{said.text}"[:LONGEST]}
        return _rows(intake)
    begin(intake, said)
    return []


def _goes_on(intake: Intake, said: Said) -> bool:
    """In haste, or a small word behind others, or one more word where the first was no answer. Else a message begins anew,
    but for the unit of a number: "10", then "days"."""
    still_open = intake.pieces["question"] == intake.open_field
    one_more = bool(intake.misses) and said.is_one_word
    small = answers.says_nothing(said.text)
    return said.in_haste or (still_open and (small or one_more)) or _is_unit(intake, said)


def _is_unit(intake: Intake, said: Said) -> bool:
    """True for the "days" that answers "days, weeks or months?" after a bare number, and the "years" of "40" "years" "old"."""
    return bool(_BARE_NUMBER.search(intake.pieces["text"]) and _UNIT.match(said.text))


def _rows(intake: Intake) -> list[str]:
    name = intake.pieces["question"]
    if not cards.is_card(name):
        return []
    choices = cards.labelled(cards.every_row(name, intake), intake.locale)
    return [str(row) for row in rows_said.said(intake.pieces["text"], choices).values if not cards.is_fact(str(row))]


def choice(intake: Intake, said: Said) -> Said:
    """ "Pain", "with", "my", "illness": the one answer that hurried words say together, where the first of them were taken
    for another. As in a row said at once, its words tell nothing else: the "back" of "getting movement back" is no place."""
    name = intake.pieces.get("question", "")
    if not said.in_haste or complaints.base(name) not in _ONE_OF_SEVERAL:
        return said
    named = rows_said.said(intake.pieces["text"], questions.question(name, intake).choices).values
    if len(named) != 1:
        return said
    intake.know(name, named[0], said.words())
    return replace(said, mentions=())


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
