"""Puts the parts together: the one place that knows which storage and which alerts this installation uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.settings import Settings
from bot.vault import Vault


def storage(settings: Settings) -> Callable[[], Any]:
    """A maker of units of work on this installation's database."""
    from bot.storage import sql

    vault = Vault.open(settings.home)
    return sql.unit_of_work_maker(settings.database_url, vault)
