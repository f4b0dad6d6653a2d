"""When the person who speaks in a chat was last there, so that nobody is left alone by a closed page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Up."""
    op.add_column("conversations", sa.Column("speaker_seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Down."""
    with op.batch_alter_table("conversations") as table:
        table.drop_column("speaker_seen_at")
