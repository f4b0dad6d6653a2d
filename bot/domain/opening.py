"""When the clinic is open: its hours of the week and its closed days, asked in the clinic's own time."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_LOOK = 60  # days


class BadOpening(ValueError):
    """Hours that cannot be meant; the message names the day, `text` with its `{places}` and `values` what would do."""

    def __init__(self, day: str, text: str, /, **values: object) -> None:
        super().__init__(f"{day}: {text.format(**values) if values else text}")
        self.day, self.text, self.values = day, text, values


@dataclass(frozen=True, slots=True)
class Opening:
    """Spans of the week by day (minutes from midnight, clinic time), and days on which it stays closed."""

    week: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    closed: tuple[date, ...] = ()

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> Opening:
        """Read `{"mon": ["08:00-12:00", "13:00-19:00"], "closed": ["2026-12-25"]}`. Raises `BadOpening`."""
        if unknown := [key for key in raw if key not in (*DAYS, "closed")]:
            raise BadOpening(unknown[0], "the days are {days}, and closed", days=", ".join(DAYS))
        week = {day: _spans(day, raw.get(day) or ()) for day in DAYS if raw.get(day)}
        try:
            closed = tuple(sorted({date.fromisoformat(str(one)) for one in raw.get("closed") or ()}))
        except ValueError:
            raise BadOpening("closed", "give days such as {example}", example="2026-12-25") from None
        return cls(week, closed)

    def to_mapping(self) -> dict[str, Any]:
        """The inverse of `from_mapping`."""
        week = {day: [f"{_clock(start)}-{_clock(end)}" for start, end in spans] for day, spans in self.week.items()}
        return {**week, "closed": [day.isoformat() for day in self.closed]}

    def spans(self, day: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """The open spans of a day, earliest first."""
        if day in self.closed:
            return []
        midnight = datetime.combine(day, time(), tzinfo=zone)
        return [
            (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
            for start, end in self.week.get(DAYS[day.weekday()], ())
        ]

    def holds(self, start: datetime, minutes: int, zone: tzinfo) -> bool:
        """True when a visit of this length lies within one open span. Without any hours nothing is known: True."""
        if not self.week:
            return True
        begin = start.astimezone(UTC)  # in real time: on the day the clock jumps an hour on the wall is none
        end = begin + timedelta(minutes=minutes)
        return any(first <= begin and end <= last for first, last in self.spans(start.astimezone(zone).date(), zone))

    def is_open(self, at: datetime, zone: tzinfo) -> bool:
        """True when somebody is there. Without any hours nothing is known: True."""
        return self.holds(at, 0, zone)

    def next_opening(self, at: datetime, zone: tzinfo) -> datetime | None:
        """When somebody is there again, `at` itself when it is open; None when that cannot be told."""
        if self.is_open(at, zone):
            return at
        today = at.astimezone(zone).date()
        for ahead in range(_LONGEST_LOOK):
            for start, _end in self.spans(today + timedelta(days=ahead), zone):
                if start > at:
                    return start
        return None


def _spans(day: str, raw: Sequence[str] | str) -> tuple[tuple[int, int], ...]:
    found = sorted(_span(day, one) for one in ([raw] if isinstance(raw, str) else raw))
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(found)):
        raise BadOpening(day, "these hours overlap")
    return tuple(found)


def _span(day: str, text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*", str(text))
    if found is None:
        raise BadOpening(day, "give hours such as {example}", example="08:00-12:30")
    hour, minute, until_hour, until_minute = map(int, found.groups())
    start, end = hour * 60 + minute, until_hour * 60 + until_minute
    if minute > 59 or until_minute > 59 or not start < end <= 24 * 60:
        raise BadOpening(day, "{hours} is no span of a day", hours=text.strip()[:20])
    return start, end


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
