"""The bench measures any small project and says when a turn failed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from bot.engine import bench, command
from bot.engine.bench import Figures

FORM = ["--say", "begin", "--say", "b@d", "--say", "hours"]
SMALL = ["--turns", "6", "--long", "1", "--load", "4", "--short", "3", "--clients", "2"]


def test_the_bench_measures_a_project(project: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    actions = f"{sys.executable} {project / 'actions.py'}"
    assert bench.main(["turns", "--project", str(project), "--actions", actions, *FORM, *SMALL]) == 0
    table = capsys.readouterr().out
    for row in ("start to first answer", "turn 1 ", "turn 5 ", "1 client", "2 clients", "memory at the end"):
        assert row in table


def test_ratios_say_how_many_times_better() -> None:
    common: dict[str, Any] = {"cpu_first": 1.0, "cpu_last": 1.0, "p99": 1.0, "failed": 0}
    ours = Figures(
        "palpate",
        2.0,
        100.0,
        {1: 5.0, 5: 5.0, 100: 6.0},
        one_client=100.0,
        many_clients=200.0,
        megabytes_after=100.0,
        **common,
    )
    stock = Figures(
        "stock rasa",
        6.0,
        300.0,
        {1: 20.0, 5: 20.0, 100: 200.0},
        one_client=20.0,
        many_clients=25.0,
        megabytes_after=300.0,
        **common,
    )
    table = {line[:24].strip(): line.split() for line in bench.report([ours, stock], 16).splitlines()}
    assert table["start to first answer"][-1] == "3.0x"
    assert table["turn 100"][-1] == "33.3x"
    assert table["1 client"][-1] == "5.0x"
    assert table["turn 100 over turn 5"][-2:] == ["1.20", "10.00"]


def test_commands_for_other_processes_need_no_rasa(tmp_path: Path) -> None:
    ours = command.rasa(tmp_path, ["train"], {"A": "1"})
    assert ours.words == (str(tmp_path / ".venv-rasa/bin/python"), "-m", "bot.engine.launch", "train")
    assert (ours.folder, ours.env["A"]) == (tmp_path, "1")
    other = command.stock_rasa(tmp_path, ["run"], {"PALPATE_STOCK_PYTHON": "/x/python"}, folder=tmp_path)
    assert other.words == ("/x/python", "-m", "rasa", "run")
    assert other.env["RASA_TELEMETRY_ENABLED"] == "false"
