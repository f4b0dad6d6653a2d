"""What was typed into the search box, kept on the server: an address holds a token in its place, never a name or a number."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.domain import permissions
from bot.services.accounts import SignedIn
from bot.services.ports import Storage

KEPT_FOR = timedelta(hours=12)
LONGEST = 200


def keep(storage: Storage, typed: str, *, who: SignedIn, now: datetime) -> str:
    """Keep it (sealed) for this session; the token that stands for it, or nothing where nothing was typed."""
    permissions.check(who.account.role, "list")
    said = typed.strip()[:LONGEST]
    if not said:
        return ""
    token = secrets.token_urlsafe(9)
    with storage() as uow:
        uow.doors.keep(_key(who, token), {"typed": said}, until=now + KEPT_FOR)
        uow.commit()
    return token


def typed(storage: Storage, token: str, *, who: SignedIn, now: datetime) -> str | None:
    """What the token stands for; None when it is another session's, or over."""
    with storage.reading() as uow:
        found = uow.doors.kept(_key(who, token), now=now)
    return None if found is None else str(found["typed"])


def _key(who: SignedIn, token: str) -> bytes:
    return hashlib.sha256(b"search:" + who.session.token_hash + token.encode()).digest()
