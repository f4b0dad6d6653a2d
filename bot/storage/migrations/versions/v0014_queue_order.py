"""The indexes of the queue stand in the order in which it is read, so that no page has to sort what it does not show."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"

# Name → what comes before rank and id.
_INDEXES: dict[str, list[str]] = {
    "ix_handoffs_queue": ["status"],
    "ix_handoffs_rank": [],
    "ix_handoffs_claimed_by": ["claimed_by"],
    "ix_handoffs_channel": ["channel"],
    "ix_handoffs_outcome": ["outcome"],
}


def upgrade() -> None:
    """Up."""
    for name, first in _INDEXES.items():
        op.drop_index(name, "handoffs")
        op.create_index(name, "handoffs", [*first, text("rank DESC"), "id"])


def downgrade() -> None:
    """Down."""
    for name, first in _INDEXES.items():
        op.drop_index(name, "handoffs")
        op.create_index(name, "handoffs", [*first, "rank", "id"])
