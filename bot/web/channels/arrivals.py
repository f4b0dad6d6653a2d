"""Takes one thing that somebody did on a network: finds their conversation, or opens one, and hands it to the entrance."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import anyio.to_thread

from bot.domain.errors import NotFound
from bot.services import outgoing, proposals, returning
from bot.services.ports import AlreadyThere
from bot.services.stored import Conversation, NewMessage, Thread
from bot.web.channels import menu, parts, wording
from bot.web.channels.protocol import Channel, Incoming
from bot.web.chat.bodies import MAX_TEXT
from bot.web.chat.entrance import Entrance
from bot.web.chat.problems import Problem
from bot.web.context import WebContext
from bot.web.turns.words import fill

OVER = ("handed_off", "closed", "stopped")
# After so long an intake that is over is not gone on with: who writes then has something new to tell.
NEW_AFTER = timedelta(days=7)
OVERLAP = 300
_STOP = re.compile(r"\W*(stop|stopall|unsubscribe|cancel|end|quit|alto|baja)\W*", re.IGNORECASE)
# Telegram adds a link's own word to /start; "Get started" is the button that opens a chat in Messenger.
_START = re.compile(r"\W*(start|unstop|/start( [\w-]{1,64})?|comenzar|empezar|get started)\W*", re.IGNORECASE)
_HELP = re.compile(r"\W*(help|info|/help|ayuda)\W*", re.IGNORECASE)
_REMIND = re.compile(
    r"\W*(please )?(remind me|reminders?( on)?|recu[eé]rde(me|melo)|recordatorios?)(,? please|,? por favor)?\W*",
    re.IGNORECASE,
)
_SPANISH = ("34", "52", "54", "57", "56", "51", "593", "58", "502", "503", "504", "505", "506", "507", "591", "595", "598", "53", "1787", "1939", "1809", "1829", "1849")  # fmt: skip


class Arrivals:
    """All channels come through here; every method may be called again with the same event."""

    def __init__(self, context: WebContext, entrance: Entrance, wake_outbox: Callable[[], None]) -> None:
        self._context = context
        self._entrance = entrance
        self._wake_outbox = wake_outbox

    async def take(self, channel: Channel, event: Incoming) -> None:
        """Store it and set going what follows. Raises `StorageUnavailable`: then it has to come again."""
        event = replace(event, text=unicodedata.normalize("NFC", event.text))
        try:
            await self._take(channel, event)
        except NotFound:  # forgotten at this very moment: then it is the first message of a new conversation
            await self._take(channel, event)
        self._wake_outbox()

    async def knows(self, channel: Channel, event: Incoming) -> bool:
        """True when this very message was taken before: the network brings it again, and its sender is not to blame."""
        return bool(await self._block(self._was_taken, channel.name, event.id))

    def _was_taken(self, channel: str, ident: str) -> bool:
        with self._context.uow.reading() as uow:
            return uow.conversations.by_provider(channel, ident) is not None

    async def slow_down(self, channel: Channel, event: Incoming) -> None:
        """Tell a sender of a flood, once an hour, that it was too much; what they sent is not taken here."""
        thread, _ = await self._thread(channel, event)
        text = wording.SLOWED if channel.capabilities.repeats else wording.SLOWED_SEND_AGAIN
        hour = self._context.clock().strftime("%Y%m%d%H")
        await self._block(self._answer_kindly, thread, f"slowed:{event.sender}:{hour}", text)
        self._wake_outbox()

    async def _take(self, channel: Channel, event: Incoming) -> None:
        thread, fresh = await self._thread(channel, event)
        await self._block(self._came_back, thread)
        duty = _duty(channel, event)
        if duty is not None and not (fresh and duty is _started):
            await self._block(duty, self, thread, event)
        elif event.other is not None:
            await self._block(self._answer_kindly, thread, event.id, _KIND.get(event.other, wording.NO_WORDS))
        elif not (_START.fullmatch(event.text) and fresh):
            await self._words(channel, thread, event)

    async def _words(self, channel: Channel, thread: Thread, event: Incoming) -> None:
        button = event.choice is not None and (not event.text or menu.pressed(event.choice) is not None)
        answer = await self._block(self._meant, thread, event)
        refused = None if answer is None else await self._tapped(channel, thread, event, answer)
        if answer is not None and refused is None:
            return
        if button:  # never its title as words: "No" to an old question is no answer to the one that is open now
            await self._too_late(thread, event, refused)
            return
        pieces = parts.cut(event.text, MAX_TEXT, overlap=OVERLAP)
        for number, piece in enumerate(pieces):
            ident = event.id if len(pieces) == 1 else f"{event.id}#{number}"
            await self._entrance.take(channel.name, ident, thread.conversation, text=piece)

    async def _too_late(self, thread: Thread, event: Incoming, refused: Problem | None) -> None:
        """That the question is answered already; the emergency words when the late answer is a sign of danger."""
        alert = (refused.extra if refused else {}).get("alert")
        text = str(refused.extra["emergency"]) if refused and alert else wording.TOO_LATE
        await self._block(partial(self._answer_kindly, thread, event.id, text, alert=alert))

    async def _tapped(
        self, channel: Channel, thread: Thread, event: Incoming, answer: tuple[str, Any]
    ) -> Problem | None:
        """None when it was taken as an answer, else why not."""
        try:
            await self._entrance.take(channel.name, event.id, thread.conversation, answer=answer)
        except Problem as refused:
            return refused
        return None

    def _meant(self, thread: Thread, event: Incoming) -> tuple[str, Any] | None:
        """The open question and the value meant by a button, a number or a choice's own words."""
        with self._context.uow.reading() as uow:
            chat = uow.conversations.get(thread.conversation)
            if chat is None:
                return None
            if event.choice is not None:
                place = menu.pressed(event.choice)
                if place is None or place[0] != menu.tag_of(chat.id):
                    return None
                lines = uow.conversations.messages(chat.id, after=place[1] - 1, limit=1)
                asked = lines[0].body.get("question") if lines and lines[0].seq == place[1] else None
                return _pressed(asked, place[2])
            if chat.taken_by is not None:
                return None  # "2" is said to the person who writes with them
            question = chat.state.get("question")
        value = menu.picked(question, event.text)
        return None if value is None or question is None else (str(question["field"]), value)

    async def _thread(self, channel: Channel, event: Incoming) -> tuple[Thread, bool]:
        """Whose conversation this is; True when it was opened just now."""
        found = await self._block(self._known, channel, event)
        if found is not None:
            return found, False
        conversation = await self._entrance.open(channel.name, self._locale(channel, event))
        made = Thread(channel.name, self._hash(channel, event), event.sender, conversation, self._written(event))
        try:
            await self._block(self._save, made)
        except AlreadyThere:  # two first messages at the same moment
            other = await self._block(self._known, channel, event)
            if other is not None:
                return other, False
            raise
        return made, True

    def _written(self, event: Incoming) -> datetime:
        """When it was written: the network counts its window from then, not from when it was brought."""
        now = self._context.clock()
        return now if event.at is None else min(now, event.at)

    def _known(self, channel: Channel, event: Incoming) -> Thread | None:
        with self._context.uow() as uow:
            thread = uow.threads.get(channel.name, self._hash(channel, event))
            if thread is None or not self._goes_on(uow.conversations.get(thread.conversation), thread, event):
                return None
            thread = replace(
                thread, wrote_at=max(thread.wrote_at, self._written(event)), address=event.sender, template_at=None
            )
            uow.threads.save(thread)
            uow.commit()
        return thread

    def _goes_on(self, chat: Conversation | None, thread: Thread, event: Incoming) -> bool:
        if chat is None or chat.erased_at is not None or chat.phase == "erased":
            return False
        if chat.phase in ("handed_off", "closed") and returning.is_meant(returning.typed(event.text) or ""):
            return False  # a code from last time: they are here for the next
        if proposals.is_open(chat.state):
            return True  # however long ago: they answer the times that staff have offered them
        return chat.phase not in OVER or self._context.clock() - thread.wrote_at < NEW_AFTER

    def _save(self, thread: Thread) -> None:
        with self._context.uow() as uow:
            known = uow.threads.get(thread.channel, thread.sender)
            kept = (
                thread
                if known is None
                else replace(thread, reminders_at=known.reminders_at, stopped_at=known.stopped_at)
            )
            uow.threads.save(kept)
            uow.commit()

    def _came_back(self, thread: Thread) -> None:
        """Their window is open again: what waited for it may go at once."""
        with self._context.uow() as uow:
            if uow.outbox.hurry(thread.conversation, now=self._context.clock()):
                uow.commit()

    def _answer_kindly(
        self,
        thread: Thread,
        cause: str,
        text: str,
        *,
        alert: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """A line of ours and what it changes in the thread, once for each `cause`; the open question stays."""
        now = self._context.clock()
        with self._context.uow() as uow:
            chat = uow.conversations.get(thread.conversation)
            if chat is None:
                raise NotFound(thread.conversation)
            said = fill(text, self._context.settings.clinic, chat.locale).replace(
                "[[public_url]]", self._context.settings.public_url
            )
            question = chat.state.get("question")
            body: dict[str, Any] = {"question": question} if question else {}
            if (changes or {}).get("stopped_at"):
                body = {"farewell": True}
            elif alert is not None:
                body = {"alert": dict(alert)}
            line = NewMessage("bot", said, body, id=f"kindly:{self._hash_id(cause)}")
            appended = uow.conversations.append(chat.id, line, now=now)
            if appended.created:
                if changes:
                    uow.threads.save(replace(thread, **changes))
                outgoing.send(uow, chat, [appended.seq], now=now, urgent=alert is not None)
                uow.commit()
        self._context.wake(thread.conversation)

    def change(self, thread: Thread, event: Incoming, text: str, **changes: Any) -> None:
        """Answer a word of duty and keep what it means, once: a STOP brought again after START stops nothing. Blocks."""
        self._answer_kindly(thread, event.id, text, changes=changes)

    def now(self) -> Any:
        """The clock."""
        return self._context.clock()

    def _hash(self, channel: Channel, event: Incoming) -> bytes:
        return self._context.vault.blind(f"{channel.name}\n{event.sender}")

    def _hash_id(self, ident: str) -> str:
        return self._context.vault.blind(ident).hex()[:32]

    @staticmethod
    def _locale(channel: Channel, event: Incoming) -> str:
        """Spanish for a number of a country that speaks it; the visitor can change it by a word."""
        number = re.sub(r"\D", "", event.sender) if channel.capabilities.opt_out else ""
        return "es" if number.startswith(_SPANISH) else "en"

    async def _block(self, work: Callable[..., Any], *args: Any) -> Any:
        return await anyio.to_thread.run_sync(partial(work, *args))


def _pressed(question: Any, index: int) -> tuple[str, Any] | None:
    choices = (question or {}).get("choices") or ()
    return (str(question["field"]), choices[index]["value"]) if index < len(choices) else None


def _stopped(arrivals: Arrivals, thread: Thread, event: Incoming) -> None:
    arrivals.change(thread, event, wording.STOPPED, stopped_at=arrivals.now(), reminders_at=None)


def _started(arrivals: Arrivals, thread: Thread, event: Incoming) -> None:
    arrivals.change(thread, event, wording.STARTED, stopped_at=None)


def _to_remind(arrivals: Arrivals, thread: Thread, event: Incoming) -> None:
    arrivals.change(thread, event, wording.REMINDERS, reminders_at=arrivals.now())


def _helped(arrivals: Arrivals, thread: Thread, event: Incoming) -> None:
    arrivals.change(thread, event, wording.HELP)


def _duty(channel: Channel, event: Incoming) -> Callable[[Arrivals, Thread, Incoming], None] | None:
    """What STOP, START and HELP ask for where they are a duty, Telegram's own /start and /help, and the wish for reminders."""
    if _REMIND.fullmatch(event.text):
        return _to_remind
    words = ((_STOP, _stopped), (_START, _started), (_HELP, _helped))
    if not channel.capabilities.opt_out:
        words = words[1:] if event.text.startswith("/") else ()  # type: ignore[assignment]
    return next((duty for pattern, duty in words if pattern.fullmatch(event.text)), None)


_KIND = {"edit": wording.EDITED, "encrypted": wording.ENCRYPTED}
