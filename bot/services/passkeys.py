"""Passkeys (WebAuthn): a person registers a device or a security key and from then on signs in with it alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.services import accounts
from bot.services.accounts import SignedIn, SignInRefused
from bot.services.ports import Storage
from bot.services.review import BadMove
from bot.services.sign_in import Place, failed_at
from bot.services.stored import AuditEntry, Passkey

WAIT = timedelta(minutes=5)
MOST = 20


@dataclass(frozen=True, slots=True)
class Site:
    """What a passkey is bound to: the host and the origin of the desk, and the name the browser shows."""

    host: str
    origin: str
    name: str


def offer(storage: Storage, who: SignedIn, site: Site, *, now: datetime) -> dict[str, Any]:
    """The options for `navigator.credentials.create`."""
    with storage() as uow:
        known = [PublicKeyCredentialDescriptor(id=passkey.id) for passkey in uow.doors.passkeys_of(who.account.id)]
        options = webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_name=who.account.name,
            user_id=f"staff-{who.account.id}".encode(),
            exclude_credentials=known,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
        uow.doors.keep(_key("register", who.session.token_hash), _kept(options.challenge), until=now + WAIT)
        uow.commit()
    return dict(json.loads(options_to_json(options)))


def register(
    storage: Storage, who: SignedIn, site: Site, credential: Mapping[str, Any], *, label: str, now: datetime
) -> None:
    """Store the passkey the browser made. Raises `BadMove` when it is not the answer to our offer."""
    with storage() as uow:
        kept = uow.doors.take(_key("register", who.session.token_hash), now=now)
        if kept is None:
            raise BadMove("passkey", "this took too long; try again")
        try:
            made = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=base64url_to_bytes(kept["challenge"]),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, KeyError, TypeError, ValueError):
            raise BadMove("passkey", "the browser's answer does not fit; try again") from None
        if uow.doors.passkey(made.credential_id) is not None or len(uow.doors.passkeys_of(who.account.id)) >= MOST:
            raise BadMove("passkey", "this passkey is registered already, or there are too many")
        name = " ".join(label.split())[:80] or "Passkey"
        uow.doors.add_passkey(
            Passkey(made.credential_id, who.account.id, made.credential_public_key, made.sign_count, name, now)
        )
        uow.audit.add(AuditEntry(now, who.account.name, "passkey_added", detail={"label": name}))
        uow.commit()


def challenge(storage: Storage, site: Site, *, key: str, now: datetime) -> dict[str, Any]:
    """The options for `navigator.credentials.get`; `key` is a secret this browser keeps until it answers."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    with storage() as uow:
        uow.doors.keep(_key("sign-in", key.encode()), _kept(options.challenge), until=now + WAIT)
        uow.commit()
    return dict(json.loads(options_to_json(options)))


def sign_in(
    storage: Storage, site: Site, credential: Mapping[str, Any], *, key: str, now: datetime, address: str, agent: str
) -> SignedIn:
    """A fresh session for the owner of the passkey. Raises `SignInRefused`."""
    with storage() as uow:
        kept = uow.doors.take(_key("sign-in", key.encode()), now=now)
        passkey = uow.doors.passkey(_identity(credential))
        account = uow.staff.by_id(passkey.staff, lock=True) if passkey else None
        if kept is None or passkey is None or account is None or account.disabled_at is not None:
            failed_at(uow, Place(address), now=now, told=account)
            uow.commit()
            raise SignInRefused
        try:
            shown = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=base64url_to_bytes(kept["challenge"]),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.count,
                require_user_verification=True,
            )
        except (WebAuthnException, KeyError, TypeError, ValueError):
            failed_at(uow, Place(address), now=now, told=account)
            uow.commit()
            raise SignInRefused from None
        uow.doors.passkey_used(passkey.id, count=shown.new_sign_count, at=now)
        signed_in = accounts.opened(uow, account, how="passkey", agent=agent, now=now)
        uow.commit()
    return signed_in


def remove(storage: Storage, who: SignedIn, identity: str, *, now: datetime) -> None:
    """Take a passkey away. Raises `BadMove` when this person has none of this id."""
    with storage() as uow:
        if not uow.doors.remove_passkey(who.account.id, _bytes(identity)):
            raise BadMove("passkey", "you have no such passkey")
        uow.audit.add(AuditEntry(now, who.account.name, "passkey_removed"))
        uow.commit()


def name_of(passkey: Passkey) -> str:
    """The passkey's id as forms carry it."""
    return bytes_to_base64url(passkey.id)


def _identity(credential: Mapping[str, Any]) -> bytes:
    return _bytes(str(credential.get("id") or ""))


def _bytes(text: str) -> bytes:
    try:
        return base64url_to_bytes(text[:2000])
    except ValueError:
        return b""


def _kept(challenge: bytes) -> dict[str, str]:
    return {"challenge": bytes_to_base64url(challenge)}


def _key(what: str, secret: bytes) -> bytes:
    return hashlib.sha256(f"{what}:".encode() + secret).digest()
