"""The steps of signing in: password, then the second factor where there is one; ten failures lock account or address."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.services import accounts
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.ports import Storage, UnitOfWork
from bot.services.second_factor import code_used
from bot.services.stored import AuditEntry, StaffAccount, Tries

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
# Several people share a clinic's address, so it may fail more often than one account.
MOST_FAILURES_OF_ADDRESS = 30


def with_password(
    storage: Storage, *, name: str, password: str, now: datetime, address: str = "", agent: str = ""
) -> SignedIn:
    """A fresh session, or one of kind `half` when the account has a second factor.

    Raises `SignInRefused` for a wrong name or password, a locked account or address, taking the same time for all.
    """
    with storage.reading() as uow:
        known = uow.staff.by_name(name[:80])
    right = accounts.verify(known.password_hash if known else None, password)
    with storage() as uow:
        account = uow.staff.by_name(name[:80])
        shut = address_locked(uow, address, now)
        usable = account is not None and account.disabled_at is None and not is_locked(account, now)
        same = known is not None and account is not None and known.password_hash == account.password_hash
        if account is None or shut or not usable or not right or not same:
            failed(uow, account if usable and not shut else None, address=address, now=now, told=account)
            uow.commit()
            raise SignInRefused
        how = "half" if has_second_factor(uow, account) else "password"
        if how == "password":
            account = _clear(uow, account, address)
        signed_in = accounts.opened(uow, account, how=how, agent=agent, now=now)
        uow.commit()
    return signed_in


def with_code(storage: Storage, half: SignedIn, *, code: str, now: datetime, address: str = "") -> SignedIn:
    """The second step: a code of the authenticator app or a recovery code. Raises `SignInRefused`."""
    with storage() as uow:
        account = uow.staff.by_id(half.account.id, lock=True)
        session = uow.staff.session(half.session.token_hash)
        if account is None or account.disabled_at is not None or session is None or accounts.is_over(session, now):
            raise SignInRefused
        shut = is_locked(account, now) or address_locked(uow, address, now)
        used = None if shut else code_used(account, code, now)
        if used is None:
            failed(uow, None if shut else account, address=address, now=now, told=account)
            uow.commit()
            raise SignInRefused
        account, how = used
        account = _clear(uow, account, address)
        uow.staff.end_session(session.token_hash)
        signed_in = accounts.opened(uow, account, how=how, agent=session.agent, now=now)
        uow.commit()
    return signed_in


def has_second_factor(uow: UnitOfWork, account: StaffAccount) -> bool:
    """True when a password alone does not let this person in."""
    return account.totp_secret is not None or bool(uow.doors.passkeys_of(account.id))


def is_locked(account: StaffAccount, now: datetime) -> bool:
    """True while the account takes no password and no code; a passkey still opens it, so nobody can be shut out."""
    return account.locked_until is not None and account.locked_until > now


def address_locked(uow: UnitOfWork, address: str, now: datetime) -> bool:
    """True while nobody may sign in from this address."""
    tries = uow.doors.tries(address) if address else None
    return tries is not None and tries.locked_until is not None and tries.locked_until > now


def failed(
    uow: UnitOfWork, account: StaffAccount | None, *, address: str, now: datetime, told: StaffAccount | None = None
) -> None:
    """Count a failure against the account (None: against nobody) and the address; `told` is whom the audit names."""
    if account is not None:
        failures = account.failures + 1
        locked = now + LOCKED_FOR if failures >= MOST_FAILURES else None
        uow.staff.save(replace(account, failures=0 if locked else failures, locked_until=locked))
    if address:
        _count_address(uow, address, now)
    uow.audit.add(AuditEntry(now, told.name if told else "unknown", "sign_in_failed"))


def _count_address(uow: UnitOfWork, address: str, now: datetime) -> None:
    tries = uow.doors.tries(address)
    if tries is None or now - tries.since > LOCKED_FOR:
        tries = Tries(0, now)
    failures = tries.failures + 1
    locked = now + LOCKED_FOR if failures >= MOST_FAILURES_OF_ADDRESS else None
    uow.doors.save_tries(address, replace(tries, failures=failures, locked_until=locked or tries.locked_until))


def _clear(uow: UnitOfWork, account: StaffAccount, address: str) -> StaffAccount:
    """Right at last: the failures before are forgotten."""
    cleared = replace(account, failures=0, locked_until=None)
    uow.staff.save(cleared)
    if address:
        uow.doors.save_tries(address, None)
    return cleared
