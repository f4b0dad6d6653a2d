"""Keeps connections to the action server open and its failures short and silent about what was sent.

Repairs `rasa/utils/endpoints.py:105,173` (a new connection for each call), `rasa/core/constants.py:21` (waits 300 s for
an action), and `rasa/utils/endpoints.py:233` (the answer's body becomes part of the error's text, which is logged).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

ACTION_SECONDS = 20.0  # longer than any action of ours may take; the visitor hears of it before
IDLE_SECONDS = 3.0  # shorter than any server's own limit (sanic closes at 5 s), so that we never write to a closed line


def _client(endpoint: Any) -> Any:
    """The open client of this endpoint and event loop, made at its first use."""
    import aiohttp

    loop = asyncio.get_running_loop()
    kept = endpoint.__dict__.get("_palpate_client")
    if kept is None or kept[0] is not loop or kept[1].closed:
        auth = endpoint.basic_auth
        client = aiohttp.ClientSession(
            headers=endpoint.headers,
            auth=aiohttp.BasicAuth(auth["username"], auth["password"]) if auth else None,
            connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=IDLE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=ACTION_SECONDS),
        )
        kept = endpoint._palpate_client = (loop, client)
    return kept[1]


@asynccontextmanager
async def _lent(client: Any) -> AsyncIterator[Any]:
    yield client


async def close(endpoint: Any) -> None:
    """Close what is kept open for this endpoint; safe when there is nothing."""
    kept = endpoint.__dict__.pop("_palpate_client", None) if endpoint is not None else None
    if kept is not None:
        await kept[1].close()


def install() -> None:
    """Make every endpoint of this process lend its one client and keep bodies out of its errors."""
    from rasa.utils import endpoints

    stock_request = endpoints.EndpointConfig.request

    async def request(self: Any, method: str = "post", *args: Any, **kwargs: Any) -> Any:
        if "timeout" in kwargs:
            kwargs["timeout"] = ACTION_SECONDS
        return await stock_request(self, method, *args, **kwargs)

    def describe(self: Any, status: int, message: str, text: Any) -> None:
        self.status, self.message, self.text = status, message, text
        Exception.__init__(self, f"{status}, {message}")

    endpoints.EndpointConfig.session = lambda self: _lent(_client(self))
    endpoints.EndpointConfig.request = request
    endpoints.ClientResponseError.__init__ = describe
