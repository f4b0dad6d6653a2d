"""Days are meant by the clinic's clock: "today", "since Monday" and a date in the calendar, also where UTC has another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import Running, StartEdge, Visitor
from standin_rasa import Rasa

from bot.web.chat.fit import DoesNotFit, fit

TODAY = date(2026, 11, 26)
HOW_LONG = {"field": "duration_days", "kind": "text", "choices": [], "skippable": False}
FARTHEST = "Pacific/Kiritimati"  # 14 hours ahead of UTC: for most of UTC's day it is tomorrow there


@pytest.fixture
def edge(start_edge: StartEdge, home: Path) -> Running:
    (home / "clinic.toml").write_text(f'time_zone = "{FARTHEST}"\n', encoding="utf-8")
    return start_edge()


def test_the_dialogue_reads_a_message_by_the_clinics_clock(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    seq = visitor.say("since Monday")
    body = visitor.settled(seq)
    told = datetime.fromisoformat(rasa.turns[-1]["metadata"]["now"])
    written = next(line["at"] for line in body["messages"] if line["seq"] == seq)
    assert told == datetime.fromisoformat(written)
    assert told.utcoffset() == timedelta(hours=14)


def test_the_edge_reads_danger_by_the_clinics_clock(visitor: Visitor, edge: Running, monkeypatch: Any) -> None:
    seen: list[datetime] = []
    read = type(edge.context.reader).read

    def noted(self: Any, text: str, **options: Any) -> Any:
        seen.append(options["now"])
        return read(self, text, **options)

    monkeypatch.setattr(type(edge.context.reader), "read", noted)
    visitor.arrive()
    visitor.say("since Monday")
    assert [one.utcoffset() for one in seen] == [timedelta(hours=14)]


def test_a_date_is_counted_by_the_clinics_calendar(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.replies = lambda body: [  # type: ignore[method-assign]
        {
            "text": "How long?",
            "custom": {"state": {"phase": "interview", "field": HOW_LONG["field"]}, "question": HOW_LONG},
        }
    ]
    visitor.settled(visitor.say("go on"))
    day = (datetime.now(UTC).astimezone(ZoneInfo(FARTHEST)) - timedelta(days=3)).date().isoformat()
    sent = visitor.answer("duration_days", day)
    assert sent.status_code == 202, sent.text
    visitor.settled(sent.json()["seq"])
    assert rasa.turns[-1]["metadata"]["answer"]["value"] == 3


def test_the_visitors_own_day_may_be_one_ahead_of_the_clinics() -> None:
    assert fit(HOW_LONG, (TODAY + timedelta(days=1)).isoformat(), today=TODAY).value == 0
    with pytest.raises(DoesNotFit, match="future"):
        fit(HOW_LONG, (TODAY + timedelta(days=2)).isoformat(), today=TODAY)


@pytest.mark.parametrize(
    ("value", "days"), [("2026-11-20", 6), ("2026-11-20T08:30:00+02:00", 6), ("1927-01-01", 36_489), (12, 12)]
)
def test_a_number_of_days_or_a_date(value: object, days: int) -> None:
    assert fit(HOW_LONG, value, today=TODAY).value == days


@pytest.mark.parametrize(
    "value", ["1800-01-01", "0001-01-01", "2026-11-20 or so", "2026-13-01", "soon", "", -1, 36501, 2.5, True]
)
def test_what_is_no_length_of_time_that_a_record_can_hold(value: object) -> None:
    with pytest.raises(DoesNotFit):
        fit(HOW_LONG, value, today=TODAY)
