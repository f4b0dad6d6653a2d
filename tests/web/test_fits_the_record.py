"""No value that a client may post as an answer is one that the record, and so the rules, would refuse afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import record
from bot.web.chat.fit import DoesNotFit, fit

NUMBERS = st.integers(-10, 40_000) | st.floats(allow_nan=False) | st.dates().map(date.isoformat)
PAIRS = st.lists(st.integers(0, 400), min_size=2, max_size=2)
FIELDS = ("age", "duration_days", "weeks_since_surgery", "weeks_since_fracture", "weeks_since_birth", "bp")


@pytest.mark.parametrize("field", FIELDS)
@given(value=NUMBERS | PAIRS, today=st.dates(date(2020, 1, 1), date(2099, 1, 1)))
def test_what_fits_a_question_fits_the_record(field: str, value: Any, today: date) -> None:
    try:
        fitted = fit({"field": field, "kind": "text"}, value, today=today)
    except DoesNotFit:
        return
    record.from_json({field: fitted.value})
