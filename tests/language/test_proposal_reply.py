"""What is answered to times that were offered: the cases of proposal_replies.yml, and that nothing unclear ever books."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.language import proposal_reply
from bot.language.proposal_reply import CHOSEN, DECLINED, NOTHING, UNCLEAR, UNSURE_YET

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "language" / "proposal_replies.yml").read_text(encoding="utf-8")
)
OFFERED_ON = date(2026, 11, 30)
STARTS = tuple(map(datetime.fromisoformat, ("2026-12-03T12:00Z", "2026-12-04T10:00Z", "2026-12-07T17:30Z")))
THREE = [(start, start + timedelta(hours=1)) for start in STARTS]
MEANS = {"none": (DECLINED, None), "later": (UNSURE_YET, None), "ask": (UNCLEAR, None), "other": (NOTHING, None)}
ALL = [
    pytest.param(THREE if offered == "three" else THREE[:1], text, means, id=f"{offered}: {text}")
    for offered in ("three", "one")
    for means, texts in CASES[offered].items()
    for text in texts
]


@pytest.mark.parametrize(("times", "text", "means"), ALL)
def test_what_is_said_is_what_is_meant(times, text, means):
    reply = proposal_reply.read(text, times, OFFERED_ON)
    assert (reply.says, reply.chosen) == MEANS.get(means, (CHOSEN, means if isinstance(means, str) else means - 1))


@pytest.mark.parametrize(("text", "rest"), CASES["rest"].items())
def test_what_stands_beside_an_answer_is_kept_in_its_place(text, rest):
    reply = proposal_reply.read(text, THREE, OFFERED_ON)
    assert reply.says == CHOSEN
    assert (rest in reply.rest) if rest else not reply.rest
    assert not reply.rest or len(reply.rest) == len(text)
    assert not any(word in reply.rest for word in ("Friday", "third", "second"))


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text):
    reply = proposal_reply.read(text, THREE, OFFERED_ON)
    assert (reply.chosen is not None) is (reply.says == CHOSEN)


@given(
    st.sampled_from([text for means in ("ask", "none", "later") for text in CASES["three"][means]]),
    st.sampled_from(["", "please ", "hi, ", "hola, "]),
)
def test_kind_words_before_it_never_make_a_booking_of_what_is_none(text, before):
    assert proposal_reply.read(before + text, THREE, OFFERED_ON).says != CHOSEN
