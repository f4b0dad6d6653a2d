"""Gives the data another key while everything runs: seals old rows anew, batch by batch, then forgets the old key.

A crash at any place is safe: every row is readable with the keys in the file at every moment, and the same call again
goes on where the other ended. An old key goes only when no row anywhere needs it and ten minutes have passed since the
new one came: longer than any transaction that sealed with the old one may take to commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    LargeBinary,
    TableClause,
    and_,
    column,
    func,
    inspect,
    literal_column,
    select,
    table,
    tuple_,
    update,
)

from bot import key_file
from bot.storage.columns import Sealed, SealedJson
from bot.storage.engine import open_engine
from bot.storage.tables import METADATA
from bot.vault import SealBroken, Vault

GRACE = timedelta(minutes=10)
BATCH = 200
# Written into the statement, so that PostgreSQL sees the same expression wherever it stands.
_FIRST: ColumnElement[Any] = literal_column("1")
_LENGTH: ColumnElement[Any] = literal_column(str(key_file.ID_BYTES))
# Rasa's own table (bot/engine/event_log.py): its primary key and its sealed column.
TRACKER = ("rasa_turns", ("conversation", "seq"), ("events",))


@dataclass(slots=True)
class Progress:
    """What a run did: `resealed` rows, `broken` ones that no key opens, `left` rows per old key, `dropped` keys."""

    resealed: int = 0
    broken: int = 0
    left: dict[str, int] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """One sealed column of one table, as bare bytes."""

    table: TableClause
    keys: tuple[str, ...]
    name: str

    @property
    def sealed(self) -> Any:
        return self.table.c[self.name]

    @property
    def key_id(self) -> Any:
        return func.substr(self.sealed, _FIRST, _LENGTH)


def rotate(home: Path, url: str, *, now: Callable[[], datetime], grace: timedelta = GRACE) -> Progress:
    """Make a new key, seal everything with it, and drop old ones that are due."""
    with key_file.held(home):
        key_file.add(key_file.ensure(home), now=now())
    return finish(home, url, now=now, grace=grace)


def finish(home: Path, url: str, *, now: Callable[[], datetime], grace: timedelta = GRACE) -> Progress:
    """Seal with the newest key whatever is not yet, and drop old keys that are due; safe to repeat."""
    with key_file.held(home), _engines(home, url) as engines:
        path = key_file.ensure(home)
        vault, progress = Vault.open(home), Progress()
        for engine in engines:
            for place in _places(engine):
                _reseal(engine, place, vault, progress)
        keys = key_file.read(path)
        used = usage(home, url)
        progress.left = {key_id.hex(): used.get(key_id, 0) for key_id in keys.old}
        made = keys.made.get(keys.newest)
        if made is not None and now() - made >= grace:
            gone = [key_id for key_id in keys.old if not used.get(key_id)]
            if gone:
                key_file.drop(path, gone)
            progress.dropped = [key_id.hex() for key_id in gone]
    return progress


def usage(home: Path, url: str) -> dict[bytes, int]:
    """How many sealed values each key holds, in all tables of booking storage and of Rasa's tracker."""
    found: dict[bytes, int] = {}
    with _engines(home, url) as engines:
        for engine in engines:
            for place in _places(engine):
                wanted = select(place.key_id, func.count()).where(place.sealed.is_not(None)).group_by(place.key_id)
                with engine.connect() as connection:
                    for key_id, count in connection.execute(wanted):
                        found[bytes(key_id)] = found.get(bytes(key_id), 0) + count
    return found


@contextmanager
def _engines(home: Path, url: str) -> Iterator[list[Engine]]:
    """Booking storage, and Rasa's file beside it when the database is SQLite."""
    vault = Vault.open(home)
    urls = [url]
    if url.startswith("sqlite") and (home / "rasa.db").exists():
        urls.append(f"sqlite:///{home / 'rasa.db'}")
    with ExitStack() as stack:
        engines = []
        for one in urls:
            engine = open_engine(one, vault)
            stack.callback(engine.dispose)
            engines.append(engine)
        yield engines


def _places(engine: Engine) -> list[_Place]:
    there = set(inspect(engine).get_table_names())
    ours = [
        (one.name, tuple(key.name for key in one.primary_key.columns), tuple(_sealed_columns(one)))
        for one in METADATA.sorted_tables
    ]
    found = []
    for name, keys, sealed in [*ours, TRACKER]:
        if name in there:
            bare = table(name, *(column(key) for key in keys), *(column(one, LargeBinary) for one in sealed))
            found += [_Place(bare, keys, one) for one in sealed]
    return found


def _sealed_columns(one: Any) -> Sequence[str]:
    return [each.name for each in one.columns if isinstance(each.type, Sealed | SealedJson)]


def _reseal(engine: Engine, place: _Place, vault: Vault, progress: Progress) -> None:
    """All rows of one column, in the order of the primary key, a transaction per batch."""
    keys = [place.table.c[name] for name in place.keys]
    last: tuple[Any, ...] | None = None
    while True:
        wanted = select(*keys, place.sealed).where(place.sealed.is_not(None), place.key_id != vault.newest)
        if last is not None:
            wanted = wanted.where(tuple_(*keys) > tuple_(*last))
        with engine.connect() as connection:
            rows = connection.execute(wanted.order_by(*keys).limit(BATCH)).all()
        if not rows:
            return
        last = tuple(rows[-1])[:-1]
        with engine.begin() as connection:
            for *identity, sealed in rows:
                try:
                    fresh = vault.seal(vault.unseal(bytes(sealed)))
                except SealBroken:
                    progress.broken += 1
                    continue
                # Only where it is still what we read: whoever wrote meanwhile has sealed with the new key already.
                same = and_(*(key == value for key, value in zip(keys, identity, strict=True)), place.sealed == sealed)
                changed = connection.execute(update(place.table).where(same).values({place.name: fresh}))
                progress.resealed += changed.rowcount
