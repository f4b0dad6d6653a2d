"""Wished times told in words, held against visits: the cases of wishes.yml, and laws that hold for any text."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.wish import suits
from bot.language import wishes

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "language" / "wishes.yml").read_text(encoding="utf-8"))
MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def at(words: str) -> datetime:
    """ "+Tue 09:00" → that time, in the week after."""
    if words[0].isdigit():
        return datetime.fromisoformat(words)
    day, clock = words.removeprefix("+").split()
    ahead = DAYS.index(day) + 7 * words.startswith("+")
    return datetime.combine(MONDAY + timedelta(ahead), time.fromisoformat(clock), UTC)


@pytest.mark.parametrize("case", [pytest.param(one, id=one["text"]) for one in CASES])
def test_a_visit_is_as_wished_or_not(case):
    told = wishes.read(case["text"], MONDAY)
    assert bool(told) is bool(case.get("suits"))
    for words in case.get("suits", ()):
        assert suits(told, at(words), at(words) + HOUR), words
    for words in case.get("not", ()):
        assert not suits(told, at(words), at(words) + HOUR), words


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error_and_its_places_lie_within_it(text):
    for wish in wishes.read(text, MONDAY):
        assert 0 <= wish.start <= wish.end <= len(text)
        wish.holds(at("Wed 10:00"), at("Wed 11:00"))


@given(st.sampled_from([one["text"] for one in CASES if one.get("suits")]))
def test_accents_and_capitals_change_nothing(text):
    plain = [(one.days, one.first, one.last, one.begin, one.over) for one in wishes.read(text, MONDAY)]
    loud = [
        (one.days, one.first, one.last, one.begin, one.over) for one in wishes.read(wishes.fold(text).upper(), MONDAY)
    ]
    assert loud == plain
