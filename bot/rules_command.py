"""The `palpate rules` commands: which version works, who signed it, and what it would change of answers already given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from bot import bootstrap, rules_signed, triage_page
from bot.domain import record as records
from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.domain.replay import Moved, Stored, replay
from bot.domain.rules_version import version_of
from bot.domain.signoff import asked_of, banner, needed, signers
from bot.services.stored import QueueFilter
from bot.settings import Settings

_PAGE = 200


def sign(
    home: Path, by: str, today: date, stored: Iterable[Stored], stdout: TextIO, policy: Policy = DEFAULT_POLICY
) -> int:
    """Add one signature for the working rules, after running them over `stored`, and say how many are still missing.

    Once enough have signed, the answers of the case library are kept, for the next version to be held against.
    """
    moved = replay(stored, policy)
    added = rules_signed.add(home, by, today, moved, policy=policy)
    stdout.write("signed\n" if added else f"{by} has signed this version already\n")
    stdout.write(_summary(moved, home, policy) + "\n")
    if rules_signed.is_published(home, policy):
        rules_signed.keep_published(home, library(), policy)
    return 0


def show(home: Path, stdout: TextIO, policy: Policy = DEFAULT_POLICY) -> int:
    """Print the working version and who signed which."""
    signatures = rules_signed.read(home)
    stdout.write(f"version {version_of(policy)}\n")
    for one in signatures:
        stdout.write(f"signed {one.version} by {one.by} on {one.on.isoformat()}\n")
    if (words := banner(version_of(policy), signatures)) is not None:
        stdout.write(words + "\n")
    return 0


def run_replay(stored: Iterable[Stored], home: Path, stdout: TextIO, policy: Policy = DEFAULT_POLICY) -> int:
    """List every stored answer that the working rules would change; 1 when signatures for that are missing.

    One line per changed answer: reference, old and new answer, the rule, and "milder" where it is.
    """
    moved = replay(stored, policy)
    for one in moved:
        was, now = _answer(one.was), _answer(one.now)
        stdout.write(f"{one.reference} {was} -> {now} {one.rule}{' milder' if one.milder else ''}\n")
    stdout.write(_summary(moved, home, policy) + "\n")
    have, want = _signatures(moved, home, policy)
    return 0 if not moved or have >= want else 1


def everything(settings: Settings, stdout: TextIO) -> list[Stored]:
    """All stored hand-offs and the case library. A record that today's rules cannot read is named and left out."""
    return [*handed_off(settings, stdout), *(rules_signed.published(settings.home) or library())]


def handed_off(settings: Settings, stdout: TextIO) -> list[Stored]:
    """What every stored hand-off was told, newest revision each."""
    found: list[Stored] = []
    known = records.vocabulary()["keys"]
    with bootstrap.storage(settings)() as uow:
        page = uow.handoffs.search(QueueFilter(), limit=_PAGE)
        while page:
            revisions = uow.handoffs.newest_revisions([handoff.id for handoff in page])
            for handoff in page:
                revision = revisions[handoff.id]
                raw = {key: value for key, value in revision.record.items() if key in known}
                try:
                    record = records.from_json(raw)
                except records.BadRecord as bad:
                    stdout.write(f"{handoff.reference} cannot be read by these rules: {bad.key}\n")
                    continue
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


def _signatures(moved: Sequence[Moved], home: Path, policy: Policy) -> tuple[int, int]:
    kept = rules_signed.read(home)
    version = version_of(policy)
    return len(signers(version, kept)), max(needed(moved), asked_of(version, kept))


def _summary(moved: Sequence[Moved], home: Path, policy: Policy) -> str:
    have, want = _signatures(moved, home, policy)
    return f"{len(moved)} changed, {sum(one.milder for one in moved)} milder; {have} of {want} signatures"


def _answer(answer: Sequence[str | None]) -> str:
    return "/".join(part for part in answer if part)
