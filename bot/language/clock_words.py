"""Reads a time of day in folded text: "half past three", "17:30", "5pm", "las 5 y media de la tarde"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from bot.language.time_words import NUMBERS

_HOUR = rf"(?:\d{{1,2}}|{'|'.join(NUMBERS)})"
_PART = r"(?:in the|at|de la|por la|en la) (?:mornings?|afternoons?|evenings?|night|mananas?|tardes?|noches?)"
# One time; whoever puts it into a larger pattern says what may stand before it.
TIME = (
    rf"(?:noon|midday|mid-day|(?:(?:half|quarter) (?:past |to )?|half )?{_HOUR}(?:[:.h] ?[0-5]\d)?"
    rf"(?: y (?:media|cuarto)| menos cuarto)?(?: ?(?:am|pm|a\.m\.?|p\.m\.?|o'? ?clock|hs|hrs|hours|horas|h)\b)?(?: {_PART})?)"
)
# What makes a number a time by itself; "10" alone may be anything.
MARKED = (
    rf"(?:{_HOUR}(?:[:.h] ?[0-5]\d)?(?: ?(?:am|pm|a\.m\.?|p\.m\.?|o'? ?clock|hs|hrs|h)\b)(?: {_PART})?|\d{{1,2}}[:h][0-5]\d(?: {_PART})?|(?:half|quarter) (?:past |to ){_HOUR}"
    rf"|{_HOUR} (?:y (?:media|cuarto)|menos cuarto)(?: {_PART})?|{_HOUR} {_PART})"
)
_READ = re.compile(
    rf"(?:(?P<quarter>half past|quarter past|quarter to|half) )?(?P<hour>{_HOUR})(?:[:.h] ?(?P<minute>[0-5]\d))?(?P<media> y media| y cuarto| menos cuarto)?"
    r"(?: ?(?P<half>am|pm|a\.m\.?|p\.m\.?|o'? ?clock|hs|hrs|hours|horas|h)\b)?(?: (?:in the|at|de la|por la|en la) (?P<part>\w+))?"
)
_SHIFT = {"half past": 30, "half": 30, "quarter past": 15, "quarter to": -15, " y media": 30, " y cuarto": 15, " menos cuarto": -15}  # fmt: skip
_AFTERNOON_UP_TO = 7  # "at 3" is in the afternoon, "at 8" in the morning: so are clinics open


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes since midnight; `sure` where it was said which half of the day is meant."""

    minutes: int
    sure: bool

    @property
    def time(self) -> time:
        """As a time of day."""
        return time(self.minutes // 60, self.minutes % 60)

    def in_other_half(self) -> Clock:
        """The same hand of the clock, twelve hours on or back."""
        return Clock((self.minutes + 720) % 1440, True)


def read(text: str) -> Clock | None:
    """The time that a text matching `TIME` or `MARKED` says; None for what no clock shows."""
    if text.startswith(("noon", "midday", "mid-day")):
        return Clock(720, True)
    found = _READ.fullmatch(text.strip())
    if found is None:
        return None
    told = found["hour"]
    hour = int(told) if told.isdigit() else NUMBERS[told]
    minutes = int(found["minute"] or 0) + _SHIFT.get(found["quarter"] or "", 0) + _SHIFT.get(found["media"] or "", 0)
    if hour > 23:
        return None
    half, part = (found["half"] or "").replace(".", ""), found["part"] or ""
    if half == "am" or part.startswith(("morning", "manana")):
        return Clock(hour % 12 * 60 + minutes, True) if hour <= 12 else None
    if half == "pm" or part:
        return Clock((hour % 12 + 12) * 60 + minutes, True) if hour <= 12 else Clock(hour * 60 + minutes, True)
    if hour > 12 or hour == 0 or told.startswith("0"):
        return Clock(hour * 60 + minutes, True)
    later = 720 if hour <= _AFTERNOON_UP_TO else 0
    return Clock(hour * 60 + minutes + later, False)
