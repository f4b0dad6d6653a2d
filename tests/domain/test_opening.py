"""When the clinic is open: hours, breaks, closed days, and the days on which the clock jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.opening import BadOpening, Opening

MADRID = ZoneInfo("Europe/Madrid")
HOURS = Opening.from_mapping({"mon": ["08:00-12:00", "13:00-19:00"], "sat": "09:00-13:00", "closed": ["2026-12-21"]})


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("start", "minutes", "fits"),
    [
        (at(23, 8), 60, True), (at(23, 7, 55), 60, False), (at(23, 11), 60, True), (at(23, 11, 5), 60, False), (at(23, 12), 5, False),
        (at(23, 18), 60, True), (at(24, 10), 60, False), (at(28, 12), 60, True), (at(21, 10, month=12), 60, False), (at(23, 7).astimezone(UTC), 60, False),
        (at(23, 8).astimezone(UTC), 60, True),
    ],
)  # fmt: skip
def test_a_visit_lies_within_one_open_span(start, minutes, fits):
    assert HOURS.holds(start, minutes, MADRID) is fits


@pytest.mark.parametrize(
    ("now", "opens"),
    [(at(23, 9), at(23, 9)), (at(23, 12, 30), at(23, 13)), (at(23, 19, 30), at(28, 9)), (at(28, 14), at(30, 8)), (at(20, 10, month=12), at(26, 9, month=12))],
)  # fmt: skip
def test_when_somebody_is_there_again(now, opens):
    assert HOURS.next_opening(now, MADRID) == opens


def test_without_hours_nothing_is_known():
    assert Opening().is_open(at(23, 3), MADRID)
    assert Opening.from_mapping({"closed": []}).holds(at(23, 3), 60, MADRID)


@pytest.mark.parametrize("raw", [{"mon": ["8-12"]}, {"mon": ["12:00-08:00"]}, {"mon": ["08:00-25:00"]}, {"mon": ["08:00-12:00", "11:00-13:00"]}, {"monday": []}, {"closed": ["x"]}])  # fmt: skip
def test_hours_that_cannot_be_meant_are_refused(raw):
    with pytest.raises(BadOpening):
        Opening.from_mapping(raw)


@given(st.integers(0, 600_000))
def test_the_next_opening_is_open_and_nothing_before_it_is(minutes):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens = HOURS.next_opening(now, MADRID)
    assert opens is not None
    assert opens >= now
    assert HOURS.is_open(opens, MADRID)
    earlier = opens - timedelta(minutes=1)
    assert opens == now or earlier < now or not HOURS.is_open(earlier, MADRID) or not HOURS.is_open(now, MADRID)
