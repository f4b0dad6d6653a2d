"""The commands for backups: a sealed copy while the product runs, and putting one back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from bot import backup
from bot.backup import BackupRefused
from bot.settings import BadSettings, Settings


def register(cli: click.Group) -> None:
    """Add these commands to `palpate`."""
    for command in (make, restore):
        cli.add_command(command)


@click.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def make(file: Path | None) -> None:
    """Write a sealed copy of everything to FILE while the product runs (default: PALPATE_HOME/backups/DATE.palpate)."""
    settings, now = _settings(), datetime.now(UTC)
    target = file or settings.home / "backups" / f"{now:%Y%m%d-%H%M%S}.palpate"
    try:
        if file is None:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        where, key, fresh = backup.key_of(settings.home)
        backup.back_up(settings, target, key, now=now)
    except (BackupRefused, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target}\t{target.stat().st_size} bytes")
    if fresh:
        click.echo(
            f"a key for backups was made: {where}. Keep a copy of it away from this machine and from the backups."
        )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The backup.key; default: that of this home.",
)
@click.option("--over", is_flag=True, help="There is a database here already: move it aside.")
def restore(file: Path, key: Path | None, over: bool) -> None:
    """Put the copy in FILE back, and forget again whoever was forgotten since. The product must not run."""
    settings = _settings()
    try:
        opened = backup.read_key(key or settings.home / backup.KEY_NAME)
        done = backup.put_back(settings, file, opened, now=datetime.now(UTC), over=over)
    except (BackupRefused, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored the copy of {done.made_at}; {done.erased_again} erasures applied again")
    if done.before is not None:
        click.echo(f"what was here before lies in {done.before}; delete it when all is well")


def _settings() -> Settings:
    try:
        return Settings.from_env(os.environ)
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
