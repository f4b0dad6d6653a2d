"""What the desk counts, and what is learnt from messages that were read wrongly."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import kappa
from bot.domain.review import RANKS, Answer
from bot.services import learning

BASE = "/desk/api/handoffs"
ANSWERS = [Answer(outcome, urgency) for outcome, urgency in RANKS]
answers = st.sampled_from(ANSWERS)


@given(st.lists(st.tuples(answers, answers), max_size=30))
def test_agreement_counts_every_pair_once_and_kappa_stays_in_its_range(pairs):
    found = kappa.measure(pairs)
    assert found.total == len(pairs) == found.agreed + found.under + found.over
    assert found.kappa is None or -1 <= found.kappa <= 1
    if found.kappa is not None and found.agreed == found.total:
        assert found.kappa == 1


def test_kappa_of_a_textbook():
    yes, no = ANSWERS[0], ANSWERS[1]
    pairs = [(yes, yes)] * 20 + [(yes, no)] * 5 + [(no, yes)] * 10 + [(no, no)] * 15
    assert kappa.measure(pairs).kappa == pytest.approx(0.4)


def test_the_page_counts_what_happened(context, browser):
    mild, grave = context.handed_off(1), context.handed_off(2, rf=["RF-CES"])
    context.later(minutes=4)
    lead = browser("Ana", "lead")
    for reference in (mild, grave):
        lead.get(f"/desk/handoffs/{reference}")
        lead.post(f"/desk/handoffs/{reference}/claim")
    lead.post(f"/desk/handoffs/{mild}/override", {"outcome": "not_now/same_day", "reason": "grey"})
    lead.post(f"/desk/handoffs/{grave}/agree")
    lead.post(f"/desk/handoffs/{grave}/override", {"outcome": "clinical_massage/", "reason": "old"})
    page = re.sub(r"\s+", " ", lead.get("/desk/figures?days=7").text)
    assert "<dt>First look, median</dt><dd>4 min</dd>" in page
    assert "R-RF-CES" in page
    assert "1 under, 1 over" in page
    assert page.count('class="bars"') >= 4
    assert browser("Ben").get("/desk/figures").status_code == 403
    for odd in ("x", "²", "9999999999", "-1"):
        assert lead.get("/desk/figures", params={"days": odd}).status_code == 200


def test_a_misread_message_becomes_a_case_without_personal_details(context, browser):
    text = "Ana Ruiz here, call 555 010 0142 or ana@example.org, my heel is killing me, not the knee"
    reference = context.handed_off(1, text, "can I bring my dog")
    ana = browser("Ana", "lead")
    at = f"/desk/handoffs/{reference}/misread"
    assert ana.post(at, {"seq": "1", "kind": "site", "value": "heel", "note": "read Ana's knee"}).status_code == 303
    assert (
        ana.post(at, {"seq": "1", "kind": "site", "value": "knee", "denied": "yes"}).status_code == 303
    )  # the later word counts
    assert ana.post(at, {"seq": "2", "kind": "intent", "value": "faq_companion"}).status_code == 303
    [case] = yaml.safe_load(ana.get("/desk/learning/cases.yml").text)
    assert case["expect"] == {"kind": "site", "value": "knee", "negated": True}
    assert not re.search(r"Ana|Ruiz|0142|example\.org", case["text"])
    assert "my heel is killing me" in case["text"]
    told = yaml.safe_load(ana.get("/desk/learning/sentences.yml").text)
    assert told["nlu"] == [{"intent": "faq_companion", "examples": "- can I bring my dog\n"}]
    assert "misread: site knee" in ana.get(f"/desk/handoffs/{reference}").text
    assert browser("Ben").get("/desk/learning").status_code == 403


@pytest.mark.parametrize(
    "fields", [{"seq": "9", "kind": "site", "value": "x"}, {"seq": "1", "kind": "mood", "value": "x"}, {"seq": "1", "kind": "site", "value": " "}, {"kind": "site", "value": "x"}]
)  # fmt: skip
def test_what_cannot_be_marked_is_refused(context, browser, fields):
    reference = context.handed_off(1)
    assert browser("Ana").post(f"/desk/handoffs/{reference}/misread", fields).status_code in (404, 422)


@given(st.text(max_size=200))
def test_taking_out_personal_details_never_fails_and_leaves_no_long_number(text):
    clean = learning.without_personal(text, {"name": "Ana Ruiz"})
    assert not re.search(r"\d{6,}", clean)
    assert not re.search(r"\bruiz\b", clean, re.IGNORECASE)
