"""Codes of an authenticator app (TOTP, RFC 6238) and recovery codes: made, confirmed, used once each, taken away."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp

from bot.services.accounts import SignedIn
from bot.services.hand_off import ALPHABET
from bot.services.ports import Storage
from bot.services.review import BadMove
from bot.services.stored import AuditEntry, StaffAccount

STEP_SECONDS = 30
RECOVERY_CODES = 10
_ENROL = timedelta(minutes=30)
# The step before and the step after count too: clocks of telephones are not exact.
_DRIFT = (0, -1, 1)


def begin(storage: Storage, who: SignedIn, *, now: datetime) -> str:
    """The secret to be scanned; the same one until it is confirmed or half an hour has gone."""
    with storage() as uow:
        kept = uow.doors.kept(_key(who), now=now)
        secret = str(kept["secret"]) if kept else pyotp.random_base32()
        uow.doors.keep(_key(who), {"secret": secret}, until=now + _ENROL)
        uow.commit()
    return secret


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """The `otpauth://` address that authenticator apps read from the picture."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=issuer)


def confirm(storage: Storage, who: SignedIn, *, code: str, now: datetime) -> tuple[str, ...]:
    """Switch it on once the app shows the right code; returns fresh recovery codes, shown once. Raises `BadMove`."""
    with storage() as uow:
        kept = uow.doors.kept(_key(who), now=now)
        account = uow.staff.by_id(who.account.id, lock=True)
        if kept is None or account is None:
            raise BadMove("code", "this took too long; scan the new picture")
        step = _step_of(str(kept["secret"]), code, now)
        if step is None:
            raise BadMove("code", "that is not the code the app shows now")
        codes = _new_codes()
        uow.doors.take(_key(who), now=now)
        changed = replace(account, totp_secret=str(kept["secret"]), totp_last=step, recovery=_hashes(codes))
        uow.staff.save(changed)
        uow.audit.add(AuditEntry(now, account.name, "totp_on"))
        uow.commit()
    return codes


def remove(storage: Storage, who: SignedIn, *, now: datetime) -> None:
    """Switch the app's codes off; the recovery codes go with them unless a passkey is left."""
    with storage() as uow:
        account = uow.staff.by_id(who.account.id, lock=True)
        if account is None:
            return
        left = account.recovery if uow.doors.passkeys_of(account.id) else ()
        uow.staff.save(replace(account, totp_secret=None, totp_last=0, recovery=left))
        uow.audit.add(AuditEntry(now, account.name, "totp_off"))
        uow.commit()


def renew_recovery(storage: Storage, who: SignedIn, *, now: datetime) -> tuple[str, ...]:
    """Fresh recovery codes in place of the old ones, shown once."""
    codes = _new_codes()
    with storage() as uow:
        account = uow.staff.by_id(who.account.id, lock=True)
        if account is not None:
            uow.staff.save(replace(account, recovery=_hashes(codes)))
            uow.audit.add(AuditEntry(now, account.name, "recovery_renewed"))
            uow.commit()
    return codes


def code_used(account: StaffAccount, code: str, now: datetime) -> tuple[StaffAccount, str] | None:
    """The account after this code was used and what it was (`code`, `recovery`); None when it is wrong or used up."""
    if account.totp_secret is not None:
        step = _step_of(account.totp_secret, code, now)
        if step is not None and step > account.totp_last:
            return replace(account, totp_last=step), "code"
    wanted = _hash(code)
    left = tuple(known for known in account.recovery if not hmac.compare_digest(known, wanted))
    return None if len(left) == len(account.recovery) else (replace(account, recovery=left), "recovery")


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step this code belongs to."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    right = [current + drift for drift in _DRIFT if hmac.compare_digest(totp.generate_otp(current + drift), digits)]
    return right[0] if right else None


def _new_codes() -> tuple[str, ...]:
    """Ten codes of 59 bits each, easy to copy by hand."""
    words = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    return tuple(f"{word[:4]}-{word[4:8]}-{word[8:]}" for word in words)


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_hash(code) for code in codes)


def _hash(code: str) -> str:
    """What is stored of a recovery code; it is random and long enough that a plain hash gives nothing away."""
    plain = "".join(char for char in code.upper() if char in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()


def _key(who: SignedIn) -> bytes:
    return hashlib.sha256(b"totp:" + who.session.token_hash).digest()
