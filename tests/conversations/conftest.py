"""Staff beside the conversations: a lead at the staff API, and a visitor who comes to a result that they have to look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest


@pytest.fixture(scope="session")
def desk(stack: Any) -> Iterator[httpx.Client]:
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


@pytest.fixture
def provisional() -> Any:
    """Brings a visitor to a result that rests on their doctor's word: `provisional(visitor)` gives the reference."""
    return _talk


def _talk(visitor: Any) -> str:
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
