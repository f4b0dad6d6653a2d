"""When a hand-off last came in: a note or a claim must not make it look fresh."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Up: what is there came in when it was made."""
    op.add_column("handoffs", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE handoffs SET waiting_since = created_at")
    with op.batch_alter_table("handoffs") as batch:
        batch.alter_column("waiting_since", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Down."""
    with op.batch_alter_table("handoffs") as batch:
        batch.drop_column("waiting_since")
