"""How fast and how large the Reader is: load, memory, a typical message, 2,000 characters, adversarial text; `palpate bench language`.

Processor time, the best of several runs, so that a busy machine does not count. `--baseline` puts a plain word list beside
it, on the dangers and everyday aches of tests/cases/language. Rasa's DIET was measured once by hand: models/README.md.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO

import yaml

from bot.settings import REPOSITORY

TYPICAL = (
    "sharp pain in my left knee since Monday, about 7/10, no swelling",
    "my lower back aches after gardening",
    "both shoulders tight for three weeks",
    "headaches for a month, doctor said massage is fine",
)
STORY = (
    "My lower back has hurt for three weeks since I lifted boxes, it aches down my left leg, no numbness, no fever. "
)
ADVERSARIAL = (
    "no,",
    "\N{FIRE}",
    "1/",
    "a.",
    "a@",
    "(",
    "-",
    "+1 (",
    "chest pain ",
    "for the past ",
    "\u202e\u200f",
    "\ud800",
)
LONGEST = 2000
CASES = REPOSITORY / "tests" / "cases" / "language"
# What a receptionist would jot down in a minute.
PLAIN_LIST = (
    "chest",
    "breath",
    "numb",
    "blood",
    "faint",
    "stroke",
    "fever",
    "swollen",
    "suicide",
    "kill myself",
    "cancer",
    "collapse",
)


def main(args: Sequence[str], out: TextIO) -> int:
    """Print the figures, one a line; 2 for an unknown option."""
    if unknown := [arg for arg in args if arg != "--baseline"]:
        sys.stderr.write(f"palpate bench language: unknown option {unknown[0]}\n")
        return 2
    begun, clock = time.process_time(), time.perf_counter()
    from bot.language import reader

    read = reader.load().read
    waited = time.perf_counter() - clock
    out.write(f"load, imports included   {time.process_time() - begun:6.2f} s, {waited:.2f} s by the clock\n")
    typical = max(_best(lambda text=text: read(text), 60) for text in TYPICAL)
    out.write(f"typical message, slowest {typical:6.2f} ms\n")
    out.write(f"2,000 characters         {_best(lambda: read((STORY * 20)[:LONGEST]), 10):6.2f} ms\n")
    for piece in ADVERSARIAL:
        text = (piece * LONGEST)[:LONGEST]
        out.write(f"  {piece!a:22s} {_best(lambda text=text: read(text), 4):6.2f} ms\n")
    out.write(f"memory at most           {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB\n")
    if "--baseline" in args:
        _beside(lambda text: bool(read(text).danger), out)
    return 0


def _best(work: Callable[[], object], times: int) -> float:
    """Milliseconds of processor time of the quickest run."""
    least = float("inf")
    for _ in range(times):
        begun = time.process_time()
        work()
        least = min(least, time.process_time() - begun)
    return least * 1000


def _beside(ours: Callable[[str], bool], out: TextIO) -> None:
    """The share of dangers noticed and of everyday sentences left alone, ours and a plain word list's."""
    told: dict[str, list[str]] = {"flagged": [], "quiet": []}
    for name in ("danger.yml", "danger_more.yml", "danger_told.yml", "danger_fresh.yml", "danger_kinds.yml"):
        for said in yaml.safe_load((CASES / name).read_text(encoding="utf-8")).values():
            for kind, texts in said.items():
                told[kind] += texts
    for who, notices in (("Reader", ours), ("word list", _word_list)):
        noticed = sum(notices(text) for text in told["flagged"]) / len(told["flagged"])
        quiet = sum(not notices(text) for text in told["quiet"]) / len(told["quiet"])
        out.write(f"{who:10s} dangers noticed {noticed:.3f}, everyday sentences quiet {quiet:.3f}\n")


def _word_list(text: str) -> bool:
    return any(word in text.lower() for word in PLAIN_LIST)
