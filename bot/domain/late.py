"""Takes a bare answer to another question than the open one: people answer late, early, or twice in one breath."""

from __future__ import annotations

import re

from bot.domain import ache_told, answers, complaints, questions
from bot.domain.intake import Intake
from bot.domain.said import Said

_MOST_WORDS = 4
_MOST_WORDS_OF_A_TIME = 7
_ABOUT = re.compile(
    r"\W*(?:(?:about|around|like|maybe|say|a|an|un|una|como|unos|i'?d|i|would|it'?s|es|tengo|i'?m|am)\W+)*(?P<number>\w+)(?:\W*(?:/|out of|de) ?10)?\W*",
    re.IGNORECASE,
)
HIGHEST_SCORE = 10


def take(intake: Intake, said: Said) -> list[str]:
    """The fields that a few words answer although another one was asked; none when they could mean anything."""
    words = len(said.text.split())
    if said.question is not None or said.hurried or words > _MOST_WORDS_OF_A_TIME or "?" in said.text:
        return []
    if words > _MOST_WORDS:
        return _time(intake, said)
    return _side(intake, said) or _time(intake, said) or _number(intake, said)


def _side(intake: Intake, said: Said) -> list[str]:
    """ "Left", said when the age was asked: the side of the one place that still has none."""
    side = ache_told.side(said.text)
    open_sides = [at for at in complaints.numbers(intake) if questions.missing_sides(intake, at)]
    if side is None or len(open_sides) != 1:
        return []
    at = open_sides[0]
    known = complaints.sites_of(intake, at)
    entries = [{**entry, "side": side} if ache_told.needs_side(entry) else entry for entry in known]
    ache_told.set_sites(intake, entries, said.words(), at)
    return [complaints.field("sites", at)]


def _time(intake: Intake, said: Said) -> list[str]:
    """ "3 days", said when it was asked for whom the visit is: since when it has hurt, while that is not known yet."""
    name = complaints.field("duration_days", complaints.number(intake.open_field or ""))
    told = [one for one in said.of("duration", "span") if not ache_told.vague(one)]
    known = intake.facts.get(name) is not None or not complaints.sites_of(intake, complaints.number(name))
    if len(told) != 1 or known or (intake.open_field or "").startswith("weeks_since"):
        return []
    intake.know(name, ache_told.days(told[0]), said.words(told[0]))
    return [name]


def _number(intake: Intake, said: Said) -> list[str]:
    """A bare number: up to ten the score that is not known yet, above it the age; of a length of time neither."""
    if complaints.base(intake.open_field or "") == "duration_days":
        return []
    found = _ABOUT.fullmatch(said.text)
    number = answers.whole_number(found["number"], 0, 120) if found else None
    if number is None:
        return []
    at = complaints.number(intake.open_field or "")
    name = complaints.field("nrs", at) if number <= HIGHEST_SCORE else "age"
    if name in intake.settled or (name != "age" and not complaints.sites_of(intake, at)):
        return []
    intake.know(name, number, said.words())
    return [name]
