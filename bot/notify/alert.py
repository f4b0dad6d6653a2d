"""What an alert says and what can carry one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

TIMEOUT_SECONDS = 10.0


class NotDelivered(Exception):
    """The carrier did not take it; it will be tried again."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A line for staff: which hand-off, how urgent, where to look. `key` is the same at every try."""

    key: str
    reference: str
    urgent: bool
    kind: str
    link: str

    @property
    def subject(self) -> str:
        """One line that may be read over a shoulder."""
        return f"{'URGENT: ' if self.urgent else ''}{self.reference}: {_WORDS[self.kind]}"

    @classmethod
    def of(cls, key: str, payload: Mapping[str, Any], public_url: str) -> Alert:
        """The alert in an outbox item."""
        reference = str(payload["reference"])
        kind = "erasure" if payload.get("erasure_asked") else "revised" if payload.get("revision", 1) > 1 else "new"
        kind = "letter" if payload.get("letter") else kind
        return cls(key, reference, bool(payload.get("urgent")), kind, f"{public_url}/desk/handoffs/{reference}")


_WORDS = {
    "new": "a new hand-off waits for review",
    "revised": "new danger was reported, please look again",
    "letter": "the visitor added a doctor's letter",
    "erasure": "the visitor asked to be forgotten, please decide",
}


class Carrier(Protocol):
    """Brings alerts to staff."""

    def send(self, alert: Alert) -> None:
        """Deliver, or raise `NotDelivered`."""
