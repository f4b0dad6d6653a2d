"""Who writes on other networks, and what became of what was sent there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Sealed

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Up."""
    op.create_table(
        "threads",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("address", Sealed(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("wrote_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("template_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_threads_conversation_conversations")
        ),
        sa.PrimaryKeyConstraint("channel", "sender", name=op.f("pk_threads")),
    )
    op.create_index(op.f("ix_threads_conversation"), "threads", ["conversation"])
    op.create_table(
        "deliveries",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("receipt", sa.String(length=128), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_deliveries_conversation_conversations")
        ),
        sa.PrimaryKeyConstraint("channel", "receipt", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_conversation"), "deliveries", ["conversation"])


def downgrade() -> None:
    """Down."""
    op.drop_table("deliveries")
    op.drop_table("threads")
