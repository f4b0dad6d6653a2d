"""The cases of reading.yml: what is read in a sentence and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

CASES = Path(__file__).parents[1] / "cases" / "language" / "reading.yml"
ALL = [
    pytest.param(case, id=f"{topic}: {case['text'][:40]}")
    for topic, listed in yaml.safe_load(CASES.read_text(encoding="utf-8")).items()
    for case in listed
]


def _meets(mention: dict, wanted: dict) -> bool:
    return all(mention.get(key, False if value is False else None) == value for key, value in wanted.items())


@pytest.mark.parametrize("case", ALL)
def test_reads_what_is_said(read, case):
    found = [m.to_json() for m in read(case["text"], asked=case.get("asked"), subject=case.get("for", "self")).mentions]
    for wanted in case.get("reads", []):
        assert any(_meets(mention, wanted) for mention in found), (wanted, found)
    for unwanted in case.get("not", []):
        assert not [m for m in found if unwanted in (m["kind"], m.get("value"))]
