"""Wished times read as a person would say them, in the chat, in the read-back and in the brief."""

from __future__ import annotations

import pytest

from bot.domain import wished_times


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        (None, ""),
        ("Tuesday mornings", "Tuesday mornings"),
        (["Saturdays", "2026-12-03T12:00/2026-12-03T17:00"], "Saturdays; Thursday 3 December, 12:00 to 17:00"),
        (["2026-12-03T20:00/2026-12-04T08:00"], "Thursday 3 December, 20:00 to Friday 4 December, 08:00"),
        ("mornings/evenings", "mornings/evenings"),
        ("2026-12-03/", "2026-12-03/"),
    ],
)
def test_words_stay_and_intervals_become_days_with_hours(wished, said):
    assert wished_times.say(wished) == said
