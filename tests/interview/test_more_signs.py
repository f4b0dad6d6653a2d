"""The table of signs asked beside a finding is held against the rules: every row matters, and none is missing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import record, review, triage
from bot.domain.conditions import CONDITIONS
from bot.domain.extras import EXTRAS
from bot.domain.flags import RED_FLAGS
from bot.domain.more_signs import BESIDE

SITES = ("low_back", "knee", "neck", "chest")
SORE: dict[str, Any] = {
    "age": 45, "duration_days": 20, "onset": "gradual", "nrs": 5, "complaint": "pain", "function_limited": True,
    "rf": [], "ci": [], "doctor": "none", "extra": [],
}  # fmt: skip
# Graver by themselves or told only by staff: they have their own ways into the record.
NOT_ASKED = frozenset({"CI-CAPACITY", "CI-MINOR", "CI-CHRONIC"})


def rank(site: str, **more: Any) -> int:
    result = triage.classify(record.from_json({**SORE, "sites": [{"site": site, "side": None}], **more}))
    return review.rank(result.outcome, result.urgency)


def finding(name: str) -> dict[str, list[str]]:
    return {"rf" if name.startswith("RF-") else "ci": [name]}


@pytest.mark.parametrize("name", BESIDE)
def test_every_sign_makes_its_finding_graver_somewhere(name: str) -> None:
    for sign in BESIDE[name]:
        assert any(rank(site, **finding(name), extra=[sign]) > rank(site, **finding(name)) for site in SITES), sign


def test_no_sign_that_matters_is_missing() -> None:
    """A sign that turns a finding which stops nothing into help today is in the table, or is a danger by itself."""
    missing = []
    for name in {*RED_FLAGS, *CONDITIONS} - NOT_ASKED:
        for sign in EXTRAS:
            calm = rank("knee", **finding(name))
            alone = rank("knee", extra=[sign]) > rank("knee")
            if calm < review.URGENT_FROM <= rank("knee", **finding(name), extra=[sign]) and not alone:
                missing += [(name, sign)] if sign not in BESIDE.get(name, ()) else []
    assert missing == []
