"""Reads points in time ("since Monday", "last summer", "on 3 May", "in 2019") as days before a given now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.language import numbers
from bot.language.wordlist import words as word_set

_WEEKDAYS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "monday mon",
        "tuesday tues tue",
        "wednesday weds wed",
        "thursday thurs thur thu",
        "friday fri",
        "saturday sat",
        "sunday sun",
    )
):
    _WEEKDAYS |= dict.fromkeys(_names.split(), _number)
_SHORT = word_set(
    "mon tue wed thu sat sun fri",
)
_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec"), 1
):  # fmt: skip
    _MONTHS |= dict.fromkeys(_names.split(), _number)
_DOUBTFUL = word_set(
    "may march mar sun sat wed jan jun",
)
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_FEASTS = {
    "christmas": (12, 25),
    "xmas": (12, 25),
    "easter": (4, 10),
    "halloween": (10, 31),
    "thanksgiving": (11, 26),
    "new year": (1, 1),
    "boxing": (12, 26),
}
# low, high days before now
_PHRASES: dict[tuple[str, ...], tuple[float, float]] = {
    ("day", "before", "yesterday"): (2, 2), ("the", "day", "before", "yesterday"): (2, 2), ("yesterday",): (1, 1), ("yday",): (1, 1), ("yesterday", "morning"): (1, 1.5),
    ("yesterday", "evening"): (0.5, 1), ("last", "night"): (0.5, 1), ("last", "nite"): (0.5, 1), ("last", "evening"): (0.5, 1), ("today",): (0, 0.5), ("this", "morning"): (0, 0.5), ("this", "am"): (0, 0.5),
    ("this", "afternoon"): (0, 0.5), ("this", "evening"): (0, 0.5), ("tonight",): (0, 0.3), ("earlier", "today"): (0, 0.5), ("the", "other", "day"): (2, 7), ("other", "day"): (2, 7),
    ("the", "other", "week"): (7, 28), ("the", "other", "night"): (2, 7), ("last", "week"): (4, 13), ("last", "month"): (21, 60), ("last", "year"): (200, 700), ("this", "week"): (0, 6), ("this", "month"): (0, 30),
    ("this", "year"): (0, 365), ("last", "weekend"): (2, 9), ("the", "weekend"): (1, 8), ("this", "weekend"): (0, 6), ("earlier", "this", "week"): (1, 6), ("earlier", "this", "year"): (30, 330),
    ("beginning", "of", "the", "week"): (1, 6), ("start", "of", "the", "week"): (1, 6), ("week", "before", "last"): (11, 20), ("month", "before", "last"): (45, 90), ("year", "before", "last"): (500, 1100),
    ("couple", "days", "back"): (2, 3), ("right", "now"): (0, 0.1), ("this", "minute"): (0, 0.1), ("half", "hour", "ago"): (0.02, 0.03), ("most", "of", "the", "day"): (0.3, 1),
    ("since", "midnight"): (0.2, 1), ("since", "noon"): (0, 1), ("since", "lunch"): (0, 1), ("since", "lunchtime"): (0, 1), ("since", "breakfast"): (0, 0.8), ("since", "dinner"): (0, 1), ("since", "bedtime"): (0.2, 1), ("since", "dawn"): (0.1, 0.7),
    ("most", "of", "the", "week"): (3, 7), ("most", "of", "the", "year"): (180, 365),
}  # fmt: skip
_LONGEST = max(map(len, _PHRASES))
_PAST = word_set(
    "since from last past on started began begun start starting ago around about in fell happened hurt pulled",
    "twisted injured did this over woke woken slipped tripped landed crashed lifted",
)


@dataclass(frozen=True, slots=True)
class Point:
    """`low`..`high` days before now, said by words `first`..`last` (exclusive)."""

    low: float
    high: float
    first: int
    last: int


def read(words: Sequence[str], at: int, now: datetime, *, wanted: bool) -> Point | None:
    """The point in the past that begins at word `at`; None when there is none, or it may be a time to come."""
    first = at - 1 if at and words[at - 1] in ("since", "from") else at
    for size in range(_LONGEST, 0, -1):
        known = _PHRASES.get(tuple(words[at : at + size])) if at + size <= len(words) else None
        if known:
            since = words[at] in ("the", "this") and words[at + 1 : at + 2] == ["weekend"]
            if since and not (wanted or _past_before(words, at)):
                return None
            return Point(*known, first, at + size)
    past = wanted or _past_before(words, at)
    for reads in (
        _clock,
        _part_of,
        _year_in_words,
        _weekday,
        _numeric_date,
        _day_and_month,
        _month,
        _season,
        _feast,
        _year,
    ):
        point = reads(words, at, now.date(), past)
        if point:
            return Point(point.low, point.high, min(first, point.first), min(point.last, len(words)))
    return None


def _past_before(words: Sequence[str], at: int) -> bool:
    return any(word in _PAST for word in words[max(0, at - 3) : at])


def _weekday(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    start = at
    if list(words[at : at + 2]) == ["this", "past"]:
        start, past = at + 2, True
    elif words[at] in ("last", "on") and at + 1 < len(words):
        start = at + 1
    day = _WEEKDAYS.get(words[start]) if start < len(words) else None
    if day is None or (words[start] in _SHORT and not past) or not (past or words[at] == "last"):
        return None
    if start != at + 2 and any(
        word in ("next", "coming", "this", "every", "each", "book", "available")
        for word in words[max(0, at - 3) : start]
    ):
        return None
    back = (today.weekday() - day) % 7 or 7
    last = start + 1
    weeks = 0
    if words[last : last + 1] and words[last] in ("morning", "afternoon", "evening", "night", "lunchtime"):
        last += 1
    if words[last : last + 2] == ["last", "week"]:
        last, weeks = last + 2, 0 if back > today.weekday() else 7
    back += weeks
    nearest = 0 if back == 7 and not weeks and words[at] != "last" else back  # "since Monday" said on a Monday
    return Point(nearest, back + (7 if words[at] == "last" and back < 4 else 0), at, last)


def _clock(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    """ "since about 2 pm": some time today."""
    number = numbers.read(words, at)
    if (
        number is None
        or not past
        or words[number.last : number.last + 1] not in (["am"], ["pm"], ["o'clock"], ["oclock"])
    ):
        return None
    return Point(0, 1, at, number.last + 1)


_ABOUT_PART = {"start": (0.0, 0.35), "beginning": (0.0, 0.35), "middle": (0.3, 0.7), "end": (0.65, 1.0)}
_WHOLE = {"week": 7, "month": 30, "year": 365}


def _part_of(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    """ "the start of the month", "the end of last year"."""
    start = at + 1 if words[at] == "the" else at
    share = _ABOUT_PART.get(words[start]) if start < len(words) else None
    named = list(words[start + 1 : start + 4])
    if share is None or len(named) < 3 or named[0] != "of" or named[1] not in ("the", "this", "last"):
        return None
    length = _WHOLE.get(named[2])
    if length is None:
        return None
    begun = {7: today.weekday(), 30: today.day - 1, 365: today.timetuple().tm_yday - 1}[length]
    begun += length if named[1] == "last" else 0
    return Point(max(0, begun - share[1] * length), max(0, begun - share[0] * length), at, start + 4)


def _year_in_words(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    """ "since two thousand eighteen", "in twenty nineteen"."""
    if not past or words[at] not in ("two", "twenty", "nineteen"):
        return None
    if list(words[at : at + 2]) == ["two", "thousand"]:
        step = at + 3 if words[at + 2 : at + 3] == ["and"] else at + 2
        century = 2000
    else:
        step, century = at + 1, 2000 if words[at] == "twenty" else 1900
    rest = numbers.read(words, step) if step < len(words) and words[step][0].isalpha() else None
    year = century + int(rest.low) if rest and rest.low == rest.high and 0 < rest.low < 100 else 0
    if (
        rest is None
        or not 1920 <= year <= today.year
        or (century != 2000 and rest.low < 10)
        or (words[at] == "twenty" and rest.low < 10)
    ):
        return None
    return _between(today, date(year, 1, 1), min(365, (today - date(year, 1, 1)).days + 1), at, rest.last)


def _day_and_month(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    """ "since 11/1": the nearest past day of the two it may mean."""
    part = list(words[at : at + 3])
    said = len(part) == 3 and part[1] in ("/", ".") and part[0].isdecimal() and part[2].isdecimal()
    if (
        not said
        or not past
        or words[at - 1 : at] not in (["since"], ["on"], ["from"])
        or words[at + 3 : at + 4] == [part[1]]
    ):
        return None
    one, two = int(part[0]), int(part[2])
    readings = [_back(today, year, m, d) for m, d in ((one, two), (two, one)) for year in (today.year, today.year - 1)]
    found = [days for days in readings if days is not None]
    return Point(min(found), min(found), at, at + 3) if found else None


def _ordinal(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """ "3", "3rd", "the 3rd of" → the day and the next word."""
    if at < len(words) and words[at] == "the":
        at += 1
    if at >= len(words) or not words[at].isdecimal() or len(words[at]) > 2:
        return None
    day, last = int(words[at]), at + 1
    if last < len(words) and words[last] in ("st", "nd", "rd", "th"):
        last += 1
    if last < len(words) and words[last] == "of":
        last += 1
    return (day, last) if 1 <= day <= 31 else None


def _numeric_date(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    """12/05/2024, 12.5.24, 2024-05-12: doubtful order gives both readings."""
    part = list(words[at : at + 5])
    if (
        len(part) < 5
        or part[1] != part[3]
        or part[1] not in ("/", "-", ".")
        or not all(p.isdecimal() for p in part[::2])
    ):
        return None
    one, two, three = (int(p) for p in part[::2])
    if one > 1900:
        options = [(one, two, three)]
    else:
        year = three + 2000 if three < 100 else three
        options = [(year, two, one), (year, one, two)]
    found = [days for option in options if (days := _back(today, *option)) is not None]
    return Point(min(found), max(found), at, at + 5) if found else None


def _back(today: date, year: int, month: int, day: int) -> int | None:
    try:
        back = (today - date(year, month, day)).days
    except ValueError:
        return None
    return back if 0 <= back < 40000 else None


_OF_TEN = (["out"], ["/"], ["outta"], ["by"])


def _month(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    """ "3 May", "May 3rd", "in March", "last June", "back in August 2021", "since Jan"."""
    start = at
    if words[at] in ("last", "early", "late", "mid", "end", "beginning", "start", "middle"):
        past = True
        start = at + 2 if words[at + 1 : at + 2] == ["of"] else at + 1
    ordinal = _ordinal(words, start)
    month_at = ordinal[1] if ordinal else start
    month = _MONTHS.get(words[month_at]) if month_at < len(words) else None
    if month is None or (not ordinal and not past) or (words[month_at] in _DOUBTFUL and not (past or ordinal)):
        return None
    if (
        words[month_at] in ("may", "march")
        and not ordinal
        and words[month_at - 1 : month_at]
        and words[month_at - 1] not in ("in", "since", "last", "of", "from", "early", "late", "mid", "around")
    ):
        return None
    last, day = month_at + 1, ordinal[0] if ordinal else None
    if day is None:
        later = _ordinal(words, last)
        scored = later is not None and words[later[1] : later[1] + 1] in _OF_TEN  # "since September 6 out of 10"
        if later and not scored and words[later[1] - 1] != "of":
            day, last = later
    year = None
    if words[last : last + 1] == [","] or words[last : last + 2] == ["of", "last"]:
        last += 1
    if last < len(words) and words[last].isdecimal() and 1900 < int(words[last][:4]) <= today.year:
        year, last = int(words[last][:4]), last + 1
    elif words[last : last + 2] == ["last", "year"]:
        year, last = today.year - 1, last + 2
    if day is not None:
        return _dated(today, year, month, day, at, last)
    year = year or (
        today.year if month < today.month or (month == today.month and words[at] != "last") else today.year - 1
    )
    return _between(today, date(year, month, 1), 31, at, last)


def _dated(today: date, year: int | None, month: int, day: int, first: int, last: int) -> Point | None:
    for candidate in [year] if year else [today.year, today.year - 1]:
        back = _back(today, candidate, month, day)
        if back is not None:
            return Point(back, back, first, last)
    return None


def _between(today: date, start: date, length: int, first: int, last: int) -> Point:
    begun = (today - start).days
    return Point(max(0, begun - length + 1), max(0, begun), first, last)


def _season(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    start = at
    while start < len(words) and words[start] in ("last", "this", "the", "early", "late"):
        start += 1
    season = _SEASONS.get(words[start]) if start < len(words) else None
    if (
        season is None
        or (words[start] in ("fall", "spring") and start == at and words[at - 1 : at] not in (["in"], ["since"]))
        or not (past or start > at)
    ):
        return None
    if words[start] == "fall" and words[start - 1] == "the":
        return None
    last, year = start + 1, today.year
    if words[last : last + 2] == ["last", "year"]:
        year, last = today.year - 1, last + 2
    elif last < len(words) and words[last].isdecimal() and 1900 < int(words[last][:4]) <= today.year:
        year, last = int(words[last][:4]), last + 1
    begin = date(year, season[0], 1)
    if begin > today or ("last" in words[at:start] and (today - begin).days < 80):
        begin = date(begin.year - 1, season[0], 1)
    return _between(today, begin, 91, at, last)


def _feast(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    name = words[at]
    last = at + 1
    if name == "new" and words[at + 1 : at + 2] in (["year"], ["years"], ["year's"]):
        name, last = "new year", at + 2
    feast = _FEASTS.get(name)
    if feast is None or not past:
        return None
    begin = date(today.year, *feast)
    if begin > today:
        begin = date(today.year - 1, *feast)
    back = (today - begin).days
    slack = 20 if name == "easter" else 3
    if last < len(words) and words[last] in ("day", "time", "eve", "week"):
        last += 1
    return Point(max(0, back - slack), back + slack, at, last)


def _year(words: Sequence[str], at: int, today: date, past: bool) -> Point | None:
    word = words[at]
    if not (past and word.isdecimal() and len(word) == 4 and 1920 <= int(word) <= today.year):
        return None
    if at + 1 < len(words) and words[at + 1] in ("mg", "ml", "steps", "meters", "metres", "m"):
        return None
    begin = date(int(word), 1, 1)
    return _between(today, begin, min(365, (today - begin).days + 1), at, at + 1)
