"""The credential of one conversation: made once, shown once, stored only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from starlette.requests import Request

from bot.services.stored import Conversation
from bot.web.chat.problems import Problem, unknown_conversation

DIGEST = 32
MOST_DEVICES = 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def new_id() -> str:
    """A conversation id: 128 random bits; never starts with a dash, so that command lines take it."""
    return secrets.token_hex(16)


def new_token() -> str:
    """A bearer token of 256 random bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A one-time code of 128 random bits, for a link."""
    return secrets.token_urlsafe(16)


def digest(token: str) -> bytes:
    """What is stored. The token is random, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def is_token(raw: str) -> bool:
    """True for what has the form of a token or a code of ours."""
    return bool(_TOKEN.fullmatch(raw))


def bearer(request: Request) -> str:
    """The token in the Authorization header; raises `Problem` 401 when there is none of the right form."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        raise Problem(401, "no_token", "Send the token of this conversation.", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def check(chat: Conversation | None, token: str, *, now: datetime, idle_seconds: int) -> Conversation:
    """The conversation this token opens.

    Raises `Problem` 404, the same whether it is foreign, erased or not there, and 401 `token_expired` for a token of this
    conversation in which nobody has written for too long.
    """
    stored, given = (chat.token_hash if chat is not None else b"") or bytes(DIGEST), digest(token)
    fits = [hmac.compare_digest(stored[at : at + DIGEST], given) for at in range(0, len(stored), DIGEST)]
    if chat is None or not any(fits) or chat.erased_at is not None:
        raise unknown_conversation()
    if is_idle(chat, now=now, idle_seconds=idle_seconds):
        raise Problem(
            401, "token_expired", "This chat was idle for too long. Please start a new one.",
            headers={"WWW-Authenticate": "Bearer"},
        )  # fmt: skip
    return chat


def is_idle(chat: Conversation, *, now: datetime, idle_seconds: int) -> bool:
    """True when the visitor wrote nothing for so long that no token opens this conversation any more."""
    return now - chat.last_seen > timedelta(seconds=idle_seconds)


def one_more(stored: bytes, token: str) -> bytes:
    """The digests with that of one more token; of many devices the one that came first has to go."""
    return (stored + digest(token))[-DIGEST * MOST_DEVICES :]
