"""What the memory twin keeps, and how a copy of it is taken."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.services.stored import (
    Appointment,
    AuditEntry,
    CallBack,
    Conversation,
    Decision,
    Delivery,
    Erasure,
    ErasureRequest,
    Handoff,
    Invitation,
    Letter,
    Message,
    Misread,
    Note,
    OutboxItem,
    Passkey,
    ResumeCode,
    Revision,
    SavedView,
    StaffAccount,
    StaffSession,
    Thread,
    Tries,
)


@dataclass(slots=True)
class Shelves:
    """Everything stored. The values are frozen, so that a copy of the containers is a snapshot."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, dict[int, Message]] = field(default_factory=dict)
    leases: dict[str, tuple[str, Any]] = field(default_factory=dict)
    erasures: list[Erasure] = field(default_factory=list)
    handoffs: dict[int, Handoff] = field(default_factory=dict)
    revisions: dict[int, list[Revision]] = field(default_factory=dict)
    terms: dict[int, frozenset[str]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    appointments: dict[int, Appointment] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    staff: dict[int, StaffAccount] = field(default_factory=dict)
    sessions: dict[bytes, StaffSession] = field(default_factory=dict)
    passkeys: dict[bytes, Passkey] = field(default_factory=dict)
    invitations: dict[bytes, Invitation] = field(default_factory=dict)
    pending: dict[bytes, tuple[Any, Any]] = field(default_factory=dict)
    tries: dict[str, Tries] = field(default_factory=dict)
    erasure_requests: dict[str, ErasureRequest] = field(default_factory=dict)
    outbox: dict[int, OutboxItem] = field(default_factory=dict)
    outbox_holders: dict[int, str] = field(default_factory=dict)
    call_backs: dict[int, CallBack] = field(default_factory=dict)
    resume_codes: dict[bytes, ResumeCode] = field(default_factory=dict)
    provider_messages: dict[tuple[str, str], tuple[str, int, datetime]] = field(default_factory=dict)
    views: dict[int, SavedView] = field(default_factory=dict)
    viewing: dict[tuple[int, str], Any] = field(default_factory=dict)
    misread: list[Misread] = field(default_factory=list)
    threads: dict[tuple[str, bytes], Thread] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    last_id: int = 0

    def copy(self) -> Shelves:
        """A snapshot that can be changed without touching this one."""
        return Shelves(**{spec.name: _copied(getattr(self, spec.name)) for spec in fields(self)})

    def new_id(self) -> int:
        """The next number, one row of numbers for everything."""
        self.last_id += 1
        return self.last_id


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(entry) if isinstance(entry, dict | list) else entry for key, entry in value.items()}
    return list(value) if isinstance(value, list) else value
