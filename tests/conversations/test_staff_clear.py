"""A claimed doctor's word is provisional; staff who have seen it clear it, and the result follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.stack


@pytest.fixture(scope="session")
def desk(stack: Any) -> httpx.Client:
    """A lead at the staff API."""
    added = stack.palpate(
        "staff", "add", "lea", "--role", "lead", "--password-stdin", text="correct horse battery staple\n"
    )
    assert added.returncode == 0, added.stderr
    token = stack.palpate("staff", "token", "lea").stdout.strip().split()[-1]
    with httpx.Client(
        base_url=f"{stack.url}/desk/api", headers={"Authorization": f"Bearer {token}"}, timeout=30
    ) as http:
        yield http


def talk_to_a_provisional_result(visitor: Any) -> str:
    visitor.say(
        "My lower back has been aching for eight months, around 5 out of 10, came on gradually. I can't sit for long."
    )
    answers: dict[str, Any] = {
        "consent_privacy": "yes", "emergency_gate": ["none"], "narrative": "my lower back", "for_whom": "self", "age": 46, "complaint": "pain",
        "sites": [{"site": "low_back", "side": None}], "duration_days": 240, "onset": "gradual", "nrs": 5, "function_limited": "yes",
        "screen_back": ["none"], "general_screen": ["none"], "conditions": ["none"], "medicines": ["none"], "skin": ["none"],
        "doctor": "ordered", "clearance": ["CI-CHRONIC"], "preferred_times": "mornings",
        "contact": {"name": "Jo", "phone": None, "email": "jo@example.org"}, "read_back": "confirm",
    }  # fmt: skip
    while visitor.state["phase"] in ("consent", "interview", "read_back"):
        visitor.answer(answers[visitor.open_field])
    return str(visitor.state["handoff"])


def test_provisional_until_staff_clear_it(visitor: Any, desk: httpx.Client) -> None:
    reference = talk_to_a_provisional_result(visitor)
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
