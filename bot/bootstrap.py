"""Puts the parts together: the one place that knows which storage and which alerts this installation uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot import logs
from bot.settings import Settings
from bot.vault import Vault


def storage(settings: Settings) -> Callable[[], Any]:
    """A maker of units of work on this installation's database."""
    from bot.storage import sql

    vault = Vault.open(settings.home)
    return sql.unit_of_work_maker(settings.database_url, vault)


def finish_rotation(settings: Settings, now: Callable[[], datetime]) -> None:
    """End a change of keys that is under way: seal what is left, drop old keys that nothing needs. Usually nothing to do."""
    from bot import key_file
    from bot.storage import rotation

    if len(key_file.read(key_file.path_of(settings.home)).keys) > 1:
        done = rotation.finish(settings.home, settings.database_url, now=now)
        logs.get().info("keys_rotated", count=done.resealed)
