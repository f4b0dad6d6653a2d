"""The link of a visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Up: times booked before have no link."""
    op.add_column("appointments", sa.Column("token", sa.LargeBinary()))


def downgrade() -> None:
    """Down."""
    with op.batch_alter_table("appointments") as batch:
        batch.drop_column("token")
