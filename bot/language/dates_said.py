"""Reads dates to come in folded text: "tomorrow", "next week", "3 December", "el viernes que viene"; counted from the day it was said."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.language.time_words import DAYS, MONTHS

Span = tuple[date, date]

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ONE_DAY = "|".join(f"(?:{pattern})" for pattern, days in DAYS if len(days) == 1)
_DAYS = "|".join(f"(?:{pattern})" for pattern, _ in DAYS)
_NTH = r"(?:st|nd|rd|th)"

# Tried in this order; the names are those of `_READ`.
PATTERNS: tuple[tuple[str, str], ...] = (
    ("overmorrow", r"(?:the )?day after tomorrow|pasado manana"),
    ("week_after", r"(?:the )?week after next"),
    ("next_week", r"(?:the )?(?:next|coming|following) week|(?:la )?(?:proxima semana|semana (?:que viene|proxima|siguiente|que entra))"),
    ("this_week", r"(?:later )?this week|esta (?:misma )?semana"),
    ("next_month", r"next month|(?:el )?(?:proximo mes|mes (?:que viene|proximo|que entra))"),
    ("day_month", rf"(?:on )?(?:the |el |dia )*\d{{1,2}}{_NTH}?(?: of| de)? (?:{_MONTH})"),
    ("month_day", rf"(?:{_MONTH}) (?:the )?\d{{1,2}}{_NTH}?(?![:.h]?\d)"),
    ("in_month", rf"(?:in|during|en) (?:{_MONTH})"),
    ("this_day", rf"(?:this|the coming|coming|este|esta) (?:coming |mismo |proximo )?(?:{_DAYS})"),
    ("next_day", rf"(?:next|el proximo|el siguiente|proximo) (?:{_DAYS})|(?:el )?(?:{_ONE_DAY}|fin de semana|finde) (?:que viene|proximo|siguiente|que entra)"),
    ("nth", rf"(?:on )?(?:the )\d{{1,2}}{_NTH}|\d{{1,2}}{_NTH}|(?:el )?dia \d{{1,2}}|el \d{{1,2}}(?![:.h]?\d)"),
    ("tomorrow", r"tomor?row|tmrw|tmr|(?<!la )(?<!las )manana(?: mismo)?"),
    ("today", r"today|hoy(?: mismo)?|this (?:morning|afternoon|evening)|esta (?:manana|tarde)"),
)  # fmt: skip


def span(name: str, words: str, said_on: date) -> Span | None:
    """First and last day of what a pattern of `PATTERNS` found; None for a date that no calendar has."""
    return _READ[name](words, said_on)


def _ahead(first: int, last: int | None = None) -> Callable[[str, date], Span]:
    return lambda _words, said_on: (said_on + timedelta(first), said_on + timedelta(first if last is None else last))


def _week(ahead: int) -> Callable[[str, date], Span]:
    """Monday to Sunday; of this week only what is left of it."""

    def read(_words: str, said_on: date) -> Span:
        monday = said_on - timedelta(said_on.weekday()) + timedelta(7 * ahead)
        return max(monday, said_on), monday + timedelta(6)

    return read


def _next_month(_words: str, said_on: date) -> Span:
    return _month(said_on.year + said_on.month // 12, said_on.month % 12 + 1)


def _month(year: int, month: int) -> Span:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _in_month(words: str, said_on: date) -> Span:
    month = MONTHS[words.split()[-1]]
    first, last = _month(said_on.year + (month < said_on.month), month)
    return max(first, said_on), last


def _date(words: str, said_on: date) -> Span | None:
    month = next(MONTHS[word] for word in re.findall(r"[a-z]+", words) if word in MONTHS)
    day = _number(words)
    for year in (said_on.year, said_on.year + 1):
        found = _day(year, month, day)
        if found is not None and found >= said_on:
            return found, found
    return None


def _nth(words: str, said_on: date) -> Span | None:
    """The next day of that number, in this month or one of the next two."""
    for ahead in range(3):
        at = said_on.month - 1 + ahead
        found = _day(said_on.year + at // 12, at % 12 + 1, _number(words))
        if found is not None and found >= said_on:
            return found, found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _number(words: str) -> int:
    return int(re.findall(r"\d+", words)[0])


def _weekdays(words: str) -> frozenset[int]:
    return next(days for pattern, days in DAYS if re.search(rf"\b(?:{pattern})\b", words))


def _this_day(words: str, said_on: date) -> Span:
    """The first such day from today on; a weekend whole."""
    days = _weekdays(words)
    first = next(said_on + timedelta(n) for n in range(7) if (said_on + timedelta(n)).weekday() in days)
    last = first
    while len(days) > 1 and (last + timedelta(1)).weekday() in days:
        last += timedelta(1)
    return first, last


def _next_day(words: str, said_on: date) -> Span:
    """People mean the first such day or the one a week later; the first is offered, as it comes sooner."""
    return _this_day(words, said_on + timedelta(1))


_READ: dict[str, Callable[[str, date], Span | None]] = {
    "overmorrow": _ahead(2),
    "week_after": _week(2),
    "next_week": _week(1),
    "this_week": _week(0),
    "next_month": _next_month,
    "day_month": _date,
    "month_day": _date,
    "in_month": _in_month,
    "this_day": _this_day,
    "next_day": _next_day,
    "nth": _nth,
    "tomorrow": _ahead(1),
    "today": _ahead(0),
}
