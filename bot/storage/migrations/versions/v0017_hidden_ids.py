"""Ids of other networks are kept as keyed hashes: some of them carry a telephone number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import hidden

revision = "0017"
down_revision = "0016"

_IDS = (("provider_messages", "provider_id"), ("deliveries", "receipt"), ("outbox", "receipt"))


def upgrade() -> None:
    """Up."""
    connection = op.get_bind()
    for name, column in _IDS:
        table = sa.table(name, sa.column(column, sa.String))
        own = table.c[column]
        for (value,) in connection.execute(sa.select(own).where(own.is_not(None)).distinct()).all():
            hash_ = hidden(value, connection.dialect)
            connection.execute(sa.update(table).where(own == value).values({column: hash_}))


def downgrade() -> None:
    """Down: a hash tells nothing of its id; what comes twice across this step is taken twice."""
