"""A page that was opened a while ago: it says that something has changed, and nobody decides what they have not seen."""

from __future__ import annotations

import re
from html import unescape

import pytest

from bot.services import decisions, review
from bot.services.accounts import SignedIn
from bot.services.review import Actor
from bot.web.desk.changes import Changes
from bot.web.desk.render import Pages

BEN = Actor("Ben", "lead")
MILD = {"outcome": "relaxation_massage/", "reason": "only tired"}


def opened(desk, reference):
    """What the forms of the page send along, as it is now."""
    found = set(re.findall(r'name="seen" value="([^"]*)"', desk.get(f"/desk/handoffs/{reference}").text))
    assert len(found) == 1
    return {"seen": unescape(found.pop())}


def answer(context, reference):
    with context.uow.reading() as uow:
        handoff = uow.handoffs.by_reference(reference)
    return handoff.outcome, handoff.urgency


def test_new_danger_is_not_overridden_from_a_page_that_does_not_show_it(context, browser):
    reference, desk = context.handed_off(1), browser()
    at, seen = f"/desk/handoffs/{reference}", opened(desk, reference)
    context.handed_off(1, "numb between my legs", rf=["RF-CES"])
    refused = desk.post(at + "/override", {**MILD, **seen})
    assert refused.status_code == 409
    assert "changed since you opened" in refused.text
    assert "only tired" in refused.text, "what was typed is not lost"
    assert "Cauda equina" in refused.text, "and the page shows it now"
    assert answer(context, reference) == ("not_now", "emergency")
    assert desk.post(at + "/override", {**MILD, **opened(desk, reference)}).status_code == 303
    assert answer(context, reference) == ("relaxation_massage", None)


@pytest.mark.parametrize("move", ["agree", "clear", "book", "propose", "decline"])
def test_nothing_that_rests_on_the_answer_is_done_on_another_one(move, context, browser):
    reference, desk = context.handed_off(1), browser()
    desk.post(f"/desk/handoffs/{reference}/claim")
    seen = opened(desk, reference)
    decisions.override(
        context.uow(), reference, outcome="doctor_first", urgency="gp", reason="on steroids", by=BEN, now=context.time
    )
    fields = {
        "reason": "x", "items": "CI-ANTICOAG", "by": "Dr Lee", "date": "2026-11-20", "start": "2026-11-24T10:00", "minutes": "60",
        "therapist": "Kim", "room": "1",
    }  # fmt: skip
    refused = desk.post(f"/desk/handoffs/{reference}/{move}", {**fields, **seen})
    assert refused.status_code == 409
    assert "changed since you opened" in refused.text


def test_a_note_is_kept_whatever_has_changed(context, browser):
    reference, desk = context.handed_off(1), browser()
    seen = opened(desk, reference)
    context.handed_off(1, rf=["RF-CES"])
    assert desk.post(f"/desk/handoffs/{reference}/note", {"text": "rang her", **seen}).status_code == 303


def test_an_open_page_says_who_changed_what(context, browser):
    reference, desk = context.handed_off(1), browser()
    page = desk.get(f"/desk/handoffs/{reference}").text
    with context.uow.reading() as uow:
        who = SignedIn(uow.staff.by_name("Ana"), None, "")
        changed = uow.handoffs.by_reference(reference).changed_at.isoformat()
    assert changed in unescape(page).replace("%3A", ":").replace("%2B", "+")
    changes = Changes(context, Pages(context), reference, who, changed)
    assert changes.news() == []
    context.later(seconds=1)
    review.claim(context.uow(), reference, by=BEN, now=context.time)
    [(name, part)] = changes.news()
    assert name == "changed"
    assert "Ben claimed it meanwhile." in part
    assert changes.news() == [], "said once"
    context.later(seconds=1)
    context.handed_off(1, rf=["RF-CES"])
    [(_, part)] = changes.news()
    assert "new danger" in part


def test_what_a_colleague_was_quicker_at_is_said_in_words_and_not_as_a_list_of_moves(context, browser):
    reference, desk = context.handed_off(1), browser()
    review.claim(context.uow(), reference, by=BEN, now=context.time)
    page = desk.post(f"/desk/handoffs/{reference}/claim")
    assert page.status_code == 409
    assert "It is “Claimed” by now" in page.text
    assert "legal" not in page.text


@pytest.mark.parametrize("move", ["propose", "reopen", "misread"])
def test_a_refusal_is_said_wherever_its_form_is_or_is_not(move, context, browser):
    reference, desk = context.handed_off(1), browser()
    if move == "propose":
        desk.post(f"/desk/handoffs/{reference}/claim")
    page = desk.post(f"/desk/handoffs/{reference}/{move}", {"reason": "x"})
    assert page.status_code in (409, 422)
    assert page.text.count('class="refused" role="alert"') == 1
