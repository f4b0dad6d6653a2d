"""One Reader for all tests of the language, and the time they are told it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.language import reader

CASES = Path(__file__).parents[1] / "cases" / "language"
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def cases(name: str) -> dict:
    """The YAML of one topic."""
    return yaml.safe_load((CASES / f"{name}.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def read():
    """Read a text at the tests' time."""
    loaded = reader.load()
    return lambda text, **how: loaded.read(text, now=NOW, **how)
