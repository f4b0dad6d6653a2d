"""The locks hold no hole we know of but the waived ones, and `make audit` tells “nothing found” from “nobody was asked”."""

from __future__ import annotations

import datetime
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.version import Version

from bot.settings import REPOSITORY

LOCKS = REPOSITORY / "requirements"
KNOWN = yaml.safe_load((LOCKS / "known_holes.yml").read_text(encoding="utf-8"))
TODAY = datetime.date(2027, 1, 1)


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("audit", REPOSITORY / "scripts" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


audit = _script()
WAIVERS = audit.waivers(audit.WAIVERS.read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, str]:
    """Package → version of one lock."""
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", text, re.MULTILINE))


def holes(name: str) -> set[tuple[str, str, str]]:
    """(id, package, version) of each known hole a lock has."""
    versions = locked(name)
    return {
        (row["id"], row["package"], versions[row["package"]])
        for row in KNOWN
        if row["package"] in versions and Version(versions[row["package"]]) < Version(str(row["mended"]))
    }


def test_the_public_environment_has_no_hole_we_know_of() -> None:
    assert holes("main") == set()


def test_the_holes_of_rasas_environment_are_the_waived_ones_and_no_waiver_is_left_over() -> None:
    assert holes("rasa") == {(one.hole, one.package, one.version) for one in WAIVERS}
    assert WAIVERS


def test_a_slide_back_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.txt").write_text("starlette==1.3.0 \\\n    --hash=sha256:0\n", encoding="ascii")
    monkeypatch.setattr(sys.modules[__name__], "LOCKS", tmp_path)
    assert holes("main") == {("CVE-2026-54283", "starlette", "1.3.0")}


# -- what scripts/audit.py makes of pip-audit's answers

HOLE = {"id": "PYSEC-2025-1", "aliases": ["CVE-2025-61765"], "fix_versions": ["5.14.0"]}
ASKED = {"name": "python-socketio", "version": "5.9.0", "vulns": [HOLE]}
SAFE = {"name": "six", "version": "1.17.0", "vulns": []}
SKIPPED = {"name": "six", "skip_reason": "not found"}
WAIVER = audit.Waiver("CVE-2025-61765", "python-socketio", "5.9.0", TODAY)


def verdict(monkeypatch: pytest.MonkeyPatch, main: list[Any], rasa: list[Any], waived: list[Any]) -> int:
    """The exit status when the list answers so for the two locks."""
    answers = {"main.txt": main, "rasa.txt": rasa}
    monkeypatch.setattr(audit, "ask", lambda lock, services: audit.read({"dependencies": answers[lock.name]}))
    monkeypatch.setattr(audit, "waivers", lambda page: waived)
    return audit.main()


FAR = audit.Waiver("CVE-2025-61765", "python-socketio", "5.9.0", datetime.date(9999, 1, 1))


@pytest.mark.parametrize(
    ("main", "rasa", "waived", "status"),
    [
        ([SAFE], [SAFE], [], audit.CLEAN),
        ([SAFE], [ASKED], [], audit.OPEN),
        ([SAFE], [ASKED], [FAR], audit.CLEAN),
        ([ASKED], [SAFE], [FAR], audit.OPEN),  # a waiver is for Rasa's environment only
        ([SKIPPED], [SAFE], [], audit.NO_VERDICT),
        ([SAFE], [SKIPPED], [], audit.NO_VERDICT),
        ([SKIPPED], [ASKED], [], audit.OPEN),  # what was found counts, whoever else could not be asked
    ],
)
def test_the_verdict(monkeypatch: pytest.MonkeyPatch, main: Any, rasa: Any, waived: Any, status: int) -> None:
    assert verdict(monkeypatch, main, rasa, waived) == status


def test_a_waiver_is_for_one_version_and_until_a_day() -> None:
    report = audit.read({"dependencies": [ASKED]})
    assert audit.still_open(report, [WAIVER], TODAY) == []
    (line,) = audit.still_open(report, [WAIVER], TODAY + datetime.timedelta(days=1))
    assert "run out" in line
    report = audit.read({"dependencies": [{**ASKED, "version": "5.9.1"}]})
    assert len(audit.still_open(report, [WAIVER], TODAY)) == 1


def test_a_mirror_of_ones_own_is_asked_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert audit.SERVICES == ("pypi", "osv")
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", "http://127.0.0.1:9/v1/query")
    assert _script().SERVICES == ("osv",)


@pytest.mark.parametrize("said", ["", "Traceback …", '{"dependencies": [{"name": "six", "skip_reason": "404"}]}'])
def test_a_list_that_does_not_answer_leaves_no_verdict_and_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    done = audit.subprocess.CompletedProcess([], 1, stdout=said, stderr="")
    monkeypatch.setattr(audit.subprocess, "run", lambda *args, **options: done)
    services = list(audit.SERVICES)
    assert audit.ask(LOCKS / "main.txt", services).unasked == ["main.txt"]
    assert services == []
