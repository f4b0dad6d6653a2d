"""A time somebody could come, or could not, as told in words: on which days, and within which hours; slots are held against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish, in the clinic's local time.

    days         weekdays, Monday is 0
    first, last  the dates it is about, both included; None: no bound
    begin        a visit starts at this time or later
    before       and starts before this time; None: no bound
    over         and has ended by this time; None: no bound
    against      True for what does not suit: "not on Mondays"
    start, end   where it was said, as offsets into the text
    """

    days: frozenset[int] = EVERY_DAY
    first: date | None = None
    last: date | None = None
    begin: time = time.min
    before: time | None = None
    over: time | None = None
    against: bool = False
    start: int = 0
    end: int = 0

    def holds(self, start: datetime, end: datetime) -> bool:
        """True when a visit from `start` to `end` (local) is what this speaks of, be it for or against it."""
        day, at = start.date(), start.time()
        on_day = day.weekday() in self.days and (self.first or day) <= day <= (self.last or day)
        in_hours = self.begin <= at and (self.before is None or at < self.before)
        done = self.over is None or (end.date() == day and end.time() <= self.over)
        return on_day and in_hours and (done or (self.against and at < (self.over or time.max)))

    @property
    def any_hour(self) -> bool:
        """True when it says nothing of the hours."""
        return self.begin == time.min and self.before is None and self.over is None

    @property
    def any_day(self) -> bool:
        """True when it says nothing of the day."""
        return self.days == EVERY_DAY and self.first is None and self.last is None


def suits(wishes: Sequence[Wish], start: datetime, end: datetime) -> bool:
    """True when a visit is as wished: one of the wishes for it holds, or there is none, and none against it does."""
    if not wishes:
        return False
    wanted = [one for one in wishes if not one.against]
    unwanted = any(one.holds(start, end) for one in wishes if one.against)
    return not unwanted and (not wanted or any(one.holds(start, end) for one in wanted))


def latest(wishes: Iterable[Wish], otherwise: date) -> date:
    """The last day that any of them names as a date."""
    return max([otherwise, *(one.last or one.first or otherwise for one in wishes if not one.against)])
