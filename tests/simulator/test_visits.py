"""A hundred made-up people hold whole conversations with the running product: nobody is under-triaged, all is as told."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import Settings
from bot.simulator import run
from bot.simulator.command import everybody, storage_of

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(
    ("first", "count"), [(0, 100), pytest.param(1000, 1000, marks=pytest.mark.long)], ids=["a hundred", "a thousand"]
)
def test_what_is_stored_is_what_they_told(stack: Any, first: int, count: int) -> None:
    settings = Settings.from_env(stack.env)
    simulation = run.Simulation(stack.url, storage_of(settings), settings.clinic.policy)
    verdicts = simulation.visits(everybody(first, count))
    failed = [one for one in verdicts if not one.good]
    stories = "\n\n".join(run.story(simulation.shrink(one)) for one in failed[:3])
    assert not any(one.under_triaged for one in verdicts), stories
    assert not failed, f"{run.report(verdicts)}\n{stories}"
