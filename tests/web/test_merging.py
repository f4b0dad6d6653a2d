"""Short messages in a row are one turn: together when they come within a moment, each in its own place, danger at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from conftest import StartEdge, Visitor
from hypothesis import given
from hypothesis import strategies as st
from standin_rasa import Rasa

from bot.domain.mention import Mention
from bot.domain.said import Said
from bot.services.stored import Message
from bot.web.turns import merging

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MOMENT = 3.0


def lines(*written: tuple[float, str], first: int = 1, **body: object) -> list[Message]:
    """Messages of one visitor: (seconds after the start, text)."""
    return [
        Message("c", first + at, "visitor", NOW + timedelta(seconds=seconds), text, dict(body))
        for at, (seconds, text) in enumerate(written)
    ]


WRITTEN = st.lists(st.tuples(st.floats(0, 10), st.text("ab \n", min_size=1, max_size=900)), min_size=1, max_size=9)


@given(WRITTEN)
def test_every_message_is_in_exactly_one_turn_in_order_and_keeps_its_place(written):
    at, waiting = 0.0, []
    for number, (gap, text) in enumerate(written):
        at += gap
        waiting += lines((at, text), first=number + 1)
    turns = []
    rest = waiting
    while rest:
        turn = merging.group(rest, within=MOMENT)
        text = merging.text(turn)
        assert len(text) <= 2000
        for start, line in zip(merging.starts(turn), turn, strict=True):
            assert text[start : start + len(line.text)] == line.text
        turns += turn
        rest = rest[len(turn) :]
    assert turns == waiting


def test_only_plain_words_within_a_moment_belong_together():
    far = lines((0, "a"), (2, "b"), (9, "c"))
    assert [line.text for line in merging.group(far, within=MOMENT)] == ["a", "b"]
    tapped = [
        *lines((0, "a")),
        *lines((1, "6"), first=2, answer={"question": "nrs", "value": 6}),
        *lines((2, "b"), first=3),
    ]
    assert len(merging.group(tapped, within=MOMENT)) == 1
    assert len(merging.group(tapped[1:], within=MOMENT)) == 1
    danger = [*lines((0, "a")), *lines((1, "chest pain"), first=2, scripted=True)]
    assert len(merging.group(danger, within=MOMENT)) == 1


@pytest.mark.parametrize(
    ("after", "over"),
    [(0.0, False), (2.9, False), (3.0, True), (-60.0, True)],
    ids=["now", "soon", "quiet", "clock set back"],
)
def test_a_row_is_over_when_the_visitor_is_quiet_for_a_moment(after, over):
    row = lines((0, "a"), (1, "b"))
    assert merging.is_over(row, row, within=MOMENT, now=row[-1].at + timedelta(seconds=after)) is over


def test_a_row_without_end_is_answered_all_the_same():
    row = lines(*((seconds, "a") for seconds in range(16)))
    assert merging.is_over(row, row, within=MOMENT, now=row[-1].at)


def test_words_are_quoted_from_the_message_they_stand_in():
    said = Said("ow\nleft knee hurts", message="c-0000-4", parts=((0, "c-0000-3"), (3, "c-0000-4")))
    knee = Mention("site", "knee", 8, 12)
    assert said.words(knee) == {"text": "knee", "start": 5, "end": 9, "message": "c-0000-4"}
    assert said.words(Mention("quality", "sore", 0, 2))["message"] == "c-0000-3"
    assert Said.from_json(said.to_json()) == said


@pytest.fixture
def merged(start_edge: StartEdge) -> Iterator[Visitor]:
    """A visitor with consent, of an edge that waits a moment."""
    running = start_edge(PALPATE_MERGE_SECONDS="0.4")
    with httpx.Client(base_url=running.url, timeout=20) as client:
        yield Visitor(client).consent()


def test_short_messages_in_a_row_are_one_turn(merged: Visitor, rasa: Rasa):
    before = len(rasa.turns)
    merged.say("hi there")
    merged.say("my knee")
    last = merged.say("since monday")
    body = merged.settled(last)
    [turn] = rasa.turns[before:]
    assert turn["text"] == "hi there\nmy knee\nsince monday"
    assert [part["start"] for part in turn["metadata"]["parts"]] == [0, 9, 17]
    assert turn["message_id"] == turn["metadata"]["parts"][-1]["message"] == f"{merged.id}-{last}"
    assert body["state"]["answered_through"] == last


def test_danger_in_a_row_is_answered_at_once_and_stands_alone(merged: Visitor, rasa: Rasa):
    before = len(rasa.turns)
    merged.say("no")
    seq = merged.say("chest pain")
    assert [line["alert"]["urgency"] for line in merged.log(after=seq)["messages"] if line["alert"]] == ["emergency"]
    merged.settled(seq)
    assert [turn["text"] for turn in rasa.turns[before:]] == ["no", "chest pain"]


def test_a_turn_that_was_begun_stays_what_it_was(merged: Visitor, rasa: Rasa):
    """Rasa answers, and the edge does not hear it; meanwhile one more message comes: nothing runs twice."""
    before = len(rasa.turns)
    rasa.gate.clear()
    rasa.entered.clear()
    merged.say("my knee")
    merged.say("since monday")
    assert rasa.entered.wait(5)
    rasa.lost = 1
    rasa.gate.set()
    last = merged.say("it burns")
    merged.settled(last)
    assert [turn["text"] for turn in rasa.turns[before:]] == ["my knee\nsince monday", "it burns"]
