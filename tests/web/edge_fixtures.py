"""What every test of the edge begins with: a migrated home, a stand-in for Rasa, and a pace that waits for nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from standin_rasa import Rasa, Serving

from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web.turns.dispatcher import Pace

FAST = Pace(sweep=0.1, hold=0.1, told_after=0.2, probe=0.05, first_pause=0.02, longest_pause=0.1, tries=3)


@pytest.fixture
def rasa() -> Iterator[Rasa]:
    """A Rasa that answers."""
    one = Rasa()
    one.gate.set()
    serving = Serving(one.app()).start()
    one.url, one.port = serving.url, serving.port
    yield one
    one.gate.set()
    serving.stop()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated home, made once and copied."""
    home = tmp_path_factory.mktemp("template")
    storage = SqlStorage.open(f"sqlite:///{home / 'palpate.db'}", Vault.open(home))
    migrations.upgrade(storage.engine)
    storage.close()
    return home


@pytest.fixture
def home(migrated: Path, tmp_path: Path) -> Path:
    """A home with an empty database."""
    shutil.copytree(migrated, tmp_path / "home")
    return tmp_path / "home"
