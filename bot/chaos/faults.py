"""The ways to break it: kill or halt a process, lock or stop the database, fill the disk, step the clock, cut a network off."""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import os
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.chaos.database import Database
from bot.chaos.network import Network

PARTS = ("web", "rasa", "actions")
HANG = "hang-"
OTHERS = ("lock", "stop", "disk", "clock", "all", "refused", "silent", *(f"{HANG}{part}" for part in PARTS))
ENDS_WEB = ("web", "all", f"{HANG}web")  # who dies between "sent" and "noted" may send once more
OUTAGE_SECONDS = 10.0
STEP_SECONDS = 300
CLOCK_SOURCE = Path(__file__).with_name("clock.c")

Fault = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Target:
    """What is broken: the home of the running product, its database, a network, and its clock, if it can be stepped."""

    home: Path
    database: Database
    network: Network
    clock: Clock | None
    outage: float = OUTAGE_SECONDS

    def fault(self, name: str) -> Fault:
        """The fault of this name, as something to wait for; it is over when it returns."""
        if name in PARTS:
            return lambda: self._send(name, signal.SIGKILL)
        if name.startswith(HANG):
            return lambda: self._send(name.removeprefix(HANG), signal.SIGSTOP)
        return {
            "all": self._kill_all,
            "lock": self._lock,
            "disk": self._fill_disk,
            "clock": self._step_clock,
            "stop": self._stop_database,
            "refused": lambda: self._cut_off(refuses=True),
            "silent": lambda: self._cut_off(refuses=False),
        }[name]

    def can(self, name: str) -> bool:
        """True when this fault can be made here."""
        if name == "clock":
            return self.clock is not None
        if name == "stop":
            return self.database.can_stop
        return not (name == "lock" and self.database.can_stop)

    def pid(self, part: str) -> int | None:
        """The process of a part, or None while it has none."""
        try:
            return int((self.home / f"{part}.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    async def _send(self, part: str, number: int) -> None:
        pid = self.pid(part)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    async def _kill_all(self) -> None:
        for part in PARTS:
            await self._send(part, signal.SIGKILL)

    async def _cut_off(self, *, refuses: bool) -> None:
        """The network that some visitors write on takes nothing; messages go on coming in from it."""
        with self.network.down(refuses=refuses):
            await asyncio.sleep(self.outage)

    async def _lock(self) -> None:
        """Somebody holds the write lock of both SQLite files."""
        held = [
            sqlite3.connect(self.home / name, isolation_level=None, check_same_thread=False)
            for name in ("palpate.db", "rasa.db")
        ]
        try:
            for connection in held:
                await asyncio.to_thread(_begin, connection)
            await asyncio.sleep(self.outage)
        finally:
            for connection in held:
                connection.close()

    async def _fill_disk(self) -> None:
        """No process may write to any file: what a full disk does to it, log files too."""
        pids = [pid for part in PARTS if (pid := self.pid(part)) is not None]
        for pid in pids:
            _allow(pid, 1)
        try:
            await asyncio.sleep(self.outage)
        finally:
            for pid in pids:
                _allow(pid, resource.RLIM_INFINITY)

    async def _step_clock(self) -> None:
        """Five minutes forward, and after a while back again."""
        if self.clock is None:
            return
        self.clock.step(STEP_SECONDS)
        await asyncio.sleep(self.outage)
        self.clock.step(0)

    async def _stop_database(self) -> None:
        await asyncio.to_thread(self.database.stop)
        await asyncio.sleep(self.outage)
        await asyncio.to_thread(self.database.start)


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("BEGIN IMMEDIATE")


def _allow(pid: int, size: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, most))


class Clock:
    """A wall clock for other processes: they see the real time and our step on top."""

    def __init__(self, library: Path, page: Path) -> None:
        self._page = page
        self.env = {"LD_PRELOAD": str(library), "PALPATE_CHAOS_CLOCK": str(page)}

    def step(self, seconds: int) -> None:
        """From now on the clock is so many seconds ahead."""
        with self._page.open("r+b") as file, mmap.mmap(file.fileno(), 8) as page:
            page[:8] = struct.pack("=q", seconds)


@contextlib.contextmanager
def stepped_clock(folder: Path) -> Iterator[Clock | None]:
    """A clock that can be stepped, or None where there is no C compiler to build it with."""
    compiler = shutil.which("cc")
    if compiler is None:
        yield None
        return
    library, page = folder / "clock.so", folder / "clock"
    page.write_bytes(bytes(8))
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(CLOCK_SOURCE)], check=True)
    yield Clock(library, page)
