"""The command: a line in, an object out, whatever the line holds; and the same reading in both environments."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot import understand

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


def _answers(*lines: str) -> list[dict]:
    out = io.StringIO()
    assert understand.main(io.StringIO("".join(f"{line}\n" for line in lines)), out, intent=False) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_loads_the_reader_and_nothing_of_the_database():
    lean = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from bot.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", lean, "understand"], cwd=ROOT, input="knee", capture_output=True, text=True, timeout=60
    )
    answer, modules = done.stdout.splitlines()
    assert json.loads(answer)["mentions"]
    assert {"sqlalchemy", "alembic"}.isdisjoint(modules.split())


def test_the_example_of_the_contract():
    text = "sharp pain in my left knee since Monday, about 7/10, no swelling"
    (answer,) = _answers(json.dumps({"text": text, "now": "2026-11-23T14:00:00+00:00"}))
    assert answer["text"] == text
    assert answer["intent"] is None
    assert answer["danger"] == []
    said = {(m["kind"], m.get("value")): m for m in answer["mentions"]}
    assert (said["quality", "sharp"]["start"], said["quality", "sharp"]["end"]) == (0, 5)
    assert {**said["site", "knee"], "kind": "site"} == {
        "kind": "site",
        "value": "knee",
        "side": "left",
        "start": 14,
        "end": 26,
    }
    duration = next(m for m in answer["mentions"] if m["kind"] == "duration")
    assert duration == {"kind": "duration", "days_lo": 0, "days_hi": 7, "start": 27, "end": 39}
    intensity = next(m for m in answer["mentions"] if m["kind"] == "intensity")
    assert intensity == {"kind": "intensity", "lo": 7, "hi": 7, "worst": None, "start": 41, "end": 51}
    assert said["finding", "swelling"]["negated"] is True


def test_the_same_shape_in_spanish():
    text = "dolor punzante en la rodilla izquierda desde el lunes, como un 7/10, sin hinchazón"
    (answer,) = _answers(json.dumps({"text": text, "now": "2026-11-23T14:00:00+00:00"}))
    said = {(m["kind"], m.get("value")): m for m in answer["mentions"]}
    assert text[said["site", "knee"]["start"] : said["site", "knee"]["end"]] == "rodilla izquierda"
    assert said["site", "knee"]["side"] == "left"
    assert said["quality", "stabbing"]["start"] == 6
    assert said["finding", "swelling"]["negated"] is True
    assert next(m for m in answer["mentions"] if m["kind"] == "duration")["days_hi"] == 7
    assert next(m for m in answer["mentions"] if m["kind"] == "intensity")["lo"] == 7


def test_the_locale_wins_where_the_words_do_not_tell():
    spanish, english = _answers(
        json.dumps({"text": "once", "asked": "nrs", "locale": "es-MX"}), json.dumps({"text": "once", "asked": "nrs"})
    )
    assert [m["kind"] for m in spanish["mentions"]] == ["intensity"]
    assert english["mentions"] == []


@pytest.mark.parametrize(
    "line", ["my knee hurts", "{broken", '"a string"', "[1, 2]", "42", '{"text": 7}', "null", "{" * 5000]
)
def test_a_line_that_is_no_request_is_the_text(line):
    (answer,) = _answers(line)
    assert answer["text"] == line


def test_every_line_has_its_answer_an_empty_one_too():
    lines = ["my knee", "", "  ", "my back"]
    assert [answer["text"] for answer in _answers(*lines)] == lines


@pytest.mark.parametrize(
    "odd",
    [
        {"asked": 7},
        {"asked": []},
        {"now": "yesterday"},
        {"now": 5},
        {"for": "the cat"},
        {"for": None},
        {"locale": 7},
        {"locale": "xx"},
    ],
)
def test_odd_companions_are_left_out(odd):
    (answer,) = _answers(json.dumps({"text": "my knee hurts", **odd}))
    assert [m["value"] for m in answer["mentions"] if m["kind"] == "site"] == ["knee"]


@pytest.mark.parametrize("text", ["", " ", "\ud800 knee", "\u0000knee", "knee\r\nback", "\u2028knee", "‮knee", "🔥" * 9])
def test_text_comes_back_unchanged(text):
    (answer,) = _answers(json.dumps({"text": text}))
    assert answer["text"] == text


def test_a_naive_now_is_taken_as_it_is():
    (answer,) = _answers(json.dumps({"text": "since Friday", "now": "2026-11-23T09:00:00"}))
    assert [m["days_lo"] for m in answer["mentions"] if m["kind"] == "duration"] == [3]


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="Rasa's environment is not set up")
def test_both_environments_read_alike():
    cases = yaml.safe_load((ROOT / "tests/cases/language/danger.yml").read_text(encoding="utf-8"))
    texts = [text for said in cases.values() for text in said["flagged"] + said["quiet"]]
    reading = yaml.safe_load((ROOT / "tests/cases/language/reading.yml").read_text(encoding="utf-8"))
    texts += [case["text"] for listed in reading.values() for case in listed]
    lines = [json.dumps({"text": text, "now": "2026-11-23T14:00:00+00:00"}) for text in texts]
    there = subprocess.run(
        [str(RASA_PYTHON), "-m", "bot.understand"], input="\n".join(lines) + "\n",
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert [json.loads(line) for line in there.stdout.splitlines()] == _answers(*lines)
