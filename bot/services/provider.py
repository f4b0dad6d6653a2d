"""Signing in through the clinic's own identity provider: a proven subject becomes an account, its groups a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.services import accounts
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.ports import Storage, UnitOfWork
from bot.services.review import BadMove
from bot.services.stored import AuditEntry, StaffAccount


@dataclass(frozen=True, slots=True)
class Proven:
    """What the provider signed: who (`issuer|sub`), what they are called, and the values of the claim that gives roles."""

    subject: str
    name: str
    groups: tuple[str, ...]


def role_of(groups: Iterable[str], roles: Mapping[str, str]) -> str | None:
    """The highest role these groups give; never `admin`, which only an administrator gives at the desk."""
    given = {roles[group] for group in groups if group in roles}
    return next((role for role in ("lead", "reviewer") if role in given), None)


def enter(storage: Storage, proven: Proven, roles: Mapping[str, str], *, now: datetime, agent: str) -> SignedIn:
    """A fresh session, making the account the first time; the role follows the groups at every sign-in.

    Raises `SignInRefused` when no group gives a role, or the account is disabled: its sessions end then, too.
    """
    role = role_of(proven.groups, roles)
    with storage() as uow:
        account = uow.staff.by_subject(proven.subject)
        if role is None or (account is not None and account.disabled_at is not None):
            if account is not None:
                uow.staff.end_sessions_of(account.id)
            uow.audit.add(AuditEntry(now, account.name if account else "unknown", "sign_in_failed"))
            uow.commit()
            raise SignInRefused
        if account is None:
            account = _new(uow, proven, role, now)
        elif account.role not in (role, "admin"):
            account = replace(account, role=role)
            uow.staff.save(account)
            uow.audit.add(AuditEntry(now, "identity provider", "role_changed", detail={"name": account.name}))
        signed_in = accounts.opened(uow, account, how="oidc", agent=agent, now=now)
        uow.commit()
    return signed_in


def _new(uow: UnitOfWork, proven: Proven, role: str, now: datetime) -> StaffAccount:
    """A name that is taken here is never taken over: the newcomer gets a number."""
    try:
        base = accounts.tidy_name(proven.name[:50])
    except BadMove:
        base = "Staff"
    names = (base, *(f"{base} ({number})" for number in range(2, 100)))
    free = next((name for name in names if uow.staff.by_name(name) is None), None)
    if free is None:
        raise SignInRefused
    account = StaffAccount(0, free, role, "", now, oidc_subject=proven.subject[:255])
    return accounts.added(uow, account, by="identity provider", now=now)
