"""A day at the desk, page by page, without JavaScript."""

from __future__ import annotations

import re

TUESDAY = "2026-11-24T10:00"


def test_the_queue_shows_the_most_cautious_first_and_the_decision_screen_tells_why(context, browser):
    context.handed_off(1)
    urgent = context.handed_off(2, "I can't feel between my legs", rf=["RF-CES"])
    desk = browser()
    page = desk.get("/desk")
    assert page.status_code == 200
    assert re.findall(r"PLP-\w+-\w+", page.text)[0] == urgent
    assert "Cauda equina syndrome" in page.text
    screen = desk.get(f"/desk/handoffs/{urgent}").text
    assert "Not now, emergency" in screen
    assert "R-RF-CES" in screen
    assert "I can&#39;t feel between my legs" in screen


def test_what_the_answer_rests_on_is_told_with_its_values_and_not_as_names_of_fields(context, browser):
    reference = context.handed_off(1)
    screen = browser().get(f"/desk/handoffs/{reference}").text
    lead = re.search(r'<p class="lede because">(.*?)</p>', screen)[1]
    assert "Pain: 5 of 10 (moderate)" in lead
    assert "Lower back" in lead
    assert "How long: " in lead
    for field in ("Pain score", "Where it is", "How long it has lasted"):
        assert field not in lead


def test_who_left_no_way_to_be_reached_is_said_to_be_in_the_chat_only(context, browser):
    silent, other = context.handed_off(1, rf=["RF-CES"], facts={"for_whom": "self"}), context.handed_off(2)
    desk = browser()
    assert "No telephone or e-mail was left; only the chat reaches them." in desk.get(f"/desk/handoffs/{silent}").text
    assert "No telephone or e-mail" not in desk.get(f"/desk/handoffs/{other}").text


def test_claim_agree_book(context, browser):
    reference = context.handed_off(1)
    desk = browser()
    at = f"/desk/handoffs/{reference}"
    assert desk.post(at + "/claim").status_code == 303
    assert desk.post(at + "/agree").status_code == 303
    booked = desk.post(at + "/book", {"start": TUESDAY, "minutes": "60", "therapist": "Kim", "room": "1"})
    assert booked.status_code == 303
    screen = desk.get(at).text
    assert "Tue 24 Nov, 10:00" in screen
    assert "confirmed" in screen
    assert f"{reference}" in desk.get("/desk?queue=booked").text
    assert reference not in desk.get("/desk?queue=new").text


def test_a_refusal_comes_back_on_the_screen_with_what_was_typed(context, browser):
    first, second = context.handed_off(1), context.handed_off(2)
    desk = browser()
    wanted = {"start": TUESDAY, "minutes": "60", "therapist": "Kim", "room": "1"}
    desk.post(f"/desk/handoffs/{first}/claim")
    desk.post(f"/desk/handoffs/{first}/book", wanted)
    desk.post(f"/desk/handoffs/{second}/claim")
    answer = desk.post(f"/desk/handoffs/{second}/book", {**wanted, "therapist": "kim", "room": "2"})
    assert answer.status_code == 409
    assert "taken at that time" in answer.text
    assert 'value="kim"' in answer.text
    past = desk.post(f"/desk/handoffs/{second}/book", {**wanted, "start": "2026-01-01T10:00"})
    assert past.status_code == 422
    assert "future" in past.text


def test_danger_may_not_be_booked(context, browser):
    reference = context.handed_off(1, "numb between my legs", rf=["RF-CES"])
    desk = browser()
    desk.post(f"/desk/handoffs/{reference}/claim")
    assert "No booking while" in desk.get(f"/desk/handoffs/{reference}").text
    assert (
        desk.post(
            f"/desk/handoffs/{reference}/book", {"start": TUESDAY, "minutes": "60", "therapist": "Kim", "room": "1"}
        ).status_code
        == 409
    )


def test_a_doctors_word_is_recorded_and_the_rules_run_again(context, browser):
    reference = context.handed_off(1, "warfarin and a sore back", ci=["CI-ANTICOAG"], doctor="seen")
    desk = browser()
    at = f"/desk/handoffs/{reference}"
    assert "Doctor first" in desk.get(at).text
    answer = desk.post(
        at + "/clear", {"items": "CI-ANTICOAG", "by": "Dr Lee", "date": "2026-11-20", "limits": "light only"}
    )
    assert answer.status_code == 303
    screen = desk.get(at).text
    assert "<h1>Clinical massage</h1>" in screen
    assert "Dr Lee, 2026-11-20" in screen
    assert "limits: light only" in screen


def test_override_needs_a_reason_and_says_what_the_rules_said(context, browser):
    reference = context.handed_off(1)
    desk = browser()
    at = f"/desk/handoffs/{reference}"
    assert desk.post(at + "/override", {"outcome": "doctor_first/gp", "reason": "  "}).status_code == 422
    assert (
        desk.post(
            at + "/override", {"outcome": "doctor_first/gp", "reason": "on the phone she told of a clot"}
        ).status_code
        == 303
    )
    screen = desk.get(at).text
    assert "<h1>Doctor first, no hurry</h1>" in screen
    assert "the rules say: Clinical massage" in screen
    assert "on the phone she told of a clot" in screen


def test_a_person_takes_over_speaks_and_hands_back(context, browser):
    reference = context.handed_off(1)
    desk = browser("Ana")
    at = f"/desk/handoffs/{reference}"
    assert desk.post(at + "/say", {"text": "hello"}).status_code == 409
    assert desk.post(at + "/takeover").status_code == 303
    assert desk.post(at + "/say", {"text": "Hello, this is Ana."}).status_code == 303
    screen = desk.get(at).text
    assert "You are speaking with the visitor" in screen
    assert "Hello, this is Ana." in screen
    assert desk.post(at + "/hand_back").status_code == 303
    with context.uow.reading() as uow:
        chat = uow.conversations.get("conversation-0000000001")
        assert (chat.phase, chat.taken_by) == ("handed_off", None)
        events = [line.body.get("event") for line in uow.conversations.messages(chat.id) if line.sender == "staff"]
        assert events == ["takeover", None, "hand_back"]
    assert context.woken == ["conversation-0000000001"] * 3


def found(desk, typed, **filters):
    """What the search box leads to: the address, and the page there."""
    answer = desk.post("/desk/search", {"queue": "all", "q": typed, **filters})
    assert answer.status_code == 303
    return answer.headers["location"], desk.get(answer.headers["location"]).text


def test_search_finds_by_name_reference_phone_and_mail(context, browser):
    reference = context.handed_off(7)
    context.handed_off(8)
    desk = browser()
    for typed in ("ruiz", "ana7@example.org", "555 010 0007", "+15550100007"):
        where, page = found(desk, typed)
        assert reference in page, typed
        assert f'value="{typed}"' in page
        assert not re.search(r"ruiz|ana7|0007", where), "who is looked for stands in the address"
    for typed in (reference, reference.lower().replace("-", "")):
        assert found(desk, typed)[0] == f"/desk/handoffs/{reference}"
    assert reference not in found(desk, "ana8@example.org")[1]
    for nobody in ("nobody", "PLP-XXXX-XX"):
        assert "Nothing fits" in found(desk, nobody)[1]
    assert "find=" not in found(desk, "  ", site="knee")[0]


def test_a_search_is_its_sessions_own_and_ends(context, browser):
    reference = context.handed_off(7)
    ana, ben = browser("Ana"), browser("Ben")
    where, _ = found(ana, "ruiz")
    for answer in (ben.get(where), ana.get("/desk?q=ruiz")):
        assert answer.status_code == 422
        assert "ruiz" not in answer.text.split("</form>", 1)[0]
    assert reference in ana.get(where).text
    for _ in range(13):
        context.later(minutes=59)
        ana.get("/desk")
    assert ana.get(where).status_code in (303, 422)


def test_programs_search_without_an_address_too(context, program):
    reference = context.handed_off(7)
    context.handed_off(8)
    got = program().call("/desk/api/handoffs/search", {"queue": "all", "q": "ana7@example.org"}).json()
    assert [one["reference"] for one in got["handoffs"]] == [reference]
    assert program("Ben").call("/desk/api/handoffs/search", {"q": 5}).status_code == 422


def test_the_visitors_words_are_marked_beside_the_facts(context, browser):
    reference = context.handed_off(1)
    screen = browser().get(f"/desk/handoffs/{reference}").text
    assert '<mark id="w1-21" data-facts="nrs">5 of 10</mark>' in screen
    assert 'href="#w1-21"' in screen


def test_what_a_visitor_writes_never_becomes_markup(context, browser):
    reference = context.handed_off(
        1,
        "<script>alert(1)</script> <b>knee</b>",
        facts={"contact": {"name": '"><img src=x onerror=alert(1)>'}, "narrative": "<svg onload=x>"},
    )
    desk = browser()
    for path in ("/desk", f"/desk/handoffs/{reference}"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<svg onload" not in page


def test_pages_allow_nothing_inline_and_nothing_foreign(context, browser):
    reference = context.handed_off(1)
    desk = browser()
    for path in (
        "/desk/sign-in",
        "/desk",
        f"/desk/handoffs/{reference}",
        f"/desk/handoffs/{reference}/doctor-note",
        "/desk/password",
    ):
        answer = desk.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert " style=" not in answer.text
        assert not re.search(r"<script(?! (type=\"module\"|defer) src=\"/desk/static/)", answer.text)
        assert not re.search(r"(src|href)=\"https?:", answer.text)
        assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_address_is_told_kindly(context, browser):
    desk = browser()
    assert desk.get("/desk?queue=nowhere").status_code == 422
    assert desk.get("/desk?after=x").status_code == 422
    assert desk.get("/desk/handoffs/PLP-XXXX-XX").status_code == 404
    assert desk.post("/desk/handoffs/PLP-XXXX-XX/claim").status_code == 404


def test_the_note_for_the_doctor_names_what_is_asked_and_no_diagnosis(context, browser):
    reference = context.handed_off(1, "sore back", ci=["CI-ANTICOAG"], nrs=6)
    note = browser().get(f"/desk/handoffs/{reference}/doctor-note").text
    assert "May they have massage?" in note
    assert "NRS 6/10" in note
