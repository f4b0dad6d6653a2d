"""Holds live conversations in memory and writes each turn through to disk before it is answered.

Repairs R3, R5, R7, R9, R14 and R15 of stock `rasa/core/tracker_store.py:1043` (`SQLTrackerStore`), which reads and
counts all events of a conversation on every turn, in the event loop, finds the newest session by the clock, and stores
"what comes after the number of rows already there", so that a second writer's events vanish without a word.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import window
from bot.engine.event_log import EventLog, LogUnavailable, StoredTurn, open_log
from bot.settings import Settings

TURNS_KEPT = 3  # more is kept when the rules of the model look further back
LIVE_CONVERSATIONS = 1000
DATABASE_SECONDS = 10.0  # for a database that hangs instead of failing; its own limits are shorter


@dataclass(slots=True)
class _Live:
    """What we know of a tracker we handed out: how much of it is on disk, and which messages it has answered."""

    next_seq: int
    stored: int
    message_ids: set[str] = field(default_factory=set)


class LiveTrackerStore(TrackerStore):
    """The tracker store of endpoints.yml (`type: bot.engine.tracker_store.LiveTrackerStore`).

    `retrieve` takes the live tracker out of memory and `save` puts it back. A turn that dies between the two leaves
    nothing half-changed: the next `retrieve` reads the disk again. One process owns a conversation; should another
    write it all the same, `UNIQUE(conversation, seq)` makes the later save fail instead of losing events.
    """

    def __init__(
        self,
        domain: Any = None,
        event_broker: Any = None,
        host: str | None = None,
        home: str | None = None,
        window_turns: int = TURNS_KEPT,
        live_conversations: int = LIVE_CONVERSATIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        settings = Settings.from_env(os.environ)
        self.log: EventLog = open_log(Path(home) if home else settings.home, host or settings.database_url)
        self.window_turns = int(window_turns)
        self.reach: int | None = 0  # states the policies look back on; None: all of them, so no window
        self._most = int(live_conversations)
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        # SQLite takes one writer at a time anyway; PostgreSQL as many as the pool has connections.
        self._threads = ThreadPoolExecutor(1 if self.log.sqlite else 4, thread_name_prefix="event-log")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the newest session, or None; the caller has it for itself until `save`."""
        tracker = self._trackers.pop(sender_id, None)
        return tracker if tracker is not None else await self._load(sender_id, whole=False)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """A copy with every event of every session, from disk."""
        return await self._load(conversation_id, whole=True)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker's new events as one turn, then the tracker itself; all or nothing."""
        live = self._known(tracker)
        new = list(tracker.events)[live.stored :]
        if new:
            turn = _turn_of(new, live.next_seq)
            await self._run(self.log.append, tracker.sender_id, turn)
            live.next_seq += 1
            if turn.message_id is not None:
                live.message_ids.add(turn.message_id)
            self._publish(tracker.sender_id, turn.events)
        if live.next_seq:
            self._keep(tracker, live)

    async def replies_to(self, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        """What the bot said to this message, as event dicts, when it has been answered already; else None."""
        tracker = self._trackers.get(conversation)
        if tracker is not None and message_id not in self._known(tracker).message_ids:
            return None
        turn = await self._run(self.log.find, conversation, message_id)
        return None if turn is None else [event for event in turn.events if event.get("event") == "bot"]

    async def erase(self, conversation: str) -> None:
        """Forget the conversation in memory and on disk; safe to repeat."""
        self._trackers.pop(conversation, None)
        await self._run(self.log.erase, conversation)

    async def keys(self) -> Iterable[str]:
        """Every conversation that has a turn."""
        return await self._run(self.log.conversations)

    async def ping(self) -> None:
        """Return when the database answers, else raise."""
        await self._run(self.log.ping)

    def close(self) -> None:
        """Wait for what is being written and give the connections back."""
        self._threads.shutdown(wait=True)
        self.log.close()

    async def _run(self, work: Callable[..., Any], *args: Any) -> Any:
        """Database work in its own thread: a slow or hung database must not stop the other conversations."""
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        try:
            return await asyncio.wait_for(running, DATABASE_SECONDS)
        except TimeoutError:
            # It may still come to its end; a repeat of the message then finds its id on disk.
            raise LogUnavailable("TimeoutError") from None

    async def _load(self, conversation: str, *, whole: bool) -> DialogueStateTracker | None:
        turns: list[StoredTurn] = await self._run(lambda: self.log.read(conversation, whole=whole))
        if not turns:
            return None
        events = [event for turn in turns for event in turn.events]
        tracker = DialogueStateTracker.from_dict(conversation, events, self.domain.slots)
        if not whole:
            ids = await self._run(self.log.message_ids, conversation)
            tracker.palpate = _Live(turns[-1].seq + 1, len(tracker.events), ids)
            self._shorten(tracker, tracker.palpate)
        return tracker

    def _known(self, tracker: DialogueStateTracker) -> _Live:
        """Our note on this tracker; one we did not hand out has nothing on disk, or its first save will fail."""
        if "palpate" not in vars(tracker):
            tracker.palpate = _Live(0, 0)
        return tracker.palpate

    def _keep(self, tracker: DialogueStateTracker, live: _Live) -> None:
        live.stored = len(tracker.events)
        self._shorten(tracker, live)
        self._trackers[tracker.sender_id] = tracker
        while len(self._trackers) > self._most:
            self._trackers.popitem(last=False)

    def _shorten(self, tracker: DialogueStateTracker, live: _Live) -> None:
        if self.window_turns and self.reach is not None and window.is_due(tracker, self.window_turns):
            short = window.bounded(tracker, turns=self.window_turns, reach=self.reach)
            if short is not None:
                tracker.events = deque(short)
                live.stored = len(short)

    def _publish(self, conversation: str, events: Sequence[dict[str, Any]]) -> None:
        """To an event broker, if there is one: after the commit, not before as stock Rasa does."""
        if self.event_broker is not None:
            for event in events:
                self.event_broker.publish({"sender_id": conversation, **event})


def _turn_of(new: Sequence[Any], seq: int) -> StoredTurn:
    message = next((event for event in new if isinstance(event, UserUttered)), None)
    return StoredTurn(
        seq=seq,
        message_id=None if message is None else message.message_id,
        session=any(isinstance(event, SessionStarted) for event in new),
        events=tuple(event.as_dict() for event in new),
    )
