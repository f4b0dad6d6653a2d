"""Second factors, passkeys, invitations and lock-out for staff; the language of a consent; requests to be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Up."""
    op.add_column("conversations", sa.Column("consent_language", sa.String(16)))
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("totp_secret", sa.LargeBinary()))
        batch.add_column(sa.Column("totp_last", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("recovery", sa.LargeBinary()))
        batch.add_column(sa.Column("oidc_subject", sa.String(255)))
        batch.create_unique_constraint("uq_staff_oidc_subject", ["oidc_subject"])
    op.add_column("staff_sessions", sa.Column("how", sa.String(16), nullable=False, server_default=""))
    op.add_column("staff_sessions", sa.Column("agent", sa.String(120), nullable=False, server_default=""))
    op.create_table(
        "staff_passkeys",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_staff_passkeys_staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_passkeys"),
    )
    op.create_index("ix_staff_passkeys_staff", "staff_passkeys", ["staff"])
    op.create_table(
        "staff_invitations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_invitations"),
    )
    op.create_table(
        "staff_pending",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_staff_pending"),
    )
    op.create_table(
        "staff_tries",
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("locked_until", _TIME),
        sa.PrimaryKeyConstraint("address", name="pk_staff_tries"),
    )
    op.create_table(
        "erasure_requests",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("decision", sa.String(16)),
        sa.Column("decided_by", sa.String(80)),
        sa.Column("decided_at", _TIME),
        sa.PrimaryKeyConstraint("conversation", name="pk_erasure_requests"),
    )


def downgrade() -> None:
    """Down."""
    for table in ("erasure_requests", "staff_tries", "staff_pending", "staff_invitations", "staff_passkeys"):
        op.drop_table(table)
    with op.batch_alter_table("staff_sessions") as batch:
        batch.drop_column("agent")
        batch.drop_column("how")
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint("uq_staff_oidc_subject", type_="unique")
        for column in ("oidc_subject", "recovery", "totp_last", "totp_secret"):
            batch.drop_column(column)
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("consent_language")
