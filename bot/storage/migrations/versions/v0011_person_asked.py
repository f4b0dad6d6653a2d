"""Since when a visitor asks for a person in the chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Up."""
    op.add_column("conversations", sa.Column("person_asked_at", sa.DateTime(timezone=True)))
    op.create_index(op.f("ix_conversations_person_asked_at"), "conversations", ["person_asked_at"])


def downgrade() -> None:
    """Down."""
    op.drop_index(op.f("ix_conversations_person_asked_at"), "conversations")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("person_asked_at")
