"""Sends made-up visitors to a running product and reports how they fared; a failure shrinks to a short transcript."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.simulator import verdict
from bot.simulator.chat import Chat, TooSlow
from bot.simulator.people import Person
from bot.simulator.verdict import Verdict
from bot.simulator.visit import NoEnd, Visit

Stored = Callable[[str], Mapping[str, Any]]


class Simulation:
    """Visits to one product.

    url     where its chat API is
    stored  reference → the stored hand-off, with `record` and `result` in the shapes of contract §3
    policy  the clinic's policy, under which the expected result is judged too
    """

    def __init__(self, url: str, stored: Stored, policy: Policy = DEFAULT_POLICY) -> None:
        self._url = url
        self._stored = stored
        self._policy = policy

    def visit(self, person: Person) -> Verdict:
        """One whole conversation and its verdict. Raises `httpx.HTTPError` when the product cannot be reached."""
        with httpx.Client(base_url=self._url, timeout=30) as http:
            chat = Chat(http)
            visit = Visit(person, chat)
            try:
                visit.hold()
            except (NoEnd, TooSlow) as error:
                return verdict.unfinished(person, chat.turns, str(error), chat.transcript())
            reference = chat.state.get("handoff")
            if not reference:
                return verdict.unfinished(person, chat.turns, "no hand-off was made", chat.transcript())
            return verdict.judge(person, self._stored(reference), visit, self._policy)

    def visits(self, people: Sequence[Person], at_once: int = 8) -> list[Verdict]:
        """All of them, several side by side; in the order of the people."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self.visit, people))

    def shrink(self, failed: Verdict) -> Verdict:
        """The same person with as few oddities as still fail, so that the transcript shows what matters."""
        smallest = failed
        for quirk in failed.person.quirks:
            again = self.visit(smallest.person.without(quirk))
            if not again.good:
                smallest = again
        return smallest


def report(verdicts: Sequence[Verdict]) -> str:
    """Completion, turns, record accuracy and under-triage, and what was wrong most often."""
    done = [one for one in verdicts if one.completed]
    facts, wrong = sum(one.facts for one in done), sum(len(one.wrong) for one in done)
    turns = [one.turns for one in done] or [0]
    kinds = Counter(text.split(":")[0] for one in verdicts for text in one.wrong)
    lines = [
        f"visits          {len(verdicts)}",
        f"completed       {len(done)}",
        f"all as told     {sum(one.good for one in verdicts)}",
        f"facts as told   {(facts - wrong) / facts if facts else 0:.3f}  ({facts - wrong} of {facts})",
        f"under-triaged   {sum(one.under_triaged for one in verdicts)}",
        f"turns           median {statistics.median(turns):g}, most {max(turns)}",
    ]
    if kinds:
        lines.append("wrong           " + ", ".join(f"{name} {count}" for name, count in kinds.most_common()))
    return "\n".join(lines)


def story(failed: Verdict) -> str:
    """One failure for a person to read."""
    person = failed.person
    odd = ", ".join(f"{quirk.kind}@{quirk.at}" for quirk in person.quirks) or "none"
    return "\n".join(
        (
            f"seed {person.seed}, {person.case}, {person.manner} (oddities: {odd}){' UNDER-TRIAGED' if failed.under_triaged else ''}",
            *(f"  {text}" for text in failed.wrong),
            failed.transcript,
        )
    )
