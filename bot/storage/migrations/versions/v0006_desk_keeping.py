"""What staff keep beside the hand-offs: labels, first looks, saved views, who is looking, messages read wrongly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Up: nobody is known to have looked at what is there already, so it counts from now on."""
    op.add_column("handoffs", sa.Column("direction", sa.String(length=8)))
    op.add_column("handoffs", sa.Column("labels", sa.LargeBinary()))
    op.add_column("handoffs", sa.Column("first_look_at", sa.DateTime(timezone=True)))
    op.create_index(op.f("ix_handoffs_direction"), "handoffs", ["direction"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("query", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_owner"), "saved_views", ["owner"])
    op.create_table(
        "handoff_viewing",
        sa.Column("handoff", sa.Integer(), nullable=False),
        sa.Column("staff", sa.String(length=80), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff"], ["handoffs.id"], name=op.f("fk_handoff_viewing_handoff_handoffs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("handoff", "staff", name=op.f("pk_handoff_viewing")),
    )
    op.create_table(
        "misread_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("should_be", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff"], ["handoffs.id"], name=op.f("fk_misread_messages_handoff_handoffs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misread_messages")),
        sa.UniqueConstraint("handoff", "seq", name=op.f("uq_misread_messages_handoff_seq")),
    )
    op.create_index(op.f("ix_misread_messages_handoff"), "misread_messages", ["handoff"])


def downgrade() -> None:
    """Down."""
    for table in ("misread_messages", "handoff_viewing", "saved_views"):
        op.drop_table(table)
    op.drop_index(op.f("ix_handoffs_direction"), "handoffs")
    with op.batch_alter_table("handoffs") as batch:
        for column in ("first_look_at", "labels", "direction"):
            batch.drop_column(column)
