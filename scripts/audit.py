"""Judges what pip-audit says of both locks: an open finding, nothing open, or nobody could be asked. Run by scripts/audit.

The public environment accepts no finding; Rasa's accepts those docs/reference/rasa-waivers.md names, until their date.
"Nothing found" must never mean "nobody was asked": a package that could not be looked up leaves no verdict (exit 3).
"""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WAIVERS = ROOT / "docs" / "reference" / "rasa-waivers.md"
# With a mirror of OSV's list in one's own network (pip-audit's variable), that one is asked alone.
SERVICES = ("osv",) if os.environ.get("PIP_AUDIT_OSV_URL") else ("pypi", "osv")
SECONDS = 600
CLEAN, OPEN, NO_VERDICT = 0, 1, 3
_ROW = re.compile(r"^\| ([A-Z]+-[0-9A-Za-z-]+) \| (\S+) (\S+) \| (\d{4}-\d{2}-\d{2}) \|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted hole: its id, the package and version it was accepted for, and the day it must be looked at again."""

    hole: str
    package: str
    version: str
    until: datetime.date


@dataclass(slots=True)
class Report:
    """What was found in one lock: `holes` as (package, version, all names of the hole), and who could not be looked up."""

    holes: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def waivers(page: str) -> list[Waiver]:
    """The rows of the page's table."""
    return [
        Waiver(hole, name, version, datetime.date.fromisoformat(day)) for hole, name, version, day in _ROW.findall(page)
    ]


def read(answer: dict[str, Any]) -> Report:
    """pip-audit's JSON as a report."""
    report = Report()
    for package in answer["dependencies"]:
        if "skip_reason" in package:
            report.unasked.append(package["name"])
        for hole in package.get("vulns", ()):
            report.holes.append((package["name"], package["version"], frozenset([hole["id"], *hole["aliases"]])))
    return report


def still_open(report: Report, waived: Iterable[Waiver], today: datetime.date) -> list[str]:
    """One line for each finding that no waiver covers today."""
    lines = []
    for package, version, names in report.holes:
        covering = [one for one in waived if one.hole in names and (one.package, one.version) == (package, version)]
        if not any(today <= one.until for one in covering):
            lines.append(
                f"{package} {version}: {', '.join(sorted(names))}{' (its waiver has run out)' if covering else ''}"
            )
    return lines


def ask(lock: Path, services: list[str]) -> Report:
    """The report of the first service that knows every package, else the best one; takes off the list who knows none."""
    best: Report | None = None
    for service in list(services):
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        command += ["--timeout", "10", "--vulnerability-service", service, "--format", "json"]
        command += ["--requirement", str(lock)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        answer = json.loads(done.stdout) if done.stdout.startswith("{") else {"dependencies": []}
        report = read(answer)
        if len(report.unasked) == len(answer["dependencies"]):
            services.remove(service)
            sys.stderr.write(f"audit: the list named “{service}” cannot be asked from here\n")
            continue
        if best is None or len(report.unasked) < len(best.unasked):
            best = report
        if not best.unasked:
            break
    return best or Report(unasked=[lock.name])


def main() -> int:
    """Ask for both locks and tell; the exit status is the verdict."""
    waived, today = waivers(WAIVERS.read_text(encoding="utf-8")), datetime.datetime.now(datetime.UTC).date()
    found: list[str] = []
    unasked, services = 0, list(SERVICES)
    for lock, accepted in (("main", []), ("rasa", waived)):
        report = ask(ROOT / "requirements" / f"{lock}.txt", services)
        found += [f"requirements/{lock}.txt: {line}" for line in still_open(report, accepted, today)]
        unasked += len(report.unasked)
    if found:
        sys.stderr.write("AUDIT: OPEN FINDINGS\n" + "".join(f"  {line}\n" for line in found))
        return OPEN
    if unasked:
        sys.stderr.write(
            f"AUDIT: NO VERDICT: {unasked} packages or whole locks could not be looked up from here.\n"
            "  Nothing is known to be wrong, and nothing to be right: run `make audit` where one of the lists answers.\n"
        )
        return NO_VERDICT
    sys.stdout.write("audit: every locked package was looked up, no open finding\n")
    return CLEAN


if __name__ == "__main__":
    raise SystemExit(main())
