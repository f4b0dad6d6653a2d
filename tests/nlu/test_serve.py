"""The line protocol behind `palpate understand --intent`: one answer per line, and a plain word when there is no model."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot.language import reader
from bot.nlu import linear, serve

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.usefixtures("trained")
def test_every_line_is_answered_at_once():
    """A line goes in and its answer comes out before the next is written; blank lines are passed over."""
    command = [sys.executable, "-m", "bot.nlu.serve"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line, intent in (({"text": "hello"}, "greet"), ({"text": "not really", "asked": "RF-CES"}, "deny")):
            process.stdin.write(json.dumps(line) + "\n\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["name"] == intent
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"text": None},
        {"text": 7},
        {"text": "", "asked": 3},
        {"text": "x", "now": "never", "for": "dog"},
        {"text": "\ud800"},
    ],
)
def test_a_line_that_makes_no_sense_is_still_answered(trained, line):
    assert 0 <= serve.guess(trained, reader.load(), line).confidence <= 1


def test_danger_does_not_overrule_what_is_shown(trained):
    """`palpate understand` shows the classifier's own intent; the danger stands beside it."""
    line = {"text": "my back hurts and I can't feel when I pee"}
    assert serve.guess(trained, reader.load(), line).name == "describe_pain"


def test_no_archive_no_answer(tmp_path):
    with pytest.raises(serve.NoModel, match="palpate train"):
        serve.load(tmp_path / "none.tar.gz")


def test_an_archive_without_the_classifier_is_refused(tmp_path):
    path = tmp_path / "other.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        info = tarfile.TarInfo("components/other/labels.json")
        info.size = 2
        packed.addfile(info, io.BytesIO(b"{}"))
    with pytest.raises(linear.BadModel):
        serve.load(path)
