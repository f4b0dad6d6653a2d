"""What every command on stored data needs: the database opened and migrated, refusals as one line, who acts, the time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from bot.domain.errors import NotFound, PalpateError
from bot.services import accounts
from bot.services.review import Actor
from bot.settings import BadSettings, Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault

OPERATOR = Actor("command line", "admin")


def open_storage(settings: Settings) -> SqlStorage:
    """Booking storage of this installation, migrated to today's tables."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    storage = SqlStorage.open(settings.database_url, Vault.open(settings.home))
    migrations.upgrade(storage.engine)
    return storage


def upgrade_database(settings: Settings) -> None:
    """Bring the tables up to date; safe to repeat."""
    open_storage(settings).close()


def first_account(settings: Settings) -> tuple[str, str] | None:
    """Name and one-time password of a first administrator, or None when there are accounts already."""
    storage = open_storage(settings)
    try:
        password = accounts.first_admin(storage, now=datetime.now(UTC))
    finally:
        storage.close()
    return None if password is None else ("admin", password)


@contextmanager
def opened_storage() -> Iterator[SqlStorage]:
    """Storage for one command; refusals become one line on stderr and exit status 1."""
    try:
        storage = open_storage(Settings.from_env(os.environ))
        try:
            yield storage
        finally:
            storage.close()
    except (PalpateError, BadSettings) as error:
        what = "nothing is stored under" if isinstance(error, NotFound) else ""
        click.echo(f"palpate: {what} {error}".replace("  ", " "), err=True)
        sys.exit(1)


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)
