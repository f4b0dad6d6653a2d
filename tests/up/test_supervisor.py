"""A part that dies or hangs is back by itself; one that cannot start is tried ever more slowly."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.engine.servers import free_port
from bot.up.part import COLD_SECONDS, SILENT_PROBES, Part
from bot.up.supervisor import DidNotStart, Supervisor
from bot.up.watch import Tempo

STANDIN = str(Path(__file__).with_name("standin_part.py"))
PATIENCE = 60


def part(*words: str, has_spare: bool = False) -> Part:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}/"
    return Part("web", [sys.executable, STANDIN, port, *words], url, url, has_spare=has_spare)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[[Part], Path]]:
    """Runs a part until the end of the test; the file that names its process."""
    running: list[tuple[Supervisor, threading.Thread]] = []

    def run(one: Part) -> Path:
        supervisor, ready = Supervisor(tmp_path, [one], os.environ, Tempo(every=0.05, answer=0.3)), threading.Event()
        thread = threading.Thread(target=supervisor.run, args=(ready.set,))
        thread.start()
        running.append((supervisor, thread))
        assert ready.wait(PATIENCE)
        return tmp_path / "web.pid"

    yield run
    for supervisor, thread in running:
        supervisor.request_stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends
        threading.Event().wait(0.01)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.parametrize("has_spare", [True, False])
def test_what_dies_or_hangs_is_back_by_itself(supervised: Callable[[Part], Path], how: int, has_spare: bool) -> None:
    one = part(has_spare=has_spare)
    named = supervised(one)
    first = int(named.read_text())
    until(lambda: one.answered and (one.spare is not None) == has_spare)
    waiting = one.spare.pid if one.spare else None
    os.kill(first, how)
    until(lambda: int(named.read_text() or first) != first and one.answered)
    second = int(named.read_text())
    assert second == waiting if has_spare else second != first
    assert not Path(f"/proc/{first}").exists(), "what hung is gone, so that it cannot come back beside the other"


def test_a_part_that_cannot_start_is_told_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(DidNotStart, match=r"web did not start; see .*web\.log"):
        Supervisor(tmp_path, [part("broken")], os.environ).run(lambda: None)


class Running:
    """A process that runs and does nothing."""

    def poll(self) -> None:
        return None


def begun(*, ahead: float = 0.0) -> Part:
    one = part()
    one.begin(Running(), 100.0, ahead=ahead)  # type: ignore[arg-type]
    return one


def test_one_slow_answer_is_not_hanging_and_silence_is():
    one = begun()
    one.heard(answered=True)
    for _ in range(SILENT_PROBES - 1):
        one.heard(answered=False)
    assert not one.hangs(101.0)
    one.heard(answered=True)
    for _ in range(SILENT_PROBES):
        one.heard(answered=False)
    assert one.hangs(101.0)


def test_a_start_may_take_its_time_but_not_for_ever():
    for one, patience in ((begun(), COLD_SECONDS), (begun(ahead=100.0), COLD_SECONDS - 100.0)):
        one.heard(answered=False)
        one.heard(answered=False)
        assert not one.hangs(100.0 + patience)
        assert one.hangs(101.0 + patience)


def test_one_that_ends_at_once_is_tried_ever_more_slowly():
    one = begun()
    pauses = []
    for ends in range(8):
        one.early_ends = ends
        pauses.append(one.pause(100.0))
    assert pauses == [0.0, 0.5, 1.5, 3.5, 7.5, 10.0, 10.0, 10.0]
    one.early_ends = 10_000  # a whole night
    assert one.pause(100.0) == 10.0


def test_the_pause_before_a_start_does_not_count_as_having_run():
    one, now = begun(), 100.0
    waited = []
    for _ in range(8):  # each time it ends at once
        one.ended(now)
        waited.append(one.pause(now))
        now += waited[-1]
        one.ended(now)
        one.begin(Running(), now)  # type: ignore[arg-type]
    assert waited == [0.5, 1.5, 3.5, 7.5, 10.0, 10.0, 10.0, 10.0]
    one.ended(now + 60.0)
    assert one.pause(now + 60.0) == 0.0, "one that had run is back at once"


def test_what_cannot_be_written_or_started_just_now_ends_nothing(supervised: Callable[[Part], Path]) -> None:
    """A full disk, or a machine that has no room for one more process, passes; who watches has to be there after it."""
    one = part()
    named = supervised(one)
    until(lambda: one.answered)
    log, first = named.parent / "logs" / "web.log", int(named.read_text())
    for path in (named, log):
        path.unlink()
        path.mkdir()  # nobody can write there, not even root
    os.kill(first, signal.SIGKILL)
    until(lambda: one.early_ends > 0)
    log.rmdir()
    until(lambda: one.runs and one.answered)
    assert one.process is not None
    assert one.process.pid != first
    named.rmdir()
