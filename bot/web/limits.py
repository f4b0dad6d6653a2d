"""How much one visitor and one address may send, so that nobody can crowd out the others."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from starlette.requests import Request

from bot import logs
from bot.web.chat.problems import Problem

OFF = "off"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Rates in the notation of the `limits` library ("60/10 seconds; 600/hour"), or "off".

    A whole interview of fifty answers, sent as fast as a program can, passes; a flood does not. Visitors behind one
    address (a practice, a school) share the address rates.
    """

    messages: str = "60/10 seconds"
    messages_per_address: str = "3000/minute"
    openings_per_address: str = "300/minute"
    reads: str = "600/10 seconds"
    resumes_per_address: str = "60/minute"
    sign_ins_per_address: str = "60/minute"
    # Open at the same time, in each process; 0 is without a limit. Eight devices may hold a conversation, one token each.
    waits: int = 16
    waits_per_address: int = 400
    uploads: int = 2
    uploads_per_address: int = 10

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Allowance:
        """`PALPATE_LIMITS=off` switches all of them off, for load tests on a closed machine."""
        return (
            cls(OFF, OFF, OFF, OFF, OFF, OFF, 0, 0, 0, 0)
            if env.get("PALPATE_LIMITS", "").strip().lower() == OFF
            else cls()
        )


class Limiter:
    """Counts in this process, or together with others at `url`; raises `Problem` 429 with Retry-After when a rate is used up."""

    def __init__(self, allowance: Allowance, url: str = "") -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._store = _shared(url) if url else None
        self._shared = MovingWindowRateLimiter(self._store) if self._store else None
        self._items: Mapping[str, tuple[RateLimitItem, ...]] = {
            "messages": _parsed(allowance.messages),
            "messages_per_address": _parsed(allowance.messages_per_address),
            "openings_per_address": _parsed(allowance.openings_per_address),
            "reads": _parsed(allowance.reads),
            "resumes_per_address": _parsed(allowance.resumes_per_address),
            "sign_ins_per_address": _parsed(allowance.sign_ins_per_address),
        }

    async def close(self) -> None:
        """Give the connections to the shared store back."""
        if self._store is not None:
            await self._store.bridge.get_connection().aclose()

    async def opening(self, request: Request) -> None:
        """One more conversation from this address."""
        await self._hit("openings_per_address", address(request))

    async def address(self, request: Request) -> None:
        """One more message from this address; asked before anybody knows whose conversation it is."""
        await self._hit("messages_per_address", address(request))

    async def resume(self, request: Request) -> None:
        """One more try of a code from this address."""
        await self._hit("resumes_per_address", address(request))

    async def sign_in(self, request: Request) -> None:
        """One more step of a sign-in from this address: each costs a slow hash or a row, whoever asks."""
        await self._hit("sign_ins_per_address", address(request))

    async def code(self, sender: str) -> None:
        """One more try of a code by somebody on another network."""
        await self._hit("resumes_per_address", sender)

    async def message(self, token: str) -> None:
        """One more message with this token; counted by the token, so that strangers cannot use up a conversation."""
        await self._hit("messages", token)

    async def read(self, conversation: str) -> None:
        """One more read of this conversation."""
        await self._hit("reads", conversation)

    async def _hit(self, rate: str, key: str) -> None:
        key = hashlib.sha256(key.encode()).hexdigest()[:32]  # a shared store need not know tokens and addresses
        for item in self._items[rate]:
            reset = await self._full_until(item, rate, key)
            if reset is not None:
                wait = max(1, math.ceil(reset - time.time()))
                raise Problem(
                    429,
                    "too_many_messages" if rate != "openings_per_address" else "too_many_conversations",
                    "That was a lot at once. Please wait a moment and send it again.",
                    headers={"Retry-After": str(wait)},
                )

    async def _full_until(self, item: RateLimitItem, rate: str, key: str) -> float | None:
        """Count one more; when the rate is used up, until when. A shared store that is down leaves us our own count."""
        if self._shared is not None:
            try:
                return await _hit(self._shared, item, rate, key)
            except StorageError as error:
                logs.get().warning("limits_store_down", error=error)
        return await _hit(self._own, item, rate, key)


async def _hit(window: MovingWindowRateLimiter, item: RateLimitItem, rate: str, key: str) -> float | None:
    if await window.hit(item, rate, key):
        return None
    return (await window.get_window_stats(item, rate, key)).reset_time


def _shared(url: str) -> Storage:
    """The store that all web processes count in; it is reached when the first request comes."""
    scheme, rest = url.split("://", 1)
    options = {"wrap_exceptions": True, "implementation": "valkey", "socket_timeout": 1, "socket_connect_timeout": 1}
    return storage_from_string(f"async+{scheme.replace('valkey', 'redis')}://{rest}", **options)


def address(request: Request) -> str:
    """The client's address as the server sees it; behind a proxy on this machine, what the proxy says."""
    return request.client.host if request.client else "unknown"


def _parsed(rate: str) -> tuple[RateLimitItem, ...]:
    return () if rate.strip() == OFF else tuple(parse_many(rate))
