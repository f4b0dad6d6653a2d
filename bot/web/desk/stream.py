"""News by server-sent events: what came into a queue, who else looks at a hand-off, what is said in a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from bot.services import accounts
from bot.services.accounts import SignedIn
from bot.web.desk.context import DeskContext
from bot.web.places import Places, Seated

LOOK_SECONDS = 1.0
# A line now and then keeps proxies from taking a quiet stream for a dead one.
BEAT_SECONDS = 20.0
# So soon a reader is out whose session has ended or whose account was disabled.
CHECK_SECONDS = 5.0
# After this the browser connects anew, with a session that is checked anew.
LONGEST_SECONDS = 600.0
MOST_OF_A_SESSION = 30
_OPEN = Places(MOST_OF_A_SESSION)

Events = list[tuple[str, str]]


def event(name: str, data: str) -> str:
    """One event; `data` may have lines."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n"


def stream(request: Request, context: DeskContext, who: SignedIn, look: Callable[[], Events]) -> Seated:
    """Ask `look` every second, in a thread, and send what it gives, until the reader or the server leaves.

    It ends soon after the reader's session did: an open stream is no way to stay in. One session has so many at once,
    because each costs a look at the database every second; the next is answered with 429.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    told = StreamingResponse(_events(request, context, who, look), media_type="text/event-stream", headers=headers)
    return Seated(told, {who.session.token_hash.hex(): _OPEN})


async def _events(
    request: Request, context: DeskContext, who: SignedIn, look: Callable[[], Events]
) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    loop = asyncio.get_running_loop()
    started = beat = checked = loop.time()
    while loop.time() - started < LONGEST_SECONDS and not _closing(context):
        if loop.time() - checked >= CHECK_SECONDS:
            checked = loop.time()
            if not await run_in_threadpool(accounts.is_still_in, context.uow, who, now=context.clock()):
                return
        for name, data in await run_in_threadpool(look):
            beat = loop.time()
            yield event(name, data)
        if loop.time() - beat > BEAT_SECONDS:
            beat = loop.time()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_SECONDS)
        if await request.is_disconnected():
            return


def _closing(context: DeskContext) -> bool:
    """True when the server around us is stopping."""
    hub = getattr(context, "hub", None)
    return bool(hub is not None and hub.closed)
