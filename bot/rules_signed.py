"""The signatures under the rules and the answers they were signed for, kept as two small files under PALPATE_HOME."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.domain import record as records
from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.domain.replay import Moved, Stored
from bot.domain.rules_version import version_of
from bot.domain.signoff import Signature, asked_of, banner, needed, signers
from bot.domain.triage import classify

FILE = "rules_signed.json"
PUBLISHED = "rules_published.json"


class BadSignatures(Exception):
    """A file of signatures or published answers cannot be read as one; nothing counts as signed then."""


def read(home: Path) -> list[Signature]:
    """All signatures kept under PALPATE_HOME; none when the file is not there. Raises `BadSignatures`."""
    try:
        return [
            Signature(str(row["version"]), str(row["by"]), date.fromisoformat(row["on"]), int(row.get("needs", 1)))
            for row in _rows(home / FILE)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignatures(f"{FILE} is damaged") from error


def add(home: Path, by: str, today: date, moved: Sequence[Moved] = (), *, policy: Policy = DEFAULT_POLICY) -> bool:
    """Add one signature for the working rules; False when this person has signed them already.

    `moved` is what they change of answers already given. Raises `BadSignatures`.
    """
    version, kept = version_of(policy), read(home)
    mine = Signature(version, " ".join(by.split()), today, needed(moved))
    if len(signers(version, [*kept, mine])) == len(signers(version, kept)):
        return False
    rows = [
        {"version": one.version, "by": one.by, "on": one.on.isoformat(), "needs": one.needs} for one in [*kept, mine]
    ]
    _write(home / FILE, rows)
    return True


def is_published(home: Path, policy: Policy = DEFAULT_POLICY) -> bool:
    """True when enough different people signed the working version. Raises `BadSignatures`."""
    version, kept = version_of(policy), read(home)
    return len(signers(version, kept)) >= asked_of(version, kept)


def warning(home: Path, policy: Policy = DEFAULT_POLICY, say: Callable[..., str] = str.format) -> str | None:
    """What staff are told of the working version; None once it is signed. A damaged file counts as unsigned."""
    try:
        return banner(version_of(policy), read(home), say)
    except BadSignatures:
        return banner(version_of(policy), (), say)


def keep_published(home: Path, cases: Iterable[Stored], policy: Policy = DEFAULT_POLICY) -> None:
    """Remember what the signed version says of each case of the library, so that the next one is held against it."""
    rows = []
    for case in cases:
        result = classify(case.record, policy)
        rows.append(
            {
                "reference": case.reference,
                "record": records.to_json(case.record),
                "outcome": result.outcome,
                "urgency": result.urgency,
            }
        )
    _write(home / PUBLISHED, rows)


def published(home: Path) -> list[Stored]:
    """The answers of the last signed version; empty before there is one. Raises `BadSignatures`."""
    try:
        return [
            Stored(str(row["reference"]), records.from_json(row["record"]), row["outcome"], row.get("urgency"))
            for row in _rows(home / PUBLISHED)
        ]
    except (ValueError, KeyError, TypeError, records.BadRecord) as error:
        raise BadSignatures(f"{PUBLISHED} is damaged") from error


def _rows(path: Path) -> list[Any]:
    if not path.exists():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise ValueError(path.name)
    return rows


def _write(path: Path, rows: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".new")
    waiting.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    os.replace(waiting, path)  # noqa: PTH105  # one step: a crash leaves the old file or the new one
