"""Staff accounts and their sessions in SQL; secrets are stored as hashes only."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
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
        values = {spec.name: getattr(account, spec.name) for spec in fields(StaffAccount) if spec.name != "id"}
        values["name_key"] = account.name.casefold()
        try:
            with self._connection.begin_nested():
                key = self._connection.execute(insert(STAFF).values(**values).returning(STAFF.c.id)).scalar_one()
        except IntegrityError:
            raise AlreadyThere(account.name) from None
        return replace(account, id=key)

    def by_name(self, name: str) -> StaffAccount | None:
        """The account of this name, whatever the case; locked, since its failures are counted."""
        wanted = select(*_COLUMNS).where(STAFF.c.name_key == name.casefold()).with_for_update()
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else StaffAccount(**row._mapping)

    def by_id(self, staff: int) -> StaffAccount | None:
        """The account, or None."""
        row = self._connection.execute(select(*_COLUMNS).where(STAFF.c.id == staff)).one_or_none()
        return None if row is None else StaffAccount(**row._mapping)

    def all(self) -> list[StaffAccount]:
        """Every account, by name."""
        rows = self._connection.execute(select(*_COLUMNS).order_by(STAFF.c.name_key))
        return [StaffAccount(**row._mapping) for row in rows]

    def save(self, account: StaffAccount) -> None:
        """Store the account as it stands now."""
        values = {spec.name: getattr(account, spec.name) for spec in fields(StaffAccount) if spec.name != "id"}
        self._connection.execute(
            update(STAFF).where(STAFF.c.id == account.id).values(**values, name_key=account.name.casefold())
        )

    def add_session(self, session: StaffSession) -> None:
        """Store a session or an API token."""
        values = {spec.name: getattr(session, spec.name) for spec in fields(StaffSession)}
        self._connection.execute(insert(STAFF_SESSIONS).values(**values))

    def session(self, token_hash: bytes) -> StaffSession | None:
        """The session, or None."""
        row = self._connection.execute(select(*_SESSION_COLUMNS).where(_S.token_hash == token_hash)).one_or_none()
        return None if row is None else StaffSession(**row._mapping)

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
        return self._connection.execute(delete(STAFF_SESSIONS).where(_S.kind == "cookie", _S.seen_at < before)).rowcount
