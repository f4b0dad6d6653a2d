"""What the queue is filtered by, so that a page of it stays fast with very many hand-offs."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

_INDEXES = {
    "ix_handoffs_claimed_by": ["claimed_by", "rank", "id"],
    "ix_handoffs_channel": ["channel", "rank", "id"],
    "ix_handoffs_outcome": ["outcome", "rank", "id"],
    "ix_handoffs_age": ["age", "rank", "id"],
    "ix_handoffs_waiting_since": ["waiting_since"],
}


def upgrade() -> None:
    """Up."""
    for name, columns in _INDEXES.items():
        op.create_index(name, "handoffs", columns)


def downgrade() -> None:
    """Down."""
    for name in _INDEXES:
        op.drop_index(name, "handoffs")
