"""What the use cases ask of storage and of alerts: protocols that memory, SQLite and PostgreSQL keep alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from bot.domain.errors import PalpateError
from bot.services.stored import (
    LINKS,
    Appended,
    Appointment,
    AuditEntry,
    CallBack,
    Conversation,
    Decision,
    Delivery,
    Erasure,
    ErasureRequest,
    Handoff,
    Invitation,
    Json,
    Letter,
    Message,
    Misread,
    NewMessage,
    Note,
    OutboxItem,
    Passkey,
    QueueFilter,
    ResumeCode,
    Revision,
    SavedView,
    StaffAccount,
    StaffSession,
    Thread,
    Tries,
)

Kinds = Collection[str]  # of outbox items
Arrival = tuple[int, int]  # a hand-off that came in: its number and its revision


class LeaseLost(PalpateError):
    """Another worker has taken over this conversation; what this one worked out must not be stored."""

    code = "P411"


class Conversations(Protocol):
    """The conversation log: the truth of what was said, and the queue of what is still to be answered."""

    def add(self, conversation: Conversation) -> None:
        """Store a new conversation."""

    def get(self, conversation: str) -> Conversation | None:
        """The conversation, erased ones too, or None."""

    def append(self, conversation: str, message: NewMessage, *, now: datetime) -> Appended:
        """Append to the log; a known `message.id` of this conversation gives its old place. Raises `NotFound`."""

    def messages(self, conversation: str, *, after: int = 0, limit: int | None = None) -> list[Message]:
        """The log after `after`, oldest first, without the opening turn."""

    def remember_provider(self, channel: str, provider_id: str, conversation: str, seq: int, *, now: datetime) -> None:
        """This message came from another network under this id. Raises `AlreadyThere` when another call was first."""

    def by_provider(self, channel: str, provider_id: str) -> tuple[str, int] | None:
        """(conversation, seq) of the message that a network sent under this id, or None."""

    def claim(self, conversation: str, *, worker: str, now: datetime, until: datetime) -> Message | None:
        """The oldest unanswered visitor message, for this worker alone until `until`; None when there is none or
        another worker is at it. Claiming again extends one's own time."""

    def unanswered(self, conversation: str) -> list[Message]:
        """All unanswered visitor messages, oldest first (the first one may be in work)."""

    def pin_turn(self, conversation: str, *, through: int) -> None:
        """The turn in work is about all messages up to this one, at every try, whatever is written meanwhile."""

    def finish_turn(
        self,
        conversation: str,
        *,
        worker: str,
        through: int,
        replies: Sequence[NewMessage],
        now: datetime,
        phase: str | None = None,
        state: Json | None = None,
        record: Json | None = None,
    ) -> list[Message]:
        """Store the replies, the state and that all up to `through` is answered, and give the conversation free.

        While a person speaks, `phase` is kept for afterwards. Raises `LeaseLost` when another worker has it now.
        """

    def release(self, conversation: str, *, worker: str) -> None:
        """Give the conversation free without an answer; the message stays unanswered."""

    def waiting(self) -> int:
        """How many conversations have an unanswered message."""

    def with_work(self, *, now: datetime) -> list[str]:
        """Conversations that wait for an answer and are in nobody's hands, longest waiting first."""

    def save(
        self,
        conversation: str,
        *,
        now: datetime,
        phase: str | None = None,
        state: Json | None = None,
        record: Json | None = None,
        locale: str | None = None,
    ) -> None:
        """Store what is not None. Raises `NotFound`."""

    def give_consent(self, conversation: str, *, version: str, now: datetime, language: str | None = None) -> None:
        """From now on the messages are kept; with them which text was agreed to, when, and in which language (if not
        given: that of the conversation)."""

    def purge_waiting(self, conversation: str, *, before: datetime | None = None) -> int:
        """Delete every message written without consent, and what was read in it; how many there were.

        With `before` only where the conversation was last touched before then.
        """

    def waiting_since(self, before: datetime) -> list[str]:
        """Conversations without consent that still hold messages and were last touched before `before`."""

    def untouched_since(self, before: datetime) -> list[str]:
        """Conversations without a hand-off, not erased, last touched before `before`."""

    def handed_off_before(self, before: datetime) -> list[str]:
        """Conversations with a hand-off that still hold messages and were last touched before `before`."""

    def drop_log(self, conversation: str) -> None:
        """Delete what was said and what the dialogue remembered of it; the hand-off keeps what it holds."""

    def taken(self, conversation: str, by: str | None, *, at: datetime | None = None) -> None:
        """A person speaks since `at` (or no more, with None); the phase follows. Raises `NotFound`."""

    def speaker_here(self, conversation: str, by: str, *, at: datetime) -> None:
        """The person who speaks was there at this time; nothing when it is another who speaks."""

    def speakers_gone(self, before: datetime) -> list[str]:
        """The living ones in which somebody speaks who was not there since `before`."""

    def let_go(self, conversation: str, *, before: datetime) -> bool:
        """Nobody speaks any more, if whoever does was not there since `before`; True for the one caller who did it."""

    def ask_for_person(self, conversation: str, at: datetime | None) -> None:
        """The visitor wants a person since then, or (None) has had one. Raises `NotFound`."""

    def since(self, at: datetime, *, limit: int) -> list[Conversation]:
        """Living ones begun at `at` or later, newest first."""

    def asking(self) -> int:
        """How many living ones ask for a person whom nobody has been yet and wait for no call."""

    def in_progress(self, since: datetime, *, limit: int) -> list[Conversation]:
        """Living ones touched after `since` or still asking for a person: these first, then the newest."""

    def drop_ids(self, before: datetime, *, now: datetime) -> int:
        """Delete the ids of other networks from before, and codes that are too old `now`; how many there were."""

    def add_code(self, code: ResumeCode) -> None:
        """Store a code; an older one of the same conversation and purpose ends."""

    def use_code(self, code_hash: bytes, *, now: datetime, purposes: Collection[str] = LINKS) -> str | None:
        """The conversation of a code of these purposes; the code is gone with that.

        None when it is unknown, of another purpose, used or too old.
        """

    def set_tokens(self, conversation: str, digests: bytes, *, now: datetime) -> None:
        """These tokens open the conversation from now on, and somebody has just used one. Raises `NotFound`."""

    def erase(self, conversation: str, *, erasure: Erasure) -> None:
        """Delete messages, state and record; the bare row stays as `erased`, with the proof. Safe to repeat."""

    def erasures(self) -> list[Erasure]:
        """All proofs, oldest first."""


class Handoffs(Protocol):
    """Booking storage: one hand-off per conversation, with all its revisions, decisions and notes."""

    def add(self, handoff: Handoff, revision: Revision, *, terms: Sequence[str]) -> Handoff:
        """Store a first hand-off with its first revision; returns it with its id. Raises `AlreadyThere`."""

    def revise(self, handoff: Handoff, revision: Revision, *, terms: Sequence[str]) -> None:
        """Store a further revision and the hand-off as it stands now."""

    def by_conversation(self, conversation: str) -> Handoff | None:
        """The hand-off of a conversation, locked for this transaction, or None."""

    def by_reference(self, reference: str, *, lock: bool = False) -> Handoff:
        """The hand-off; `lock` keeps others from changing it in the meantime. Raises `NotFound`."""

    def by_id(self, handoff: int) -> Handoff:
        """The hand-off with this number. Raises `NotFound`."""

    def save(self, handoff: Handoff) -> None:
        """Store the hand-off as it stands now."""

    def revisions(self, handoff: int) -> list[Revision]:
        """All revisions, oldest first."""

    def newest_revisions(self, handoffs: Sequence[int]) -> Mapping[int, Revision]:
        """The newest revision of each, without its transcript."""

    def search(self, wanted: QueueFilter, *, after: tuple[int, int] | None = None, limit: int = 50) -> list[Handoff]:
        """By `wanted.place`, highest first, then the oldest; `after` is (place, id) of the last one seen."""

    def counts(self) -> Mapping[tuple[str, int], int]:
        """How many hand-offs there are by (status, rank)."""

    def looked(self, handoff: int, *, at: datetime) -> None:
        """Somebody has it before their eyes; only the first look is kept."""

    def label(self, handoff: Handoff, *, terms: Sequence[str]) -> None:
        """Store its labels, and what it is found by from now on."""

    def overdue(self, before: datetime, *, min_rank: int) -> list[Handoff]:
        """New ones of at least this caution that came in before `before` and that nobody has looked at."""

    def since(self, at: datetime, *, limit: int) -> list[Handoff]:
        """Handed off at `at` or later, newest first; without contact and labels, which nobody counts."""

    def decisions_since(self, at: datetime, *, limit: int) -> list[Decision]:
        """Decisions after `at`, oldest first."""

    def waited_for(self, now: datetime) -> list[Handoff]:
        """Waiting ones whose reminder is due."""

    def came_in(self, wanted: QueueFilter, since: datetime, *, but: Collection[Arrival] = ()) -> int:
        """How many that fit came in after `since`, those of `but` left out."""

    def arrivals(self, since: datetime) -> Sequence[Arrival]:
        """What came in after `since` and is committed: (id, revision), the oldest first."""

    def newest_change(self) -> datetime | None:
        """When any hand-off last changed; cheap enough to ask every second."""

    def add_note(self, note: Note) -> None:
        """Store a note."""

    def notes(self, handoff: int) -> list[Note]:
        """All notes, oldest first."""

    def add_decision(self, decision: Decision) -> None:
        """Store an agreement or an override."""

    def decisions(self, handoff: int) -> list[Decision]:
        """All decisions, oldest first."""

    def remove(self, handoff: int) -> None:
        """Delete the hand-off with all that belongs to it."""

    def older_than(self, before: datetime) -> list[Handoff]:
        """Hand-offs last changed before `before`."""

    def drop_transcripts(self, before: datetime, *, dry_run: bool = False) -> int:
        """Empty the transcripts of revisions made before `before`; how many there were."""


class Keeping(Protocol):
    """What staff keep beside the hand-offs: saved views, who is looking, and messages that were read wrongly."""

    def add_view(self, view: SavedView) -> SavedView:
        """Keep a view."""

    def views(self, owner: str) -> list[SavedView]:
        """The views of this person, by title."""

    def drop_view(self, view: int, *, owner: str) -> None:
        """Forget a view of one's own; nothing happens to anybody else's."""

    def looking(self, handoff: int, staff: str, *, at: datetime) -> None:
        """This person has it open."""

    def onlookers(self, handoff: int, *, since: datetime) -> list[str]:
        """Who has it open, by name."""

    def add_misread(self, misread: Misread) -> None:
        """Keep it; a later word on the same message takes the place of the earlier one."""

    def drop_misread(self, handoff: int, seq: int) -> None:
        """It was read rightly after all."""

    def misread(self, handoff: int | None = None) -> list[Misread]:
        """Of one hand-off, or all; oldest first."""


class AlreadyThere(PalpateError):
    """Another transaction stored the same thing first; look again."""

    code = "P412"


class Appointments(Protocol):
    """Booked times; storage itself makes a double booking impossible."""

    def add(self, appointment: Appointment) -> Appointment:
        """Store it; raises `DoubleBooking` when the therapist or the room is taken at any minute of it."""

    def get(self, appointment: int) -> Appointment | None:
        """The appointment, or None."""

    def of(self, handoff: int) -> list[Appointment]:
        """All appointments of a hand-off, oldest first."""

    def standing(self, handoffs: Sequence[int]) -> list[Appointment]:
        """What is not cancelled of all these hand-offs, by start."""

    def set_status(self, appointment: int, status: str) -> None:
        """Change the status; `cancelled` gives therapist and room free."""

    def made_since(self, at: datetime) -> list[Appointment]:
        """Booked after `at`, whatever became of them, oldest first."""

    def between(self, start: datetime, end: datetime) -> list[Appointment]:
        """Appointments that are not cancelled and overlap this time, by start."""


class Letters(Protocol):
    """Doctors' letters that visitors added."""

    def add(self, letter: Letter) -> None:
        """Store it. Raises `NotFound` when there is no such conversation."""

    def get(self, letter: str) -> Letter | None:
        """The letter with its content, or None."""

    def of(self, conversation: str) -> list[Letter]:
        """The letters of a conversation without their content, oldest first."""

    def remove(self, letter: str) -> None:
        """Delete one. Safe to repeat."""

    def forget(self, conversation: str) -> int:
        """Delete all of a conversation; how many there were."""

    def drop_before(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete those added before `before`; how many there were."""


class Threads(Protocol):
    """Who writes on which other network, and what became of what we sent there."""

    def get(self, channel: str, sender: bytes) -> Thread | None:
        """The thread of this sender, locked for this transaction, or None."""

    def save(self, thread: Thread) -> None:
        """Store it, new or changed."""

    def of(self, conversation: str) -> Thread | None:
        """The thread whose conversation this is now, or None."""

    def sent(self, delivery: Delivery) -> None:
        """The network took a line. Safe to repeat."""

    def came(self, channel: str, receipt: str, *, status: str, at: datetime, code: str = "") -> Delivery | None:
        """The network says what became of it; a status never goes back. The delivery, or None when it is not ours."""

    def deliveries(self, conversation: str) -> list[Delivery]:
        """All of a conversation, oldest line first."""

    def forget(self, conversation: str) -> None:
        """Delete the thread and the deliveries of a conversation."""


class AuditLog(Protocol):
    """Append-only."""

    def add(self, entry: AuditEntry) -> None:
        """Store an entry in the transaction of what it tells of."""

    def of(self, reference: str) -> list[AuditEntry]:
        """Everything about one hand-off, oldest first."""

    def newest(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        reference: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        without: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """The last entries that fit all that is given, newest first; `since` is within, `until` and `before` are not.

        `without` names acts that are left out, `before` the `id` of an entry that is newer than all of these.
        """

    def actions(self) -> list[str]:
        """Every act that stands in the log, by name."""

    def of_conversation(self, conversation: str) -> list[AuditEntry]:
        """Everything about one conversation, oldest first."""

    def forget_details(self, conversation: str, reference: str | None) -> None:
        """Empty what the entries of this conversation quote; that they happened stays."""


class StaffAccounts(Protocol):
    """Staff and their sessions."""

    def add(self, account: StaffAccount) -> StaffAccount:
        """Store a new account; raises `AlreadyThere` when the name is taken."""

    def by_name(self, name: str) -> StaffAccount | None:
        """The account of this name, whatever the case."""

    def by_id(self, staff: int, *, lock: bool = False) -> StaffAccount | None:
        """The account, or None; `lock` keeps others from changing it in the meantime."""

    def all(self) -> list[StaffAccount]:
        """Every account, by name."""

    def save(self, account: StaffAccount) -> None:
        """Store the account as it stands now."""

    def by_subject(self, subject: str) -> StaffAccount | None:
        """The account that signs in as this subject of the clinic's identity provider."""

    def add_session(self, session: StaffSession) -> None:
        """Store a session or an API token."""

    def sessions_of(self, staff: int) -> list[StaffSession]:
        """Every session and token of this person, last used first."""

    def session(self, token_hash: bytes) -> StaffSession | None:
        """The session, or None."""

    def seen(self, token_hash: bytes, at: datetime) -> None:
        """The session was used."""

    def end_session(self, token_hash: bytes) -> None:
        """Sign out."""

    def end_sessions_of(self, staff: int) -> None:
        """Sign out everywhere, API tokens included."""

    def end_idle(self, before: datetime) -> int:
        """Delete browser sessions last used before `before`."""


class StaffDoors(Protocol):
    """The ways in beside the password, and what is asked of staff about them."""

    def add_passkey(self, passkey: Passkey) -> None:
        """Store a passkey."""

    def passkey(self, identity: bytes) -> Passkey | None:
        """The passkey, or None."""

    def passkeys_of(self, staff: int) -> list[Passkey]:
        """All of one person, oldest first."""

    def passkey_used(self, identity: bytes, *, count: int, at: datetime) -> None:
        """Somebody signed in with it."""

    def remove_passkey(self, staff: int, identity: bytes) -> bool:
        """Delete a passkey of this person; False when it is not theirs."""

    def remove_passkeys_of(self, staff: int) -> None:
        """Delete all of this person."""

    def add_invitation(self, invitation: Invitation) -> None:
        """Store an invitation."""

    def invitation(self, token_hash: bytes) -> Invitation | None:
        """The invitation, locked for this transaction, or None."""

    def invitations(self) -> list[Invitation]:
        """All that are open, oldest first."""

    def end_invitation(self, token_hash: bytes) -> bool:
        """Used or taken back; False when somebody was first."""

    def keep(self, key: bytes, data: Json, *, until: datetime) -> None:
        """Remember `data` (sealed) under this key, in place of what was there."""

    def kept(self, key: bytes, *, now: datetime) -> Json | None:
        """What is remembered under this key, or None when it is not there or over."""

    def take(self, key: bytes, *, now: datetime) -> Json | None:
        """The same, and it is forgotten: of two callers one gets it."""

    def forget_searches(self) -> None:
        """Forget what staff typed into the search box: it may be the name of somebody who is to be forgotten."""

    def tries(self, address: str) -> Tries | None:
        """Failed sign-ins from this network address, locked for this transaction."""

    def save_tries(self, address: str, tries: Tries | None) -> None:
        """Store them (the address only as a keyed hash); None forgets."""

    def ask_erasure(self, request: ErasureRequest) -> None:
        """Store a request; the same again stays the first."""

    def erasure_request(self, conversation: str) -> ErasureRequest | None:
        """The request of this conversation, locked for this transaction, or None."""

    def erasure_requests(self) -> list[ErasureRequest]:
        """All, oldest first."""

    def erasure_asked(self, reference: str) -> ErasureRequest | None:
        """The request about this hand-off, decided or not, or None; not locked."""

    def undecided_erasures(self) -> frozenset[str]:
        """References of the hand-offs whose visitors wait for a decision."""

    def decide_erasure(self, request: ErasureRequest) -> None:
        """Store what staff decided."""

    def end_expired(self, now: datetime) -> int:
        """Delete invitations, half-done sign-ins and counted failures that are over; how many."""


class Outbox(Protocol):
    """What is to leave the house once the transaction is through; see docs/reference/outbox.md."""

    def add(self, item: OutboxItem) -> bool:
        """Queue it; False when an item with this key was queued before."""

    def due(
        self, now: datetime, *, until: datetime, worker: str = "", limit: int = 20, only: Kinds = (), but: Kinds = ()
    ) -> list[OutboxItem]:
        """Items to be sent now; nobody else gets them before `until`. Of a lane only the first that is not done.

        `only` these kinds, where any are named; `but` not those.
        """

    def free(self, worker: str, *, now: datetime) -> int:
        """Give back what this worker held when it was killed; how many there were."""

    def sent(self, item: int, *, at: datetime, receipt: str | None = None) -> None:
        """It was delivered: its payload goes."""

    def retry(self, item: int, *, due_at: datetime, error: str) -> None:
        """It was not delivered; try again then."""

    def gave_up(self, item: int, *, at: datetime, error: str) -> None:
        """It will not be tried any more, until somebody asks for it (`again`)."""

    def bounced(self, key: str, *, at: datetime, error: str, payload: Json) -> OutboxItem | None:
        """It had left and could not be delivered after all: given up, with its payload again; None when it is not `sent`."""

    def given_up(self, *, limit: int = 100) -> list[OutboxItem]:
        """What was given up, newest first."""

    def again(self, item: int, *, now: datetime) -> None:
        """Try what was given up once more, from the beginning. Raises `NotFound`."""

    def dismiss(self, item: int, *, at: datetime) -> None:
        """Somebody dealt with it in another way: done, and its payload goes. Raises `NotFound`."""

    def hurry(self, lane: str, *, now: datetime) -> int:
        """What waits in this lane for another try is due now; how many items. The tries it had do not count any more."""

    def waiting(self) -> int:
        """How many items are neither sent nor given up."""

    def forget(self, conversation: str) -> int:
        """Delete what is queued for this conversation; how many items there were."""

    def prune(self, before: datetime) -> int:
        """Delete what was done, or given up and left so, before this; how many items there were."""


class CallBacks(Protocol):
    """Who wants to be called back."""

    def add(self, call_back: CallBack) -> CallBack:
        """Store it, in place of one of this conversation that is still open; returns it with its id."""

    def open(self) -> list[CallBack]:
        """Those nobody has dealt with, oldest first."""

    def waiting(self) -> int:
        """How many nobody has dealt with."""

    def dealt_with(self, *, limit: int) -> list[CallBack]:
        """Those somebody has dealt with, newest first."""

    def done(self, call_back: int, *, by: str, at: datetime) -> CallBack:
        """Somebody dealt with it. Raises `NotFound` when it is not open."""

    def undone(self, call_back: int) -> CallBack:
        """It waits again. Raises `NotFound` when it does already, or a newer one of the conversation does."""

    def forget(self, conversation: str) -> int:
        """Delete all of a conversation; how many there were."""

    def drop_before(self, before: datetime) -> int:
        """Delete what was dealt with before this; how many there were."""


class UnitOfWork(Protocol):
    """One transaction: `with uow: …; uow.commit()`. Leaving the block without commit takes everything back.

    Every failure of the database is raised as `StorageUnavailable`; then nothing was stored.
    """

    conversations: Conversations
    handoffs: Handoffs
    appointments: Appointments
    letters: Letters
    call_backs: CallBacks
    threads: Threads
    audit: AuditLog
    staff: StaffAccounts
    doors: StaffDoors
    outbox: Outbox
    keeping: Keeping

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take back what was not committed."""

    def commit(self) -> None:
        """Make it last."""


class Storage(Protocol):
    """Makes units of work; safe to share between threads."""

    def __call__(self) -> UnitOfWork:
        """A transaction that may write."""

    def reading(self) -> UnitOfWork:
        """A transaction that only reads and holds up nobody."""

    def brisk(self) -> UnitOfWork:
        """A transaction that may write and does not wait for the disk: a power cut may undo it, a killed process not.

        For what is harmless to lose, such as a worker's claim or when a session was last used.
        """

    def close(self) -> None:
        """Give the connections back."""
