"""What an administrator does with accounts: invite, change a role, disable, reset a second factor; and who is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import permissions
from bot.domain.errors import NotFound
from bot.services import accounts
from bot.services.accounts import SignedIn, hashed
from bot.services.ports import Storage, UnitOfWork
from bot.services.review import Actor, BadMove
from bot.services.stored import AuditEntry, Invitation, StaffAccount, StaffSession

INVITATION = timedelta(days=3)


def invite(storage: Storage, *, name: str, role: str, by: Actor, now: datetime) -> str:
    """The secret of a one-time link that lets this person choose a password. Raises `BadMove`, `NotAllowed`."""
    permissions.check(by.role, "manage_staff")
    token = secrets.token_urlsafe(32)
    with storage() as uow:
        tidy = accounts.tidy_name(name)
        if uow.staff.by_name(tidy) is not None:
            raise BadMove("name", "there is an account of this name already")
        for old in uow.doors.invitations():
            if old.name.casefold() == tidy.casefold():
                uow.doors.end_invitation(old.token_hash)
        uow.doors.add_invitation(
            Invitation(hashed(token), tidy, accounts.known_role(role), by.name, now, now + INVITATION)
        )
        uow.audit.add(AuditEntry(now, by.name, "staff_invited", detail={"name": tidy, "role": role}))
        uow.commit()
    return token


def invitation(storage: Storage, token: str, *, now: datetime) -> Invitation | None:
    """The open invitation behind a link, or None."""
    with storage.reading() as uow:
        found = uow.doors.invitation(hashed(token))
    return found if found is not None and found.expires_at > now else None


def accept(storage: Storage, token: str, *, password: str, now: datetime, agent: str = "") -> SignedIn:
    """Make the account and sign in. Raises `NotFound` for a used or old link, `BadMove` for the password."""
    fresh = accounts.hash_password(password)
    with storage() as uow:
        found = uow.doors.invitation(hashed(token))
        if found is None or found.expires_at <= now or not uow.doors.end_invitation(found.token_hash):
            raise NotFound("invitation")
        account = accounts.added(
            uow, StaffAccount(0, found.name, found.role, fresh, now), by=f"invited by {found.by}"[:80], now=now
        )
        signed_in = accounts.opened(uow, account, how="password", agent=agent, now=now)
        uow.commit()
    return signed_in


def withdraw(storage: Storage, token_hash: bytes, *, by: Actor, now: datetime) -> None:
    """Take an invitation back. Raises `NotFound`."""
    permissions.check(by.role, "manage_staff")
    with storage() as uow:
        if not uow.doors.end_invitation(token_hash):
            raise NotFound("invitation")
        uow.audit.add(AuditEntry(now, by.name, "invitation_withdrawn"))
        uow.commit()


def change_role(storage: Storage, staff: int, *, role: str, by: Actor, now: datetime) -> None:
    """Another role; sessions and tokens stay, the next request counts by the new one. Raises `BadMove`, `NotFound`."""
    accounts.known_role(role)
    _change(storage, staff, "role_changed", by, now, lambda _, account: replace(account, role=role), role=role)


def disable(storage: Storage, staff: int, *, by: Actor, now: datetime) -> None:
    """Shut the account at once: every session and token ends, the name stays for the audit."""

    def shut(uow: UnitOfWork, account: StaffAccount) -> StaffAccount:
        uow.staff.end_sessions_of(account.id)
        return replace(account, disabled_at=now)

    _change(storage, staff, "staff_disabled", by, now, shut)


def enable(storage: Storage, staff: int, *, by: Actor, now: datetime) -> None:
    """Open it again."""
    _change(
        storage, staff, "staff_enabled", by, now,
        lambda _, account: replace(account, disabled_at=None, failures=0, locked_until=None),
    )  # fmt: skip


def reset_second_factor(storage: Storage, staff: int, *, by: Actor, now: datetime) -> None:
    """For a lost telephone: codes and passkeys are forgotten, all sessions end, the password stays."""

    def reset(uow: UnitOfWork, account: StaffAccount) -> StaffAccount:
        uow.doors.remove_passkeys_of(account.id)
        uow.staff.end_sessions_of(account.id)
        return replace(account, totp_secret=None, totp_last=0, recovery=())

    _change(storage, staff, "second_factor_reset", by, now, reset)


def end_session(storage: Storage, who: SignedIn, token_hash: bytes, *, now: datetime) -> None:
    """Sign out one of one's own sessions, or revoke one of one's own tokens. Raises `NotFound`."""
    with storage() as uow:
        session = uow.staff.session(token_hash)
        if session is None or session.staff != who.account.id:
            raise NotFound("session")
        uow.staff.end_session(token_hash)
        uow.audit.add(AuditEntry(now, who.account.name, "session_ended", detail={"kind": session.kind}))
        uow.commit()


def end_other_sessions(storage: Storage, who: SignedIn, *, now: datetime) -> None:
    """Sign out everywhere else; API tokens are revoked one by one."""
    with storage() as uow:
        for session in uow.staff.sessions_of(who.account.id):
            if session.kind != "token" and session.token_hash != who.session.token_hash:
                uow.staff.end_session(session.token_hash)
        uow.audit.add(AuditEntry(now, who.account.name, "other_sessions_ended"))
        uow.commit()


def sessions(storage: Storage, who: SignedIn, *, now: datetime) -> list[StaffSession]:
    """One's own sessions and tokens that still count, last used first."""
    with storage.reading() as uow:
        found = uow.staff.sessions_of(who.account.id)
    return [session for session in found if session.kind != "half" and not accounts.is_over(session, now)]


def _change(
    storage: Storage,
    staff: int,
    action: str,
    by: Actor,
    now: datetime,
    change: Callable[[UnitOfWork, StaffAccount], StaffAccount],
    **told: str,
) -> None:
    permissions.check(by.role, "manage_staff")
    with storage() as uow:
        account = uow.staff.by_id(staff, lock=True)
        if account is None:
            raise NotFound("account")
        changed = change(uow, account)
        uow.staff.save(changed)
        if account.role == "admin" and not _an_admin_is_left(uow):
            raise BadMove("role", "one active administrator must be left")
        uow.audit.add(AuditEntry(now, by.name, action, detail={"name": account.name, **told}))
        uow.commit()


def _an_admin_is_left(uow: UnitOfWork) -> bool:
    return any(account.role == "admin" and account.disabled_at is None for account in uow.staff.all())
