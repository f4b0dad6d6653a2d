"""Every column is sealed, or is on this list with the reason why it may be read: a new one must be thought about."""

from __future__ import annotations

from sqlalchemy import Boolean, Integer

from bot.storage.columns import Sealed, SealedJson, Utc
from bot.storage.tables import METADATA

STAFF = "the name of somebody on the staff: shown beside every act"
WORD = "one of a fixed set of words of ours"
ID = "made by us, by chance"
HASH = "a hash: of a secret, or keyed"
THEIRS = "an id of another program, checked for its shape; it is no text a person writes"

READABLE = {
    "audit": {"actor": STAFF, "action": WORD, "reference": ID, "conversation": ID, "from_status": WORD, "to_status": WORD},
    "conversations": {
        "id": ID, "token_hash": HASH, "channel": WORD, "locale": WORD, "phase": WORD, "phase_before": WORD,
        "taken_by": STAFF, "consent_version": WORD, "consent_language": WORD, "worker": ID,
    },
    "messages": {"conversation": ID, "id": THEIRS, "sender": WORD},
    "handoffs": {
        "reference": ID, "conversation": ID, "status": WORD, "outcome": WORD, "urgency": WORD, "direction": WORD,
        "rules_version": HASH, "channel": WORD, "locale": WORD, "claimed_by": STAFF,
    },
    "handoff_revisions": {"cause": WORD, "rules_version": HASH},
    "handoff_decisions": {"by": STAFF, "kind": WORD, "outcome": WORD, "urgency": WORD, "direction": WORD},
    "handoff_terms": {"term": HASH},
    "handoff_viewing": {"staff": STAFF},
    "notes": {"by": STAFF},
    "misread_messages": {"by": STAFF},
    "saved_views": {"owner": STAFF},
    "appointments": {"therapist": STAFF, "room": WORD, "status": WORD, "created_by": STAFF},
    "appointment_slots": {"resource": STAFF},
    "letters": {"id": ID, "conversation": ID, "media_type": WORD},
    "call_backs": {"conversation": ID, "why": WORD, "done_by": STAFF},
    "threads": {"channel": WORD, "sender": HASH, "conversation": ID},
    "provider_messages": {"channel": WORD, "provider_id": HASH, "conversation": ID},
    "deliveries": {"channel": WORD, "receipt": HASH, "conversation": ID, "status": WORD, "code": THEIRS},
    "outbox": {
        "key": ID, "kind": WORD, "lane": ID, "conversation": ID, "error": WORD, "receipt": HASH, "worker": ID,
    },
    "resume_codes": {"code_hash": HASH, "conversation": ID, "purpose": WORD},
    "erasures": {"conversation": ID, "by": STAFF, "what": WORD},
    "erasure_requests": {"conversation": ID, "reference": ID, "decision": WORD, "decided_by": STAFF},
    "staff": {"name": STAFF, "name_key": STAFF, "role": WORD, "password_hash": HASH, "oidc_subject": THEIRS},
    "staff_invitations": {"token_hash": HASH, "name": STAFF, "role": WORD, "by": STAFF},
    "staff_passkeys": {"id": THEIRS, "public_key": THEIRS, "label": STAFF},
    "staff_pending": {"key": HASH},
    "staff_sessions": {"token_hash": HASH, "kind": WORD, "csrf": ID, "label": STAFF, "how": WORD, "agent": THEIRS},
    "staff_tries": {"address": HASH},
}  # fmt: skip


def test_every_readable_column_has_a_reason():
    found = {
        table.name: {
            column.name
            for column in table.columns
            if not isinstance(column.type, Sealed | SealedJson | Utc | Integer | Boolean)
        }
        for table in METADATA.sorted_tables
    }
    listed = {name: set(columns) for name, columns in READABLE.items()}
    new = {
        name: columns - listed.get(name, set()) for name, columns in found.items() if columns - listed.get(name, set())
    }
    assert not new, "seal these columns, or say in this file why anybody with the database may read them"
    gone = {
        name: columns - found.get(name, set()) for name, columns in listed.items() if columns - found.get(name, set())
    }
    assert not gone
