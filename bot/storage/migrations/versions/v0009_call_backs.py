"""Visitors who want to be called back, because the chat could not answer them or because they asked for a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Up."""
    op.create_table(
        "call_backs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_call_backs_conversation_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_call_backs_conversation"), "call_backs", ["conversation"])
    op.create_index(op.f("ix_call_backs_done_at"), "call_backs", ["done_at"])


def downgrade() -> None:
    """Down."""
    op.drop_table("call_backs")
