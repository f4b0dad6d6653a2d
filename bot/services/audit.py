"""Reading what was written down: who read or did what, when; and reading it is written down, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import permissions
from bot.services.ports import Storage
from bot.services.review import Actor
from bot.services.stored import AuditEntry

PAGE = 200
# What staff looked at, as against what they did.
READS = (
    "list", "read", "read_live", "read_letter", "read_call_backs", "look_up", "export", "export_json", "export_csv",
    "export_pdf", "export_doctor_note", "read_audit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; empty fields do not filter. `since` is within, `until` is not."""

    actor: str | None = None
    action: str | None = None
    reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def read(storage: Storage, wanted: Wanted, *, by: Actor, now: datetime, limit: int = PAGE) -> list[AuditEntry]:
    """The newest entries that fit, newest first. Raises `NotAllowed`."""
    permissions.check(by.role, "read_audit")
    with storage() as uow:
        found = uow.audit.newest(
            actor=wanted.actor,
            action=wanted.action,
            reference=wanted.reference,
            since=wanted.since,
            until=wanted.until,
            limit=limit,
        )
        uow.audit.add(AuditEntry(now, by.name, "read_audit", wanted.reference))
        uow.commit()
    return found
