"""The outbox for everything that leaves the house: sealed payloads, lanes, giving up; and the ids of other networks."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import SealedJson

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Up: what waits is sealed."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, payload FROM outbox WHERE sent_at IS NULL")).all()
    op.drop_column("outbox", "payload")
    op.add_column("outbox", sa.Column("payload", SealedJson(), nullable=True))
    op.add_column("outbox", sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("lane", sa.String(length=96), nullable=True))
    op.add_column("outbox", sa.Column("conversation", sa.String(length=64), nullable=True))
    op.add_column("outbox", sa.Column("error", sa.String(length=64), nullable=True))
    op.add_column("outbox", sa.Column("receipt", sa.String(length=128), nullable=True))
    op.add_column("outbox", sa.Column("worker", sa.String(length=64), nullable=True))
    outbox = sa.table("outbox", sa.column("id", sa.Integer), sa.column("payload", SealedJson))
    for row in rows:
        payload = _parsed(row.payload)
        connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(payload=payload))
    op.create_index(op.f("ix_outbox_conversation"), "outbox", ["conversation"])
    waits = sa.text("sent_at IS NULL AND gave_up_at IS NULL")
    op.create_index("ix_outbox_lane", "outbox", ["lane", "id"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "provider_messages",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_provider_messages_conversation_conversations")
        ),
        sa.PrimaryKeyConstraint("channel", "provider_id", name=op.f("pk_provider_messages")),
    )
    op.create_index(op.f("ix_provider_messages_conversation"), "provider_messages", ["conversation"])


def downgrade() -> None:
    """Down: what waits stays, in the clear as it was before."""
    connection = op.get_bind()
    outbox = sa.table("outbox", sa.column("id", sa.Integer), sa.column("payload", SealedJson))
    rows = connection.execute(sa.select(outbox.c.id, outbox.c.payload)).all()
    op.drop_table("provider_messages")
    op.drop_index("ix_outbox_lane", "outbox")
    op.drop_index(op.f("ix_outbox_conversation"), "outbox")
    for name in ("payload", "gave_up_at", "lane", "conversation", "error", "receipt", "worker"):
        op.drop_column("outbox", name)
    op.add_column("outbox", sa.Column("payload", sa.JSON(), nullable=False, server_default="{}"))
    plain = sa.table("outbox", sa.column("id", sa.Integer), sa.column("payload", sa.JSON))
    for row in rows:
        connection.execute(sa.update(plain).where(plain.c.id == row.id).values(payload=row.payload or {}))


def _parsed(raw: object) -> object:
    return json.loads(raw) if isinstance(raw, str | bytes) else raw
