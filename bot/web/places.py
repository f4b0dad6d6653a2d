"""How many of something slow (a stream of news, a long wait, an upload) one visitor and one address may hold open at once.

Rates count beginnings; whoever begins slowly and never ends would still take every place. Each process counts its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.web.chat.problems import Problem

RETRY_SECONDS = "5"


class Places:
    """So many at once for each key; 0 is without a limit. Used from one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, key: str) -> Iterator[None]:
        """Hold a place. Raises `Problem` 429 when all of this key are taken."""
        if self._most and self._taken[key] >= self._most:
            raise Problem(
                429,
                "too_many_at_once",
                "Too many of these are open at once. Close one and try again.",
                headers={"Retry-After": RETRY_SECONDS},
            )
        self._taken[key] += 1
        try:
            yield
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


@contextmanager
def taken(wanted: Mapping[str, Places]) -> Iterator[None]:
    """A place under each key, or none at all and `Problem` 429."""
    with ExitStack() as stack:
        for key, places in wanted.items():
            stack.enter_context(places.take(key))
        yield


class Seated(Response):
    """An answer that holds places for as long as it lasts; when there are none, 429 comes in its place."""

    def __init__(self, answer: Response, wanted: Mapping[str, Places]) -> None:
        self.answer = answer
        self.wanted = wanted
        self.status_code = answer.status_code
        self.raw_headers = answer.raw_headers
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        with taken(self.wanted):
            await self.answer(scope, receive, send)
