"""Runs the edge as a process of its own with a reader that needs no model, so that tests can kill it."""

from __future__ import annotations

import os

from bot import logs
from bot.domain.mention import Danger, Reading
from bot.settings import Settings
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web.__main__ import Server, config
from bot.web.context import WebContext


class PlainReader:
    """Knows one danger and its denial; everything else about reading is tested in tests/language."""

    def read(
        self, text: str, *, asked: object = None, now: object = None, subject: str = "self", locale: object = None
    ) -> Reading:
        """Finds "chest pain" unless "no" stands before it."""
        low = text.lower()
        at = low.find("chest pain")
        if at < 0 or low[:at].endswith("no "):
            return Reading(text, (), ())
        return Reading(text, (), (Danger("RF-ACS", "maybe" not in low, at, at + 10),))


def main() -> None:
    """Serve until killed."""
    logs.configure("web")
    settings = Settings.from_env(os.environ)
    vault = Vault.open(settings.home)
    context = WebContext(SqlStorage.open(settings.database_url, vault), settings, vault, PlainReader())
    Server(config(context), context).run()


if __name__ == "__main__":
    main()
