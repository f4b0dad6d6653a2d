"""A visitor on each network, who writes and presses buttons the way that network reports it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from networks import NUMBER_ID, meta_request, telegram_request, twilio_request

PUBLIC = "https://clinic.example"


@dataclass
class Writer:
    """Somebody who writes on `channel`. `post` sends one webhook; the answer must be 200."""

    channel: str
    http: httpx.Client
    address: str
    clock: Callable[[], datetime]
    made: Any = field(default_factory=lambda: itertools.count(1))

    def seconds(self) -> float:
        """The network's clock."""
        return self.clock().timestamp()

    def write(self, text: str, ident: str | None = None) -> httpx.Response:
        """Write a text."""
        return self.post(self.text(text, ident or self.fresh()))

    def press(self, choice: str, title: str = "") -> httpx.Response:
        """Press a button."""
        return self.post(self.button(choice, title, self.fresh()))

    def fresh(self) -> str:
        """An id nobody had."""
        return f"{self.channel}-{self.address}-{next(self.made)}"

    def post(self, request: dict[str, Any]) -> httpx.Response:
        """One webhook."""
        return self.http.post(f"/channels/{self.channel}", **request)

    def text(self, text: str, ident: str) -> dict[str, Any]:
        """The request that reports a text."""
        raise NotImplementedError

    def button(self, choice: str, title: str, ident: str) -> dict[str, Any]:
        """The request that reports a button."""
        raise NotImplementedError


class SmsWriter(Writer):
    """By SMS."""

    def text(self, text: str, ident: str) -> dict[str, Any]:
        """Twilio's form."""
        return self.message(ident, To="+12125550142", Body=text, NumMedia="0")

    def button(self, choice: str, title: str, ident: str) -> dict[str, Any]:
        """There are none: the title is written."""
        return self.text(title, ident)

    def message(self, ident: str, **fields: str) -> dict[str, Any]:
        """Anything that came from this telephone."""
        return self.form(MessageSid=ident, From=self.address, **fields)

    def form(self, **fields: str) -> dict[str, Any]:
        """Anything that Twilio says."""
        return twilio_request(f"{PUBLIC}/channels/{self.channel}", **fields)


class WhatsAppWriter(Writer):
    """By WhatsApp."""

    def text(self, text: str, ident: str) -> dict[str, Any]:
        """A text message."""
        return self.message(ident, type="text", text={"body": text})

    def button(self, choice: str, title: str, ident: str) -> dict[str, Any]:
        """A reply to buttons or a list."""
        return self.message(
            ident, type="interactive", interactive={"type": "list_reply", "list_reply": {"id": choice, "title": title}}
        )

    def message(self, ident: str, **content: Any) -> dict[str, Any]:
        """A batch with one message; `timestamp` may be another than now."""
        message = {"id": ident, "from": self.address, "timestamp": str(int(self.seconds())), **content}
        return self.batch(messages=[message])

    def batch(self, **value: Any) -> dict[str, Any]:
        """Anything that Meta says of this number: `messages`, `statuses`."""
        told = {"metadata": {"phone_number_id": NUMBER_ID}, **value}
        return meta_request({"object": "whatsapp_business_account", "entry": [{"changes": [{"value": told}]}]})


class MessengerWriter(Writer):
    """By Messenger."""

    def text(self, text: str, ident: str) -> dict[str, Any]:
        """A text message."""
        return self.message(ident, text=text)

    def button(self, choice: str, title: str, ident: str) -> dict[str, Any]:
        """A quick reply."""
        return self.message(ident, text=title, quick_reply={"payload": choice})

    def message(self, ident: str, **content: Any) -> dict[str, Any]:
        """A batch with one message."""
        return self.batch([self.event(message={"mid": ident, **content})])

    def event(self, sender: str = "", **content: Any) -> dict[str, Any]:
        """What one person did: `message`, `reaction`, `message_edit`."""
        at = int(self.seconds() * 1000)
        return {"sender": {"id": sender or self.address}, "timestamp": at, **content}

    def batch(self, *entries: Any) -> dict[str, Any]:
        """A webhook; each entry is a list of events."""
        return meta_request({"object": "page", "entry": [{"messaging": events} for events in entries]})


class TelegramWriter(Writer):
    """By Telegram."""

    def fresh(self) -> str:
        """Update ids are numbers."""
        return str(next(self.made) + 1000 * int(self.address))

    def text(self, text: str, ident: str) -> dict[str, Any]:
        """A message."""
        return self.update(ident, message={"text": text})

    def button(self, choice: str, title: str, ident: str) -> dict[str, Any]:
        """A callback query."""
        body = {
            "update_id": int(ident),
            "callback_query": {
                "id": "1",
                "data": choice,
                "message": {"chat": {"id": int(self.address), "type": "private"}},
            },
        }
        return telegram_request(body)

    def update(self, ident: str, **content: Any) -> dict[str, Any]:
        """An update; each part gets its chat and time."""
        chat = {"chat": {"id": int(self.address), "type": "private"}, "date": int(self.seconds())}
        return telegram_request({"update_id": int(ident), **{name: {**chat, **part} for name, part in content.items()}})


WRITERS: dict[str, tuple[type[Writer], str]] = {
    "sms": (SmsWriter, "+12125550143"),
    "whatsapp": (WhatsAppWriter, "12125550144"),
    "messenger": (MessengerWriter, "7700"),
    "telegram": (TelegramWriter, "42"),
}


def writer(channel: str, http: httpx.Client, clock: Callable[[], datetime], address: str | None = None) -> Writer:
    """A visitor of this channel."""
    kind, own = WRITERS[channel]
    return kind(channel, http, address or own, clock)
