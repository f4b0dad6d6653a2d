"""Passkeys, invitations, half-done sign-ins, lock-out and requests to be forgotten, of the memory twin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.services.stored import ErasureRequest, Invitation, Passkey, Tries
from bot.storage.shelves import Shelves


class MemoryDoors:
    """See `bot.services.ports.StaffDoors`."""

    def __init__(self, shelves: Shelves) -> None:
        self._s = shelves

    def add_passkey(self, passkey: Passkey) -> None:
        """Store a passkey."""
        self._s.passkeys[passkey.id] = passkey

    def passkey(self, identity: bytes) -> Passkey | None:
        """The passkey, or None."""
        return self._s.passkeys.get(identity)

    def passkeys_of(self, staff: int) -> list[Passkey]:
        """All of one person, oldest first."""
        found = [passkey for passkey in self._s.passkeys.values() if passkey.staff == staff]
        return sorted(found, key=lambda passkey: passkey.created_at)

    def passkey_used(self, identity: bytes, *, count: int, at: datetime) -> None:
        """Somebody signed in with it."""
        self._s.passkeys[identity] = replace(self._s.passkeys[identity], count=count, used_at=at)

    def remove_passkey(self, staff: int, identity: bytes) -> bool:
        """Delete a passkey of this person."""
        found = self._s.passkeys.get(identity)
        if found is None or found.staff != staff:
            return False
        del self._s.passkeys[identity]
        return True

    def remove_passkeys_of(self, staff: int) -> None:
        """Delete all of this person."""
        for passkey in self.passkeys_of(staff):
            del self._s.passkeys[passkey.id]

    def add_invitation(self, invitation: Invitation) -> None:
        """Store an invitation."""
        self._s.invitations[invitation.token_hash] = invitation

    def invitation(self, token_hash: bytes) -> Invitation | None:
        """The invitation, or None."""
        return self._s.invitations.get(token_hash)

    def invitations(self) -> list[Invitation]:
        """All that are open, oldest first."""
        return sorted(self._s.invitations.values(), key=lambda invitation: invitation.created_at)

    def end_invitation(self, token_hash: bytes) -> bool:
        """Used or taken back."""
        return self._s.invitations.pop(token_hash, None) is not None

    def keep(self, key: bytes, data: Mapping[str, Any], *, until: datetime) -> None:
        """Remember under this key."""
        self._s.pending[key] = (dict(data), until)

    def kept(self, key: bytes, *, now: datetime) -> Mapping[str, Any] | None:
        """What is remembered under this key."""
        data, until = self._s.pending.get(key, (None, now))
        return data if until > now else None

    def take(self, key: bytes, *, now: datetime) -> Mapping[str, Any] | None:
        """What is remembered under this key, once."""
        found = self.kept(key, now=now)
        self._s.pending.pop(key, None)
        return found

    def forget_searches(self) -> None:
        """Forget what was typed into the search box."""
        for key in [key for key, (data, _) in self._s.pending.items() if "typed" in data]:
            del self._s.pending[key]

    def tries(self, address: str) -> Tries | None:
        """Failed sign-ins from this address."""
        return self._s.tries.get(address)

    def save_tries(self, address: str, tries: Tries | None) -> None:
        """Store them; None forgets."""
        if tries is None:
            self._s.tries.pop(address, None)
        else:
            self._s.tries[address] = tries

    def ask_erasure(self, request: ErasureRequest) -> None:
        """Store a request; the same again stays the first."""
        self._s.erasure_requests.setdefault(request.conversation, request)

    def erasure_request(self, conversation: str) -> ErasureRequest | None:
        """The request of this conversation, or None."""
        return self._s.erasure_requests.get(conversation)

    def erasure_requests(self) -> list[ErasureRequest]:
        """All, oldest first."""
        return sorted(self._s.erasure_requests.values(), key=lambda request: request.asked_at)

    def erasure_asked(self, reference: str) -> ErasureRequest | None:
        """The request about this hand-off."""
        return next((one for one in self._s.erasure_requests.values() if one.reference == reference), None)

    def undecided_erasures(self) -> frozenset[str]:
        """Hand-offs that wait for a decision."""
        return frozenset(one.reference for one in self._s.erasure_requests.values() if one.decision is None)

    def decide_erasure(self, request: ErasureRequest) -> None:
        """Store what staff decided."""
        self._s.erasure_requests[request.conversation] = request

    def end_expired(self, now: datetime) -> int:
        """Delete what is over."""
        old = [key for key, (_, until) in self._s.pending.items() if until < now]
        past = [key for key, invitation in self._s.invitations.items() if invitation.expires_at < now]
        stale = [address for address, tries in self._s.tries.items() if tries.since < now - timedelta(days=1)]
        for key in old:
            del self._s.pending[key]
        for address in stale:
            del self._s.tries[address]
        for key in past:
            del self._s.invitations[key]
        return len(old) + len(past) + len(stale)
