"""Settles what Rasa reads from the environment, so that its configuration files can name our settings."""

from __future__ import annotations

from collections.abc import MutableMapping

from bot.settings import Settings


def settle(env: MutableMapping[str, str]) -> Settings:
    """Fill in every variable endpoints.yml may name (an unset one stops Rasa) and return the settings.

    `SANIC_WORKERS` is forced to 1: the live tracker store is right only while one process owns a conversation.
    """
    settings = Settings.from_env(env)
    env["PALPATE_HOME"] = str(settings.home)
    env["PALPATE_RASA_PORT"] = str(settings.rasa_port)
    env["PALPATE_ACTIONS_PORT"] = str(settings.actions_port)
    env.setdefault("PALPATE_INTERNAL_SECRET", "")
    env.setdefault("PALPATE_DATABASE_URL", "")
    env["SANIC_WORKERS"] = "1"
    return settings
