"""From the first word to the booked visit without leaving the chat: staff propose times, the visitor answers in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.stack


def offered(visitor: Any, desk: httpx.Client, reference: str, room: str) -> str:
    """An interview to its end, and two times of staff that have come into the chat; the reference."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    slots = [f"{(noon + timedelta(days=day)).isoformat()}|Kim {room}|{room}" for day in (3, 4)]
    assert desk.post(f"/handoffs/{reference}/claim").status_code == 200
    answer = desk.post(f"/handoffs/{reference}/propose", json={"minutes": 60, "slot": slots})
    assert answer.status_code == 200, answer.text
    visitor._until(lambda: visitor.open_field == "visit_time")
    return reference


def visits(desk: httpx.Client, reference: str) -> tuple[str, list[str]]:
    """The state of the hand-off and of its visits."""
    got = desk.get(f"/handoffs/{reference}").json()
    return got["status"], [one["status"] for one in got["appointments"]]


def test_a_digression_a_doubt_and_then_the_second(visitor: Any, desk: httpx.Client, provisional: Any) -> None:
    reference = offered(visitor, desk, provisional(visitor), "Room P1")
    told = visitor.say("Is there somewhere to park?")
    assert visits(desk, reference)[0] == "waiting_for_patient"
    assert visitor.open_field == "visit_time", told
    visitor.say("yes")
    assert "Which one suits you" in visitor.heard()
    said = visitor.say("the second please, what should I wear?")
    assert visits(desk, reference) == ("booked", ["cancelled", "pending"])
    assert any("A time is kept for you" in line["text"] for line in said) or "A time is kept for you" in visitor.heard()


def test_none_of_them_in_spanish_and_danger_in_the_same_chat_is_heard(
    hispanic: Any, desk: httpx.Client, provisional: Any
) -> None:
    reference = offered(hispanic, desk, provisional(hispanic), "Room P2")
    hispanic.say("no me viene bien ninguna, mejor por las tardes")
    assert visits(desk, reference) == ("claimed", ["cancelled", "cancelled"])
    assert "cuándo podría venir" in hispanic.heard()
    hispanic.say("me duele mucho el pecho y no puedo respirar")
    assert any(line["alert"] for line in hispanic.messages)
    assert visits(desk, reference)[0] == "new"
