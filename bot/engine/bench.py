"""Measures what a visitor waits for: turns by their number, turns per second, memory and start-up (`palpate bench turns`).

With `--baseline` the same for stock Rasa on the same project: its SQL tracker store, rest channel, fail-safe store and
unpatched validator, without TensorFlow, or with all of it when PALPATE_STOCK_PYTHON names such an environment.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.engine import servers
from bot.engine.servers import Server
from bot.settings import REPOSITORY

AT_TURNS = (1, 5, 20, 50, 100)
CPU_TURNS = 20  # the clock of processor time is coarse
# Small talk, so that any project answers it with something; `--say` gives words that walk through a project's form.
SAYINGS = ("my left knee hurts", "since monday", "seven", "no", "what does it cost?", "yes", "not really", "at night")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one server; times in milliseconds."""

    name: str
    start_seconds: float
    megabytes: float
    by_turn: dict[int, float]
    p99: float
    cpu_first: float
    cpu_last: float
    one_client: float
    many_clients: float
    megabytes_after: float
    failed: int


def main(args: Sequence[str] | None = None) -> int:
    """Measure and print; exit 1 when a turn failed, 2 for wrong usage."""
    options = _options(args)
    with tempfile.TemporaryDirectory(prefix="palpate-bench-") as place, _actions(options) as actions_port:
        measured = []
        for ours in (True, False) if options.baseline else (True,):
            home = Path(place) / ("ours" if ours else "stock")
            server = servers.start(options.project, options.model, home, actions_port, ours=ours)
            try:
                measured.append(_measure(server, options))
            finally:
                server.stop()
    sys.stdout.write(report(measured, options.clients) + "\n")
    return 1 if any(figures.failed for figures in measured) else 0


def _options(args: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="palpate bench", description=__doc__.partition("\n")[0])
    parser.add_argument("what", nargs="?", default="turns", choices=["turns"])
    parser.add_argument("--baseline", action="store_true", help="stock Rasa beside ours")
    parser.add_argument("--project", type=Path, default=REPOSITORY, help="folder of config.yml, domain.yml and data")
    parser.add_argument("--model", type=Path, help="trained archive (default: the newest in PROJECT/models)")
    parser.add_argument("--actions", help="command that starts the action server on $PALPATE_ACTIONS_PORT")
    parser.add_argument("--say", action="append", help="a message to send, may be repeated; sent round and round")
    parser.add_argument("--turns", type=int, default=100, help="length of the long conversations")
    parser.add_argument("--long", type=int, default=3, help="how many long conversations")
    parser.add_argument("--short", type=int, default=15, help="length of the conversations of the load")
    parser.add_argument("--load", type=int, default=48, help="how many conversations the load has")
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args(args)
    options.project = options.project.resolve()
    options.say = options.say or list(SAYINGS)
    options.model = (options.model or _newest(parser, options.project / "models")).resolve()
    return options


def _newest(parser: argparse.ArgumentParser, folder: Path) -> Path:
    archives = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not archives:
        parser.error(f"no trained model in {folder}: run `palpate rasa train` first")
    return archives[-1]


@contextmanager
def _actions(options: argparse.Namespace) -> Iterator[int]:
    """The project's action server on a free port, for as long as the measurement takes."""
    port = servers.free_port()
    own = str(REPOSITORY / ".venv" / "bin" / "python")
    words = options.actions.split() if options.actions else [own, "-m", "actions.server"]
    env = {**os.environ, "PALPATE_ACTIONS_PORT": str(port), "PALPATE_INTERNAL_SECRET": servers.SECRET}
    with tempfile.TemporaryDirectory(prefix="palpate-bench-actions-") as home:
        env["PALPATE_HOME"] = home
        process = subprocess.Popen(words, cwd=options.project, env=env, stdout=subprocess.DEVNULL)
        try:
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _measure(server: Server, options: argparse.Namespace) -> Figures:
    begin = server.megabytes()
    _converse(server, options.say, 5, 0)  # what is done once is not measured
    cpu: list[float] = []
    long = [_converse(server, options.say, options.turns, 0, cpu) for _ in range(options.long)]
    one, failed_one = _load(server, options, 1, max(options.load // 4, 1))
    many, failed_many = _load(server, options, options.clients, options.load)
    by_turn = {turn: _around(long, turn) for turn in AT_TURNS if turn <= options.turns}
    flat = sorted(spent for spents in long for spent in spents[1:] if spent >= 0)
    return Figures(
        name="palpate" if server.ours else "stock rasa",
        start_seconds=server.start_seconds,
        megabytes=begin,
        by_turn=by_turn,
        p99=flat[int(len(flat) * 0.99)] if flat else 0.0,
        cpu_first=statistics.mean(cpu[::2]) * 1000,
        cpu_last=statistics.mean(cpu[1::2]) * 1000,
        one_client=one,
        many_clients=many,
        megabytes_after=server.megabytes(),
        failed=failed_one + failed_many + sum(spent < 0 for spents in long for spent in spents),
    )


def _around(long: Sequence[Sequence[float]], turn: int) -> float:
    """The median time of this turn and its neighbours over the long conversations; the greeting is turn 0."""
    near = [spents[at] for spents in long for at in range(max(turn - 1, 1), turn + 2) if at < len(spents)]
    return statistics.median([spent for spent in near if spent >= 0] or [0.0])


def _converse(server: Server, say: Sequence[str], turns: int, line: int, cpu: list[float] | None = None) -> list[float]:
    """Hold one conversation; the milliseconds of each turn, -1 for one that failed.

    `cpu`, if given, gets the server's processor seconds a turn in the first and in the last `CPU_TURNS` turns.
    """
    conversation, spent, used = uuid.uuid4().hex, [], []
    for number in range(turns + 1):
        used.append(server.cpu_seconds() if cpu is not None else 0.0)
        text = "hello" if number == 0 else say[(number - 1) % len(say)]
        body = server.body(conversation, f"message-{number:06d}", text)
        began = time.perf_counter()
        status, answer, _ = server.post(body, line=line)
        spent.append((time.perf_counter() - began) * 1000 if status == 200 and answer else -1.0)
    if cpu is not None:
        some = min(CPU_TURNS, turns)
        cpu += [(used[some] - used[0]) / some, (server.cpu_seconds() - used[-some]) / some]
    return spent


def _load(server: Server, options: argparse.Namespace, clients: int, conversations: int) -> tuple[float, int]:
    """Turns per second of so many clients side by side, and how many turns failed."""
    waiting, failed = list(range(conversations)), [0] * clients
    lock = threading.Lock()

    def client(number: int) -> None:
        while True:
            with lock:
                if not waiting:
                    return
                waiting.pop()
            failed[number] += sum(spent < 0 for spent in _converse(server, options.say, options.short - 1, number))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return conversations * options.short / (time.perf_counter() - began), sum(failed)


def report(measured: Sequence[Figures], clients: int) -> str:
    """The figures as a table; with two servers also how many times better the first is."""
    rows = [("start to first answer", "s", [figures.start_seconds for figures in measured], True)]
    for turn in measured[0].by_turn:
        rows.append((f"turn {turn}", "ms", [figures.by_turn[turn] for figures in measured], True))
    rows += [
        ("turn, 99 of 100 below", "ms", [figures.p99 for figures in measured], True),
        (f"processor, first {CPU_TURNS}", "ms/turn", [figures.cpu_first for figures in measured], True),
        (f"processor, last {CPU_TURNS}", "ms/turn", [figures.cpu_last for figures in measured], True),
        ("1 client", "turns/s", [figures.one_client for figures in measured], False),
        (f"{clients} clients", "turns/s", [figures.many_clients for figures in measured], False),
        ("memory once started", "MB", [figures.megabytes for figures in measured], True),
        ("memory at the end", "MB", [figures.megabytes_after for figures in measured], True),
    ]
    lines = [_row(["", "", *(figures.name for figures in measured), *(["ratio"] if len(measured) == 2 else [])])]
    for name, unit, values, less_is_better in rows:
        ratio = [_ratio(values, less_is_better)] if len(values) == 2 else []
        lines.append(_row([name, unit, *(f"{value:.1f}" for value in values), *ratio]))
    last = max(measured[0].by_turn)
    growth = [f"{figures.by_turn[last] / figures.by_turn[5]:.2f}" for figures in measured if figures.by_turn.get(5)]
    lines.append(_row([f"turn {last} over turn 5", "", *growth]))
    failed = [figures.failed for figures in measured]
    return "\n".join([*lines, *([f"failed or empty turns: {failed}"] if any(failed) else [])])


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<24}{cells[1]:<9}" + "".join(f"{cell:>12}" for cell in cells[2:])


def _ratio(values: Sequence[float], less_is_better: bool) -> str:
    better, worse = (values[0], values[1]) if less_is_better else (values[1], values[0])
    return f"{worse / better:.1f}x" if better else "-"


if __name__ == "__main__":
    sys.exit(main())
