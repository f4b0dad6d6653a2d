"""What an adapter of a network must be able to do, and the few shapes that pass between it and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class Forged(Exception):
    """The request does not come from the network, or is too old to be believed. Its text is a code."""


def table(value: Any) -> Mapping[str, Any]:
    """A JSON object, or an empty one in its place: what a network sends may have any shape, and is never an error."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> Sequence[Mapping[str, Any]]:
    """The objects of a JSON list; none when it is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else ()


class Unreadable(Exception):
    """The request comes from the network but is none of its documented shapes. Its text is a code."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request as it came: method, the headers in lower case, the query, the raw body."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that somebody did on the network.

    id      the network's own id of it, the same at every delivery
    sender  who did it, as an address that `send` takes
    text    what was written, a caption included; empty for what has no words
    choice  the id of a button that was pressed, as `render` made it
    other   what it was when it is no text: "voice", "image", "video", "file", "location", "contact", "sticker",
            "reaction", "edit", "encrypted" or "empty"
    at      when, by the network's clock; None when it does not say
    """

    id: str
    sender: str
    text: str = ""
    choice: str | None = None
    other: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a line we sent: `id` is the receipt `send` returned, `status` is sent, delivered, read or failed."""

    id: str
    status: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to a visitor, ready to be given the network's form.

    text      the words, whole
    question  the open question of contract §4 that stands under it, or None
    seq       its place in the log, part of a button's id
    tag       tells this conversation from an earlier one of the same person: their old buttons are still on the screen
    urgent    True for an emergency script: first, whole, never split or shortened
    """

    text: str
    question: Mapping[str, Any] | None = None
    seq: int = 0
    urgent: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network takes.

    most_text   characters of one message
    buttons     how many choices a question may have to be given as buttons; 0: none
    title       characters of a button
    window      hours after the visitor's last message in which free text may be sent; None: always
    opt_out     True where STOP, START and HELP are a duty of the sender
    repeats     True where the network brings again what was not answered with 2xx
    private     False where others may read what is sent (SMS): no list of what is known goes there, only a link to it
    """

    most_text: int
    buttons: int = 0
    title: int = 0
    window: int | None = None
    opt_out: bool = False
    repeats: bool = True
    private: bool = True


Parcel = Mapping[str, Any]


class Channel(Protocol):
    """An adapter. `name` is the conversation's channel, `company` whom the visitor is told carries the messages."""

    name: str
    company: str
    capabilities: Capabilities

    def verify(self, request: Webhook) -> None:
        """Return when the request is the network's own; raise `Forged`."""

    def greet(self, request: Webhook) -> str | None:
        """The answer to a network's question whether this address is ours (GET), or None. Raises `Forged`."""

    def parse(self, request: Webhook) -> Sequence[Incoming | Receipt]:
        """Everything in a request, every message of a batch. Raises `Unreadable`."""

    def render(self, line: Line) -> Sequence[Parcel]:
        """The messages of the network that say this line, in order."""

    def send(self, to: str, parcel: Parcel, *, key: str) -> str | None:
        """Send one of them; the network's id. Raises `bot.notify.alert.NotDelivered` and `Refused`. Blocks, 25 s at most."""

    def outside(self) -> Parcel | None:
        """What may be sent once the window is closed (an approved template without a word of health), or None."""

    def check(self, address: str) -> Sequence[Finding]:
        """Ask the network whether the credentials work and messages come to `address`. Blocks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `palpate channels check` looked at; `fix` says what to do when it is not well."""

    what: str
    well: bool
    fix: str = ""
