"""Starts the three processes of the product, watches them, and stops them together: what `palpate up` runs."""

from __future__ import annotations

import os
from typing import TextIO

from bot import logs, training
from bot.settings import Settings
from bot.up.part import parts, with_secret
from bot.up.supervisor import DidNotStart, Supervisor

__all__ = ["DidNotStart", "up"]


def up(settings: Settings, out: TextIO) -> None:
    """What `palpate up` does: train if needed, migrate, make the first account, start, say so, watch."""
    from bot import command_storage

    logs.configure("up")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    training.train_if_needed(out)
    command_storage.upgrade_database(settings)
    welcome = command_storage.first_account(settings)

    def ready() -> None:
        base = f"http://localhost:{settings.port}"
        out.write(f"demo clinic   {base}/\nstaff desk    {base}/desk\n")
        if welcome is not None:
            name, password = welcome
            out.write(
                f"first sign-in: name {name}, password {password} (shown this once; change it with `palpate staff password {name}`)\n"
            )
        out.write(f"ready {base}\n")
        out.flush()

    env = with_secret(settings, os.environ)
    supervisor = Supervisor(settings.home, parts(settings, env), env)
    supervisor.stop_on_signals()
    supervisor.run(ready)
