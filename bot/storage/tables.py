"""The tables of booking storage (contract §7); their names and those of the hand-off columns are promised to others."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.storage.columns import Hidden, Sealed, SealedJson, Utc

# Named constraints, so that a migration can find them again.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("phase_before", String(16)),
    Column("taken_by", String(80)),
    Column("state", SealedJson),
    Column("record", SealedJson),
    Column("consent_at", Utc),
    Column("consent_version", String(32)),
    Column("consent_language", String(16)),
    Column("last_seq", Integer, nullable=False),
    Column("spoken_through", Integer, nullable=False),
    Column("answered_through", Integer, nullable=False),
    Column("turn_through", Integer, nullable=False),
    Column("worker", String(64)),
    Column("lease_until", Utc),
    Column("created_at", Utc, nullable=False),
    Column("touched_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("erased_at", Utc),
    Column("person_asked_at", Utc, index=True),
    Column("speaker_seen_at", Utc),
    Index("ix_conversations_touched_at", "touched_at"),
)
Index(
    "ix_conversations_work",
    CONVERSATIONS.c.touched_at,
    sqlite_where=text("spoken_through > answered_through"),
    postgresql_where=text("spoken_through > answered_through"),
)

MESSAGES = Table(
    "messages",
    METADATA,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64)),
    Column("sender", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Column("text", Sealed, nullable=False),
    Column("body", SealedJson),
    UniqueConstraint("conversation", "id"),
)

HANDOFFS = Table(
    "handoffs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reference", String(16), nullable=False, unique=True),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("status", String(24), nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("urgency", String(16)),
    Column("provisional", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("overridden", Boolean, nullable=False),
    Column("direction", String(8), index=True),
    Column("rules_version", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("age", Integer),
    Column("contact", SealedJson),
    Column("labels", SealedJson),
    Column("claimed_by", String(80)),
    Column("wait_until", Utc),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("waiting_since", Utc, nullable=False),
    Column("first_look_at", Utc),
    Index("ix_handoffs_changed_at", "changed_at"),
    Index("ix_handoffs_age", "age", "rank", "id"),
    Index("ix_handoffs_waiting_since", "waiting_since"),
)
# A list is read from its index as it stands: most cautious first, then the oldest.
_H = HANDOFFS.c
Index("ix_handoffs_queue", _H.status, _H.rank.desc(), _H.id)
Index("ix_handoffs_rank", _H.rank.desc(), _H.id)
Index("ix_handoffs_claimed_by", _H.claimed_by, _H.rank.desc(), _H.id)
Index("ix_handoffs_channel", _H.channel, _H.rank.desc(), _H.id)
Index("ix_handoffs_outcome", _H.outcome, _H.rank.desc(), _H.id)

REVISIONS = Table(
    "handoff_revisions",
    METADATA,
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("cause", String(24), nullable=False),
    Column("rules_version", String(64), nullable=False),
    Column("record", SealedJson, nullable=False),
    Column("result", SealedJson, nullable=False),
    Column("consent", SealedJson, nullable=False),
    Column("said", SealedJson, nullable=False),
    Column("transcript", SealedJson),
    Column("clearance", SealedJson),
)

DECISIONS = Table(
    "handoff_decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("urgency", String(16)),
    Column("direction", String(8), nullable=False),
    Column("reason", Sealed, nullable=False),
)

NOTES = Table(
    "notes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Column("text", Sealed, nullable=False),
)

# A list of hand-offs that somebody looks through often; its search may hold a name, so it is sealed.
SAVED_VIEWS = Table(
    "saved_views",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("owner", String(80), nullable=False, index=True),
    Column("title", Sealed, nullable=False),
    Column("query", Sealed, nullable=False),
)

# Who has a hand-off open right now; a row is as good as new for a minute.
VIEWING = Table(
    "handoff_viewing",
    METADATA,
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True),
    Column("staff", String(80), primary_key=True),
    Column("seen_at", Utc, nullable=False),
)

# A message that was read wrongly, and what it should have been read as; goes with its hand-off.
MISREAD = Table(
    "misread_messages",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Column("text", Sealed, nullable=False),
    Column("should_be", SealedJson, nullable=False),
    UniqueConstraint("handoff", "seq"),
)

# What a hand-off can be found by (name, phone, e-mail, flag, site): keyed hashes, never the words themselves.
TERMS = Table(
    "handoff_terms",
    METADATA,
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True),
    Column("term", LargeBinary, primary_key=True),
    Index("ix_handoff_terms_term", "term"),
)

APPOINTMENTS = Table(
    "appointments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("handoff", ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("starts_at", Utc, nullable=False, index=True),
    Column("ends_at", Utc, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("therapist", String(80), nullable=False),
    Column("room", String(80), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("token", Sealed),
)

LETTERS = Table(
    "letters",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False, index=True),
    Column("media_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", Sealed, nullable=False),
)

# Every five minutes of an appointment, once for the therapist and once for the room: the primary key is the law against
# double booking, on every database and under every race.
SLOTS = Table(
    "appointment_slots",
    METADATA,
    Column("resource", String(96), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("appointment", ForeignKey("appointments.id", ondelete="CASCADE"), nullable=False, index=True),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(80), nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("reference", String(16), index=True),
    Column("conversation", String(64), index=True),
    Column("from_status", String(24)),
    Column("to_status", String(24)),
    Column("detail", SealedJson),
    Index("ix_audit_at", "at"),
    Index("ix_audit_action", "action", "id"),
)

STAFF = Table(
    "staff",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_key", String(80), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Utc),
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("totp_secret", Sealed),
    Column("totp_last", Integer, nullable=False, server_default="0"),
    Column("recovery", SealedJson),
    Column("oidc_subject", String(255), unique=True),
)

STAFF_SESSIONS = Table(
    "staff_sessions",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("staff", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("label", String(80), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("how", String(16), nullable=False, server_default=""),
    Column("agent", String(120), nullable=False, server_default=""),
)

PASSKEYS = Table(
    "staff_passkeys",
    METADATA,
    Column("id", LargeBinary, primary_key=True),
    Column("staff", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("count", Integer, nullable=False),
    Column("label", String(80), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("used_at", Utc),
)

INVITATIONS = Table(
    "staff_invitations",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("by", String(80), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

# What a sign-in that takes more than one request must remember: a challenge, a secret to be confirmed, a state.
PENDING = Table(
    "staff_pending",
    METADATA,
    Column("key", LargeBinary, primary_key=True),
    Column("data", SealedJson, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

# Failed sign-ins by network address; the address itself is a keyed hash.
TRIES = Table(
    "staff_tries",
    METADATA,
    Column("address", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("locked_until", Utc),
)

ERASURE_REQUESTS = Table(
    "erasure_requests",
    METADATA,
    Column("conversation", String(64), primary_key=True),
    Column("reference", String(16), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("decision", String(16)),
    Column("decided_by", String(80)),
    Column("decided_at", Utc),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(96), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("payload", SealedJson),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("gave_up_at", Utc),
    Column("lane", String(96)),
    Column("conversation", String(64), index=True),
    Column("error", String(64)),
    Column("receipt", Hidden(128)),
    Column("worker", String(64)),
    Index("ix_outbox_due", "sent_at", "due_at"),
)
Index(
    "ix_outbox_lane",
    OUTBOX.c.lane,
    OUTBOX.c.id,
    sqlite_where=text("sent_at IS NULL AND gave_up_at IS NULL"),
    postgresql_where=text("sent_at IS NULL AND gave_up_at IS NULL"),
)

# Codes that carry a conversation to another device; a used one is gone.
RESUME_CODES = Table(
    "resume_codes",
    METADATA,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("purpose", String(8), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

CALL_BACKS = Table(
    "call_backs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("why", String(16), nullable=False),
    Column("contact", SealedJson, nullable=False),
    Column("done_at", Utc, index=True),
    Column("done_by", String(80)),
    sqlite_autoincrement=True,  # a number on an old page must never name somebody else
)

# Ids that other networks gave to what visitors sent there: the primary key is the law against a second turn.
PROVIDER_MESSAGES = Table(
    "provider_messages",
    METADATA,
    Column("channel", String(32), primary_key=True),
    Column("provider_id", Hidden(128), primary_key=True),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("at", Utc, nullable=False),
)

# Who writes to us on another network: found by a keyed hash of the address, which itself is sealed.
THREADS = Table(
    "threads",
    METADATA,
    Column("channel", String(32), primary_key=True),
    Column("sender", LargeBinary, primary_key=True),
    Column("address", Sealed, nullable=False),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("wrote_at", Utc, nullable=False),
    Column("stopped_at", Utc),
    Column("reminders_at", Utc),
    Column("template_at", Utc),
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("channel", String(32), primary_key=True),
    Column("receipt", Hidden(128), primary_key=True),
    Column("conversation", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Column("code", String(32), nullable=False),
)

ERASURES = Table(
    "erasures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Column("what", String(64), nullable=False),
)
