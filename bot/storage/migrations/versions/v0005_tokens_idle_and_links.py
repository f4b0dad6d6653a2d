"""When a visitor last wrote, so that an idle token ends; and codes that carry a conversation to another device, once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Up: what is there was last used when it was last touched."""
    op.add_column("conversations", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE conversations SET seen_at = touched_at")
    with op.batch_alter_table("conversations") as batch:
        batch.alter_column("seen_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "resume_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_resume_codes_conversation_conversations")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_resume_codes")),
    )
    op.create_index(op.f("ix_resume_codes_conversation"), "resume_codes", ["conversation"])


def downgrade() -> None:
    """Down."""
    op.drop_table("resume_codes")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("seen_at")
