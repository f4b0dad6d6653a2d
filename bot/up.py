"""Starts the three processes of the product, watches them, and stops them together: what `palpate up` runs."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import TextIO

import httpx

from bot import logs, training
from bot.settings import REPOSITORY, Settings

RASA_PYTHON = REPOSITORY / ".venv-rasa" / "bin" / "python"
START_SECONDS = 120.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.2
EARLY_SECONDS = 5.0  # a part that ends sooner than this after its start may be one that cannot start
SPARE_AFTER = 5.0  # a fresh start has the machine for itself first
_PR_SET_PDEATHSIG = 1


class DidNotStart(RuntimeError):
    """One of the processes did not come up; the message says which and where its log is."""


@dataclass(slots=True)
class Part:
    """One process of the product: how it is started and where it says that it is well."""

    name: str
    command: list[str]
    health: str
    headers: Mapping[str, str] = field(default_factory=dict)
    has_spare: bool = False
    process: subprocess.Popen[bytes] | None = None
    spare: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    early_ends: int = 0

    def pause(self, now: float) -> float:
        """Seconds to wait before it is started again: none for one that had run, ever more for one that cannot."""
        return max(0.0, self.started + min(10.0, 0.5 * 2**self.early_ends - 0.5) - now)


def parts(settings: Settings, secret: str) -> list[Part]:
    """The three processes, in the order in which they are needed."""
    rasa = [
        str(RASA_PYTHON),
        "-m",
        "bot.engine.launch",
        "run",
        "--model",
        str(training.ARCHIVE),
        "--port",
        str(settings.rasa_port),
    ]
    rasa += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return [
        Part("actions", [sys.executable, "-m", "actions.server"], f"{settings.actions_url}/health"),
        Part(
            "rasa",
            rasa,
            f"{settings.rasa_url}/webhooks/palpate/health",
            {"X-Palpate-Secret": secret},
            has_spare=settings.rasa_spare,
        ),
        Part("web", [sys.executable, "-m", "bot.web"], f"http://127.0.0.1:{settings.port}/healthz"),
    ]


class Supervisor:
    """Keeps the parts running until told to stop; a part that dies is started again at once, one that cannot ever more slowly."""

    def __init__(self, settings: Settings, env: Mapping[str, str]) -> None:
        secret = env.get("PALPATE_INTERNAL_SECRET") or secrets.token_urlsafe(32)
        self._env = {
            **env,
            "PALPATE_INTERNAL_SECRET": secret,
            "PALPATE_HOME": str(settings.home),
            "PYTHONUNBUFFERED": "1",
        }
        self._home = settings.home
        self._log = logs.get()
        self.parts = parts(settings, secret)
        self._stopping = False

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM stop all three."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stopping = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)

    def run(self, ready: Callable[[], None]) -> None:
        """Start all parts, call `ready` once when all are well, and watch until stopped. Raises `DidNotStart`."""
        try:
            for part in self.parts:
                self._start(part)
            if self._wait_until_well():
                ready()
            while not self._stopping:
                self._restart_the_dead()
                self._keep_spares()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def _start(self, part: Part) -> None:
        part.process = self._promoted(part) or self._spawn(part, subprocess.DEVNULL)
        part.started = time.monotonic()
        (self._home / f"{part.name}.pid").write_text(str(part.process.pid), encoding="ascii")

    def _spawn(self, part: Part, stdin: int, **more: str) -> subprocess.Popen[bytes]:
        log_path = self._home / "logs" / f"{part.name}.log"
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("ab") as sink:
            return subprocess.Popen(
                part.command, cwd=REPOSITORY, env={**self._env, **more}, stdin=stdin, stdout=sink, stderr=sink,
                start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip

    def _promoted(self, part: Part) -> subprocess.Popen[bytes] | None:
        """The spare, told to begin; None when there is none. It has its imports behind it, the slow part of a start."""
        spare, part.spare = part.spare, None
        if spare is None or spare.stdin is None or spare.poll() is not None:
            return None
        try:
            with spare.stdin as line:
                line.write(b"go\n")
        except OSError:
            return None
        return spare

    def _keep_spares(self) -> None:
        """One process that has everything imported waits beside each part that is slow to start."""
        for part in self.parts:
            settled = time.monotonic() - part.started > SPARE_AFTER
            if part.has_spare and settled and (part.spare is None or part.spare.poll() is not None):
                part.spare = self._spawn(part, subprocess.PIPE, PALPATE_SPARE_WAITS="yes")

    def _wait_until_well(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        for part in self.parts:
            while not self._stopping and not _well(part):
                if part.process is None or part.process.poll() is not None or time.monotonic() > deadline:
                    raise DidNotStart(f"{part.name} did not start; see {self._home / 'logs' / (part.name + '.log')}")
                time.sleep(LOOK_SECONDS)
        return not self._stopping

    def _restart_the_dead(self) -> None:
        for part in self.parts:
            if part.process is None or part.process.poll() is None:
                continue
            if part.pause(time.monotonic()) > 0:
                continue
            early = time.monotonic() - part.started < EARLY_SECONDS
            part.early_ends = part.early_ends + 1 if early else 0
            self._log.warning("part_restarted", path=part.name, status=part.process.returncode, count=part.early_ends)
            self._start(part)

    def stop(self) -> None:
        """Ask every part to finish, last started first; kill what does not."""
        for part in reversed(self.parts):
            if part.spare is not None and part.spare.stdin is not None:
                part.spare.kill()
                part.spare.wait()
                part.spare.stdin.close()
            if part.process is not None and part.process.poll() is None:
                part.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for part in reversed(self.parts):
            if part.process is None:
                continue
            try:
                part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
            (self._home / f"{part.name}.pid").unlink(missing_ok=True)


def _well(part: Part) -> bool:
    try:
        return httpx.get(part.health, headers=dict(part.headers), timeout=2.0).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _die_with_parent() -> None:
    """On Linux the parts end when the supervisor is killed; elsewhere they are left to the service manager."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def up(settings: Settings, out: TextIO) -> None:
    """What `palpate up` does: train if needed, migrate, make the first account, start, say so, watch."""
    from bot import command_storage

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

    supervisor = Supervisor(settings, os.environ)
    supervisor.stop_on_signals()
    supervisor.run(ready)
