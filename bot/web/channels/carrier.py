"""Carries the bot's and the staff's lines to a visitor's network: in its form, within its window, whole in an emergency."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain import kept
from bot.domain.speech import say
from bot.notify.alert import InDoubt, NotDelivered, Refused
from bot.notify.outbox import Kind
from bot.services import links, outgoing
from bot.services.ports import Storage
from bot.services.stored import Conversation, Delivery, Message, OutboxItem, Thread
from bot.settings import Settings
from bot.web.channels import menu, outward, wording
from bot.web.channels.protocol import Channel, Line
from bot.web.chat import tokens

# Who opened a chat is stored a moment after it; where the process died in between, the network brings their message
# again, another chat answers it, and nobody is in the first.
NOBODY_AFTER = timedelta(minutes=1)
MOST_SECONDS = 60.0
LINK_LASTS = timedelta(minutes=30)
_LOOKED_AT_WINDOW = timedelta(hours=1)
_HEALTH_KINDS = ("multi",)  # questions whose first words already speak of illness


@dataclass(frozen=True, slots=True)
class Carrier:
    """The outbox's way to one channel; everything blocks, in a thread of the postman.

    `taken` is what the network took and the database could not note: it is noted at the next try and not sent again.
    """

    channel: Channel
    storage: Storage
    settings: Settings
    now: Callable[[], datetime]
    taken: dict[str, str | None] = field(default_factory=dict)

    def kind(self) -> Kind:
        """For `WebContext.carriers`, under `outgoing.kind_of(channel.name)`."""
        return Kind(self.send)

    def send(self, item: OutboxItem) -> str | None:
        """Send one line; the network's id of its last part."""
        found = self._look_up(item)
        if found is None:
            return None  # erased, or nobody is there (any more)
        chat, line, thread = found
        if thread.stopped_at is not None and not (_is_farewell(line) or _is_urgent(line)):
            return None  # they asked for no more; the line stays in the log
        if self._outside_window(thread):
            self._announce(item, thread)
        try:
            return self._send_parts(item, chat, line, thread)
        except InDoubt as doubt:
            if _is_urgent(line):
                raise NotDelivered(str(doubt)) from None  # better twice than late
            raise
        except Refused as refused:
            if str(refused) != outward.CLOSED:
                raise
            self._announce(item, thread)  # by the network's clock the window is closed
            raise

    def _look_up(self, item: OutboxItem) -> tuple[Conversation, Message, Thread] | None:
        with self.storage.reading() as uow:
            found = outgoing.line_of(uow, item)
            thread = uow.threads.of(item.conversation or "")
        if found is None:
            return None
        if thread is None or thread.channel != self.channel.name:
            if self.now() - item.created_at > NOBODY_AFTER:
                return None
            raise NotDelivered("no_thread")  # the first line can be quicker than the thread is stored
        return *found, thread

    def _send_parts(self, item: OutboxItem, chat: Conversation, line: Message, thread: Thread) -> str | None:
        """Parts that went through before a failure are known by their number and not sent again."""
        receipt = None
        done, until = self._parts_sent(item, line), time.monotonic() + MOST_SECONDS
        for number, parcel in enumerate(self.channel.render(self._line(chat, line))):
            if number in done:
                continue
            if time.monotonic() > until:
                raise NotDelivered("too_slow")  # the rest next time, before anybody else may take the item
            key = f"{item.key}:{number}"
            if key not in self.taken:
                self.taken[key] = self.channel.send(thread.address, parcel, key=key)
            receipt = self.taken[key]
            with self.storage() as uow:
                uow.threads.sent(
                    Delivery(
                        self.channel.name,
                        receipt or key,
                        chat.id,
                        line.seq,
                        "sent",
                        self.now(),
                        f"part:{number}",
                    )
                )
                uow.commit()
            del self.taken[key]
        return receipt

    def _parts_sent(self, item: OutboxItem, line: Message) -> set[int]:
        if item.attempts <= 1:
            return set()
        with self.storage.reading() as uow:
            known = uow.threads.deliveries(item.conversation or "")
        codes = [one.code for one in known if one.seq == line.seq and one.code.startswith("part:")]
        return {int(code.removeprefix("part:")) for code in codes}

    def _line(self, chat: Conversation, line: Message) -> Line:
        question = line.body.get("question")
        if _is_urgent(line):
            return Line(line.text, None, line.seq, urgent=True)
        texts = self._told(chat, line)
        if question:
            texts += self._under(chat, line.seq, question)
        if self._speaks_of_health(line, question):
            texts.insert(0, f"{self.settings.clinic.name}:")
        return Line("\n".join(texts), question, line.seq, tag=menu.tag_of(chat.id))

    def _told(self, chat: Conversation, line: Message) -> list[str]:
        """The line itself; where it leads to a panel of the web chat, what this network has instead."""
        tells = line.body.get("tells")
        if tells == "download":
            return [say(chat.locale, wording.DOWNLOAD, link=self._link(chat))]
        if tells != "known":
            return [line.text]
        if not self.channel.capabilities.private:
            return [say(chat.locale, wording.KNOWN_BY_LINK, link=self._link(chat))]
        noted = [f"• {text}" for text in kept.listed(chat.record, chat.locale)]
        head = say(chat.locale, wording.KNOWN if noted else wording.NOTHING_KNOWN)
        return [head, *noted, say(chat.locale, wording.KNOWN_TOO)]

    def _under(self, chat: Conversation, seq: int, question: object) -> list[str]:
        """What this network has to add to a question; who carries the messages is told when consent is first asked."""
        assert isinstance(question, dict)
        if question["field"] == "consent_privacy":
            if self._asked_before(chat, seq, "consent_privacy"):
                return []
            return [say(chat.locale, wording.CARRIED_BY, company=say(chat.locale, self.channel.company))]
        if question["kind"] == "body_map" and not menu.choices(question):
            return [say(chat.locale, wording.ON_THE_WEB, link=self._link(chat))]
        if menu.choices(question) and not self.channel.capabilities.buttons:
            many = question["kind"] == "multi"
            return [say(chat.locale, wording.REPLY_NUMBERS if many else wording.REPLY_NUMBER)]
        return []

    def _asked_before(self, chat: Conversation, seq: int, field: str) -> bool:
        with self.storage.reading() as uow:
            lines = uow.conversations.messages(chat.id)
        return any(line.seq < seq and (line.body.get("question") or {}).get("field") == field for line in lines)

    def _link(self, chat: Conversation) -> str:
        """A one-time link into this conversation on the web, made when it is sent and stored only as a hash."""
        code = tokens.new_code()
        expiry = links.Expiry(LINK_LASTS, timedelta(seconds=self.settings.return_seconds))
        links.make(self.storage(), chat, tokens.digest(code), "device", expiry=expiry, now=self.now())
        return f"{self.settings.public_url}/widget/app/#resume={code}"

    def _speaks_of_health(self, line: Message, question: object) -> bool:
        """True where a preview on a locked screen would show an illness: the clinic's name goes first then."""
        kind = question.get("kind") if isinstance(question, dict) else None
        told = line.body.get("outcome") or line.body.get("tells") == "known"
        return line.sender == "bot" and (kind in _HEALTH_KINDS or bool(told))

    def _outside_window(self, thread: Thread) -> bool:
        hours = self.channel.capabilities.window
        return hours is not None and self.now() - thread.wrote_at > timedelta(hours=hours)

    def _announce(self, item: OutboxItem, thread: Thread) -> None:
        """After the window: the approved template once, then wait for their answer. Always raises."""
        outside = self.channel.outside()
        if outside is None:
            raise Refused(outward.CLOSED)
        if thread.template_at is None:
            self.channel.send(thread.address, outside, key=f"{item.key}:template")
        if self._wrote_meanwhile(thread):
            raise NotDelivered("window_opened")
        raise NotDelivered(outward.CLOSED, after=_LOOKED_AT_WINDOW)

    def _wrote_meanwhile(self, thread: Thread) -> bool:
        """Keep that the template was sent; True when they answered while it was."""
        with self.storage() as uow:
            now = uow.threads.get(thread.channel, thread.sender)
            if now is None or now.wrote_at != thread.wrote_at:
                return True
            uow.threads.save(replace(now, template_at=now.template_at or self.now()))
            uow.commit()
        return False


def _is_urgent(line: Message) -> bool:
    """Words of emergency, which go even to who wrote STOP: they answer what that person has just told us."""
    return (line.body.get("alert") or {}).get("urgency") in ("emergency", "same_day")


def _is_farewell(line: Message) -> bool:
    """The one line that may still go out to who wrote STOP: that it was heard."""
    return bool(line.body.get("farewell"))
