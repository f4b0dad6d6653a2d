"""How many turns a visitor needs who answers one question at a time, by taps: every turn from hello to the reference counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import cards, interview, judge, questions, screens
from bot.domain.flags import RED_FLAGS
from bot.domain.intake import Intake
from bot.domain.said import Said

CONTACT = {"name": "Mia Brandt", "phone": None, "email": "mia@example.org"}
MOST = 60


class Tapping:
    """Somebody who taps the answers of `facts`, ticks `ids` wherever a card shows them, and else says none or skips."""

    def __init__(self, facts: dict[str, Any], ids: tuple[str, ...] = ()) -> None:
        self.intake = Intake()
        self.asked: list[str] = []
        self.rows: set[str] = set()
        self.turns = 0
        self._answers = {
            "consent_privacy": "yes",
            "for_whom": "self",
            "contact": CONTACT,
            "read_back": "confirm",
            **facts,
        }
        self._ids = ids
        self._take(Said("hello", question="open"))
        self._take(Said("hello", "greet"))

    def visit(self) -> Tapping:
        while self.turns < MOST:
            name = str(self.intake.open_field)
            self.asked.append(name)
            value = self._card(name) if cards.is_card(name) else self._answers.get(name)
            if (
                self._take(Said("tapped", "answer", question=name, value=value)).hand_off
                or self.intake.phase == "stopped"
            ):
                return self
        raise AssertionError(f"no end: {self.asked}")

    def _card(self, name: str) -> list[str]:
        shown = [str(choice["value"]) for choice in questions.question(name, self.intake).choices]
        self.rows.update(shown)
        return [one for one in shown if one in self._ids] or ["none"]

    def _take(self, said: Said) -> interview.Move:
        self.turns += said.question != "open"
        return interview.take(self.intake, said)

    @property
    def outcome(self) -> str:
        return judge.judge(self.intake).outcome


def place(site: str, side: str | None = None) -> dict[str, str | None]:
    return {"site": site, "side": side}


SITES = st.lists(
    st.sampled_from([place("neck"), place("low_back"), place("shoulder", "both"), place("calf", "left"), place("hip", "right"), place("head")]),
    min_size=1,
    max_size=4,
    unique_by=lambda entry: str(entry["site"]),
)  # fmt: skip
AGES = st.integers(18, 90)
ONSETS = st.sampled_from(["gradual", "overuse", "injury", "sudden"])
DAYS = st.sampled_from([1, 10, 60, 400])
MILD = st.integers(0, cards.MILD)


@given(AGES)
def test_who_comes_only_to_relax_needs_at_most_fourteen_turns(age: int) -> None:
    visit = Tapping({"complaint": "relax", "age": age}).visit()
    assert visit.outcome == "relaxation_massage"
    assert visit.turns <= 14, visit.asked


@given(AGES, SITES, MILD, DAYS, ONSETS)
def test_who_comes_for_knots_and_may_relax_needs_at_most_sixteen_turns(
    age: int, sites: list[Any], score: int, days: int, onset: str
) -> None:
    told = {"complaint": "tension", "age": age, "sites": sites, "nrs": score, "function_limited": "no"}
    visit = Tapping({**told, "duration_days": days, "onset": onset}).visit()
    assert visit.turns <= 16, visit.asked


@given(AGES, SITES, MILD, DAYS, ONSETS)
def test_a_mild_pain_that_may_relax_needs_at_most_sixteen_turns(
    age: int, sites: list[Any], score: int, days: int, onset: str
) -> None:
    """A doctor's word and a sudden start of an old back are rows of cards; a long-lasting pain has the doctor asked."""
    told = {"complaint": "pain", "age": age, "sites": sites, "nrs": score, "function_limited": "no", "doctor": "none"}
    visit = Tapping({**told, "duration_days": days, "onset": onset}).visit()
    assert visit.turns <= 16 + ("doctor" in visit.asked), visit.asked
    assert "doctor" not in visit.asked or visit.outcome == "doctor_first", visit.asked


@pytest.mark.parametrize("complaint", ["pain", "tension"])
@pytest.mark.parametrize("ticks", [(cards.SUDDEN,), ("unsure",)], ids=["ticked", "not sure, then asked"])
@pytest.mark.parametrize(
    ("age", "site", "days"), [(60, "low_back", 3), (66, "low_back", 60), (72, "sacrum", 10), (60, "abdomen", 20)]
)
def test_a_sudden_start_ticked_on_a_card_counts_as_one_told(
    age: int, site: str, days: int, complaint: str, ticks: tuple[str, ...]
) -> None:
    told = {"complaint": complaint, "age": age, "sites": [place(site)], "nrs": 2, "function_limited": "no"}
    visit = Tapping({**told, "duration_days": days, "onset": "sudden", "doctor": "none"}, ticks).visit()
    assert cards.SUDDEN in visit.rows
    assert visit.intake.facts["onset"] == "sudden"
    assert judge.judge(visit.intake).urgency == "same_day"


@given(
    AGES,
    SITES,
    st.integers(0, 10),
    st.sampled_from(["relax", "tension", "pain"]),
    st.sampled_from(["yes", "no"]),
    DAYS,
    ONSETS,
)
def test_fewer_cards_leave_out_no_danger_sign(
    age: int, sites: list[Any], score: int, complaint: str, limited: str, days: int, onset: str
) -> None:
    """Every sign of every region named, and every row of the other cards, was shown to whoever was not stopped before."""
    told = {
        "complaint": complaint,
        "age": age,
        "sites": sites,
        "nrs": score,
        "function_limited": limited,
        "doctor": "none",
    }
    visit = Tapping({**told, "duration_days": days, "onset": onset}).visit()
    if visit.intake.phase == "stopped":
        return
    regions = {screens.region_of(entry["site"]) for entry in visit.intake.facts.get("sites") or []}
    due = {flag for region in regions for flag in screens.flags_for(region, age=age, sex=None)}
    due |= {
        *screens.EMERGENCY_CARD,
        *screens.GENERAL_CARD,
        *screens.CONDITIONS_CARD,
        *screens.MEDICINES_CARD,
        *screens.SKIN_CARD,
    }
    assert due <= visit.rows, due - visit.rows


@pytest.mark.parametrize("flag", sorted(flag.id for flag in RED_FLAGS.values() if flag.urgency == "emergency"))
def test_a_sign_ticked_on_a_shorter_card_counts_as_on_the_long_one(flag: str) -> None:
    told = {
        "age": 67,
        "sites": [place("neck"), place("low_back"), place("calf", "left")],
        "duration_days": 10,
        "onset": "gradual",
    }
    outcomes = []
    for complaint, score in (("tension", 2), ("pain", 2), ("pain", 6)):
        visit = Tapping(
            {**told, "complaint": complaint, "nrs": score, "function_limited": "no", "doctor": "none"}, (flag,)
        ).visit()
        outcomes.append((flag in visit.rows, judge.judge(visit.intake).urgency if flag in visit.rows else None))
    assert len(set(outcomes)) == 1, outcomes


@given(AGES, SITES, DAYS, ONSETS)
def test_a_score_or_a_limit_that_nobody_knows_is_never_taken_for_mild(
    age: int, sites: list[Any], days: int, onset: str
) -> None:
    told = {"complaint": "pain", "age": age, "sites": sites, "duration_days": days, "onset": onset, "doctor": "none"}
    for known in ({"nrs": 2}, {"function_limited": "no"}, {}):
        visit = Tapping({**told, **known}).visit()
        assert visit.intake.phase == "stopped" or {"onset", "medicines", "skin", "preferred_times"} <= {*visit.asked}


@given(AGES, SITES)
def test_a_full_chronic_case_needs_at_most_twenty_four_turns(age: int, sites: list[Any]) -> None:
    told = {"complaint": "pain", "age": age, "sites": sites[:3], "nrs": 7, "function_limited": "yes", "doctor": "ok"}
    told |= {"duration_days": 800, "onset": "gradual", "weeks_since_surgery": 8, "clearance": ["CI-CHRONIC"]}
    visit = Tapping(told, ("CI-DM",)).visit()
    assert visit.turns <= 24, visit.asked
