"""Reads the answer to times that were offered: "yes", "the second", "2", "Friday works", "none of them", and the same in Spanish.

Only what is understood whole chooses a time: a condition, another time or an open question is `UNCLEAR` and asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.language import wishes
from bot.language.reply_words import (
    ANY,
    ASKS_FOR_IT,
    GREETINGS,
    LIMITS,
    NO,
    NONE,
    ORDINALS,
    PAST,
    SIGNS,
    SMALL,
    THE_OTHER,
    UNSURE,
    YES,
    YES_ALL_THE_SAME,
)
from bot.language.time_words import MONTHS

CHOSEN, DECLINED, UNSURE_YET, UNCLEAR, NOTHING = "chosen", "declined", "unsure", "unclear", "nothing"
Times = Sequence[tuple[datetime, datetime]]

_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]*|[.!?;\n]+")
_CLAUSE = re.compile(r"(?:,|\bbut\b|\bpero\b|\bthough\b|\baunque\b|\bhowever\b|\bbecause\b|\bporque\b|\band (?=i\b|we\b|do\b|can\b|is\b|what|how|where)|\by (?=que\b|como\b|donde\b|hay\b|tengo\b))")  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w:.,/])(?P<named>(?:the |la |el )?(?:number|no\.?|nr\.?|#|option|choice|opcion|numero) ?|the |la |el |l[oa]s? )?(?P<number>\d{1,2})(?P<nth>st|nd|rd|th|[ºª°)])?"
    rf"(?! ?(?:[:.h]\d|am\b|pm\b|a\.m|p\.m|o'?clock|horas|hs\b|h\b|of\b|de\b|/|-|–|{'|'.join(MONTHS)}))(?!\w)"
)
_CLOCK_BEFORE = re.compile(rf"(?:at|after|before|past|around|about|from|until|till|between|a las?|las|de|desde|hasta|sobre|{'|'.join(MONTHS)}) ?$")  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:'\w+)?")
_STORY = 2  # words beside the known ones: then it is about something else


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said of the offered times. `chosen` is the place of the one that was taken; `rest` is what was said beside it.

    `rest` is as long as the text, with spaces in place of the answer, so that places in it are places in the text; empty
    where nothing more was said.
    """

    says: str
    chosen: int | None = None
    rest: str = ""


@dataclass(slots=True)
class _Heard:
    """What the clauses add up to."""

    chosen: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)  # yes, no, none, any, unsure, other, unclear
    answer: list[tuple[int, int]] = field(default_factory=list)


def read(text: str, times: Times, said_on: date) -> Reply:
    """The reply to `times` (start and end of each, in the clinic's local time, earliest first)."""
    folded, heard = _ungreeted(text), _Heard()
    for sentence in _SENTENCE.finditer(folded):
        for start, end in _clauses(sentence[0], sentence.start()):
            clause = folded[start:end]
            if PAST.search(clause):
                continue
            if "?" in clause and not ASKS_FOR_IT.search(clause):
                heard.signs |= {"unclear"} if _names(clause, times, said_on)[2] else set()
            else:
                _hear(heard, clause, (start, end), times, said_on)
    says, chosen = _sum(heard, len(times))
    rest = _without(text, heard.answer) if says in (CHOSEN, DECLINED, UNSURE_YET) else ""
    return Reply(says, chosen, rest if _unknown(_ungreeted(rest)) else "")


def _ungreeted(text: str) -> str:
    folded = wishes.fold(text)
    return _without(folded, [found.span() for found in GREETINGS.finditer(folded)])


def _clauses(sentence: str, offset: int) -> list[tuple[int, int]]:
    cuts = [found.start() for found in _CLAUSE.finditer(sentence)]
    ends = [*cuts, len(sentence)]
    return [(offset + start, offset + end) for start, end in zip([0, *cuts], ends, strict=True) if end > start]


def _hear(heard: _Heard, clause: str, place: tuple[int, int], times: Times, said_on: date) -> None:
    """Add what one clause says, if it is about the times at all."""
    clause = YES_ALL_THE_SAME.sub(lambda found: "yes".ljust(len(found[0])), clause)
    signs = {SIGNS[char] for char in clause if char in SIGNS}
    for sign, pattern in (("none", NONE), ("any", ANY), ("unsure", UNSURE)):
        if pattern.search(clause) and not (sign == "any" and (NO.search(clause) or _names(clause, times, said_on)[2])):
            heard.signs.add(sign)
            heard.answer.append(place)
            return
    named, against, spans = _names(clause, times, said_on)
    other = _other_of(clause, heard, times)
    if other is not None:
        named, spans = other, [(0, 0), *spans]
    bare = _without(clause, spans)
    unknown = _unknown(bare)
    yes, no = bool(YES.search(bare)) or "yes" in signs, bool(NO.search(bare)) or "no" in signs
    yes = yes or bool(ASKS_FOR_IT.search(clause))
    if not spans and not against:
        _plain(heard, bare, place, unknown, yes=yes, no=no)
    elif len(unknown) >= _STORY and not (yes or no):
        return  # "my knee hurt on Friday"
    elif against or no:
        heard.excluded |= against or named
        heard.answer.append(place)
    elif _limited(bare, spans) or not (yes or not unknown):
        heard.signs.add("unclear" if named else "other")
        heard.answer.append(place)
    else:
        heard.signs |= set() if named else {"other"}
        heard.chosen |= named
        heard.answer.append(place)


def _plain(heard: _Heard, bare: str, place: tuple[int, int], unknown: list[str], *, yes: bool, no: bool) -> None:
    """A clause without any time: a yes or a no, when it is nothing more."""
    if LIMITS.search(bare) and not no and len(unknown) < _STORY:
        heard.signs.add("unclear")  # "but a bit later"
        return
    if unknown or not (yes or no):
        return
    heard.signs.add("no" if no else "yes")
    heard.answer.append(place)


def _limited(bare: str, spans: Sequence[tuple[int, int]]) -> bool:
    found = [one for one in LIMITS.finditer(bare) if not any(start <= one.start() < end for start, end in spans)]
    return bool(found) or bool(re.search(r"\bsi (?=puede|es posible|hay|fuera|pudiera)", bare))


def _other_of(clause: str, heard: _Heard, times: Times) -> set[int] | None:
    """ "The other one", behind those that were said not to suit."""
    if not THE_OTHER.search(clause) or not heard.excluded:
        return None
    return set(range(len(times))) - heard.excluded


def _names(clause: str, times: Times, said_on: date) -> tuple[set[int], set[int], list[tuple[int, int]]]:
    """Places of the times that a clause names, of those it rules out, and where it does."""
    sets: list[set[int]] = []
    spans: list[tuple[int, int]] = []
    against: set[int] = set()
    numbers = [found for found in _NUMBER.finditer(clause) if not _CLOCK_BEFORE.search(clause[: found.start()])]
    without = _without(clause, [found.span() for found in numbers])
    told = wishes.read(without, said_on)
    for wish in told:
        fits = {at for at, (start, end) in enumerate(times) if wish.holds(start, end)}
        spans.append((wish.start, wish.end))
        if wish.against:
            against |= fits
    by_wish = [{at for at, (start, end) in enumerate(times) if wish.holds(start, end)} for wish in told if not wish.against]  # fmt: skip
    if by_wish:
        sets.append(set().union(*by_wish))
    ordinals: set[int] = set()
    left = _without(without, spans)
    for pattern, number in ORDINALS:
        for found in pattern.finditer(left):
            spans.append(found.span())
            at = len(times) // 2 if number is None else number % len(times) if number < 0 else number
            ordinals |= {at} if at < len(times) and (number is not None or len(times) == 3) else set()
    for found in numbers:
        spans.append(found.span())
        ordinals |= _by_number(found, times)
    if ordinals or len(spans) > len(told):
        sets.append(ordinals)
    named = set.intersection(*sets) if sets else set()
    return (set() if against and not by_wish else named), against, spans


def _by_number(found: re.Match[str], times: Times) -> set[int]:
    """ "2" and "option 2" are the second; "the 4th" is a day as well; "17" is an hour or a day."""
    number = int(found["number"])
    by_place = {number - 1} if 1 <= number <= len(times) else set()
    if by_place and not found["nth"]:
        return by_place
    by_day = {at for at, (start, _) in enumerate(times) if start.day == number}
    by_hour = (
        set()
        if found["nth"]
        else {at for at, (start, _) in enumerate(times) if number in (start.hour, start.hour - 12)}
    )
    return by_place | by_day | by_hour


def _sum(heard: _Heard, count: int) -> tuple[str, int | None]:
    """What all clauses together say."""
    signs, chosen = heard.signs, heard.chosen - heard.excluded
    if "unclear" in signs:
        return UNCLEAR, None
    if "unsure" in signs:
        return (UNSURE_YET, None) if not chosen else (UNCLEAR, None)
    if "none" in signs or (count and len(heard.excluded) == count and not chosen):
        return (DECLINED, None) if not chosen else (UNCLEAR, None)
    if len(chosen) == 1:
        clear = "other" not in signs and not (count == 1 and "no" in signs) and not heard.chosen & heard.excluded
        return (CHOSEN, next(iter(chosen))) if clear else (UNCLEAR, None)
    if chosen or heard.excluded:
        return UNCLEAR, None
    if "any" in signs and "no" not in signs:
        return CHOSEN, 0
    if "no" in signs:
        return (DECLINED, None) if "yes" not in signs else (UNCLEAR, None)
    if "yes" in signs:
        return (CHOSEN, 0) if count == 1 and "other" not in signs else (UNCLEAR, None)
    return (UNCLEAR, None) if "other" in signs else (NOTHING, None)


def _unknown(bare: str) -> list[str]:
    """The words that say something beside times, yes and no."""
    for pattern in (ASKS_FOR_IT, YES, NO, LIMITS):
        bare = pattern.sub(" ", bare)
    return [word for word in _WORD.findall(bare) if word not in SMALL]


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
