"""How fast the rules decide: many records through `classify`, in microseconds a decision; run `python -m bot.triage_bench`."""

from __future__ import annotations

import itertools
import sys
import time
from typing import TextIO

from bot import triage_page
from bot.domain import record as records
from bot.domain import triage


def measure(count: int = 1_000_000) -> dict[str, float]:
    """Judge `count` records, the case library over and over; returns count, seconds and microseconds per decision."""
    library = [records.from_json(case.record) for case in triage_page.load_cases()]
    started = time.perf_counter()
    for record in itertools.islice(itertools.cycle(library), count):
        triage.classify(record)
    seconds = time.perf_counter() - started
    return {"records": count, "seconds": round(seconds, 2), "microseconds_each": round(seconds / count * 1e6, 1)}


def main(stdout: TextIO, count: int = 1_000_000) -> int:
    """Print the figures as one line."""
    figures = measure(count)
    stdout.write(" ".join(f"{name}={value:g}" for name, value in figures.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdout, *(int(number) for number in sys.argv[1:])))
