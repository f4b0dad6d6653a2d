"""Keeps the parts running: one that dies or hangs is started again at once, one that cannot run ever more slowly."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from bot import logs, spare
from bot.settings import REPOSITORY
from bot.up.part import COLD_SECONDS, Part
from bot.up.watch import Tempo, Watch

STOP_SECONDS = 20.0
LOOK_SECONDS = 0.1
SPARE_SECONDS = 2.0  # between the starts of two spares: those who serve need the machine too
_PR_SET_PDEATHSIG = 1


class DidNotStart(RuntimeError):
    """One of the processes did not come up; the message says which and where its log is."""


class Supervisor:
    """Runs `parts` until told to stop, with their logs and process ids below `home`."""

    def __init__(self, home: Path, parts: Sequence[Part], env: Mapping[str, str], tempo: Tempo | None = None) -> None:
        self._home = home
        self._env = dict(env)
        self._log = logs.get()
        self._watch = Watch(parts, tempo)
        self._stopping = False
        self.parts = parts

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM stop all parts."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.request_stop()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)

    def request_stop(self) -> None:
        """Make `run` return soon. Safe from any thread and from signal handlers."""
        self._stopping = True

    def run(self, ready: Callable[[], None]) -> None:
        """Start all parts, call `ready` once when all are well, and watch until stopped. Raises `DidNotStart`."""
        try:
            for part in self.parts:
                self._start(part)
            if self._wait_until_well():
                ready()
            self._watch.start()
            while not self._stopping:
                self._end_the_hanging()
                self._restart_the_dead()
                self._keep_spares()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask every part to finish, last started first; kill what does not."""
        for part in reversed(self.parts):
            _end_spare(part)
            if part.process is not None and part.runs:
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
            with contextlib.suppress(OSError):
                (self._home / f"{part.name}.pid").unlink()
        self._watch.stop()

    def _start(self, part: Part) -> None:
        promoted, now = self._promoted(part), time.monotonic()
        process = promoted or self._spawn(part, subprocess.DEVNULL)
        part.begin(process, now, ahead=now - part.spare_begun if promoted else 0.0)
        with contextlib.suppress(OSError):  # a full disk: the part runs all the same
            (self._home / f"{part.name}.pid").write_text(str(process.pid), encoding="ascii")

    def _spawn(self, part: Part, stdin: int, **more: str) -> subprocess.Popen[bytes]:
        log_path = self._home / "logs" / f"{part.name}.log"
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("ab") as sink:
            return subprocess.Popen(
                part.command, cwd=REPOSITORY, env={**self._env, **more}, stdin=stdin, stdout=sink, stderr=sink,
                start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip

    def _promoted(self, part: Part) -> subprocess.Popen[bytes] | None:
        """The spare, told to take over; None when there is none. It has its start behind it, or a part of it."""
        twin, part.spare = part.spare, None
        if twin is None or twin.stdin is None or twin.poll() is not None:
            return None
        try:
            with twin.stdin as line:
                line.write(spare.GO)
        except OSError:
            return None
        return twin

    def _keep_spares(self) -> None:
        """A twin with everything loaded waits beside each part that is well; one is begun at a time."""
        now = time.monotonic()
        if now < max(part.spare_begun for part in self.parts) + SPARE_SECONDS:
            return
        for part in self.parts:
            if part.wants_spare(now):
                part.spare_begun = now
                try:
                    part.spare = self._spawn(part, subprocess.PIPE, **{spare.WAITS: "yes"})
                except OSError as error:
                    self._log.error("spare_not_started", path=part.name, error=error)
                return

    def _wait_until_well(self) -> bool:
        deadline = time.monotonic() + COLD_SECONDS
        for part in self.parts:
            while not self._stopping and not self._watch.is_well(part):
                if not part.runs or time.monotonic() > deadline:
                    raise DidNotStart(f"{part.name} did not start; see {self._home / 'logs' / (part.name + '.log')}")
                time.sleep(LOOK_SECONDS)
        return not self._stopping

    def _end_the_hanging(self) -> None:
        for part in self.parts:
            if part.process is not None and part.hangs(time.monotonic()):
                self._log.error("part_hangs", path=part.name, count=part.silent)
                part.process.kill()
                part.process.wait()

    def _restart_the_dead(self) -> None:
        for part in self.parts:
            if part.process is None or part.runs:
                continue
            part.ended(time.monotonic())
            if part.pause(time.monotonic()) > 0:
                continue
            self._log.warning("part_restarted", path=part.name, status=part.process.returncode, count=part.early_ends)
            try:
                self._start(part)
            except OSError as error:  # no process or no file to be had just now; that passes
                self._log.error("part_not_started", path=part.name, error=error)
                part.could_not_start(time.monotonic())


def _end_spare(part: Part) -> None:
    if part.spare is not None:
        part.spare.kill()
        part.spare.wait()
        if part.spare.stdin is not None:
            part.spare.stdin.close()


def _die_with_parent() -> None:
    """On Linux the parts end when the supervisor is killed; elsewhere they are left to the service manager."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
