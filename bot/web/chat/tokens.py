"""The credential of one conversation: made once, shown once, stored only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from starlette.requests import Request

from bot.services.stored import Conversation
from bot.web.chat.problems import Problem, unknown_conversation

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def new_id() -> str:
    """A conversation id: 128 random bits; never starts with a dash, so that command lines take it."""
    return secrets.token_hex(16)


def new_token() -> str:
    """A bearer token of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored. The token is random, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def bearer(request: Request) -> str:
    """The token in the Authorization header; raises `Problem` 401 when there is none of the right form."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        raise Problem(401, "no_token", "Send the token of this conversation.", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def check(chat: Conversation | None, token: str) -> Conversation:
    """The conversation this token opens; raises `Problem` 404, the same whether it is foreign, erased or not there."""
    stored = chat.token_hash if chat is not None else b""
    fits = hmac.compare_digest(stored or b"\x00" * 32, digest(token))
    if chat is None or not fits or chat.erased_at is not None:
        raise unknown_conversation()
    return chat
