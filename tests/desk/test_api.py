"""The staff API of contract §6, called by a program with a token."""

from __future__ import annotations

import csv
import io
import json

import pytest

BASE = "/desk/api/handoffs"
BOOK = {"start": "2026-11-24T15:00:00+00:00", "minutes": 60, "therapist": "Kim", "room": "1"}


def test_the_list_tells_counts_and_goes_on(context, program):
    for number in range(1, 54):
        context.handed_off(number)
    staff = program()
    first = staff.get(BASE).json()
    assert len(first["handoffs"]) == 50
    assert first["counts"]["new"] == 53
    rest = staff.get(BASE, params={"after": first["next"]}).json()
    assert (len(rest["handoffs"]), rest["next"]) == (3, None)
    assert len({row["reference"] for row in first["handoffs"] + rest["handoffs"]}) == 53


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"queue": "urgent"}, 1),
        ({"outcome": "clinical_massage"}, 1),
        ({"flag": "RF-CES"}, 1),
        ({"site": "low_back"}, 2),
        ({"site": "knee"}, 0),
        ({"age_from": "40", "age_to": "46"}, 2),
        ({"age_to": "39"}, 0),
        ({"channel": "web"}, 2),
        ({"channel": "sms"}, 0),
        ({"queue": "mine"}, 0),
    ],
)
def test_filters(context, program, params, found):
    context.handed_off(1)
    context.handed_off(2, rf=["RF-CES"])
    assert len(program().get(BASE, params=params).json()["handoffs"]) == found


@pytest.mark.parametrize("params", [{"queue": "x"}, {"after": "1"}, {"after": "1.²"}, {"age_from": "old"}])
def test_filters_that_mean_nothing_are_422(context, program, params):
    assert program().get(BASE, params=params).status_code == 422


def test_one_hand_off_holds_everything(context, program):
    reference = context.handed_off(1)
    got = program().get(f"{BASE}/{reference}").json()
    assert {
        "record",
        "result",
        "reasons",
        "modifiers",
        "brief",
        "transcript",
        "consent",
        "revisions",
        "history",
        "said",
    } <= set(got)
    assert got["outcome"] == got["result"]["outcome"] == "clinical_massage"
    assert got["record"]["nrs"] == 5
    assert got["transcript"][0]["text"] == "my lower back hurts, 5 of 10"
    assert got["history"][-1]["action"] == "read"
    assert "claim" in got["moves"]


def test_the_whole_way_by_calls(context, program):
    reference = context.handed_off(1)
    staff = program()
    at = f"{BASE}/{reference}"
    steps = [
        ("claim", {}, "claimed"), ("wait", {"for": "doctor", "until": "2026-12-01T09:00"}, "waiting_for_doctor"), ("resume", {}, "claimed"),
        ("note", {"text": "called, no answer"}, "claimed"), ("agree", {}, "claimed"), ("book", BOOK, "booked"),
        ("reopen", {"reason": "cannot come"}, "claimed"), ("decline", {"reason": "found another clinic"}, "declined"),
        ("reopen", {"reason": "is back"}, "claimed"), ("release", {}, "new"),
    ]  # fmt: skip
    for move, body, status in steps:
        answer = staff.call(f"{at}/{move}", body)
        assert (answer.status_code, answer.json()["status"]) == (200, status), move
    final = staff.get(at).json()
    assert final["appointments"][0]["status"] == "cancelled"
    assert [one["text"] for one in final["notes"]] == ["called, no answer"]
    assert final["decisions"][0]["kind"] == "agree"


def test_an_illegal_move_says_what_is_legal(context, program):
    reference = context.handed_off(1)
    answer = program().call(f"{BASE}/{reference}/book", BOOK)
    assert answer.status_code == 409
    assert "legal: claim, note" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("move", "body", "field"),
    [
        ("note", {"text": ""}, "text"), ("note", {"text": 5}, "text"), ("note", {}, "text"), ("override", {"outcome": "well", "reason": "r"}, "outcome"),
        ("override", {"outcome": "not_now", "reason": "r"}, "outcome"), ("wait", {"for": "godot"}, "for"), ("wait", {"for": "patient", "until": "soon"}, "until"),
        ("wait", {"for": "patient", "until": "2020-01-01T00:00"}, "until"), ("clear", {"items": [], "by": "x", "date": "2026-11-01"}, "items"),
        ("clear", {"items": ["CI-NOPE"], "by": "x", "date": "2026-11-01"}, "items"), ("clear", {"items": ["RF-CES"], "by": "x", "date": "2026-11-01"}, "items"),
        ("clear", {"items": [["x"]], "by": "x", "date": "2026-11-01"}, "items"), ("clear", {"items": ["CI-HEART"], "by": "x", "date": "2027-11-01"}, "date"),
        ("book", {**BOOK, "minutes": 61}, "minutes"), ("book", {**BOOK, "minutes": True}, "minutes"), ("book", {**BOOK, "minutes": "²"}, "minutes"),
        ("book", {**BOOK, "start": "2026-11-24T15:03:00+00:00"}, "start"), ("book", {**BOOK, "start": None}, "start"), ("book", {**BOOK, "therapist": " "}, "therapist"),
        ("say", {"text": "x" * 2001}, "text"), ("decline", {"reason": ""}, "reason"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_422_and_changes_nothing(context, program, move, body, field):
    reference = context.handed_off(1)
    staff = program()
    staff.call(f"{BASE}/{reference}/claim")
    answer = staff.call(f"{BASE}/{reference}/{move}", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert staff.get(f"{BASE}/{reference}").json()["status"] == "claimed"


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b"[" * 60_000])
def test_a_body_that_is_no_object_is_400(context, program, content):
    reference = context.handed_off(1)
    assert program().request("POST", f"{BASE}/{reference}/note", content=content).status_code == 400


def test_too_much_text_is_413_and_an_unknown_move_404(context, program):
    reference = context.handed_off(1)
    staff = program()
    assert staff.call(f"{BASE}/{reference}/note", {"text": "x" * 70_000}).status_code == 413
    assert staff.call(f"{BASE}/{reference}/explode").status_code == 404
    assert staff.get(f"{BASE}/PLP-NONE").status_code == 404


def test_the_brief_as_files(context, program):
    reference = context.handed_off(1, facts={"contact": {"name": "=HYPERLINK(1)"}})
    staff = program()
    as_json = staff.get(f"{BASE}/{reference}.json")
    assert reference in as_json.headers["content-disposition"]
    assert "Lower back" in as_json.text
    rows = list(csv.reader(io.StringIO(staff.get(f"{BASE}/{reference}.csv").text)))
    assert rows[0] == ["reference", "section", "label", "text"]
    assert [reference, "Who", "Name", "'=HYPERLINK(1)"] in rows


def test_new_danger_brings_it_back_with_its_booking_on_hold(context, program):
    reference = context.handed_off(1)
    staff = program()
    staff.call(f"{BASE}/{reference}/claim")
    staff.call(f"{BASE}/{reference}/book", BOOK)
    assert context.handed_off(1, "now I am numb between the legs", rf=["RF-CES"]) == reference
    got = staff.get(f"{BASE}/{reference}").json()
    assert (got["status"], got["urgency"], got["revision"], got["claimed_by"]) == ("new", "emergency", 2, None)
    assert got["appointments"][0]["status"] == "on_hold"
    assert [one["cause"] for one in got["revisions"]] == ["interview", "danger"]


def test_a_provisional_result_is_booked_as_a_pending_request(context, program):
    claimed = {"ci": ["CI-PREG"], "doctor": "ok", "cleared_claimed": ["CI-PREG"]}
    reference = context.handed_off(1, **claimed)
    staff = program()
    staff.call(f"{BASE}/{reference}/claim")
    got = staff.call(f"{BASE}/{reference}/book", BOOK).json()
    assert got["provisional"] or got["outcome"] == "doctor_first"
    assert got["appointments"][0]["status"] == "pending"


def test_what_no_database_and_no_page_can_hold_is_taken_out(context, program, browser):
    """Half of a pair of surrogates, or a NUL, sent by a program: whoever opens the hand-off afterwards must still see it."""
    reference, staff, lead = context.handed_off(1), program(), browser("Bea", "lead")
    for move, fields in (
        ("claim", {}),
        ("note", {"text": "half \ud800 of a sign\x00"}),
        ("label", {"labels": ["a\ud800b\x00"]}),
        ("clear", {"items": ["CI-CHRONIC"], "by": "Dr \ud800\x00", "date": "2026-11-20", "limits": "\ud800\x00"}),
        ("book", {**BOOK, "therapist": "Kim\ud800", "room": "1\x00"}),
        ("reopen", {"reason": "\ud800\x00 again"}),
    ):
        raw = {"content": json.dumps(fields), "headers": {"Content-Type": "application/json"}}
        sent = staff.request("POST", f"{BASE}/{reference}/{move}", **raw)
        assert sent.status_code == 200, (move, sent.text)
    told = staff.get(f"{BASE}/{reference}")
    assert told.json()["notes"][0]["text"] == "half \ufffd of a sign"
    assert told.json()["appointments"][0]["therapist"] == "Kim\ufffd"
    for path in (f"/desk/handoffs/{reference}", *(f"{BASE}/{reference}.{kind}" for kind in ("pdf", "csv", "json"))):
        assert lead.get(path).status_code == 200, path
    assert lead.get(BASE, params={"q": "\x00"}).status_code == 200
