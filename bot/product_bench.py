"""Measures the whole product as a visitor meets it: web, Rasa, actions and database together (`palpate bench product`).

The product is started as `palpate up` starts it, in a home and on ports of its own, and whole interviews are held over
the chat API. With `--baseline` stock Rasa then holds the same interviews, in words alone, with the same model and the
same actions through its REST channel and SQL tracker store.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol, TextIO

from bot import training
from bot.engine import servers
from bot.settings import REPOSITORY

TURN_SECONDS = 30.0
LONGEST_INTERVIEW = 60
AROUND = 5  # turns 3–7 stand for turn 5, and so on: one round of DIGRESSIONS
# What this visitor answers: the words, and the value that the same answer has as a tap (contract §5).
ANSWERS: Mapping[str, tuple[str, Any]] = {
    "consent_privacy": ("yes", "yes"),
    "consent_share": ("no", "no"),
    "emergency_gate": ("none of these", "none"),
    "narrative": ("my left knee has been aching when I climb stairs since I started running", None),
    "for_whom": ("it's for me", "self"),
    "age": ("I'm 34", 34),
    "sex": ("female", "F"),
    "complaint": ("pain", "pain"),
    "sites": ("left knee", [{"site": "knee", "side": "left"}]),
    "duration_days": ("about three weeks", 21),
    "onset": ("from running a lot", "overuse"),
    "nrs": ("4 out of 10", 4),
    "function_limited": ("no", "no"),
    "doctor": ("no, I haven't asked a doctor", "none"),
    "contact": ("Ada Byron, ada@example.org", {"name": "Ada Byron", "email": "ada@example.org"}),
    "preferred_times": ("weekday mornings", ["weekday mornings"]),
    "preferences": ("firm pressure please", "firm pressure please"),
    "read_back": ("yes, that's right", "confirm"),
    "peg_enjoyment": ("3", 3),
    "peg_activity": ("2", 2),
    "psfs": ("7", 7),
}
CALL_BACK = "call_back"  # offered beside the open question when an answer takes long
OTHERWISE = ("no, none of these", "none")  # the cards of danger signs, conditions and medicines
QUESTIONS = {7: "what does it cost?", 12: "where are you?", 18: "how long is a session?"}  # at these turns
# The long conversation goes round in these once the interview has begun; the open question stays open.
DIGRESSIONS = (
    "what does it cost?",
    "my left knee hurts when I climb stairs",
    "where are you?",
    "it's about 5 out of 10",
    "how long is a session?",
)


class Unfitting(Exception):
    """The open question does not take this value."""


class Partner(Protocol):
    """A conversation with a bot, whichever."""

    field: str | None

    def say(self, text: str, value: Any = None) -> None:
        """Send a message and wait for the whole answer; `field` is then the question that is open."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; times in milliseconds, processor time per process and turn, memory in MB per process."""

    name: str
    start_seconds: float
    one_client: float
    many_clients: float
    spent: Sequence[float]
    early: float
    late: float
    processor: Mapping[str, float]
    megabytes: Mapping[str, float]
    turns: int
    unfinished: int


@dataclass
class Bench:
    """One running bot: how to begin a conversation with it, and its processes by name."""

    name: str
    start_seconds: float
    begin: Callable[[], Partner]
    pids: Mapping[str, int]


@dataclass
class Tally:
    """The times of all turns, from any thread."""

    spent: list[float] = field(default_factory=list)
    unfinished: int = 0


class ChatVisitor:
    """A conversation over the chat API, waiting for answers as the contract says (long polling)."""

    def __init__(self, port: int, *, words: bool) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=TURN_SECONDS)
        self._words = words
        self.field: str | None = None
        opened = self._ask("POST", "/api/conversations", {"channel": "web", "locale": "en"})
        self._path = f"/api/conversations/{opened['id']}/messages"
        self._token = str(opened["token"])
        self._seen = 0
        self._wait(0)

    def say(self, text: str, value: Any = None) -> None:
        """See `Partner`."""
        tapped = value is not None and not self._words
        try:
            seq = self._post({"answer": {"question": self.field, "value": value}} if tapped else {"text": text})
        except Unfitting:  # a question this visitor has no value for: words always work
            seq = self._post({"text": text})
        self._seen = max(self._seen, seq)  # one's own words need not be read again
        self._wait(seq)

    def _post(self, what: Mapping[str, Any]) -> int:
        return int(self._ask("POST", self._path, {"id": secrets.token_hex(8), **what})["seq"])

    def _wait(self, through: int) -> None:
        dealt_with = -1
        while dealt_with < max(through, 1):
            news = self._ask("GET", f"{self._path}?after={self._seen}&wait=10")
            for line in news["messages"]:
                self._seen = line["seq"]
                field = (line["question"] or {}).get("field")
                if line["from"] == "bot" and field != CALL_BACK:
                    self.field = field
            dealt_with = news["state"]["answered_through"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if path != "/api/conversations":
            headers["Authorization"] = f"Bearer {self._token}"
        self._line.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._line.getresponse()
        content = answer.read()
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise Unfitting
        if answer.status >= 300:
            raise http.client.HTTPException(f"{method} gave {answer.status} while {self.field} was asked")
        return json.loads(content)


class RestVisitor:
    """A conversation over stock Rasa's REST channel, in words alone."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=4 * TURN_SECONDS)
        self._sender = secrets.token_hex(16)
        self.field: str | None = None
        self.say("my left knee hurts when I climb stairs")

    def say(self, text: str, value: Any = None) -> None:
        """See `Partner`."""
        body = json.dumps({"sender": self._sender, "message": text})
        self._line.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
        answer = self._line.getresponse()
        replies = json.loads(answer.read())
        if answer.status != 200 or not replies:
            raise http.client.HTTPException(f"no answer, status {answer.status}")
        told = [reply["custom"] for reply in replies if "question" in (reply.get("custom") or {})]
        if told:
            self.field = (told[-1]["question"] or {}).get("field")


def main(args: Sequence[str], out: TextIO) -> int:
    """Measure and print; 1 when an interview did not come to its end."""
    options = _options(args)
    training.train_if_needed(out)
    measured = []
    with tempfile.TemporaryDirectory(prefix="palpate-bench-") as place:
        with _product(Path(place) / "ours", words=options.words or options.baseline) as bench:
            measured.append(_measure(bench, options))
        if options.baseline:
            with _stock(Path(place) / "stock") as bench:
                measured.append(_measure(bench, options))
    out.write(report(measured, options.clients) + "\n")
    return 1 if any(figures.unfinished for figures in measured) else 0


def _options(args: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="palpate bench product", description=__doc__.partition("\n")[0])
    parser.add_argument("--baseline", action="store_true", help="stock Rasa beside ours; both in words alone")
    parser.add_argument("--words", action="store_true", help="no tapped answers")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--interviews", type=int, default=16, help="how many with all clients together")
    parser.add_argument("--turns", type=int, default=100, help="length of the long conversations")
    parser.add_argument("--long", type=int, default=3, help="how many long conversations")
    return parser.parse_args(args)


@contextmanager
def _product(home: Path, *, words: bool) -> Iterator[Bench]:
    """The product, started as `palpate up` does."""
    ports = {name: servers.free_port() for name in ("PALPATE_PORT", "PALPATE_RASA_PORT", "PALPATE_ACTIONS_PORT")}
    env = {**os.environ, "PALPATE_HOME": str(home), "PALPATE_LIMITS": "off", "PALPATE_DATABASE_URL": ""}
    env |= {name: str(port) for name, port in ports.items()}
    env["PALPATE_SPARES"] = "off"  # they take the machine while they start, and nothing afterwards
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "up"], cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if not any(line.startswith("ready ") for line in process.stdout):
            raise RuntimeError(f"the product did not start; see {home / 'logs'}")
        took = time.monotonic() - began
        pids = {name: int((home / f"{name}.pid").read_text()) for name in ("web", "rasa", "actions")}
        yield Bench("palpate", took, lambda: ChatVisitor(ports["PALPATE_PORT"], words=words), pids)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def _stock(home: Path) -> Iterator[Bench]:
    """Stock Rasa with our model, and our actions."""
    port = servers.free_port()
    env = {**os.environ, "PALPATE_HOME": str(home), "PALPATE_DATABASE_URL": "", "PALPATE_ACTIONS_PORT": str(port)}
    env["PALPATE_INTERNAL_SECRET"] = servers.SECRET
    home.mkdir(parents=True)
    from bot import command_storage
    from bot.settings import Settings

    command_storage.upgrade_database(Settings.from_env(env))
    began = time.monotonic()
    actions = subprocess.Popen([sys.executable, "-m", "actions.server"], cwd=REPOSITORY, env=env)
    try:
        rasa = servers.start(REPOSITORY, training.ARCHIVE, home, port, ours=False)
        try:
            pids = {"rasa": rasa.process.pid, "actions": actions.pid}
            yield Bench("stock rasa", time.monotonic() - began, lambda: RestVisitor(rasa.port), pids)
        finally:
            rasa.stop()
    finally:
        actions.terminate()
        actions.wait(20)


def _measure(bench: Bench, options: argparse.Namespace) -> Figures:
    _interview(bench.begin, Tally())  # what is done once is not measured
    long = [_long(bench.begin, options.turns) for _ in range(options.long)]
    tally = Tally()
    before = {name: servers.cpu_seconds(pid) for name, pid in bench.pids.items()}
    one = _load(bench.begin, 1, max(options.interviews // 4, 1), tally)
    flat = list(tally.spent)
    many = _load(bench.begin, options.clients, options.interviews, tally)
    turns = len(tally.spent)
    used = {name: (servers.cpu_seconds(pid) - before[name]) * 1000 / turns for name, pid in bench.pids.items()}
    return Figures(
        name=bench.name,
        start_seconds=bench.start_seconds,
        one_client=one,
        many_clients=many,
        spent=sorted(flat),
        early=_around(long, 5),
        late=_around(long, options.turns),
        processor=used,
        megabytes={name: servers.megabytes(pid) for name, pid in bench.pids.items()},
        turns=turns,
        unfinished=tally.unfinished,
    )


def _around(long: Sequence[Sequence[float]], turn: int) -> float:
    """The mean time of a round of digressions about this turn, in the middle one of the conversations."""
    last = min(turn + AROUND // 2, len(long[0]) - 1)
    return statistics.median(statistics.mean(spent[last - AROUND + 1 : last + 1]) for spent in long)


def _interview(begin: Callable[[], Partner], tally: Tally) -> None:
    """One interview from the greeting to the hand-off."""
    began = time.perf_counter()
    visitor = begin()
    tally.spent.append((time.perf_counter() - began) * 1000)
    for turn in range(1, LONGEST_INTERVIEW):
        if visitor.field is None:
            return
        text, value = (QUESTIONS[turn], None) if turn in QUESTIONS else ANSWERS.get(visitor.field, OTHERWISE)
        tally.spent.append(_timed(visitor, text, value))
    tally.unfinished += 1


def _long(begin: Callable[[], Partner], turns: int) -> list[float]:
    """The milliseconds of each turn of a conversation that does not get on; the greeting is turn 0."""
    visitor = begin()
    spent = [0.0, _timed(visitor, "yes", "yes"), _timed(visitor, *OTHERWISE)]
    for turn in range(len(spent), turns + 1):
        spent.append(_timed(visitor, DIGRESSIONS[turn % len(DIGRESSIONS)], None))
    return spent


def _timed(visitor: Partner, text: str, value: Any) -> float:
    began = time.perf_counter()
    visitor.say(text, value)
    return (time.perf_counter() - began) * 1000


def _load(begin: Callable[[], Partner], clients: int, interviews: int, tally: Tally) -> float:
    """Turns per second of so many visitors side by side."""
    waiting = list(range(interviews))
    before = len(tally.spent)

    def client() -> None:
        while True:
            try:
                waiting.pop()
            except IndexError:
                return
            _interview(begin, tally)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (len(tally.spent) - before) / (time.perf_counter() - began)


def report(measured: Sequence[Figures], clients: int) -> str:
    """The figures as a table; with two bots also how many times better the first is."""
    rows: list[tuple[str, str, list[float], bool]] = [
        ("1 client", "turns/s", [figures.one_client for figures in measured], False),
        (f"{clients} clients", "turns/s", [figures.many_clients for figures in measured], False),
        ("turn, half below", "ms", [_share(figures.spent, 0.5) for figures in measured], True),
        ("turn, 95 of 100 below", "ms", [_share(figures.spent, 0.95) for figures in measured], True),
        ("long chat, about turn 5", "ms", [figures.early for figures in measured], True),
        ("long chat, its end", "ms", [figures.late for figures in measured], True),
        ("start", "s", [figures.start_seconds for figures in measured], True),
    ]
    for name in measured[0].processor:
        rows.append((f"processor, {name}", "ms/turn", [one.processor.get(name, 0.0) for one in measured], True))
    rows.append(("processor, all", "ms/turn", [sum(one.processor.values()) for one in measured], True))
    for name in measured[0].megabytes:
        rows.append((f"memory, {name}", "MB", [one.megabytes.get(name, 0.0) for one in measured], True))
    lines = [_row(["", "", *(one.name for one in measured), *(["ratio"] if len(measured) == 2 else [])])]
    for name, unit, values, less_is_better in rows:
        ratio = [_ratio(values, less_is_better)] if len(values) == 2 else []
        lines.append(_row([name, unit, *(f"{value:.1f}" for value in values), *ratio]))
    lines.append(_row(["end over turn 5", "", *(f"{one.late / one.early:.2f}" for one in measured)]))
    lines.append(_row(["turns of the load", "", *(str(one.turns) for one in measured)]))
    unfinished = [one.unfinished for one in measured]
    return "\n".join([*lines, *([f"interviews without an end: {unfinished}"] if any(unfinished) else [])])


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<26}{cells[1]:<9}" + "".join(f"{cell:>12}" for cell in cells[2:])


def _ratio(values: Sequence[float], less_is_better: bool) -> str:
    better, worse = (values[0], values[1]) if less_is_better else (values[1], values[0])
    return f"{worse / better:.1f}x" if better and worse else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
