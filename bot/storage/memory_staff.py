"""Staff and audit of the memory twin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.services.ports import AlreadyThere
from bot.services.stored import AuditEntry, StaffAccount, StaffSession
from bot.storage.shelves import Shelves


class MemoryStaff:
    """See `bot.services.ports.StaffAccounts`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._all = shelves.staff
        self._sessions = shelves.sessions

    def add(self, account: StaffAccount) -> StaffAccount:
        """Store a new account."""
        if self.by_name(account.name) is not None:
            raise AlreadyThere(account.name)
        stored = replace(account, id=self._shelves.new_id())
        self._all[stored.id] = stored
        return stored

    def by_name(self, name: str) -> StaffAccount | None:
        """The account of this name, whatever the case."""
        wanted = name.casefold()
        return next((account for account in self._all.values() if account.name.casefold() == wanted), None)

    def by_id(self, staff: int, *, lock: bool = False) -> StaffAccount | None:
        """The account, or None."""
        return self._all.get(staff)

    def by_subject(self, subject: str) -> StaffAccount | None:
        """The account of this subject, or None."""
        return next((account for account in self._all.values() if account.oidc_subject == subject), None)

    def all(self) -> list[StaffAccount]:
        """Every account, by name."""
        return sorted(self._all.values(), key=lambda account: account.name.casefold())

    def save(self, account: StaffAccount) -> None:
        """Store the account as it stands now."""
        self._all[account.id] = account

    def add_session(self, session: StaffSession) -> None:
        """Store a session or an API token."""
        self._sessions[session.token_hash] = session

    def session(self, token_hash: bytes) -> StaffSession | None:
        """The session, or None."""
        return self._sessions.get(token_hash)

    def sessions_of(self, staff: int) -> list[StaffSession]:
        """Every session and token of this person, last used first."""
        found = [session for session in self._sessions.values() if session.staff == staff]
        return sorted(found, key=lambda session: session.seen_at, reverse=True)

    def seen(self, token_hash: bytes, at: datetime) -> None:
        """The session was used."""
        if token_hash in self._sessions:
            self._sessions[token_hash] = replace(self._sessions[token_hash], seen_at=at)

    def end_session(self, token_hash: bytes) -> None:
        """Sign out."""
        self._sessions.pop(token_hash, None)

    def end_sessions_of(self, staff: int) -> None:
        """Sign out everywhere."""
        self._end([key for key, session in self._sessions.items() if session.staff == staff])

    def end_idle(self, before: datetime) -> int:
        """Delete browser sessions last used before `before`."""
        return self._end(
            [k for k, session in self._sessions.items() if session.kind != "token" and session.seen_at < before]
        )

    def _end(self, keys: list[bytes]) -> int:
        for key in keys:
            del self._sessions[key]
        return len(keys)


class MemoryAudit:
    """See `bot.services.ports.AuditLog`."""

    def __init__(self, shelves: Shelves) -> None:
        self._all = shelves.audit

    def add(self, entry: AuditEntry) -> None:
        """Store an entry."""
        self._all.append(replace(entry, id=len(self._all) + 1))

    def of(self, reference: str) -> list[AuditEntry]:
        """Everything about one hand-off."""
        return [entry for entry in self._all if entry.reference == reference]

    def of_conversation(self, conversation: str) -> list[AuditEntry]:
        """Everything about one conversation."""
        return [entry for entry in self._all if entry.conversation == conversation]

    def newest(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        reference: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        without: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """The last entries, newest first."""
        found = [
            entry
            for entry in self._all
            if actor in (None, entry.actor)
            and action in (None, entry.action)
            and reference in (None, entry.reference)
            and (since is None or entry.at >= since)
            and (until is None or entry.at < until)
            and (before is None or entry.id < before)
            and entry.action not in without
        ]
        return found[::-1][:limit]

    def actions(self) -> list[str]:
        """Every act in the log."""
        return sorted({entry.action for entry in self._all})

    def forget_details(self, conversation: str, reference: str | None) -> None:
        """Empty what entries quote; that they happened stays."""
        for at, entry in enumerate(self._all):
            if entry.conversation == conversation or (reference is not None and entry.reference == reference):
                self._all[at] = replace(entry, detail=None)
