"""Reads times somebody could come out of their words, English or Spanish: "Tuesday mornings", "after 5", "no los lunes".

What cannot be read is passed over: the words themselves always stand beside it for staff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from bot.domain.wish import EVERY_DAY, Wish
from bot.language import clock_words, dates_said
from bot.language.clock_words import MARKED, TIME
from bot.language.time_words import AGAINST, DAYS, GOOD, NOT_GOOD, PARTS

_WAIT = r"(?! ?(?:weeks?|days?|months?|years?|minutes?|mins?\b|sessions?|visits?|times|semanas?|dias?|meses|anos?|minutos?|sesiones|veces|%|/|of 10|de 10|out of))"
_AT = r"(?:(?:the |las? |about |around |roughly |tipo |sobre |eso de )*)"
_T = rf"{_AT}({TIME}){_WAIT}"
# Hours in words, longest first; each has one or two times in it.
_HOURS = (
    ("between", rf"(?:between|from|de|desde|entre) {_T} (?:and|to|until|till|til|a|hasta|y) {_T}|({MARKED}|\d{{1,2}}) ?(?:-|–|to|till|a) ?({MARKED}|\d{{1,2}}){_WAIT}(?! (?:january|february|march|april|may|june|july|august|september|october|november|december|de \w))"),
    ("from", rf"(?:not before|no earlier than|not until|not earlier than|after|any ?time after|from|past|later than|no antes de|despues de|a partir de|desde|pasadas){' '}{_T}(?: onwards?| on\b| en adelante)?|({MARKED}) (?:onwards?|or later|or after|en adelante|o mas tarde)"),
    ("until", rf"(?:not after|no later than|not later than|before|by|until|till|til|up to|antes de|no despues de|hasta){' '}{_T}|({MARKED}) (?:or earlier|or before|o antes)"),
    ("at", rf"(?:at|around|about|a|sobre|hacia|tipo) (?:around |about |eso de )?(?:the |las? )?({TIME}){_WAIT}|(?:the |las? )?({MARKED}){_WAIT}|las ({TIME}){_WAIT}"),
)  # fmt: skip
_MEETS = timedelta(minutes=30)  # "at 10" is met by what begins within half an hour of it


def fold(text: str) -> str:
    """Small letters without accents, as many characters as before, so that places in it are places in the text."""
    return "".join(_bare(char) for char in text).replace("’", "'")


def _bare(char: str) -> str:
    small = char.lower()
    return unicodedata.normalize("NFD", small)[0] if len(small) == 1 else char


def _union(rows: Sequence[str]) -> str:
    return "|".join(f"(?:{row})" for row in rows)


_DAY = _union([pattern for pattern, _ in DAYS])
_TOKEN = re.compile(
    "|".join(
        rf"(?P<{name}>{pattern})"
        for name, pattern in (
            ("week", rf"\b(?:from |de )?(?P<day_one>{_DAY}) ?(?:to|through|thru|till|until|-|–|a|hasta) ?(?P<day_two>{_DAY})\b"),
            *((name, rf"(?<!\w){pattern}(?!\w)") for name, pattern in dates_said.PATTERNS),
            ("hours", rf"(?<!\w)(?:{_union([pattern for _, pattern in _HOURS])})(?!\w)"),
            ("part", rf"(?<!\w)(?:{_union([pattern for pattern, _, _ in PARTS])})(?!\w)"),
            ("half", r"(?<=(?:day|ays|mon|tue|wed|thu|fri|sat|sun|nes|tes|les|ves|ado|ngo) )(?:am|pm)\b"),
            ("day", rf"(?<!\w)(?:{_DAY})(?!\w)"),
            ("bad", rf"(?<!\w)(?:{NOT_GOOD})(?!\w)"),
            ("against", rf"(?<!\w)(?:{AGAINST})(?!\w)"),
            ("good", rf"(?<!\w)(?:{GOOD})(?!\w)"),
            ("hard", r"[.;!?\n]|\b(?:but|pero|aunque|however|though|although|otherwise|si no)\b"),
            ("soft", r"\b(?:or|and|o|y|u|e|ni|nor)\b|[/&+]"),
            ("comma", r",|\bthen\b|\bluego\b"),
        )
    )
)  # fmt: skip


@dataclass(slots=True)
class Part:
    """A stretch between separators: the days and hours in it, and whether they suit. `after` is what stands before it."""

    after: str
    days: frozenset[int] | None = None
    dates: dates_said.Span | None = None
    begin: time | None = None
    before: time | None = None
    over: time | None = None
    hours_first: bool = False
    against: bool = False
    leads: bool = False  # the "not" stood before the first of its times
    good: bool = False
    places: list[tuple[int, int]] = field(default_factory=list)

    @property
    def has_days(self) -> bool:
        """True when it names a day."""
        return self.days is not None or self.dates is not None

    @property
    def has_hours(self) -> bool:
        """True when it names hours."""
        return (self.begin, self.before, self.over) != (None, None, None)

    def take_hours(self, other: Part) -> None:
        """The hours of another part."""
        self.begin, self.before, self.over = other.begin, other.before, other.over

    def take_days(self, other: Part) -> None:
        """The days of another part."""
        self.days, self.dates = other.days, other.dates


def read(text: str, said_on: date) -> tuple[Wish, ...]:
    """The wishes in a text, in its order. `said_on` is the day from which "tomorrow" is counted."""
    parts = parts_of(fold(text), said_on)
    _spread_hours(parts)
    return tuple(_wish(part) for part in parts if part.has_days or part.has_hours)


def parts_of(folded: str, said_on: date) -> list[Part]:
    """The text between its separators, each part with the times in it and their sign."""
    parts = [Part("hard")]
    for found in _TOKEN.finditer(folded):
        kind = next(name for name in _KINDS if found[name] is not None)
        if kind in ("hard", "soft", "comma"):
            parts.append(Part(kind))
        else:
            _add(parts[-1], kind, found, said_on)
    _spread_signs(parts)
    return parts


_KINDS = ("week", *(name for name, _ in dates_said.PATTERNS), "hours", "part", "half", "day", "bad", "against", "good", "hard", "soft", "comma")  # fmt: skip


def _add(part: Part, kind: str, found: re.Match[str], said_on: date) -> None:
    named = part.has_days or part.has_hours
    if kind == "good":
        part.good = True
        return
    if kind in ("bad", "against"):
        part.against, part.leads = True, part.leads or (kind == "against" and not named)
        return
    if kind == "week":
        first, last = _days(found["day_one"]), _days(found["day_two"])
        part.days = _through(min(first), max(last)) | (part.days or frozenset())
    elif kind == "day":
        part.days = (part.days or frozenset()) | _days(found[kind])
    elif kind == "hours":
        if not _hours(part, found[kind]):
            return
        part.hours_first = part.hours_first or not part.has_days
    elif kind in ("part", "half") or (part.days and found[kind] == "manana"):
        _part_of_day(part, {"am": "mornings", "manana": "mananas", "pm": "afternoons"}.get(found[kind], found[kind]))
        part.hours_first = part.hours_first or not part.has_days
    else:
        span = dates_said.span(kind, found[kind], said_on)
        if span is None:
            return
        part.dates = span
    part.places.append(found.span())


def _days(words: str) -> frozenset[int]:
    return next(days for pattern, days in DAYS if re.fullmatch(pattern, words))


def _through(first: int, last: int) -> frozenset[int]:
    """Monday to Friday; from Saturday to Monday over the Sunday."""
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def _part_of_day(part: Part, words: str) -> None:
    begin, before = next((begin, before) for pattern, begin, before in PARTS if re.fullmatch(pattern, words))
    if part.has_hours and part.begin is not None and not begin <= part.begin < before:
        other = clock_words.Clock(part.begin.hour * 60 + part.begin.minute, sure=False).in_other_half().time
        if begin <= other < before:  # "at 7 in the morning"
            part.begin, part.before = other, _later(other) if part.before else None
            return
    if part.has_hours and not part.hours_first and part.before is None and part.over is None:
        part.before = before
    elif part.has_hours:
        part.begin = max(begin, part.begin or begin)
        part.before = min(before, part.before or before)
    else:
        part.begin, part.before = begin, before


def _hours(part: Part, words: str) -> bool:
    for name, pattern in _HOURS:
        found = re.fullmatch(pattern, words)
        times = [clock_words.read(one) for one in found.groups() if one] if found else []
        told = [one for one in times if one is not None]
        if not told or len(told) < len(times):
            continue
        if name == "between":
            _between(part, told)
        elif name == "from":
            part.begin = told[0].time
        elif name == "until":
            part.over = told[0].time
        else:
            part.begin, part.before = told[0].time, _later(told[0].time)
        return True
    return False


def _between(part: Part, told: Sequence[clock_words.Clock]) -> None:
    """ "Between 10 and 2" ends in the afternoon, "from 5 to 9" too, "from 9 to 12" at noon."""
    first, last = told[0], told[-1]
    if last.minutes <= first.minutes and not first.sure:
        first = first.in_other_half()
    if last.minutes <= first.minutes and not last.sure:
        last = last.in_other_half()
    part.begin, part.over = first.time, last.time


def _later(at: time) -> time:
    minutes = at.hour * 60 + at.minute + int(_MEETS.total_seconds() // 60)
    return time(minutes // 60, minutes % 60) if minutes < 1440 else time.max


def _spread_signs(parts: Sequence[Part]) -> None:
    """ "Not Monday or Tuesday" is against both, and so are "Monday or Tuesday don't work" and "Monday, I can't"."""
    for at, part in enumerate(parts):
        before = parts[at - 1] if at else None
        if before is None:
            continue
        bare = not (part.against or part.good)
        if bare and part.after == "soft" and before.against and before.leads and (part.has_days or part.has_hours):
            part.against = part.leads = True
        alone = part.after == "comma" and not (part.has_days or part.has_hours)
        behind = part.after == "soft" and not part.leads
        if part.against and (alone or behind):
            _back(parts, at - 1)


def _back(parts: Sequence[Part], at: int) -> None:
    while at >= 0 and not (parts[at].against or parts[at].good):
        parts[at].against = True
        if parts[at].after != "soft":
            break
        at -= 1


def _spread_hours(parts: Sequence[Part]) -> None:
    """ "Tuesday or Thursday mornings" are two mornings; "mornings on Monday and Friday" too; so is "Tuesday, after 5"."""
    told = [part for part in parts if part.has_days or part.has_hours]
    for later in range(len(told) - 1, 0, -1):
        part, before = told[later], told[later - 1]
        if part.after == "hard" or part.against != before.against:
            continue
        if part.has_hours and not before.has_hours and before.has_days and not part.hours_first:
            before.take_hours(part)
        elif part.has_hours and not part.has_days and before.has_days and not before.has_hours:
            before.take_hours(part)
            part.begin = part.before = part.over = None
    for part, before in zip(told[1:], told, strict=False):
        if part.after == "hard" or part.against != before.against:
            continue
        if part.has_hours and not part.has_days and before.has_days:
            part.take_days(before)
        elif part.has_days and not part.has_hours and before.has_hours and before.hours_first and before.has_days:
            part.take_hours(before)
            part.hours_first = True


def _wish(part: Part) -> Wish:
    first, last = part.dates or (None, None)
    days = EVERY_DAY if part.days is None or (first is not None and first == last) else part.days
    places = part.places or [(0, 0)]
    wish = Wish(days, first, last, part.begin or time.min, part.before, part.over, part.against)
    return replace(wish, start=places[0][0], end=places[-1][1])
