"""`palpate chaos`: starts the product, lets visitors write at a steady rate, breaks things, and says what was lost."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from bot.chaos.alarm import Receiver
from bot.chaos.database import Database, opened
from bot.chaos.faults import ENDS_WEB, OTHERS, OUTAGE_SECONDS, PARTS, Target, stepped_clock
from bot.chaos.load import Talk, Visitors
from bot.chaos.network import Network
from bot.chaos.verdict import Verdict, judge
from bot.engine.servers import free_port
from bot.settings import REPOSITORY, Settings

START_SECONDS = 180.0
RECOVERY_SECONDS = 90.0  # longer is not waited for
REST_SECONDS = 180.0  # for all that still waits at the end


@dataclass(slots=True)
class Plan:
    """What is to be done to it."""

    kills: int = 100
    rate: float = 10.0
    at_once: int = 20
    gap: float = 4.0  # seconds between the end of a recovery and the next fault, on average
    others: Sequence[str] = OTHERS
    database: str = "sqlite"
    outage: float = OUTAGE_SECONDS
    minutes: float = 28.0  # no fault begins later
    seed: int = 0


@dataclass(slots=True)
class Report:
    """What came of it. `recovery` is seconds from the end of each fault to an answered message, by fault."""

    plan: Plan
    planned: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    recovery: dict[str, list[float]] = field(default_factory=dict)
    not_tried: list[str] = field(default_factory=list)
    seconds: float = 0.0
    tries: int = 0
    refused: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def clean(self) -> bool:
        """True when nothing was lost, doubled, out of order or refused."""
        excused = any(name in self.faults for name in ENDS_WEB) or not self.verdict.lines_doubled
        return self.verdict.clean and excused and not self.refused


def main(args: Sequence[str], out: TextIO) -> int:
    """Run by the command line; 0 when all is well, 1 when something was lost."""
    plan, as_json = _plan(args)
    report = run(plan, out)
    out.write(json.dumps(asdict(report), default=list) + "\n" if as_json else told(report))
    return 0 if report.clean else 1


def run(plan: Plan, out: TextIO) -> Report:
    """Start the product, break it as planned, and look."""
    with contextlib.ExitStack() as stack:
        # Not below a folder that is closed to others: started by root, PostgreSQL runs as another user.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="palpate-chaos-")))
        folder.chmod(0o755)
        server = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="palpate-chaos-pg-", ignore_cleanup_errors=True))
        )
        database = stack.enter_context(opened(plan.database, server))
        clock = stack.enter_context(stepped_clock(folder)) if "clock" in plan.others else None
        receiver, network = Receiver(), Network()
        stack.callback(receiver.close)
        stack.callback(network.close)
        network.set_up(folder / "home")
        env = _environment(folder / "home", database, receiver)
        settings = Settings.from_env(env)
        with _product(settings, env | (clock.env if clock else {})):
            target = Target(settings.home, database, network, clock, plan.outage)
            report, talks = asyncio.run(_break(plan, target, settings, out))
            report.verdict = judge(settings, talks, receiver.keys, network.sent)
    return report


async def _break(plan: Plan, target: Target, settings: Settings, out: TextIO) -> tuple[Report, list[Talk]]:
    """The report but its verdict, and the conversations that were held."""
    report, dice = Report(plan), random.Random(plan.seed)  # noqa: S311 - which fault comes next is no secret
    report.not_tried = [name for name in plan.others if not target.can(name)]
    faults = [dice.choice(PARTS) for _ in range(plan.kills)]
    for name in plan.others:
        if target.can(name):
            faults.insert(dice.randint(0, len(faults)), name)
    report.planned = len(faults)
    url = f"http://127.0.0.1:{settings.port}"
    visitors = Visitors(url, rate=plan.rate, at_once=plan.at_once, heard=target.network.heard)
    began = time.monotonic()
    crowd = asyncio.create_task(visitors.run())
    probe = await visitors.open()
    await visitors.say(probe, "yes")
    for number, name in enumerate(faults, 1):
        await asyncio.sleep(dice.uniform(0, 2 * plan.gap))
        if time.monotonic() - began > plan.minutes * 60:
            break
        await target.fault(name)()
        took = await _recovered(visitors, probe, number)
        report.faults[name] = report.faults.get(name, 0) + 1
        report.recovery.setdefault(name, []).append(took)
        if number % 10 == 0 or number == len(faults):
            out.write(
                f"{number} of {len(faults)} faults, {sum(len(t.accepted) for t in visitors.talks)} messages accepted\n"
            )
            out.flush()
    visitors.stop()
    await crowd
    report.seconds = time.monotonic() - began
    await _at_rest(settings)
    report.tries, report.refused = visitors.tries, visitors.refused
    await visitors.close()
    return report, visitors.talks


async def _recovered(visitors: Visitors, probe: Talk, number: int) -> float:
    """Seconds until a message that is sent now is answered."""
    began = time.monotonic()
    sent = await visitors.try_to_say(probe, f"what does it cost? probe {number}")
    if sent is not None:
        await visitors.answered(probe, sent.seq, within=RECOVERY_SECONDS)
    return time.monotonic() - began


async def _at_rest(settings: Settings) -> None:
    """Every message answered and the outbox empty, as far as that comes about in time."""
    from bot import bootstrap

    storage: Any = bootstrap.storage(settings)
    ends = time.monotonic() + REST_SECONDS
    while time.monotonic() < ends:
        later = datetime.now(UTC) + timedelta(hours=1)  # also what somebody holds at this moment
        with storage.reading() as uow:
            if not uow.conversations.with_work(now=later) and not uow.outbox.waiting():
                break
        await asyncio.sleep(0.5)
    storage.close()


def _environment(home: Path, database: Database, receiver: Receiver) -> dict[str, str]:
    ports = {name: str(free_port()) for name in ("PALPATE_PORT", "PALPATE_RASA_PORT", "PALPATE_ACTIONS_PORT")}
    return {
        **os.environ,
        **ports,
        "PALPATE_HOME": str(home),
        "PALPATE_DATABASE_URL": database.url,
        "PALPATE_LIMITS": "off",
        "PALPATE_ALERT_WEBHOOK": receiver.url,
    }


@contextlib.contextmanager
def _product(settings: Settings, env: Mapping[str, str]) -> Iterator[None]:
    """`palpate up` in a home of its own, from ready to stopped."""
    words = [sys.executable, "-m", "bot.cli", "up"]
    process = subprocess.Popen(words, cwd=REPOSITORY, env=dict(env), stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or not any(line.startswith("ready ") for line in process.stdout):
            raise RuntimeError(f"the product did not start; see {settings.home / 'logs'}")
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def told(report: Report) -> str:
    """The report for people."""
    found = report.verdict
    lines = [
        f"{sum(report.faults.values())} of {report.planned} faults in {report.seconds:.0f} s: "
        + ", ".join(f"{count} × {name}" for name, count in sorted(report.faults.items())),
        f"{found.conversations} conversations, {found.accepted} messages accepted, {report.tries} requests",
    ]
    if report.not_tried:
        lines.append(f"not tried here: {', '.join(report.not_tried)}")
    for name in Verdict.__slots__:
        if name not in ("conversations", "accepted", "notes"):
            lines.append(f"{name.replace('_', ' '):18} {getattr(found, name)}")
    lines.append(f"{'refused':18} {len(report.refused)} {sorted(set(report.refused))}")
    lines += [f"note: {note}" for note in found.notes]
    lines.append("seconds to an answered message after     median   95 %    most")
    for name, took in sorted(report.recovery.items()):
        ordered = sorted(took)
        late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        lines.append(f"  {name:36} {statistics.median(ordered):6.1f} {late:6.1f} {ordered[-1]:7.1f}")
    lines.append("nothing lost, nothing doubled" if report.clean else "SOMETHING WAS LOST OR DOUBLED")
    return "\n".join(lines) + "\n"


def _plan(args: Sequence[str]) -> tuple[Plan, bool]:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="palpate chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=plan.kills)
    parser.add_argument("--rate", type=float, default=plan.rate, help="messages a second, all visitors together")
    parser.add_argument("--visitors", type=int, default=plan.at_once, dest="at_once")
    parser.add_argument("--gap", type=float, default=plan.gap, help="seconds between two faults, on average")
    parser.add_argument("--faults", default=",".join(OTHERS), help=f"beside the kills, of {', '.join(OTHERS)}")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default=plan.database)
    parser.add_argument("--outage", type=float, default=plan.outage, help="seconds a lock, a stop, a full disk lasts")
    parser.add_argument("--minutes", type=float, default=plan.minutes, help="no fault begins later than this")
    parser.add_argument("--seed", type=int, default=plan.seed)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(args)
    others = tuple(name for name in given.faults.split(",") if name)
    if unknown := set(others) - set(OTHERS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return (
        Plan(
            given.kills,
            given.rate,
            given.at_once,
            given.gap,
            others,
            given.database,
            given.outage,
            given.minutes,
            given.seed,
        ),
        given.json,
    )
