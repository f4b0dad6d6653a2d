"""The audit log is read by day and by act, too."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

_INDEXES = {"ix_audit_at": ["at"], "ix_audit_action": ["action", "id"]}


def upgrade() -> None:
    """Up."""
    for name, columns in _INDEXES.items():
        op.create_index(name, "audit", columns)


def downgrade() -> None:
    """Down."""
    for name in _INDEXES:
        op.drop_index(name, "audit")
