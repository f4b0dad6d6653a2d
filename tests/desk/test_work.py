"""Working together on a hand-off: who looks, labels, assignment, what the rules got wrong, the letter beside the word."""

from __future__ import annotations

import re

import pytest

from bot.services import letters

BASE = "/desk/api/handoffs"
CONVERSATION = "conversation-0000000001"


def test_colleagues_see_who_else_is_looking(context, browser):
    reference = context.handed_off(1)
    ana, ben = browser("Ana"), browser("Ben")
    assert "also viewing" not in ana.get(f"/desk/handoffs/{reference}").text
    assert "also viewing: Ana" in ben.get(f"/desk/handoffs/{reference}").text
    context.later(minutes=2)
    assert "also viewing" not in ben.get(f"/desk/handoffs/{reference}").text


def test_the_first_look_is_kept_until_new_danger(context, program):
    reference = context.handed_off(1)
    staff = program()
    context.later(minutes=3)
    first = context.time.isoformat()
    staff.get(f"{BASE}/{reference}")
    context.later(minutes=3)
    assert staff.get(f"{BASE}/{reference}").json()["first_look_at"] == first
    context.handed_off(1, "now I am numb between the legs", rf=["RF-CES"])
    with context.uow.reading() as uow:
        assert uow.handoffs.by_reference(reference).first_look_at is None


def test_labels_are_kept_found_and_stay_over_a_new_revision(context, program):
    reference = context.handed_off(1)
    context.handed_off(2)
    staff = program()
    answer = staff.call(f"{BASE}/{reference}/label", {"labels": ["Call  Back", "vip", "VIP"]})
    assert answer.json()["labels"] == ["call back", "vip"]
    context.handed_off(1, "now I am numb between the legs", rf=["RF-CES"])
    found = staff.get(BASE, params={"label": "call back"}).json()["handoffs"]
    assert [one["reference"] for one in found] == [reference]
    assert staff.call(f"{BASE}/{reference}/label", {"labels": ["x" * 41]}).status_code == 422
    assert staff.call(f"{BASE}/{reference}/label", {"labels": [f"l{n}" for n in range(11)]}).status_code == 422
    assert staff.call(f"{BASE}/{reference}/label", {"labels": "a, b"}).json()["labels"] == ["a", "b"]


def test_work_is_given_to_a_colleague_who_exists(context, program):
    reference = context.handed_off(1)
    ana, ben = program("Ana"), program("Ben")
    given = ana.call(f"{BASE}/{reference}/assign", {"to": "ben"}).json()
    assert (given["status"], given["claimed_by"]) == ("claimed", "Ben")
    assert ana.call(f"{BASE}/{reference}/assign", {"to": "Ana"}).status_code == 409  # it is Ben's now
    assert ben.call(f"{BASE}/{reference}/assign", {"to": "nobody"}).status_code == 422
    assert program("Lea", "lead").call(f"{BASE}/{reference}/assign", {"to": "Ana"}).json()["claimed_by"] == "Ana"


@pytest.mark.parametrize(
    ("outcome", "urgency", "direction"),
    [("not_now", "same_day", "up"), ("doctor_first", "gp", "up"), ("clinical_massage", None, "same"), ("relaxation_massage", None, "down")],
)  # fmt: skip
def test_an_override_says_how_it_lies_to_the_rules(context, program, outcome, urgency, direction):
    reference = context.handed_off(1)  # the rules: clinical massage
    staff = program()
    staff.call(
        f"{BASE}/{reference}/override", {"outcome": "not_now", "urgency": "emergency", "reason": "a first thought"}
    )
    got = staff.call(f"{BASE}/{reference}/override", {"outcome": outcome, "urgency": urgency, "reason": "seen"}).json()
    assert got["direction"] == got["decisions"][-1]["direction"] == direction


def test_under_triage_comes_first_in_the_leads_view(context, browser):
    mild, grave = context.handed_off(1), context.handed_off(2)
    lead = browser("Ana", "lead")
    lead.post(f"/desk/handoffs/{mild}/override", {"outcome": "relaxation_massage/", "reason": "only knots"})
    lead.post(f"/desk/handoffs/{grave}/override", {"outcome": "not_now/emergency", "reason": "grey and sweating"})
    page = lead.get("/desk?queue=disagreed").text
    assert re.findall(r"/desk/handoffs/(PLP-[\w-]+)\"", page) == [grave, mild]
    assert "under-triage" in page
    assert browser("Ben").get("/desk?queue=disagreed").status_code == 403


def test_a_letter_stands_beside_the_clearance_form_and_is_kept_with_the_word(context, browser):
    reference = context.handed_off(1, ci=["CI-PREG"])
    context.handed_off(2)
    with context.uow() as uow:
        uow.conversations.give_consent(CONVERSATION, version="v", now=context.time)
        uow.commit()
    letters.add(context.uow(), CONVERSATION, b"%PDF-1.7\n%%EOF\n", letter="a" * 32, now=context.time)
    ana = browser("Ana", "lead")
    assert f"/letters/{'a' * 32}" in ana.get(f"/desk/handoffs/{reference}").text
    word = {"items": "CI-PREG", "by": "Dr Weir", "date": "2026-11-20", "limits": "side lying", "document": "b" * 32}
    assert ana.post(f"/desk/handoffs/{reference}/clear", word).status_code == 422
    assert ana.post(f"/desk/handoffs/{reference}/clear", {**word, "document": "a" * 32}).status_code == 303
    got = ana.get(f"{BASE}/{reference}").json()
    old, new = got["revisions"]
    assert (old["result"]["outcome"], new["result"]["outcome"]) == ("doctor_first", "clinical_massage")
    assert new["clearance"]["document"] == "a" * 32
    assert new["clearance"]["limits"] == "side lying"
    assert "Dr Weir" in ana.get(f"/desk/handoffs/{reference}").text
