"""Staff accounts and their sessions in SQL; secrets are stored as hashes only."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.services.ports import AlreadyThere
from bot.services.stored import StaffAccount, StaffSession
from bot.storage.tables import STAFF, STAFF_SESSIONS

_COLUMNS = [STAFF.c[spec.name] for spec in fields(StaffAccount)]
_SESSION_COLUMNS = [STAFF_SESSIONS.c[spec.name] for spec in fields(StaffSession)]
_S = STAFF_SESSIONS.c


class SqlStaff:
    """See `bot.services.ports.StaffAccounts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, account: StaffAccount) -> StaffAccount:
        """Store a new account."""
        values = _values(account)
        try:
            with self._connection.begin_nested():
                key = self._connection.execute(insert(STAFF).values(**values).returning(STAFF.c.id)).scalar_one()
        except IntegrityError:
            raise AlreadyThere(account.name) from None
        return replace(account, id=key)

    def by_name(self, name: str) -> StaffAccount | None:
        """The account of this name, whatever the case; locked, since its failures are counted."""
        wanted = select(*_COLUMNS).where(STAFF.c.name_key == name.casefold()).with_for_update()
        return _account(self._connection.execute(wanted).one_or_none())

    def by_id(self, staff: int, *, lock: bool = False) -> StaffAccount | None:
        """The account, or None."""
        wanted = select(*_COLUMNS).where(STAFF.c.id == staff)
        wanted = wanted.with_for_update() if lock else wanted
        return _account(self._connection.execute(wanted).one_or_none())

    def by_subject(self, subject: str) -> StaffAccount | None:
        """The account of this subject, or None."""
        return _account(
            self._connection.execute(select(*_COLUMNS).where(STAFF.c.oidc_subject == subject)).one_or_none()
        )

    def all(self) -> list[StaffAccount]:
        """Every account, by name."""
        rows = self._connection.execute(select(*_COLUMNS).order_by(STAFF.c.name_key))
        return [account for row in rows if (account := _account(row)) is not None]

    def save(self, account: StaffAccount) -> None:
        """Store the account as it stands now."""
        self._connection.execute(update(STAFF).where(STAFF.c.id == account.id).values(**_values(account)))

    def add_session(self, session: StaffSession) -> None:
        """Store a session or an API token."""
        values = {spec.name: getattr(session, spec.name) for spec in fields(StaffSession)}
        self._connection.execute(insert(STAFF_SESSIONS).values(**values))

    def session(self, token_hash: bytes) -> StaffSession | None:
        """The session, or None."""
        row = self._connection.execute(select(*_SESSION_COLUMNS).where(_S.token_hash == token_hash)).one_or_none()
        return None if row is None else StaffSession(**row._mapping)

    def sessions_of(self, staff: int) -> list[StaffSession]:
        """Every session and token of this person, last used first."""
        wanted = select(*_SESSION_COLUMNS).where(_S.staff == staff).order_by(_S.seen_at.desc())
        return [StaffSession(**row._mapping) for row in self._connection.execute(wanted)]

    def seen(self, token_hash: bytes, at: datetime) -> None:
        """The session was used."""
        self._connection.execute(update(STAFF_SESSIONS).where(_S.token_hash == token_hash).values(seen_at=at))

    def end_session(self, token_hash: bytes) -> None:
        """Sign out."""
        self._connection.execute(delete(STAFF_SESSIONS).where(_S.token_hash == token_hash))

    def end_sessions_of(self, staff: int) -> None:
        """Sign out everywhere."""
        self._connection.execute(delete(STAFF_SESSIONS).where(_S.staff == staff))

    def end_idle(self, before: datetime) -> int:
        """Delete browser sessions last used before `before`."""
        return self._connection.execute(delete(STAFF_SESSIONS).where(_S.kind != "token", _S.seen_at < before)).rowcount


def _values(account: StaffAccount) -> dict[str, Any]:
    values = {spec.name: getattr(account, spec.name) for spec in fields(StaffAccount) if spec.name != "id"}
    return {**values, "name_key": account.name.casefold(), "recovery": list(account.recovery) or None}


def _account(row: Row[Any] | None) -> StaffAccount | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values["recovery"] = tuple(values["recovery"] or ())
    return StaffAccount(**values)
