"""The events of conversations on disk: one sealed row per turn, so that a turn is kept whole or not at all.

SQLAlchemy 1.4 Core on SQLite (a file, WAL, synchronous=FULL) or PostgreSQL. Everything here blocks; the tracker store
calls it from its own threads.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.vault import Vault

METADATA = sa.MetaData()
TURNS = sa.Table(
    "rasa_turns",
    METADATA,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.String(64)),
    sa.Column("session", sa.Boolean, nullable=False),  # whether a session starts in this turn
    sa.Column("events", sa.LargeBinary, nullable=False),  # sealed JSON list
    sa.UniqueConstraint("conversation", "message_id", name="uq_rasa_turns_message"),
)
SECONDS = 5  # how long a turn may wait for the database before it fails


class LogUnavailable(RuntimeError):
    """The events could not be read or written; nothing of the turn was kept. Carries the error's kind, no values."""


class TurnConflict(LogUnavailable):
    """Another process wrote this conversation's turn, or this message, first."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn as it was kept: its place in the conversation, the message it answers, and its events."""

    seq: int
    message_id: str | None
    session: bool
    events: tuple[dict[str, Any], ...]


class EventLog:
    """Reads and appends turns; raises `LogUnavailable` for anything the database does not do."""

    def __init__(self, url: str, vault: Vault) -> None:
        self._vault = vault
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        with self._transaction() as connection:
            METADATA.create_all(connection)

    def append(self, conversation: str, turn: StoredTurn) -> None:
        """Keep one turn; `TurnConflict` when its number or its message id is already there."""
        row = {
            "conversation": conversation,
            "seq": turn.seq,
            "message_id": turn.message_id,
            "session": turn.session,
            "events": self._vault.seal(json.dumps(turn.events, separators=(",", ":"))),
        }
        with self._transaction() as connection:
            connection.execute(sa.insert(TURNS), row)

    def read(self, conversation: str, *, whole: bool = False) -> list[StoredTurn]:
        """The turns in order from the newest session start on, or all of them when `whole`."""
        query = sa.select(TURNS).where(TURNS.c.conversation == conversation).order_by(TURNS.c.seq)
        if not whole:
            newest = sa.select(sa.func.coalesce(sa.func.max(TURNS.c.seq), 0)).where(
                TURNS.c.conversation == conversation, TURNS.c.session
            )
            query = query.where(TURNS.c.seq >= newest.scalar_subquery())
        with self._transaction() as connection:
            return [self._turn(row) for row in connection.execute(query)]

    def message_ids(self, conversation: str) -> set[str]:
        """The ids of every message ever answered in this conversation, whatever its session."""
        query = sa.select(TURNS.c.message_id).where(TURNS.c.conversation == conversation)
        with self._transaction() as connection:
            return {found for (found,) in connection.execute(query) if found is not None}

    def find(self, conversation: str, message_id: str) -> StoredTurn | None:
        """The turn that answered this message."""
        query = sa.select(TURNS).where(TURNS.c.conversation == conversation, TURNS.c.message_id == message_id)
        with self._transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else self._turn(row)

    def erase(self, conversation: str) -> int:
        """Forget the conversation; how many turns were there."""
        with self._transaction() as connection:
            return connection.execute(sa.delete(TURNS).where(TURNS.c.conversation == conversation)).rowcount

    def conversations(self) -> list[str]:
        """Every conversation that has a turn."""
        with self._transaction() as connection:
            return [name for (name,) in connection.execute(sa.select(TURNS.c.conversation).distinct())]

    def ping(self) -> None:
        """Return when the database answers, else raise."""
        with self._transaction() as connection:
            connection.execute(sa.select(sa.literal(1)))

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _turn(self, row: Any) -> StoredTurn:
        return StoredTurn(row.seq, row.message_id, row.session, tuple(json.loads(self._vault.unseal(row.events))))

    def _transaction(self) -> _Transaction:
        return _Transaction(self.engine)


class _Transaction:
    """`engine.begin()` whose errors name the kind of failure and never a value."""

    def __init__(self, engine: Any) -> None:
        self._begin = engine.begin()

    def __enter__(self) -> Any:
        try:
            return self._begin.__enter__()
        except sa.exc.SQLAlchemyError as error:
            raise LogUnavailable(type(error).__name__) from None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            self._begin.__exit__(kind, error, trace)
        except sa.exc.SQLAlchemyError as failure:
            raise LogUnavailable(type(failure).__name__) from None
        if isinstance(error, sa.exc.IntegrityError):
            raise TurnConflict("this turn or this message is already kept") from None
        if isinstance(error, sa.exc.SQLAlchemyError):
            raise LogUnavailable(type(error).__name__) from None


def open_log(home: Path, database_url: str) -> EventLog:
    """The log of this installation: PostgreSQL when the URL says so, else `rasa.db` in its home."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url if database_url.startswith("postgresql://") else f"sqlite:///{home / 'rasa.db'}"
    log = EventLog(url, Vault.open(home))
    if log.sqlite:
        os.chmod(home / "rasa.db", 0o600)  # noqa: PTH101
    return log


def _engine(url: str) -> Any:
    if url.startswith("sqlite"):
        engine = sa.create_engine(url, future=True, hide_parameters=True, connect_args={"timeout": SECONDS})
        sa.event.listen(engine, "connect", _tune_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={SECONDS * 1000} -c lock_timeout={SECONDS * 1000}"
    return sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg2://", 1),
        future=True,
        hide_parameters=True,
        pool_size=4,
        max_overflow=0,
        pool_timeout=SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": SECONDS, "options": options, "tcp_user_timeout": SECONDS * 1000},
    )


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
