"""Short messages in a row are one turn: how far the turn in work reaches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Up: nothing is in work that reaches further than one message."""
    op.add_column("conversations", sa.Column("turn_through", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("conversations") as batch:
        batch.alter_column("turn_through", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    """Down."""
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("turn_through")
