"""Reading what was written down: who read or did what, when; and reading it is written down, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import permissions
from bot.services.ports import Storage
from bot.services.review import Actor
from bot.services.stored import AuditEntry

PAGE = 100
MOST_EXPORTED = 50_000
# What staff looked at, as against what they did.
READS = (
    "list", "read", "read_live", "read_letter", "read_call_backs", "read_figures", "read_misread", "look_up", "export",
    "export_json", "export_csv", "export_pdf", "export_doctor_note", "export_visit", "export_audit", "read_audit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; empty fields do not filter. `since` is within, `until` is not; `looks` False leaves reading out."""

    actor: str | None = None
    action: str | None = None
    reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    looks: bool = True


def read(
    storage: Storage, wanted: Wanted, *, by: Actor, now: datetime, limit: int = PAGE, before: int | None = None,
    how: str = "read_audit",
) -> list[AuditEntry]:  # fmt: skip
    """The newest entries that fit, newest first; `before` is the `id` of the last one of the page before.

    Raises `NotAllowed`.
    """
    permissions.check(by.role, "read_audit")
    with storage() as uow:
        found = uow.audit.newest(
            actor=wanted.actor,
            action=wanted.action,
            reference=wanted.reference,
            since=wanted.since,
            until=wanted.until,
            without=() if wanted.looks else READS,
            before=before,
            limit=limit,
        )
        uow.audit.add(AuditEntry(now, by.name, how, wanted.reference))
        uow.commit()
    return found


def actions(storage: Storage) -> Sequence[str]:
    """Every act that ever happened here, by name."""
    with storage.reading() as uow:
        return uow.audit.actions()
