"""A claimed doctor's word is provisional; staff who have seen it clear it, and the result follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.stack


def test_provisional_until_staff_clear_it(visitor: Any, desk: httpx.Client, provisional: Any) -> None:
    reference = provisional(visitor)
    before = desk.get(f"/handoffs/{reference}").json()
    assert (before["result"]["outcome"], before["result"]["provisional"]) == ("clinical_massage", True)
    assert desk.post(f"/handoffs/{reference}/claim").status_code == 200
    cleared = desk.post(
        f"/handoffs/{reference}/clear",
        json={
            "items": ["CI-CHRONIC"],
            "by": "Dr Ama Boateng",
            "date": f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}",
            "limits": "light pressure",
        },
    )
    assert cleared.status_code == 200, cleared.text
    after = desk.get(f"/handoffs/{reference}").json()
    assert (after["result"]["outcome"], after["result"]["provisional"]) == ("clinical_massage", False)
    assert len(after["revisions"]) == 2, "old and new are kept"
    booked = desk.post(
        f"/handoffs/{reference}/book",
        json={
            "start": f"{datetime.now(UTC) + timedelta(days=8):%Y-%m-%d}T15:00:00Z",
            "minutes": 60,
            "therapist": "Noor",
            "room": "1",
        },
    )
    assert booked.status_code == 200, booked.text
    again = desk.post(f"/handoffs/{reference}/claim")
    assert again.status_code == 409
    assert "legal" in again.text.lower()
