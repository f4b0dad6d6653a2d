"""Use cases over the memory twin, with the real rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain import record as records
from bot.domain import triage
from bot.services.hand_off import Receipt, hand_off
from bot.services.stored import Conversation, NewMessage
from bot.storage.memory import MemoryStorage

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ID = "conversation-0000000001"
CONSENT = {"privacy": True, "share": False, "version": "2026-11", "language": "en"}
RECORD: Mapping[str, Any] = {
    "age": 46, "sex": "F", "sites": [{"site": "low_back", "side": None}], "duration_days": 20, "onset": "overuse", "nrs": 5,
    "complaint": "pain", "function_limited": True, "rf": [], "rf_unknown": [], "ci": [], "bp": None, "doctor": "none",
    "cleared": [], "cleared_claimed": [], "extra": [],
}  # fmt: skip


def classify(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The real rules."""
    return triage.result_to_json(triage.classify(records.from_json(raw)))


class Clinic:
    """A clinic with its storage; `intake` plays what the dialogue does at the end of an interview."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.now = NOW
        self.record = dict(RECORD)
        self.classify = classify

    def uow(self):
        return self.storage()

    def chat(self, conversation: str = ID, *texts: str) -> None:
        with self.storage() as uow:
            if uow.conversations.get(conversation) is None:
                uow.conversations.add(Conversation(conversation, b"h", "web", "en", "interview", NOW, NOW))
            for text in texts:
                uow.conversations.append(conversation, NewMessage("visitor", text), now=NOW)
            uow.commit()

    def intake(self, conversation: str = ID, **record: Any) -> Receipt:
        facts = record.pop(
            "facts", {"contact": {"name": "Ana Ruiz", "phone": "+1 555 010 0142", "email": "ana@example.org"}}
        )
        raw = {**RECORD, **record}
        self.chat(conversation)
        return hand_off(
            self.uow(),
            conversation=conversation,
            record={**raw, "facts": facts},
            result=classify(raw),
            consent=CONSENT,
            said={},
            now=self.now,
        )

    def handoff(self, reference: str):
        with self.storage() as uow:
            return uow.handoffs.by_reference(reference)

    def look(self, ask):
        """Whatever `ask` reads in a unit of work."""
        with self.storage() as uow:
            return ask(uow)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()
