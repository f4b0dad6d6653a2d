"""Says the wished appointment times as a person would: words as they are, an ISO interval as a day with hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.speech import ENGLISH
from bot.domain.speech import say as translated

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAY = "{weekday} {day} {month}"


def say(wished: str | Sequence[str] | None, locale: str = ENGLISH) -> str:
    """`["Saturdays", "2026-12-03T12:00/2026-12-03T17:00"]` → "Saturdays; Thursday 3 December, 12:00 to 17:00"."""
    if not wished:
        return ""
    return "; ".join(_one(part, locale) for part in ([wished] if isinstance(wished, str) else wished))


def moment(at: datetime, locale: str = ENGLISH) -> str:
    """ "Thursday 3 December, 12:00", in the clinic's time as it is given."""
    return translated(locale, "{date}, {time}", date=day(at, locale), time=f"{at:%H:%M}")


def _one(text: str, locale: str) -> str:
    try:
        start, end = (datetime.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        return text
    if end.date() == start.date():
        hours = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        return translated(locale, "{date}, {start} to {end}", date=day(start, locale), **hours)
    first, last = (f"{day(one, locale)}, {one:%H:%M}" for one in (start, end))
    return translated(locale, "{start} to {end}", start=first, end=last)


def day(one: datetime, locale: str = ENGLISH) -> str:
    """ "Thursday 3 December"."""
    weekday, month = translated(locale, WEEKDAYS[one.weekday()]), translated(locale, MONTHS[one.month - 1])
    return translated(locale, DAY, weekday=weekday, day=one.day, month=month)
