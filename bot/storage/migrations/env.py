"""Alembic's entry: runs the versions on the connection that `bot.storage.migrations` hands over."""

from __future__ import annotations

from alembic import context

from bot.storage.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
