"""The `palpate rules` commands: which version works, who signed it, and what it would change of answers already given."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from bot import bootstrap, triage_page
from bot.domain import record as records
from bot.domain.policy import DEFAULT_POLICY
from bot.domain.replay import Stored, replay
from bot.domain.rules_version import RULES_VERSION
from bot.domain.signoff import Signature, banner, needed, signers
from bot.services.stored import QueueFilter
from bot.settings import Settings

FILE = "rules_signed.json"
_PAGE = 200


class BadSignatures(Exception):
    """The file of signatures cannot be read as one; nothing is signed then."""


def read_signatures(home: Path) -> list[Signature]:
    """All signatures kept under PALPATE_HOME; none when the file is not there. Raises `BadSignatures`."""
    path = home / FILE
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Signature(row["version"], row["by"], date.fromisoformat(row["on"])) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignatures(f"{FILE} is damaged") from error


def sign(home: Path, by: str, today: date, *, version: str = RULES_VERSION) -> bool:
    """Add one signature for the working rules; False when this person has signed them already."""
    kept = read_signatures(home)
    if len(signers(version, [*kept, Signature(version, by, today)])) == len(signers(version, kept)):
        return False
    kept.append(Signature(version, by, today))
    rows = [{"version": one.version, "by": one.by, "on": one.on.isoformat()} for one in kept]
    waiting = home / f"{FILE}.new"
    waiting.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    os.replace(waiting, home / FILE)  # noqa: PTH105  # one step: a crash leaves the old file or the new one
    return True


def show(home: Path, stdout: TextIO) -> int:
    """Print the working version and who signed it."""
    signatures = read_signatures(home)
    stdout.write(f"version {RULES_VERSION}\n")
    for one in signatures:
        stdout.write(f"signed {one.version} by {one.by} on {one.on.isoformat()}\n")
    if (words := banner(RULES_VERSION, signatures)) is not None:
        stdout.write(words + "\n")
    return 0


def run_replay(stored: Iterable[Stored], home: Path, stdout: TextIO) -> int:
    """List every stored answer that the working rules would change; 1 when signatures for that are missing.

    One line per changed answer: reference, old and new answer, the rule, and "milder" where it is.
    """
    moved = replay(stored)
    for one in moved:
        was, now = _answer(one.was), _answer(one.now)
        stdout.write(f"{one.reference} {was} -> {now} {one.rule}{' milder' if one.milder else ''}\n")
    have, want = len(signers(RULES_VERSION, read_signatures(home))), needed(moved)
    stdout.write(f"{len(moved)} changed, {sum(one.milder for one in moved)} milder; {have} of {want} signatures\n")
    return 0 if not moved or have >= want else 1


def stored_from_lines(lines: Iterable[str]) -> list[Stored]:
    """Stored answers from JSON lines `{"reference", "record", "outcome", "urgency"}`. Raises `BadRecord`."""
    rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Stored(str(row["reference"]), records.from_json(row["record"]), row["outcome"], row.get("urgency"))
        for row in rows
    ]


def handed_off(settings: Settings) -> list[Stored]:
    """What every stored hand-off was told, newest revision each."""
    found: list[Stored] = []
    known = records.vocabulary()["keys"]
    with bootstrap.storage(settings)() as uow:
        page = uow.handoffs.search(QueueFilter(), limit=_PAGE)
        while page:
            revisions = uow.handoffs.newest_revisions([handoff.id for handoff in page])
            for handoff in page:
                revision = revisions[handoff.id]
                record = records.from_json({key: value for key, value in revision.record.items() if key in known})
                found.append(Stored(handoff.reference, record, revision.result["outcome"], revision.result["urgency"]))
            page = uow.handoffs.search(QueueFilter(), after=(page[-1].rank, page[-1].id), limit=_PAGE)
    return found


def library() -> list[Stored]:
    """The case library as stored answers: what each case expects, under its own name."""
    return [
        Stored(case.id, records.from_json(case.record), case.expect["outcome"], case.expect.get("urgency"))
        for case in triage_page.load_cases()
        if case.policy == DEFAULT_POLICY and "outcome" in case.expect
    ]


def _answer(answer: Sequence[str | None]) -> str:
    return "/".join(part for part in answer if part)
