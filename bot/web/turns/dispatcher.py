"""Brings every stored message to the dialogue: in order, one at a time per conversation, until it is answered, once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ParamSpec, TypeVar

import anyio
import anyio.to_thread

from bot import logs
from bot.domain.errors import NotFound, StorageUnavailable
from bot.services.outgoing import FETCHED
from bot.services.ports import LeaseLost
from bot.services.stored import NewMessage
from bot.web import metrics
from bot.web.chat.fit import ticked_flags
from bot.web.context import WebContext
from bot.web.turns import call_back, danger, forgetting, visit_time, words
from bot.web.turns.ledger import Claimer, Ledger, Work
from bot.web.turns.rasa import Rasa, RasaRefused, RasaUnavailable, Reply

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long; all in seconds, but `tries` and `at_once`."""

    sweep: float = 2.0  # look for work that nobody told us of
    hold: float = 2.0  # renew the lease
    told_after: float = 4.0  # say that it takes long
    probe: float = 0.5  # look whether Rasa is back
    first_pause: float = 0.5  # between tries of one message while Rasa is well otherwise; doubles
    longest_pause: float = 8.0
    tries: int = 8
    at_once: int = 16  # conversations in Rasa's hands


class Dispatcher:
    """The queue is the database; what this object remembers may be lost at any time."""

    def __init__(
        self, context: WebContext, rasa: Rasa, pace: Pace | None = None, wake_outbox: Callable[[], None] = lambda: None
    ) -> None:
        self._context = context
        self._rasa = rasa
        self._wake_outbox = wake_outbox
        self._pace = pace or Pace()
        self._ledger = Ledger(context)
        self._slots = asyncio.Semaphore(self._pace.at_once)
        self._threads = anyio.CapacityLimiter(8)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._in_hand: dict[str, Work] = {}  # the message of each of them that is dealt with now
        self._again: set[str] = set()
        self._tries: dict[tuple[str, int], int] = {}
        self._told: set[tuple[str, int]] = set()
        self._parked: dict[str, None] = {}  # in the order in which they began to wait
        self._rasa_is_up = True
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block is left; what is in work then stays unanswered in the log and is taken up again."""
        metrics.RASA_UP.set(1)
        self._background(self._sweep())
        try:
            yield
        finally:
            unfinished = [*self._tasks, *self._busy.values()]
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    def claimer(self, conversation: str) -> Claimer | None:
        """Claims within the transaction that stores a message, when its turn can begin at once; else None."""
        return None if conversation in self._busy or not self._rasa_is_up else self._ledger.claim_in

    def nudge(self, conversation: str, work: Work | None = None) -> None:
        """There is a new message in this conversation; `work` when it is claimed already. Call it in the event loop."""
        if conversation in self._busy:
            self._again.add(conversation)
            return
        task = asyncio.create_task(self._drain(conversation, work))
        self._busy[conversation] = task
        task.add_done_callback(partial(self._drained, conversation))

    def arrived(self, conversation: str, work: Work | None) -> None:
        """A visitor's message was stored: begin with it, and look again when a row of short messages will be over."""
        if work is None and self._context.settings.merge_seconds:
            self._later(conversation, self._context.settings.merge_seconds)
        self.nudge(conversation, work)

    def is_stuck(self, conversation: str) -> bool:
        """True when this conversation waits for Rasa to come back."""
        return conversation in self._parked

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _drained(self, conversation: str, task: asyncio.Task[None]) -> None:
        del self._busy[conversation]
        work = self._in_hand.pop(conversation, None)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            logs.get().error("dispatcher_failed", error=error, conversation=conversation)
            self._background(self._stumbled(conversation, work))
        elif conversation in self._again:
            self._again.discard(conversation)
            self.nudge(conversation)

    async def _drain(self, conversation: str, work: Work | None) -> None:
        """Answer one message after the other until none is left, or the conversation has to wait."""
        self._again.discard(conversation)
        try:
            if work is None:
                work = await self._thread(self._ledger.claim, conversation)
            while work is not None:
                self._in_hand[conversation] = work
                async with self._slots:
                    work = await self._take(work)
        except StorageUnavailable as error:
            logs.get().warning("storage_unavailable", error=error, conversation=conversation)
            self._later(conversation, self._pace.sweep)

    async def _take(self, work: Work) -> Work | None:
        """Deal with one message; the one that follows it, when it may follow at once."""
        conversation = work.chat.id
        if forgetting.is_ordered(work.message.text):
            return await self._store(work, partial(forgetting.forget, self._context, work))
        answer = await self._thread(visit_time.read, self._context, work) if visit_time.may_answer(work) else None
        if answer is not None and not answer.done:
            return await self._settle(work, answer)
        if answer is not None:
            work = replace(work, rest=answer.rest)
        if work.ours or (work.silent and not work.scripted):
            return await self._store(work, partial(self._ledger.pass_over, work))
        if not self._rasa_is_up:
            await self._park(work)
            return None
        try:
            replies = await self._ask(work)
        except RasaRefused as error:
            metrics.TURNS.labels("refused").inc()
            logs.get().error("turn_refused", error=error, code=str(error), conversation=conversation, turn=_turn(work))
            return await self._store(work, partial(self._ledger.give_up, work))
        except RasaUnavailable as error:
            return await self._failed(work, error)
        metrics.TURNS.labels("answered").inc()
        return await self._store(work, partial(self._ledger.finish, work, replies))

    async def _settle(self, work: Work, answer: visit_time.Answer) -> Work | None:
        """Make the move that an answer to the proposed times asks for; what else the message says is a turn of its own."""
        decide, more = visit_time.act(self._context, work, answer), bool(answer.rest)
        settle = partial(self._ledger.settle, work, decide, handoff=answer.reference, more=more)
        following = await self._store(work, settle)
        if more:
            self._again.add(work.chat.id)
        return following

    async def _ask(self, work: Work) -> tuple[Reply, ...]:
        """Rasa's replies; meanwhile the lease is kept, and the visitor hears when it takes long."""
        keeper = asyncio.create_task(self._keep(work))
        try:
            with metrics.TURN_SECONDS.time():
                return await self._rasa.turn(work.turn())
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, work: Work) -> None:
        waited = 0.0
        while True:
            await asyncio.sleep(self._pace.hold)
            waited += self._pace.hold
            with contextlib.suppress(StorageUnavailable):
                await self._thread(self._ledger.hold, work.chat.id)
                if waited >= self._pace.told_after:
                    await self._tell(work)

    async def _store(self, work: Work, store: Callable[[], Work | None]) -> Work | None:
        """Store the end of a turn and wake who waits for it; the message that follows."""
        following = None
        try:
            following = await self._thread(store)
        except (LeaseLost, NotFound):
            await self._thread(self._clear_up, work.chat.id)
            self._again.add(work.chat.id)
        self._told.discard(work.key)
        self._tries.pop(work.key, None)
        self._context.wake(work.chat.id)
        if work.chat.channel not in FETCHED:
            self._wake_outbox()
        return following

    def _clear_up(self, conversation: str) -> None:
        """Somebody else stored this turn, or the conversation was erased under it; then Rasa must forget it again."""
        with self._context.uow.reading() as uow:
            chat = uow.conversations.get(conversation)
        if chat is None or chat.erased_at is not None:
            self._ledger.forget_again(conversation)

    async def _failed(self, work: Work, error: RasaUnavailable) -> Work | None:
        """Wait until Rasa is back; or, when only this message fails, try it a few times more and then give up on it."""
        metrics.TURNS.labels("failed").inc()
        logs.get().warning(
            "turn_failed", code=str(error), conversation=work.chat.id, seq=work.message.seq, turn=_turn(work)
        )
        if await self._rasa.health() is None:
            self._rasa_went_down()
            await self._park(work)
            return None
        return await self._again_or_never(work)

    async def _stumbled(self, conversation: str, work: Work | None) -> None:
        """A fault of our own ended the work on a message: it is tried again, and the visitor not left in silence."""
        if work is not None:
            with contextlib.suppress(StorageUnavailable, NotFound):
                await self._again_or_never(work)
        self._later(conversation, self._pace.longest_pause)

    async def _again_or_never(self, work: Work) -> Work | None:
        """Try this message again a little later; after some tries give up on it."""
        tries = self._tries[work.key] = self._tries.get(work.key, 0) + 1
        if tries >= self._pace.tries:
            return await self._store(work, partial(self._ledger.give_up, work))
        if tries > 1:
            await self._tell(work)
        await self._thread(self._ledger.release, work.chat.id)
        self._later(work.chat.id, min(self._pace.first_pause * 2 ** (tries - 1), self._pace.longest_pause))
        return None

    async def _park(self, work: Work) -> None:
        """Leave the message in the log until Rasa is back, and tell the visitor."""
        await self._tell(work)
        await self._thread(self._ledger.release, work.chat.id)
        self._parked.setdefault(work.chat.id)
        self._context.wake(work.chat.id)
        if self._rasa_is_up:  # it came back while we were writing
            self._unpark()

    async def _tell(self, work: Work) -> None:
        """Once per message that waits: help in danger that only an answer showed, and that the message is kept."""
        if work.key in self._told or work.silent:
            return
        answer = work.message.body.get("answer") or {}
        locale = work.chat.locale
        found = danger.for_flags(ticked_flags(answer.get("value")), self._context.settings.clinic.lines, locale)
        if found is not None and not work.scripted:
            await self._thread(self._ledger.tell, work, found.message(work.message.seq))
        trouble = words.NOT_STARTED if work.message.sender == "opening" else words.TROUBLE
        text = words.fill(trouble, self._context.settings.clinic, locale)
        offer = call_back.question(work.chat.locale)
        line = NewMessage("bot", text, {"question": offer}, id=f"{call_back.TROUBLE}{work.message.seq}")
        if await self._thread(self._ledger.tell, work, line):
            self._context.wake(work.chat.id)
        self._told.add(work.key)

    def _rasa_went_down(self) -> None:
        if self._rasa_is_up:
            self._rasa_is_up = False
            metrics.RASA_UP.set(0)
            logs.get().error("rasa_down")
            self._background(self._probe())

    async def _probe(self) -> None:
        while True:
            if await self._rasa.health() is not None:
                break
            await asyncio.sleep(self._pace.probe)
        self._rasa_is_up = True
        metrics.RASA_UP.set(1)
        logs.get().warning("rasa_back", count=len(self._parked))
        self._unpark()

    def _unpark(self) -> None:
        parked, self._parked = self._parked, {}
        for conversation in parked:
            self.nudge(conversation)

    def _later(self, conversation: str, seconds: float) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            self.nudge(conversation)

        self._background(wait())

    async def _sweep(self) -> None:
        """Find what a restart, another process or a lost nudge left behind."""
        own = True
        while True:
            try:
                for conversation in await self._thread(partial(self._ledger.waiting, own=own)):
                    if conversation not in self._parked:
                        self.nudge(conversation)
                own = False
            except StorageUnavailable as error:
                logs.get().warning("storage_unavailable", error=error)
            await asyncio.sleep(self._pace.sweep)

    async def _thread(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._threads)


def _turn(work: Work) -> str:
    return logs.turn_of(work.turn().message_id)
