"""Who staff are and how they get in: argon2 passwords, sessions that live on the server."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.domain import permissions
from bot.domain.errors import NotFound, PalpateError
from bot.services.ports import AlreadyThere, Storage, UnitOfWork
from bot.services.review import Actor, BadMove
from bot.services.stored import AuditEntry, StaffAccount, StaffSession

IDLE = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=12)
HALF = timedelta(minutes=5)
# How somebody got in. A passkey is two factors in one: the device, and what unlocks it.
WAYS = ("half", "password", "code", "recovery", "passkey", "oidc")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
_TOUCH = timedelta(minutes=1)

_HASHER = PasswordHasher()
# Checked when the name is unknown, so that the time of an answer does not tell which names exist.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


class SignInRefused(PalpateError):
    """Name or password is wrong, or the account is locked; the message never says which."""

    code = "P401"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a session. `token` is the secret of a fresh one and empty when it was only looked up.

    `second_factor` is True when this person has one, however they came in this time.
    """

    account: StaffAccount
    session: StaffSession
    token: str = ""
    second_factor: bool = False

    @property
    def actor(self) -> Actor:
        """As the review services know them."""
        return Actor(self.account.name, self.account.role)


def hashed(token: str) -> bytes:
    """What is stored of a session's or API token's secret."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def add_staff(
    storage: Storage,
    *,
    name: str,
    role: str,
    password: str,
    now: datetime,
    by: str = "command line",
    must_change: bool = False,
) -> StaffAccount:
    """Make an account. Raises `BadMove` naming what cannot be used."""
    account = StaffAccount(0, tidy_name(name), known_role(role), hash_password(password), now, must_change)
    with storage() as uow:
        stored = added(uow, account, by=by, now=now)
        uow.commit()
    return stored


def added(uow: UnitOfWork, account: StaffAccount, *, by: str, now: datetime) -> StaffAccount:
    """Store a new account in this transaction. Raises `BadMove` when the name is taken."""
    try:
        stored = uow.staff.add(account)
    except AlreadyThere:
        raise BadMove("name", "there is an account of this name already") from None
    uow.audit.add(AuditEntry(now, by, "staff_added", detail={"name": stored.name, "role": stored.role}))
    return stored


def tidy_name(name: str) -> str:
    """The name as it is stored. Raises `BadMove`."""
    tidy = " ".join(name.split())
    if not 2 <= len(tidy) <= 60 or not tidy.isprintable():
        raise BadMove("name", "a name has 2 to 60 characters")
    return tidy


def known_role(role: str) -> str:
    """The role. Raises `BadMove` when there is none of this name."""
    if role not in permissions.ROLES:
        raise BadMove("role", "{field} must be one of {kinds}", field="role", kinds=permissions.ROLES)
    return role


def first_admin(storage: Storage, *, now: datetime, name: str = "admin") -> str | None:
    """A one-time password for a first administrator, or None when there are accounts already."""
    with storage.reading() as uow:
        if uow.staff.all():
            return None
    password = one_time_password()
    try:
        add_staff(storage, name=name, role="admin", password=password, now=now, by="first start", must_change=True)
    except BadMove:  # another process was first
        return None
    return password


def one_time_password() -> str:
    """A password to be changed at the first sign-in: 96 bits, easy to read out."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def who(storage: Storage, token: str, *, kind: str, now: datetime) -> SignedIn | None:
    """Whose session (`cookie`, `half`) or API token (`token`) this is; None when unknown, idle too long, or too old."""
    key = hashed(token)
    with storage.reading() as uow:
        session = uow.staff.session(key)
        account = uow.staff.by_id(session.staff) if session else None
        strong = account is not None and (account.totp_secret is not None or bool(uow.doors.passkeys_of(account.id)))
    if session is None or account is None or account.disabled_at is not None or session.kind != kind:
        return None
    if is_over(session, now):
        with storage() as uow:
            uow.staff.end_session(key)
            uow.commit()
        return None
    if now - session.seen_at > _TOUCH and kind == "cookie":
        with storage.brisk() as uow:
            uow.staff.seen(key, now)
            uow.commit()
    return SignedIn(account, session, second_factor=strong)


def is_still_in(storage: Storage, who: SignedIn, *, now: datetime) -> bool:
    """True while this session goes on and the account may be used; asking does not prolong it."""
    with storage.reading() as uow:
        session = uow.staff.session(who.session.token_hash)
        account = uow.staff.by_id(who.account.id)
    return session is not None and account is not None and account.disabled_at is None and not is_over(session, now)


def is_over(session: StaffSession, now: datetime) -> bool:
    """True when this session must not be used any more; API tokens end only when they are revoked."""
    match session.kind:
        case "cookie":
            return now - session.seen_at > IDLE or now - session.created_at > LONGEST_SESSION
        case "half":
            return now - session.created_at > HALF
        case _:
            return False


def opened(uow: UnitOfWork, account: StaffAccount, *, how: str, agent: str, now: datetime) -> SignedIn:
    """A fresh browser session in this transaction; `how` is one of `WAYS`, `half` owes the second factor."""
    token = secrets.token_urlsafe(32)
    kind = "half" if how == "half" else "cookie"
    session = StaffSession(
        hashed(token),
        account.id,
        kind,
        secrets.token_urlsafe(24),
        now,
        now,
        how=how,
        agent=" ".join(agent.split())[:120],
    )
    uow.staff.add_session(session)
    if kind == "cookie":
        uow.audit.add(AuditEntry(now, account.name, "sign_in", detail={"how": how}))
    return SignedIn(account, session, token)


def sign_out(storage: Storage, signed_in: SignedIn, *, now: datetime) -> None:
    """End this session."""
    with storage() as uow:
        uow.staff.end_session(signed_in.session.token_hash)
        uow.audit.add(AuditEntry(now, signed_in.account.name, "sign_out"))
        uow.commit()


def change_password(storage: Storage, signed_in: SignedIn, *, old: str, new: str, now: datetime) -> None:
    """Set another password; all other sessions of this person end. Raises `SignInRefused`, `BadMove`."""
    if not verify(signed_in.account.password_hash, old):
        raise SignInRefused
    if old == new:
        raise BadMove("new", "the new password must be another one")
    fresh = hash_password(new)
    with storage() as uow:
        account = uow.staff.by_id(signed_in.account.id)
        if account is None:
            raise SignInRefused
        uow.staff.save(replace(account, password_hash=fresh, must_change=False))
        uow.staff.end_sessions_of(account.id)
        uow.staff.add_session(replace(signed_in.session, seen_at=now))
        uow.audit.add(AuditEntry(now, account.name, "password_changed"))
        uow.commit()


def reset_password(
    storage: Storage, *, name: str, password: str, now: datetime, must_change: bool, by: str = "command line"
) -> None:
    """Set another password for somebody; all their sessions and tokens end. Raises `NotFound`, `BadMove`."""
    fresh = hash_password(password)
    with storage() as uow:
        account = uow.staff.by_name(name)
        if account is None:
            raise NotFound(name)
        changed = replace(account, password_hash=fresh, must_change=must_change, failures=0, locked_until=None)
        uow.staff.save(changed)
        uow.staff.end_sessions_of(account.id)
        uow.audit.add(AuditEntry(now, by, "password_reset", detail={"name": account.name}))
        uow.commit()


def issue_token(storage: Storage, *, name: str, now: datetime, label: str = "") -> str:
    """A bearer token for the staff API, shown once. Raises `NotFound`."""
    token = f"plp_{secrets.token_urlsafe(32)}"
    with storage() as uow:
        account = uow.staff.by_name(name)
        if account is None or account.disabled_at is not None:
            raise NotFound(name)
        uow.staff.add_session(StaffSession(hashed(token), account.id, "token", "", now, now, label[:80]))
        uow.audit.add(AuditEntry(now, account.name, "token_issued"))
        uow.commit()
    return token


def hash_password(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadMove(
            "password", "a password has {least} to {most} characters", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD
        )
    return _HASHER.hash(password)


def verify(known: str | None, password: str) -> bool:
    """True when this is the password; takes as long for an unknown account (None) as for a known one."""
    try:
        right = _HASHER.verify(known or _NOBODY, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return right and known is not None
