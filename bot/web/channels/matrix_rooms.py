"""Fetches what people write to the clinic's Matrix account: one direct room a visitor, nothing skipped, nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import nio

from bot import logs
from bot.domain.errors import StorageUnavailable
from bot.services import returning
from bot.web.channels.arrivals import Arrivals
from bot.web.channels.matrix import Matrix
from bot.web.channels.protocol import Incoming
from bot.web.chat.problems import Problem
from bot.web.limits import Limiter

WAIT_MILLISECONDS = 20_000
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
FEW = 2  # the visitor and we
MOST_BACK = 500  # messages of one room that are fetched after a long time away
_MEDIA = {"m.image": "image", "m.audio": "voice", "m.video": "video", "m.file": "file", "m.location": "location"}


class SignedOut(Exception):
    """The homeserver does not know us (any more). Its text is a code."""


@dataclass(slots=True)
class Batch:
    """Where the stream stands once the `left` events of one fetch are stored."""

    place: str
    left: int


class MatrixRooms:
    """Runs beside the requests: one worker a room, so that no room waits for another.

    Where it stands in the stream is kept in a file, written once everything before is stored; what was stored already is
    known by its id when it is fetched again.
    """

    def __init__(
        self, channel: Matrix, arrivals: Arrivals, home: Path, limiter: Limiter, wait: int = WAIT_MILLISECONDS
    ) -> None:
        self._channel = channel
        self._arrivals = arrivals
        self._limiter = limiter
        self._place = home / "matrix.since"
        self._wait = wait
        self._since = self._read_place()
        self._batches: deque[Batch] = deque()
        self._queues: dict[str, deque[tuple[Incoming, Batch]]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fetch until the block is left."""
        task = asyncio.create_task(self._for_ever())
        try:
            yield
        finally:
            for one in (task, *self._workers):
                one.cancel()
            await asyncio.gather(task, *self._workers, return_exceptions=True)

    async def _for_ever(self) -> None:
        pause = FIRST_PAUSE

        def went_well() -> None:
            nonlocal pause
            pause = FIRST_PAUSE

        while True:
            try:
                await self._fetch(went_well)
            except (SignedOut, aiohttp.ClientError, TimeoutError) as error:
                logs.get().warning("matrix_interrupted", error=error)
            except Exception as error:  # noqa: BLE001 - a homeserver's odd answer must not end the fetching for good
                logs.get().error("matrix_interrupted", error=error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _fetch(self, went_well: Callable[[], None]) -> None:
        client = nio.AsyncClient(self._channel.homeserver, self._channel.user)
        try:
            signed_in = await client.login(self._channel.password, device_name="Palpate")
            if not isinstance(signed_in, nio.LoginResponse):
                raise SignedOut("login")
            while True:
                since = self._since
                batch = await client.sync(timeout=self._wait, since=since, full_state=since is None)
                if not isinstance(batch, nio.SyncResponse):
                    raise SignedOut("sync")
                self._hand_on(batch.next_batch, await self._news(client, batch, since))
                self._since = batch.next_batch
                went_well()
        finally:
            await client.close()

    async def _news(self, client: nio.AsyncClient, batch: nio.SyncResponse, since: str | None) -> list[Incoming]:
        """What people did in their rooms; invitations are accepted, groups left."""
        found: list[Incoming] = []
        for room in batch.rooms.invite:
            await client.join(room)
        for room, news in batch.rooms.join.items():
            if len(client.rooms[room].users) > FEW:
                await client.room_leave(room)  # a group is nobody's intake
                continue
            events = list(news.timeline.events)
            if news.timeline.limited and since is not None:
                events = [*await self._missed(client, room, news.timeline.prev_batch, since), *events]
            ours = (self._incoming(room, event, own=client.user_id) for event in events)
            found += [event for event in ours if event is not None]
        return found

    def _hand_on(self, place: str, news: list[Incoming]) -> None:
        """Give each room's worker what happened there."""
        batch = Batch(place, len(news))
        self._batches.append(batch)
        for event in news:
            if event.sender in self._queues:
                self._queues[event.sender].append((event, batch))
                continue
            self._queues[event.sender] = deque([(event, batch)])
            worker = asyncio.create_task(self._work_off(event.sender))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        self._keep_place()

    async def _work_off(self, room: str) -> None:
        """Take everything of one room in order; how often it is tried is no matter, for ids are known."""
        queue = self._queues[room]
        while queue:
            event, batch = queue[0]
            try:
                await self._take(event)
            except StorageUnavailable as error:
                logs.get().warning("storage_unavailable", error=error)
                await asyncio.sleep(FIRST_PAUSE)
                continue
            except Exception as error:  # noqa: BLE001 - one event must not end what this room is still to say
                logs.get().error("matrix_event_failed", error=error)
            queue.popleft()
            batch.left -= 1
            self._keep_place()
        del self._queues[room]

    async def _take(self, event: Incoming) -> None:
        """Store it, as soon as the sender's rate allows: a flood waits in its own room, told once, and is lost nowhere."""
        while True:
            try:
                await self._limiter.message(f"{self._channel.name}\n{event.sender}")
                if returning.typed(event.text):
                    await self._limiter.code(f"{self._channel.name}\n{event.sender}")
                break
            except Problem as refused:
                await self._arrivals.slow_down(self._channel, event)
                await asyncio.sleep(float(refused.headers.get("Retry-After", FIRST_PAUSE)))
        await self._arrivals.take(self._channel, event)

    @staticmethod
    async def _missed(client: nio.AsyncClient, room: str, start: str, since: str) -> list[nio.Event]:
        """What the homeserver left out of a long batch, oldest first."""
        found: list[nio.Event] = []
        while start and len(found) < MOST_BACK:
            page = await client.room_messages(room, start, end=since, limit=100)
            if not isinstance(page, nio.RoomMessagesResponse) or not page.chunk:
                break
            found += page.chunk
            start = page.end
        return found[::-1]

    def _incoming(self, room: str, event: nio.Event, *, own: str) -> Incoming | None:
        if event.sender == own or not event.event_id:
            return None
        content = event.source.get("content") or {}
        at = datetime.fromtimestamp(event.server_timestamp / 1000, UTC)
        if isinstance(event, nio.MegolmEvent) or event.source.get("type") == "m.room.encrypted":
            return Incoming(event.event_id, room, other="encrypted", at=at)
        if event.source.get("type") == "m.reaction":
            return Incoming(event.event_id, room, other="reaction", at=at)
        if event.source.get("type") != "m.room.message" or not isinstance(content, dict):
            return None  # topics, names, membership
        if (content.get("m.relates_to") or {}).get("rel_type") == "m.replace":
            return Incoming(event.event_id, room, other="edit", at=at)
        kind = str(content.get("msgtype") or "")
        if kind in _MEDIA:
            return Incoming(event.event_id, room, other=_MEDIA[kind], at=at)
        text = str(content.get("body") or "").strip() if kind in ("m.text", "m.notice", "m.emote") else ""
        return Incoming(event.event_id, room, text, other=None if text else "empty", at=at)

    def _read_place(self) -> str | None:
        try:
            return self._place.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def _keep_place(self) -> None:
        place = None
        while self._batches and not self._batches[0].left:
            place = self._batches.popleft().place
        if place is not None:
            draft = self._place.with_suffix(".new")
            draft.write_text(place, encoding="ascii")
            draft.replace(self._place)
