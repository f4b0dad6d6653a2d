"""The queue: what is late is told once, views are one's own, every filter can be reached, the language can be chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from starlette.responses import Response

from bot.services import keeping
from bot.services.stored import SavedView
from bot.web.desk import queue


def alerts(context) -> list[str]:
    with context.uow() as uow:
        items = uow.outbox.due(context.time + timedelta(days=30), until=context.time, limit=100)
    return [item.key for item in items if item.kind == "staff_alert"]


def test_an_urgent_one_nobody_looked_at_is_told_again_once(context, browser):
    urgent, seen, calm = (
        context.handed_off(1, rf=["RF-CES"]),
        context.handed_off(2, rf=["RF-CES"]),
        context.handed_off(3),
    )
    ana = browser("Ana")
    ana.get(f"/desk/handoffs/{seen}")
    context.later(minutes=9)
    assert keeping.escalate(context.uow(), context.time) == 0
    context.later(minutes=2)
    for _ in range(3):
        keeping.escalate(context.uow(), context.time)
    told = [key for key in alerts(context) if key.startswith("escalated:")]
    assert [key.split(":")[1] for key in told] == [urgent]
    page = ana.get("/desk?queue=urgent").text
    assert "not looked at" in page
    assert calm not in page


def test_a_wait_that_is_over_is_told_once_and_stands_out(context, browser):
    reference = context.handed_off(1)
    ana = browser("Ana")
    ana.post(f"/desk/handoffs/{reference}/claim")
    ana.post(f"/desk/handoffs/{reference}/wait", {"for": "doctor", "until": "2026-11-24T09:00"})
    assert keeping.remind(context.uow(), context.time) == 0
    context.later(days=2)
    for _ in range(2):
        keeping.remind(context.uow(), context.time)
    assert [key.split(":")[0] for key in alerts(context) if reference in key] == ["alert", "reminder"]
    ana.sign_in("Ana")
    assert 'class="due"' in ana.get("/desk?queue=waiting_for_doctor").text


def test_views_are_kept_used_and_dropped_by_their_owner_alone(context, browser):
    ana, ben = browser("Ana"), browser("Ben")
    kept = ana.post("/desk/views", {"title": " Knees  of smokers ", "query": "queue=all&site=knee"})
    assert kept.headers["location"] == "/desk?queue=all&site=knee"
    assert "Knees of smokers" in ana.get("/desk").text
    assert "Knees of smokers" not in ben.get("/desk").text
    with context.uow.reading() as uow:
        view = uow.keeping.views("Ana")[0]
    ben.post(f"/desk/views/{view.id}/drop")
    assert "Knees of smokers" in ana.get("/desk").text
    ana.post(f"/desk/views/{view.id}/drop")
    assert "Knees of smokers" not in ana.get("/desk").text
    assert ana.post("/desk/views", {"title": "", "query": "queue=all"}).status_code == 422


def test_a_view_never_leaves_the_desk(context, browser):
    ana = browser("Ana")
    answer = ana.post("/desk/views", {"title": "x", "query": "queue=all\r\nLocation: https://evil.example&next=//evil"})
    assert answer.headers["location"].startswith("/desk?queue=all%0D%0ALocation")
    assert "next" not in answer.headers["location"]


def test_a_view_keeps_filters_and_nobody(context, browser):
    ana = browser("Ana")
    kept = ana.post("/desk/views", {"title": "x", "query": "queue=all&site=knee&q=Oduya&find=abc&after=2.5"})
    assert kept.headers["location"] == "/desk?queue=all&site=knee"
    with context.uow() as uow:
        uow.keeping.add_view(SavedView(0, "Ana", "from before", "queue=new&q=oduya%40example.org"))
        uow.commit()
    page = ana.get("/desk").text
    assert "from before" in page
    assert "oduya" not in page


def test_every_filter_has_a_control(context, browser):
    page = browser("Ana").get("/desk").text
    for name in ("q", "outcome", "flag", "site", "channel", "locale", "label", "age_from", "age_to"):
        assert f'name="{name}"' in page


def test_the_desk_speaks_the_language_of_its_reader(context, browser):
    ana = browser("Ana")
    assert '<html lang="en">' in ana.get("/desk").text
    assert '<html lang="es">' in ana.get("/desk", headers={"Accept-Language": "fr, es-MX;q=0.8"}).text
    ana.post("/desk/language", {"language": "es"})
    assert '<html lang="es">' in ana.get("/desk", headers={"Accept-Language": "en"}).text
    ana.post("/desk/language", {"language": "xx"})
    assert '<html lang="en">' in ana.get("/desk").text


def test_two_that_came_at_the_same_moment_are_both_told(context, browser, monkeypatch):
    """The second may be committed after the first was seen, with the same stamp or an earlier one."""
    looks: list[Callable[[], list[tuple[str, str]]]] = []
    monkeypatch.setattr(queue, "stream", lambda request, desk, who, look: (looks.append(look), Response())[1])
    since = context.time.isoformat()
    browser().get("/desk/events", params={"queue": "new", "since": since})
    context.later(minutes=1)
    for count in (1, 2):
        context.handed_off(count)
        assert f"{count} new" in dict(looks[0]())["news"]
    context.later(minutes=1)
    assert looks[0]() == []


def test_the_list_says_when_a_visit_is(context, browser, program):
    reference, other = context.handed_off(1), context.handed_off(2)
    staff = program("Ben")
    place = {"minutes": 60, "therapist": "Kim", "room": "Room 1"}
    for one, move, start in ((reference, "book", "2026-11-24T15:00:00Z"), (other, "propose", "2026-11-25T15:00:00Z")):
        staff.call(f"/desk/api/handoffs/{one}/claim")
        assert staff.call(f"/desk/api/handoffs/{one}/{move}", {**place, "start": start}).status_code == 200
    desk = browser()
    assert "visit Tue 24 Nov, 10:00" in desk.get("/desk?queue=booked").text
    assert "proposed Wed 25 Nov, 10:00" in desk.get("/desk?queue=waiting_for_patient").text
    staff.call(f"/desk/api/handoffs/{reference}/give_up")
    assert "visit Tue 24" not in desk.get("/desk?queue=all").text


def test_one_that_was_stamped_before_the_page_was_made_and_kept_after_it_is_told(context, browser, monkeypatch):
    """What is on the page is not news; what was on its way while it was made is, and so is what comes back as dangerous."""
    looks: list[Callable[[], list[tuple[str, str]]]] = []
    monkeypatch.setattr(queue, "stream", lambda request, desk, who, look: (looks.append(look), Response())[1])
    ana = browser()
    context.handed_off(1)
    context.later(seconds=3)
    [address] = re.findall(r'sse-connect="([^"]+)"', ana.get("/desk").text)
    ana.get(unescape(address))
    assert "new" not in dict(looks[0]()).get("news", "")
    context.later(seconds=-2)  # its stamp is older than the page
    context.handed_off(2)
    context.later(seconds=3)
    assert "1 new" in dict(looks[0]())["news"]
    context.handed_off(1, rf=["RF-CES"])
    assert "2 new" in dict(looks[0]())["news"]
