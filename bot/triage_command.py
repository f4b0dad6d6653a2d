"""The `palpate triage` command: records on stdin, one result per line on stdout, so that other programs can ask the rules."""

from __future__ import annotations

import io
import json
from typing import Any, TextIO

from bot.domain import record as records
from bot.domain import triage
from bot.domain.policy import DEFAULT_POLICY, Policy


def main(
    stdin: TextIO, stdout: TextIO, stderr: TextIO, *, vocabulary: bool = False, policy: Policy = DEFAULT_POLICY
) -> int:
    """Judge one record per line; blank lines are passed over.

    A refused record gives `{"error": {"key", "why"}}` in its place, and the exit status is then 1. With `vocabulary`
    prints every accepted key and id instead and reads nothing.
    """
    if vocabulary:
        _print(stdout, records.vocabulary())
        return 0
    if isinstance(stdin, io.TextIOWrapper):
        stdin.reconfigure(encoding="utf-8", errors="replace")
    refused: list[str] = []
    for number, line in enumerate(stdin, start=1):
        if not line.strip():
            continue
        try:
            record = records.from_json(_parsed(line))
        except records.BadRecord as bad:
            refused.append(f"line {number}: {ascii(bad.key)[1:-1]}: {bad.why}")
            _print(stdout, {"error": {"key": bad.key, "why": bad.why}})
        else:
            _print(stdout, triage.result_to_json(triage.classify(record, policy)))
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        print(f"refused {refused[0]}{more}", file=stderr)
        return 1
    return 0


def _parsed(line: str) -> object:
    try:
        return json.loads(line, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise records.BadRecord("record", "is not one line of JSON") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys come once: of two lists of dangers neither may win silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise records.BadRecord(next(name for name in names if names.count(name) > 1)[:80], "is given twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _print(stdout: TextIO, value: object) -> None:
    stdout.write(json.dumps(value) + "\n")
    stdout.flush()
