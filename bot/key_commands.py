"""The commands for the keys of the data: which there are, a new one, the end of the old ones."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click

from bot import key_file
from bot.command_storage import opened_storage
from bot.key_file import BadKeyFile
from bot.settings import BadSettings, Settings
from bot.storage import rotation
from bot.storage.rotation import Progress


def register(cli: click.Group) -> None:
    """Add these commands to `palpate`."""
    cli.add_command(keys)


@click.group()
def keys() -> None:
    """The keys that seal health data (PALPATE_HOME/keys.json)."""


@keys.command("status")
def status() -> None:
    """Which keys there are, when they were made, and how many values each still holds."""
    settings = _settings()
    known = key_file.read(key_file.ensure(settings.home))
    used = rotation.usage(settings.home, settings.database_url)
    for key_id in known.keys:
        made = known.made.get(key_id)
        at = f"{made:%Y-%m-%d %H:%M}Z" if made else "unknown"
        role = "seals" if key_id == known.newest else "old"
        click.echo(f"{key_id.hex()}\t{role}\tmade {at}\t{used.get(key_id, 0)} values")


@keys.command("rotate")
def rotate() -> None:
    """Make a new key and seal everything with it, while the product runs. Safe to break off; `finish` goes on."""
    settings = _settings()
    _tell(rotation.rotate(settings.home, settings.database_url, now=_now))


@keys.command("finish")
def finish() -> None:
    """Go on with a rotation that was broken off, and drop old keys that nothing needs. The product does so by itself."""
    settings = _settings()
    _tell(rotation.finish(settings.home, settings.database_url, now=_now))


def _tell(progress: Progress) -> None:
    click.echo(f"{progress.resealed} values sealed anew")
    for key_id in progress.dropped:
        click.echo(f"key {key_id} dropped: nothing needs it")
    for key_id, count in progress.left.items():
        if key_id not in progress.dropped:
            left = f"{count} values left" if count else "nothing needs it; it goes ten minutes after the new key came"
            click.echo(f"key {key_id} kept: {left}")
    if progress.broken:
        raise click.ClickException(f"{progress.broken} values open with no key here; nothing was changed in them")


def _settings() -> Settings:
    try:
        settings = Settings.from_env(os.environ)
        with opened_storage():  # the tables of today, before anything is counted
            return settings
    except (BadSettings, BadKeyFile) as error:
        click.echo(f"palpate: {error}", err=True)
        sys.exit(1)


def _now() -> datetime:
    return datetime.now(UTC)
