"""The values that cross the storage port: plain, frozen, the same for every database behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]

# Who a message is from. `opening` is the turn that makes the bot greet: it is work to do, never shown in the log.
SENDERS = ("visitor", "bot", "staff", "opening")
WORK = ("visitor", "opening")


@dataclass(frozen=True, slots=True)
class Conversation:
    """One visitor's chat.

    `answered_through` and `spoken_through` are the `seq` of the last visitor message that was dealt with, and that was
    written; `turn_through` the last one of the turn in work, where short messages are taken as one. `token_hash` holds the digests of its tokens, 32 bytes each, newest last; `seen_at` is
    when the visitor last wrote or came in by a code. `state` and `record` are sealed on disk. `person_asked_at` is when the visitor asked for a person whom nobody has been yet. `taken_by` names the staff member who speaks in place of the bot;
    `phase` is then `with_staff` and `phase_before` what comes back afterwards; `speaker_seen_at` is when that person last had the page open or said something.
    """

    id: str
    token_hash: bytes
    channel: str
    locale: str
    phase: str
    created_at: datetime
    touched_at: datetime
    state: Json = field(default_factory=dict)
    record: Json = field(default_factory=dict)
    consent_at: datetime | None = None
    consent_version: str | None = None
    consent_language: str | None = None
    last_seq: int = 0
    spoken_through: int = 0
    answered_through: int = 0
    turn_through: int = 0
    taken_by: str | None = None
    phase_before: str | None = None
    seen_at: datetime | None = None
    erased_at: datetime | None = None
    person_asked_at: datetime | None = None
    speaker_seen_at: datetime | None = None

    @property
    def last_seen(self) -> datetime:
        """When the visitor was last here."""
        return self.seen_at or self.created_at


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be appended; `body` holds what comes beside the text (question, alert, outcome, answer …)."""

    sender: str
    text: str
    body: Json = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the conversation log; `seq` grows by one within the conversation, `id` is the client's own."""

    conversation: str
    seq: int
    sender: str
    at: datetime
    text: str
    body: Json = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a message stands in the log; `created` is False when the same id was there before."""

    seq: int
    created: bool


@dataclass(frozen=True, slots=True)
class Handoff:
    """The one hand-off of a conversation as it stands now; `id` is 0 until it is stored.

    `outcome`, `urgency` and `provisional` are what counts now: the rules' result of the newest revision, or what staff
    decided above it (`overridden`); `direction` tells how their newest word lies to the rules (`up`: the rules were too mild). `waiting_since` is when it last came in: handed off, or brought back by new danger. `rank` orders caution (see `bot.domain.review.rank`). `contact` is sealed on disk.
    """

    id: int
    reference: str
    conversation: str
    revision: int
    status: str
    outcome: str
    urgency: str | None
    provisional: bool
    rank: int
    rules_version: str
    channel: str
    locale: str
    created_at: datetime
    changed_at: datetime
    waiting_since: datetime
    contact: Json = field(default_factory=dict)
    claimed_by: str | None = None
    wait_until: datetime | None = None
    overridden: bool = False
    age: int | None = None
    first_look_at: datetime | None = None
    direction: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """What the rules said at one time, and on what: never changed once stored. Everything but the dates is sealed."""

    handoff: int
    number: int
    at: datetime
    cause: str
    rules_version: str
    record: Json
    result: Json
    consent: Json
    said: Json
    transcript: tuple[Json, ...] = ()
    clearance: Json | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a result: agreement, or another outcome with a reason. `direction` is same, up or down."""

    handoff: int
    revision: int
    at: datetime
    by: str
    kind: str
    outcome: str
    urgency: str | None
    direction: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A staff note on a hand-off; the text is sealed on disk."""

    handoff: int
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked time; `status` is proposed, confirmed, pending, on_hold or cancelled. Times in UTC, 5-minute steps.

    `token` opens the page of this visit to whoever has its link; sealed on disk.
    """

    id: int
    handoff: int
    starts_at: datetime
    minutes: int
    therapist: str
    room: str
    status: str
    created_at: datetime
    created_by: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A doctor's letter that a visitor added: a photo or a PDF, sealed on disk. `content` is empty in lists."""

    id: str
    conversation: str
    at: datetime
    media_type: str
    size: int
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did or read what, when; `detail` is sealed and goes with an erasure, the rest stays. `id` is 0 until stored."""

    at: datetime
    actor: str
    action: str
    reference: str | None = None
    conversation: str | None = None
    from_status: str | None = None
    to_status: str | None = None
    detail: Json | None = None
    id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A person of the clinic; `name` is unique without regard to case."""

    id: int
    name: str
    role: str
    password_hash: str
    created_at: datetime
    must_change: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    disabled_at: datetime | None = None
    totp_secret: str | None = None
    totp_last: int = 0
    recovery: tuple[str, ...] = ()
    oidc_subject: str | None = None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A signed-in browser (`cookie`), one that still owes a second factor (`half`), or a program (`token`).

    Only the hash of its secret is stored. `how` is the way in (see `bot.services.accounts.WAYS`), `agent` what the
    browser calls itself.
    """

    token_hash: bytes
    staff: int
    kind: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    label: str = ""
    how: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key of WebAuthn: what proves that a person holds it. `id` is the authenticator's, `count` its signature count."""

    id: bytes
    staff: int
    public_key: bytes
    count: int
    label: str
    created_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link that makes an account of this name and role; only the hash of its secret is stored."""

    token_hash: bytes
    name: str
    role: str
    by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed sign-ins from one network address since `since`; refused until `locked_until`."""

    failures: int
    since: datetime
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """A visitor asked to be forgotten after the hand-off: staff decide whether the law demands to keep the record.

    `decision` is None until then, afterwards `erased` or `kept`.
    """

    conversation: str
    reference: str
    asked_at: datetime
    decision: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Somebody on another network and the conversation that is theirs now.

    `sender` is a keyed hash of the address, to find it by; the address itself is sealed. `wrote_at` is their last message,
    `stopped_at` when they asked for no more messages, `reminders_at` when they asked for reminders, `template_at` when a
    message outside the network's window was announced.
    """

    channel: str
    sender: bytes
    address: str
    conversation: str
    wrote_at: datetime
    stopped_at: datetime | None = None
    reminders_at: datetime | None = None
    template_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a line sent on another network: `status` is sent, delivered, read or failed."""

    channel: str
    receipt: str
    conversation: str
    seq: int
    status: str
    at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something that leaves the house after the commit.

    `key` is its name for ever: it is queued once, and every try carries it. `kind` says which carrier takes it. Items of
    one `lane` leave one after the other, in the order in which they were queued. What belongs to a `conversation` goes
    when that is erased. `payload` is sealed on disk and emptied once it has left. `error` is the code of the last
    failure, `receipt` the other side's own id; neither ever holds a word of the payload.
    """

    id: int
    key: str
    kind: str
    payload: Json
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    sent_at: datetime | None = None
    gave_up_at: datetime | None = None
    lane: str | None = None
    conversation: str | None = None
    error: str | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class CallBack:
    """Somebody wants to be called: `contact` (name, phone, email) is sealed on disk, `why` is outage or person."""

    id: int
    conversation: str
    at: datetime
    why: str
    contact: Json
    done_at: datetime | None = None
    done_by: str | None = None


LINKS = ("device", "return")  # what opens the same conversation again


@dataclass(frozen=True, slots=True)
class ResumeCode:
    """A code that is good once; only its hash is stored.

    `purpose`: device and return open the same conversation again; visit and day begin a new one that may know it.
    """

    code_hash: bytes
    conversation: str
    purpose: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """The proof that something was forgotten, without a word of what it was; applied again after a restore."""

    conversation: str
    at: datetime
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A search of the queue that its owner keeps under a title; `query` is what stands after the question mark."""

    id: int
    owner: str
    title: str
    query: str


@dataclass(frozen=True, slots=True)
class Misread:
    """A visitor's message that was read wrongly; `should_be` holds what a person says it means."""

    handoff: int
    seq: int
    at: datetime
    by: str
    text: str
    should_be: Json
    id: int = 0


# More than any rank, so that under-triage stands above everything else in a list of overrides.
UNDER_TRIAGE_FIRST = 10


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the desk's list shows; empty values do not filter. `terms` must all match (see `bot.services.search`)."""

    statuses: tuple[str, ...] = ()
    min_rank: int = 0
    claimed_by: str | None = None
    outcome: str | None = None
    channel: str | None = None
    locale: str | None = None
    reference: str | None = None
    terms: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None

    def place(self, handoff: Handoff) -> int:
        """What the list is sorted by: caution, and among overrides those where the rules were too mild before all."""
        return handoff.rank + (UNDER_TRIAGE_FIRST if self.direction and handoff.direction == "up" else 0)
