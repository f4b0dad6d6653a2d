"""The steps of signing in: password, then the second factor where there is one; too many failures shut a door.

There are two doors to an account. A browser somebody got in with before has one of its own, with failures of its own;
all strangers share the other. So whoever knows a name can shut the strangers' door, and its owner still comes in by
theirs ("device cookies", OWASP's way to slow down online guessing without giving away a lock-out).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.services import accounts
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.ports import Storage, UnitOfWork
from bot.services.second_factor import code_used
from bot.services.stored import AuditEntry, StaffAccount, Tries

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
BROWSER_KNOWN_FOR = timedelta(days=90)  # after the last time somebody got in with it
# Several people share a clinic's address, so it may fail more often than one account.
MOST_FAILURES_OF_ADDRESS = 30
MOST_OWNERS = 20  # of one browser


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody signs in from: network address, and the secret their browser keeps (empty: it has none)."""

    address: str = ""
    browser: str = ""


NOWHERE = Place()


def with_password(
    storage: Storage, *, name: str, password: str, now: datetime, place: Place = NOWHERE, agent: str = ""
) -> SignedIn:
    """A fresh session, or one of kind `half` when the account has a second factor.

    Raises `SignInRefused` for a wrong name or password, and while this door is shut, taking the same time for all.
    """
    with storage.reading() as uow:
        known = uow.staff.by_name(name[:80])
    right = accounts.verify(known.password_hash if known else None, password)
    with storage() as uow:
        account = uow.staff.by_name(name[:80])
        door = _door(uow, account, place, now)
        usable = account is not None and account.disabled_at is None
        same = known is not None and account is not None and known.password_hash == account.password_hash
        if account is None or door.shut or not usable or not right or not same:
            door.failed(account if usable else None, told=account)
            uow.commit()
            raise SignInRefused
        how = "half" if has_second_factor(uow, account) else "password"
        if how == "password":
            account = door.opened(account)
        signed_in = accounts.opened(uow, account, how=how, agent=agent, now=now)
        uow.commit()
    return signed_in


def with_code(storage: Storage, half: SignedIn, *, code: str, now: datetime, place: Place = NOWHERE) -> SignedIn:
    """The second step: a code of the authenticator app or a recovery code. Raises `SignInRefused`."""
    with storage() as uow:
        account = uow.staff.by_id(half.account.id, lock=True)
        session = uow.staff.session(half.session.token_hash)
        if account is None or account.disabled_at is not None or session is None or accounts.is_over(session, now):
            raise SignInRefused
        door = _door(uow, account, place, now)
        used = None if door.shut else code_used(account, code, now)
        if used is None:
            door.failed(account, told=account)
            uow.commit()
            raise SignInRefused
        account, how = used
        account = door.opened(account)
        uow.staff.end_session(session.token_hash)
        signed_in = accounts.opened(uow, account, how=how, agent=session.agent, now=now)
        uow.commit()
    return signed_in


def remember_browser(storage: Storage, who: SignedIn, browser: str, *, now: datetime) -> str:
    """This person got in with this browser; the secret it shall keep, the one it has where that is known."""
    with storage() as uow:
        known = _owners(uow, browser, now)
        secret = browser if known else secrets.token_urlsafe(32)
        owners = [*(one for one in known if one != who.account.id), who.account.id][-MOST_OWNERS:]
        uow.doors.keep(_browser_key(secret), {"staff": owners}, until=now + BROWSER_KNOWN_FOR)
        uow.commit()
    return secret


def has_second_factor(uow: UnitOfWork, account: StaffAccount) -> bool:
    """True when a password alone does not let this person in."""
    return account.totp_secret is not None or bool(uow.doors.passkeys_of(account.id))


def is_locked(account: StaffAccount, now: datetime) -> bool:
    """True while the account takes no password and no code from strangers; own browsers and passkeys still open it."""
    return account.locked_until is not None and account.locked_until > now


def failed_at(uow: UnitOfWork, place: Place, *, now: datetime, told: StaffAccount | None) -> None:
    """A failure that is nobody's but the address's; `told` is whom the audit names."""
    _Strangers(uow, place.address, now).failed(None, told=told)


class _Door(Protocol):
    """What counts failures and shuts."""

    @property
    def shut(self) -> bool:
        """True while nobody gets in here, whatever they know."""

    def failed(self, account: StaffAccount | None, *, told: StaffAccount | None) -> None:
        """Count a failure against the account (None: against nobody); `told` is whom the audit names."""

    def opened(self, account: StaffAccount) -> StaffAccount:
        """Right at last: the failures before are forgotten. The account as it is now stored."""


@dataclass(frozen=True, slots=True)
class _OwnBrowser:
    """A browser its owner got in with before: what strangers do to the account or from this address is nothing to it."""

    uow: UnitOfWork
    key: str
    now: datetime

    @property
    def shut(self) -> bool:
        return _is_shut(self.uow, self.key, self.now)

    def failed(self, account: StaffAccount | None, *, told: StaffAccount | None) -> None:
        _count(self.uow, self.key, MOST_FAILURES, self.now)
        _note(self.uow, told, self.now)

    def opened(self, account: StaffAccount) -> StaffAccount:
        self.uow.doors.save_tries(self.key, None)
        self.uow.staff.save(account)
        return account


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Everybody else: failures count against the account and the address."""

    uow: UnitOfWork
    address: str
    now: datetime
    account: StaffAccount | None = None

    @property
    def shut(self) -> bool:
        locked = self.account is not None and is_locked(self.account, self.now)
        return locked or _is_shut(self.uow, self.address, self.now)

    def failed(self, account: StaffAccount | None, *, told: StaffAccount | None) -> None:
        if account is not None and not self.shut:
            failures = account.failures + 1
            locked = self.now + LOCKED_FOR if failures >= MOST_FAILURES else None
            self.uow.staff.save(replace(account, failures=0 if locked else failures, locked_until=locked))
        _count(self.uow, self.address, MOST_FAILURES_OF_ADDRESS, self.now)
        _note(self.uow, told, self.now)

    def opened(self, account: StaffAccount) -> StaffAccount:
        cleared = replace(account, failures=0, locked_until=None)
        self.uow.staff.save(cleared)
        if self.address:
            self.uow.doors.save_tries(self.address, None)
        return cleared


def _door(uow: UnitOfWork, account: StaffAccount | None, place: Place, now: datetime) -> _Door:
    if account is not None and account.id in _owners(uow, place.browser, now):
        return _OwnBrowser(uow, f"browser {account.id} {accounts.hashed(place.browser).hex()}", now)
    return _Strangers(uow, place.address, now, account)


def _owners(uow: UnitOfWork, browser: str, now: datetime) -> tuple[int, ...]:
    """Whose browser this is: one at a reception has several."""
    kept = uow.doors.kept(_browser_key(browser), now=now) if browser else None
    return tuple(kept["staff"]) if kept else ()


def _browser_key(browser: str) -> bytes:
    return hashlib.sha256(b"browser:" + browser.encode("utf-8", "replace")).digest()


def _is_shut(uow: UnitOfWork, key: str, now: datetime) -> bool:
    tries = uow.doors.tries(key) if key else None
    return tries is not None and tries.locked_until is not None and tries.locked_until > now


def _count(uow: UnitOfWork, key: str, most: int, now: datetime) -> None:
    if not key or _is_shut(uow, key, now):
        return
    tries = uow.doors.tries(key)
    if tries is None or now - tries.since > LOCKED_FOR:
        tries = Tries(0, now)
    failures = tries.failures + 1
    locked = now + LOCKED_FOR if failures >= most else None
    uow.doors.save_tries(key, replace(tries, failures=failures, locked_until=locked))


def _note(uow: UnitOfWork, told: StaffAccount | None, now: datetime) -> None:
    uow.audit.add(AuditEntry(now, told.name if told else "unknown", "sign_in_failed"))
