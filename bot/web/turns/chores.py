"""What has to be done by and by: drop what waited too long for a yes, send what the outbox holds, delete what is too old."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot import bootstrap, erasure_journal, logs
from bot.domain.errors import StorageUnavailable
from bot.notify import mail
from bot.notify.alert import NotDelivered
from bot.notify.carriers import alert_kinds, carriers
from bot.notify.outbox import Kind, Postman
from bot.notify.visits import VisitNews
from bot.services import keeping, live, privacy, visits
from bot.services.stored import OutboxItem
from bot.web.context import WebContext
from bot.web.turns import words
from bot.web.turns.ledger import Ledger
from bot.web.turns.rasa import RasaUnavailable, forget_tracker

OUTBOX_SECONDS = 2.0
PURGE_SECONDS = 60.0
WATCH_SECONDS = 30.0
RETENTION_SECONDS = 86_400.0
KEYS_SECONDS = 600.0


class Rounds:
    """One postman's rounds. Where the database took nothing, what he held is due again at once, not in two minutes."""

    def __init__(self, postman: Postman) -> None:
        self._postman = postman
        self._begun = False
        self.due = asyncio.Event()

    def empty(self) -> None:
        """Send what is due. Blocks."""
        if not self._begun:
            self._postman.begin()
            self._begun = True
        try:
            while self._postman.deliver_due():
                pass
        except StorageUnavailable:
            self._begun = False
            raise


class Chores:
    """Loops, each in a thread for the time it works."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._ledger = Ledger(context)
        self._rounds = [Rounds(postman) for postman in self._postmen()]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block is left."""
        loops = [
            *(asyncio.create_task(_every(OUTBOX_SECONDS, one.empty, one.due)) for one in self._rounds),
            asyncio.create_task(_every(WATCH_SECONDS, self.watch, asyncio.Event())),
            asyncio.create_task(_every(PURGE_SECONDS, self.purge, asyncio.Event())),
            asyncio.create_task(_every(RETENTION_SECONDS, self.retain, asyncio.Event())),
            asyncio.create_task(_every(KEYS_SECONDS, self.turn_keys, asyncio.Event())),
        ]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    def outbox_has_work(self) -> None:
        """Something was just queued that somebody waits for. Call it in the event loop."""
        for one in self._rounds:
            one.due.set()

    def empty_outbox(self) -> None:
        """Send all that is due. Blocks."""
        for one in self._rounds:
            one.empty()

    def _postmen(self) -> list[Postman]:
        """One for each network beside the one for all else, so that staff's alerts never wait for a network that hangs."""
        uow, now, worker = self._context.uow, self._context.clock, self._ledger.worker
        kinds, carried = self._kinds(), self._context.carriers
        networks: dict[str, list[str]] = {}
        for kind in carried:
            networks.setdefault(kind.rpartition(".")[2], []).append(kind)
        return [
            Postman(uow, kinds, now, worker, but=tuple(carried)),
            *(Postman(uow, kinds, now, f"{worker}/{name}", only=only) for name, only in networks.items()),
        ]

    def _kinds(self) -> dict[str, Kind]:
        """Everything that leaves the house, by kind; the table is in docs/reference/outbox.md."""
        context = self._context
        alerts = alert_kinds(context.uow, carriers(context.settings), context.settings.public_url, context.clock)
        visit_news = VisitNews(context.uow, context.settings, context.clock, context.wake).kind()
        own = {visits.KIND: visit_news, "forget_tracker": Kind(self._forget_tracker)}
        if context.settings.alert_smtp:
            own[mail.KIND] = mail.kind(context.settings)
        return {**alerts, **own, **context.carriers}

    def purge(self) -> None:
        """Drop what was written without consent too long ago, and list the erasures beside the database. Blocks."""
        for conversation in self._ledger.purge_waiting():
            self._context.wake(conversation)
        with self._context.uow.reading() as uow:
            proofs = uow.conversations.erasures()
        erasure_journal.keep(self._context.settings.home, proofs)

    def watch(self) -> None:
        """Tell staff of urgent hand-offs nobody looked at, of waits that are over, of visitors left alone. Blocks."""
        now, settings = self._context.clock(), self._context.settings
        keeping.escalate(self._context.uow(), now)
        keeping.remind(self._context.uow(), now)
        left_alone = live.end_absences(
            self._context.uow,
            patience=timedelta(seconds=settings.speaker_away_seconds),
            told=lambda locale: words.person_told(settings.clinic, locale, now),
            now=now,
        )
        for conversation in left_alone:
            self._context.wake(conversation)

    def retain(self) -> None:
        """Delete what is older than its window, so that what the chat says of it is true. Blocks."""
        windows = privacy.windows_of(self._context.settings.clinic.retention)
        privacy.run_retention(self._context.uow(), now=self._context.clock(), windows=windows)

    def turn_keys(self) -> None:
        """Go on with a change of keys, if one is under way, and forget sign-ins that were begun and left. Blocks."""
        with self._context.uow() as uow:
            uow.doors.end_expired(self._context.clock())
            uow.commit()
        bootstrap.finish_rotation(self._context.settings, self._context.clock)

    def _forget_tracker(self, item: OutboxItem) -> None:
        try:
            forget_tracker(self._context.settings, str(item.payload["conversation"]))
        except RasaUnavailable as error:
            raise NotDelivered(str(error)) from None


async def _every(seconds: float, chore: Callable[[], None], at_once: asyncio.Event) -> None:
    while True:
        at_once.clear()
        try:
            await asyncio.to_thread(chore)
        except StorageUnavailable as error:
            logs.get().warning("storage_unavailable", error=error)
        except Exception as error:  # noqa: BLE001 - one bad item must not end the loop; it comes round again
            logs.get().error("chore_failed", error=error, code=chore.__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await at_once.wait()
