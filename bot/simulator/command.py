"""The `palpate simulate` command: made-up visitors against a running product, with a report at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import httpx

from bot import bootstrap, triage_page
from bot.settings import Settings
from bot.simulator import people, run


def main(
    settings: Settings,
    out: TextIO,
    err: TextIO,
    *,
    count: int,
    first: int,
    url: str | None,
    at_once: int,
    shown: int = 5,
) -> int:
    """Send `count` people, seeds from `first` on. Exit status 1 when one was not stored as told, or nobody answers."""
    simulation = run.Simulation(
        url or f"http://127.0.0.1:{settings.port}", storage_of(settings), settings.clinic.policy
    )
    try:
        verdicts = simulation.visits(everybody(first, count), at_once)
        failed = [one for one in verdicts if not one.good]
        for one in failed[:shown]:
            out.write(run.story(simulation.shrink(one)) + "\n\n")
    except httpx.HTTPError as error:
        err.write(
            f"the product cannot be reached ({type(error).__name__}): start it with PALPATE_LIMITS=off palpate up\n"
        )
        return 1
    out.write(run.report(verdicts) + "\n")
    return 1 if failed else 0


def everybody(first: int, count: int) -> Sequence[people.Person]:
    """The people of so many seeds, drawn from the case library."""
    cases = [(case.id, case.record) for case in triage_page.load_cases()]
    return [people.draw(seed, cases) for seed in range(first, first + count)]


def storage_of(settings: Settings) -> run.Stored:
    """Reads stored hand-offs from this installation's booking storage."""
    units = bootstrap.storage(settings)

    def stored(reference: str) -> Mapping[str, Any]:
        with units.reading() as uow:
            handoff = uow.handoffs.by_reference(reference)
            revision = uow.handoffs.newest_revisions([handoff.id])[handoff.id]
        return {"record": revision.record, "result": revision.result}

    return stored
