"""Passkeys, invitations, half-done sign-ins, lock-out and requests to be forgotten, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.services.stored import ErasureRequest, Invitation, Passkey, Tries
from bot.storage.tables import ERASURE_REQUESTS, INVITATIONS, PASSKEYS, PENDING, TRIES
from bot.vault import Vault

FORGIVEN = timedelta(days=1)  # longer than any lock
_TRIES = [TRIES.c[spec.name] for spec in fields(Tries)]


class SqlDoors:
    """See `bot.services.ports.StaffDoors`."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add_passkey(self, passkey: Passkey) -> None:
        """Store a passkey."""
        self._connection.execute(insert(PASSKEYS).values(**asdict(passkey)))

    def passkey(self, identity: bytes) -> Passkey | None:
        """The passkey, or None."""
        row = self._connection.execute(select(PASSKEYS).where(PASSKEYS.c.id == identity)).one_or_none()
        return None if row is None else Passkey(**row._mapping)

    def passkeys_of(self, staff: int) -> list[Passkey]:
        """All of one person, oldest first."""
        wanted = select(PASSKEYS).where(PASSKEYS.c.staff == staff).order_by(PASSKEYS.c.created_at)
        return [Passkey(**row._mapping) for row in self._connection.execute(wanted)]

    def passkey_used(self, identity: bytes, *, count: int, at: datetime) -> None:
        """Somebody signed in with it."""
        self._connection.execute(update(PASSKEYS).where(PASSKEYS.c.id == identity).values(count=count, used_at=at))

    def remove_passkey(self, staff: int, identity: bytes) -> bool:
        """Delete a passkey of this person."""
        mine = (PASSKEYS.c.id == identity, PASSKEYS.c.staff == staff)
        return self._connection.execute(delete(PASSKEYS).where(*mine)).rowcount == 1

    def remove_passkeys_of(self, staff: int) -> None:
        """Delete all of this person."""
        self._connection.execute(delete(PASSKEYS).where(PASSKEYS.c.staff == staff))

    def add_invitation(self, invitation: Invitation) -> None:
        """Store an invitation."""
        self._connection.execute(insert(INVITATIONS).values(**asdict(invitation)))

    def invitation(self, token_hash: bytes) -> Invitation | None:
        """The invitation, or None."""
        wanted = select(INVITATIONS).where(INVITATIONS.c.token_hash == token_hash).with_for_update()
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else Invitation(**row._mapping)

    def invitations(self) -> list[Invitation]:
        """All that are open, oldest first."""
        rows = self._connection.execute(select(INVITATIONS).order_by(INVITATIONS.c.created_at))
        return [Invitation(**row._mapping) for row in rows]

    def end_invitation(self, token_hash: bytes) -> bool:
        """Used or taken back."""
        return self._connection.execute(delete(INVITATIONS).where(INVITATIONS.c.token_hash == token_hash)).rowcount == 1

    def keep(self, key: bytes, data: Mapping[str, Any], *, until: datetime) -> None:
        """Remember under this key."""
        self._connection.execute(delete(PENDING).where(PENDING.c.key == key))
        self._connection.execute(insert(PENDING).values(key=key, data=dict(data), expires_at=until))

    def kept(self, key: bytes, *, now: datetime) -> Mapping[str, Any] | None:
        """What is remembered under this key."""
        wanted = select(PENDING.c.data).where(PENDING.c.key == key, PENDING.c.expires_at > now)
        found: Mapping[str, Any] | None = self._connection.execute(wanted).scalar_one_or_none()
        return found

    def take(self, key: bytes, *, now: datetime) -> Mapping[str, Any] | None:
        """What is remembered under this key, once."""
        taken = delete(PENDING).where(PENDING.c.key == key).returning(PENDING.c.data, PENDING.c.expires_at)
        row = self._connection.execute(taken).one_or_none()
        return None if row is None or row.expires_at <= now else row.data

    def forget_searches(self) -> None:
        """Forget what was typed into the search box."""
        rows = self._connection.execute(select(PENDING.c.key, PENDING.c.data)).all()
        searches = [key for key, data in rows if "typed" in data]
        self._connection.execute(delete(PENDING).where(PENDING.c.key.in_(searches)))

    def tries(self, address: str) -> Tries | None:
        """Failed sign-ins from this address."""
        row = self._connection.execute(
            select(*_TRIES).where(TRIES.c.address == self._vault.blind(address)).with_for_update()
        ).one_or_none()
        return None if row is None else Tries(**row._mapping)

    def save_tries(self, address: str, tries: Tries | None) -> None:
        """Store them; None forgets."""
        key = self._vault.blind(address)
        mine = TRIES.c.address == key
        if tries is None:
            self._connection.execute(delete(TRIES).where(mine))
        elif not self._connection.execute(update(TRIES).where(mine).values(**asdict(tries))).rowcount:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(TRIES).values(address=key, **asdict(tries)))
            except IntegrityError:  # somebody else's first failure came at the same moment
                self._connection.execute(update(TRIES).where(mine).values(**asdict(tries)))

    def ask_erasure(self, request: ErasureRequest) -> None:
        """Store a request; the same again stays the first."""
        if self.erasure_request(request.conversation) is None:
            self._connection.execute(insert(ERASURE_REQUESTS).values(**asdict(request)))

    def erasure_request(self, conversation: str) -> ErasureRequest | None:
        """The request of this conversation, or None."""
        wanted = select(ERASURE_REQUESTS).where(ERASURE_REQUESTS.c.conversation == conversation).with_for_update()
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else ErasureRequest(**row._mapping)

    def erasure_requests(self) -> list[ErasureRequest]:
        """All, oldest first."""
        rows = self._connection.execute(select(ERASURE_REQUESTS).order_by(ERASURE_REQUESTS.c.asked_at))
        return [ErasureRequest(**row._mapping) for row in rows]

    def erasure_asked(self, reference: str) -> ErasureRequest | None:
        """The request about this hand-off."""
        wanted = select(ERASURE_REQUESTS).where(ERASURE_REQUESTS.c.reference == reference)
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else ErasureRequest(**row._mapping)

    def undecided_erasures(self) -> frozenset[str]:
        """Hand-offs that wait for a decision."""
        open_ones = select(ERASURE_REQUESTS.c.reference).where(ERASURE_REQUESTS.c.decision.is_(None))
        return frozenset(self._connection.execute(open_ones).scalars())

    def decide_erasure(self, request: ErasureRequest) -> None:
        """Store what staff decided."""
        values = {"decision": request.decision, "decided_by": request.decided_by, "decided_at": request.decided_at}
        at = ERASURE_REQUESTS.c.conversation == request.conversation
        self._connection.execute(update(ERASURE_REQUESTS).where(at).values(**values))

    def end_expired(self, now: datetime) -> int:
        """Delete what is over."""
        gone = 0
        for table, column in ((PENDING, PENDING.c.expires_at), (INVITATIONS, INVITATIONS.c.expires_at)):
            gone += self._delete(table, column < now)
        return gone + self._delete(TRIES, TRIES.c.since < now - FORGIVEN)

    def _delete(self, table: Table, where: Any) -> int:
        return self._connection.execute(delete(table).where(where)).rowcount
