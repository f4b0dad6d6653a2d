"""What an alert says and what can carry one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

TIMEOUT_SECONDS = 10.0


class NotDelivered(Exception):
    """The carrier did not take it; it will be tried again, not before `after` has passed. Its text is a code, no words.

    With `tries` it is given up after so many, where its kind would allow more: it hardly changes by itself.
    """

    def __init__(self, code: str, after: timedelta = timedelta(0), tries: int | None = None) -> None:
        super().__init__(code)
        self.after = after
        self.tries = tries


class InDoubt(NotDelivered):
    """The whole message left and no answer came: it may have been taken, and a repeat may be a second one."""


class Refused(Exception):
    """The other side will never take it (unknown number, blocked): staff are asked at once. Its text is a code."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A line for staff: what happened, how urgent, where to look. `key` is the same at every try.

    `reference` names the hand-off, or is empty where the alert is about none.
    """

    key: str
    reference: str
    urgent: bool
    kind: str
    link: str

    @property
    def subject(self) -> str:
        """One line that may be read over a shoulder."""
        about = f"{self.reference}: " if self.reference else ""
        return f"{'URGENT: ' if self.urgent else ''}{about}{_WORDS[self.kind]}"

    @classmethod
    def of(cls, key: str, payload: Mapping[str, Any], public_url: str) -> Alert:
        """The alert in an outbox item."""
        reference = str(payload.get("reference") or "")
        kind = str(payload.get("event") or ("revised" if payload.get("revision", 1) > 1 else "new"))
        page = f"/handoffs/{reference}" if reference else _PAGES.get(kind, "")
        return cls(key, reference, bool(payload.get("urgent")), kind, f"{public_url}/desk{page}")


_WORDS = {
    "new": "a new hand-off waits for review",
    "revised": "new danger was reported, please look again",
    "erasure": "the visitor asked to be forgotten, please decide",
    "person": "a visitor asks for a person in the chat",
    "call_back": "somebody asks to be called back",
    "escalated": "nobody has looked at this urgent hand-off yet",
    "reminder": "the time to wait is over, please look again",
    "not_suited": "the proposed times do not suit the visitor, please find another",
    "cancelled": "a visitor has cancelled their visit, please look",
    "undelivered": "a message could not be delivered, please look",
}
_PAGES = {"person": "/live", "call_back": "/call-backs", "undelivered": "/call-backs#undelivered"}


class Carrier(Protocol):
    """Brings alerts to staff. `name` is the same for ever: what is queued for it carries it."""

    name: str

    def send(self, alert: Alert) -> None:
        """Deliver, or raise `NotDelivered`."""
