"""A visit: offered within the hours, proposed, confirmed, moved, given up; the visitor hears of each once, without a reason."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest
from starlette.applications import Starlette

from bot.domain import slots
from bot.domain.opening import Opening
from bot.notify import mail
from bot.notify.alert import Refused
from bot.notify.outbox import Postman
from bot.notify.visits import VisitNews, calendar_entry
from bot.services import booking, returning
from bot.services.review import VISITOR, Actor
from bot.services.stored import Appointment, NewMessage, OutboxItem
from bot.web import visit as visit_pages

BASE = "/desk/api/handoffs"
TUESDAY = "2026-11-24T15:00:00+00:00"  # 10:00 in New York
BOOK = {"start": TUESDAY, "minutes": 60, "therapist": "Kim", "room": "Room 1"}
CHAT = "conversation-0000000001"


def postman(context) -> Postman:
    news = VisitNews(context.uow, context.settings, context.clock, context.wake)
    kinds = {"visit_news": news.kind(), "visitor_mail": mail.kind(context.settings)}
    return Postman(context.uow, kinds, now=context.clock)


def told(context) -> list[str]:
    """Deliver what is due; what the bot has said in the chat."""
    while postman(context).deliver_due():
        pass
    with context.uow.reading() as uow:
        return [line.text for line in uow.conversations.messages(CHAT) if line.sender == "bot"]


def claimed(context, program, **record):
    reference = context.handed_off(1, **record)
    staff = program()
    staff.call(f"{BASE}/{reference}/claim")
    return reference, staff, f"{BASE}/{reference}"


class Page:
    """The visitor's browser, on the page of their visit."""

    def __init__(self, context) -> None:
        self._transport = httpx.ASGITransport(app=Starlette(routes=visit_pages.routes(context)))

    def request(self, method: str, path: str, **more) -> httpx.Response:
        async def run() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="https://desk.test", follow_redirects=True
            ) as http:
                return await http.request(method, path, **more)

        return asyncio.run(run())

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **more) -> httpx.Response:
        return self.request("POST", path, **more)


def visitor(context) -> Page:
    return Page(context)


def link_in(text: str) -> str:
    found = re.search(r"https://desk\.test(/visit/\S+)", text)
    assert found is not None
    return found[1]


def test_a_proposed_time_is_held_until_the_visitor_says_yes(context, program):
    _, staff, at = claimed(context, program)
    other = context.handed_off(2)
    assert staff.call(f"{at}/propose", BOOK).json()["status"] == "waiting_for_patient"
    staff.call(f"{BASE}/{other}/claim")
    assert staff.call(f"{BASE}/{other}/book", BOOK).status_code == 409  # the time is held
    [line] = told(context)
    assert "Tuesday 24 November, 10:00" in line
    page = visitor(context)
    link = link_in(line)
    assert "Does this time suit you?" in page.get(link).text
    assert "Add to my calendar" in page.post(f"{link}/confirm").text
    got = staff.get(at).json()
    assert (got["status"], got["appointments"][-1]["status"]) == ("booked", "confirmed")
    assert "Your visit is booked" in told(context)[-1]
    assert page.post(f"{link}/confirm").status_code == 409


def test_a_proposed_time_that_does_not_suit_is_free_again(context, program):
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/propose", BOOK)
    link = link_in(told(context)[-1])
    assert "cancelled" in visitor(context).post(f"{link}/cancel").text
    assert staff.get(at).json()["status"] == "claimed"
    other = context.handed_off(2)
    staff.call(f"{BASE}/{other}/claim")
    assert staff.call(f"{BASE}/{other}/book", BOOK).status_code == 200


@pytest.mark.parametrize("how", ["resume", "reopen", "give_up"])
def test_who_goes_on_without_waiting_for_an_answer_gives_the_proposed_times_free_and_the_visitor_hears_it(
    how, context, program
):
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/propose", BOOK)
    told(context)
    assert staff.call(f"{at}/{how}", {"reason": "she rang"}).json()["status"] == "claimed"
    assert [one["status"] for one in staff.get(at).json()["appointments"]] == ["cancelled"]
    assert told(context)[-1].startswith("The times we offered you are free again")
    other = context.handed_off(2)
    staff.call(f"{BASE}/{other}/claim")
    assert staff.call(f"{BASE}/{other}/book", BOOK).status_code == 200


def test_danger_and_an_answer_without_a_visit_give_the_proposed_times_free(context, program):
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/propose", BOOK)
    staff.call(f"{at}/override", {"outcome": "not_now", "urgency": "defer", "reason": "a fever"})
    assert [one["status"] for one in staff.get(at).json()["appointments"]] == ["cancelled"]
    staff.call(f"{at}/override", {"outcome": "clinical_massage", "urgency": None, "reason": "no fever after all"})
    staff.call(f"{at}/resume")
    staff.call(f"{at}/propose", BOOK)
    context.handed_off(1, rf=["RF-CES"])
    assert [one["status"] for one in staff.get(at).json()["appointments"]] == ["cancelled", "cancelled"]


def test_several_times_are_held_until_the_visitor_chooses_one(context, program):
    _, staff, at = claimed(context, program)
    slots_of = [f"2026-11-{day}T10:00:00-05:00|{who}|Room 1" for day, who in ((24, "Kim"), (25, "Robin"), (27, "Kim"))]
    assert staff.call(f"{at}/book", {"minutes": 60, "slot": slots_of}).status_code == 422, "one can be booked at once"
    assert staff.call(f"{at}/propose", {"minutes": 60, "slot": slots_of}).json()["status"] == "waiting_for_patient"
    [line] = told(context)
    assert "3 times, 60 minutes each: Tuesday 24 November, 10:00; Wednesday 25 November, 10:00; Friday" in line
    page, link = visitor(context), link_in(line)
    shown = page.get(link).text
    assert "Which time suits you?" in shown
    chosen = re.findall(r'name="visit" value="(\d+)"', shown)
    assert page.post(f"{link}/confirm").status_code == 409, "it must be said which"
    assert "Wednesday 25 November" in page.post(f"{link}/confirm", data={"visit": chosen[1]}).text
    got = staff.get(at).json()
    assert got["status"] == "booked"
    assert [one["status"] for one in got["appointments"]] == ["cancelled", "confirmed", "cancelled"]
    assert page.post(f"{link}/confirm", data={"visit": chosen[0]}).status_code == 409
    other = context.handed_off(2)
    staff.call(f"{BASE}/{other}/claim")
    assert staff.call(f"{BASE}/{other}/book", BOOK).status_code == 200, "the times that were not chosen are free"


def test_the_service_goes_with_the_result_and_its_times_with_the_service(context, browser):
    (context.settings.home / "clinic.toml").write_text(
        "rooms = ['Room 1', 'Room 2']\ntherapists = ['Kim', 'Robin']\n"
        "[[services]]\nname = 'Rest'\nminutes = 45\nsuits = 'relaxation'\n"
        "[[services]]\nname = 'Work'\nminutes = 90\nsuits = 'clinical'\nrooms = ['Room 2']\ntherapists = ['Robin']\nbuffer = 15\n",
        encoding="utf-8",
    )
    ana = browser("Ana")
    rest = context.handed_off(1, complaint="relax", nrs=1, function_limited=False)
    work = context.handed_off(2)
    for reference, chosen in ((rest, "Rest"), (work, "Work")):
        ana.post(f"/desk/handoffs/{reference}/claim")
        page = ana.get(f"/desk/handoffs/{reference}").text
        assert re.search(rf'value="\d" selected>{chosen},', page), chosen
    free = ana.get(f"/desk/handoffs/{work}/free?service=1").text
    assert set(re.findall(r"\|([^|\"]+)\|([^|\"]+)\"", free)) == {("Robin", "Room 2")}
    slot = re.search(r'value="([^"]+)"', free)
    assert slot is not None
    assert ana.post(f"/desk/handoffs/{work}/book", {"service": "1", "slot": slot[1]}).status_code == 303
    with context.uow.reading() as uow:
        [visit] = uow.appointments.of(uow.handoffs.by_reference(work).id)
    assert visit.minutes == 90
    assert ana.get(f"/desk/handoffs/{rest}/free?service=7").status_code == 200


def test_a_move_and_a_cancellation_change_the_entry_a_calendar_has(context, program):
    reference, staff, at = claimed(context, program)
    clinic, entries = context.settings.clinic, []

    def entry():
        with context.uow.reading() as uow:
            visit = uow.appointments.of(uow.handoffs.by_reference(reference).id)[-1]
        calendar = icalendar.Calendar.from_ical(calendar_entry(clinic, visit, "https://x", context.time))
        [event] = calendar.walk("VEVENT")
        entries.append((str(event["uid"]), int(event["sequence"]), str(event["status"]), str(calendar["method"])))

    staff.call(f"{at}/propose", BOOK)
    entry()
    staff.call(f"{at}/confirm")
    entry()
    staff.call(f"{at}/reschedule", {**BOOK, "start": "2026-11-25T15:00:00+00:00"})
    entry()
    staff.call(f"{at}/give_up")
    entry()
    assert len({uid for uid, *_ in entries}) == 1
    assert [sequence for _, sequence, *_ in entries] == sorted({sequence for _, sequence, *_ in entries})
    assert [one[2:] for one in entries] == [
        ("TENTATIVE", "PUBLISH"), ("CONFIRMED", "PUBLISH"), ("CONFIRMED", "PUBLISH"), ("CANCELLED", "CANCEL"),
    ]  # fmt: skip


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_on_the_day_the_clock_jumps_an_hour_is_still_an_hour(day):
    madrid = ZoneInfo("Europe/Madrid")
    opening = Opening.from_mapping({"sun": ["00:00-06:00"]})
    after = datetime(day.year, day.month, day.day, tzinfo=madrid) - timedelta(hours=1)
    found = slots.free(
        opening, madrid, taken=[], rooms=["1"], therapists=["Kim"], minutes=60, after=after, wished=[(after, after + timedelta(1))], most=40,
    )  # fmt: skip
    real = [slot.start.astimezone(UTC) for slot in found if slot.wished]
    assert real == sorted(set(real))
    opened, shut = (one.astimezone(UTC) for one in opening.spans(day, madrid)[0])
    assert (real[0], real[-1]) == (opened, shut - timedelta(hours=1))
    assert all(opening.holds(slot.start, 60, madrid) for slot in found)


def test_a_buffer_stays_free_before_and_after():
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    taken = [slots.Taken(monday + timedelta(hours=2), monday + timedelta(hours=3), "Kim", "1")]
    found = slots.free(
        Opening.from_mapping({"mon": ["09:00-14:00"]}), UTC, taken=taken, rooms=["1"], therapists=["Kim"], minutes=60, buffer=30,
        after=monday - timedelta(hours=1), wished=[(monday, monday + timedelta(hours=5))], most=40,
    )  # fmt: skip
    assert {f"{slot.start:%H:%M}" for slot in found if slot.wished} == {
        "09:00",
        "09:15",
        "09:30",
        "12:30",
        "12:45",
        "13:00",
    }


def test_staff_confirm_what_was_said_on_the_telephone(context, program):
    _, staff, at = claimed(context, program)
    assert staff.call(f"{at}/confirm").status_code == 409  # nothing proposed
    staff.call(f"{at}/propose", BOOK)
    assert staff.call(f"{at}/confirm").json()["status"] == "booked"


def test_a_visit_is_moved_in_one_step_or_not_at_all(context, program):
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/book", BOOK)
    other = context.handed_off(2)
    staff.call(f"{BASE}/{other}/claim")
    later = {**BOOK, "start": "2026-11-25T15:00:00+00:00"}
    staff.call(f"{BASE}/{other}/book", later)
    assert staff.call(f"{at}/reschedule", later).status_code == 409
    assert [one["status"] for one in staff.get(at).json()["appointments"]] == ["confirmed"]
    free = {**BOOK, "start": "2026-11-26T15:00:00+00:00"}
    assert [one["status"] for one in staff.call(f"{at}/reschedule", free).json()["appointments"]] == [
        "cancelled",
        "confirmed",
    ]
    lines = told(context)
    assert "Your visit is now on Thursday 26 November" in lines[-1]
    assert not any("is booked: Tuesday" in line for line in lines[1:])


def test_a_pending_time_is_said_to_be_pending_and_never_why(context, program):
    _, staff, at = claimed(context, program, ci=["CI-PREG"], doctor="ok", cleared_claimed=["CI-PREG"])
    staff.call(f"{at}/book", BOOK)
    [line] = told(context)
    assert "A time is kept for you" in line
    assert not re.search(r"pregnan|doctor|massage|back|pain", line, re.IGNORECASE)


def test_reminder_and_check_of_the_day_come_once_and_only_while_the_visit_stands(context, program):
    _, staff, at = claimed(context, program)
    context.time = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    staff.call(f"{at}/book", BOOK)
    assert "is booked" in told(context)[-1]
    context.time = datetime(2026, 11, 23, 15, 1, tzinfo=UTC)
    assert "A reminder" in told(context)[-1]
    context.time = datetime(2026, 11, 24, 10, 1, tzinfo=UTC)
    assert "Your visit is today at 10:00" in told(context)[-1]
    assert len(told(context)) == 3
    other_chat = staff.call(f"{at}/give_up").json()
    assert other_chat["status"] == "claimed"
    assert "is cancelled" in told(context)[-1]


def test_a_cancelled_visit_is_not_reminded_of(context, program):
    _, staff, at = claimed(context, program)
    context.time = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    staff.call(f"{at}/book", BOOK)
    staff.call(f"{at}/reopen", {"reason": "cannot come"})
    context.time = datetime(2026, 11, 24, 10, 1, tzinfo=UTC)
    assert not [line for line in told(context) if "reminder" in line.lower() or "today" in line]


def test_danger_on_the_day_puts_the_visit_on_hold(context, program):
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/book", BOOK)
    link = link_in(told(context)[-1])
    page = visitor(context)
    assert "Is any of this new" not in page.get(link).text.replace("\n", " ") or context.time.day == 24
    context.time = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert "Is any of this new" in page.get(link).text
    assert "as planned" in page.post(f"{link}/check").text
    assert staff.get(at).json()["status"] == "booked"
    assert 'role="alert"' in page.post(f"{link}/check", data={"new": ["RF-CES"]}).text
    got = staff.get(at).json()
    assert (got["status"], got["urgency"], got["appointments"][-1]["status"]) == ("new", "emergency", "on_hold")


def test_the_check_of_the_day_can_be_answered_in_the_chat(context, program):
    reference, staff, at = claimed(context, program)
    staff.call(f"{at}/book", BOOK)
    link = link_in(told(context)[-1])
    page = visitor(context)
    assert page.post(f"{link}/chat").status_code == 200, "not yet"
    context.time = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert f"{link}/chat" in page.get(link).text
    [gone] = page.post(f"{link}/chat").history
    path, code = gone.headers["location"].split("#returning=")
    assert (gone.status_code, path) == (303, "/widget/app/")
    with context.uow.reading() as uow:
        chat = uow.handoffs.by_reference(reference).conversation
    assert returning.spend(context.uow(), code, now=context.time) == (chat, returning.DAY)


@pytest.mark.parametrize("wrong", ["/visit/1/x", "/visit/999/x", "/visit/1/" + "a" * 32])
def test_a_wrong_link_tells_nothing(context, program, wrong):
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/book", BOOK)
    page = visitor(context)
    for method, path in (
        ("GET", wrong),
        ("POST", f"{wrong}/cancel"),
        ("POST", f"{wrong}/check"),
        ("POST", f"{wrong}/chat"),
        ("GET", f"{wrong}/visit.ics"),
    ):
        answer = page.request(method, path)
        assert answer.status_code == 404
        assert "Kim" not in answer.text
    assert staff.get(at).json()["status"] == "booked"


def test_the_calendar_file_says_when_and_where_and_not_why(context, program, browser):
    reference, staff, at = claimed(context, program)
    staff.call(f"{at}/book", BOOK)
    link = link_in(told(context)[-1])
    for answer in (
        visitor(context).get(f"{link}/visit.ics"),
        browser("Ben").get(f"/desk/handoffs/{reference}/visit.ics"),
    ):
        [event] = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
        assert event.decoded("dtstart") == datetime.fromisoformat(TUESDAY)
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=60)
        assert str(event["summary"]) == context.settings.clinic.name
        assert "Ana Ruiz" not in answer.text


class MailServer(threading.Thread):
    """Takes one message by SMTP and keeps it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.message = b""

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as line:
            line.write(b"220 hi\r\n")
            line.flush()
            for command in line:
                if command.upper().startswith(b"DATA"):
                    line.write(b"354 go on\r\n")
                    line.flush()
                    while (part := line.readline()) != b".\r\n":
                        self.message += part
                line.write(b"221 bye\r\n" if command.upper().startswith(b"QUIT") else b"250 ok\r\n")
                line.flush()
        self.listener.close()


def test_by_mail_too_with_the_calendar_entry_and_no_reason_in_the_subject(context, program):
    server = MailServer()
    server.start()
    context.settings = replace(context.settings, alert_smtp=f"smtp://127.0.0.1:{server.port}")
    _, staff, at = claimed(context, program)
    staff.call(f"{at}/book", BOOK)
    told(context)
    server.join(10)
    message = server.message.decode()
    assert "To: ana1@example.org" in message
    assert f"Subject: {context.settings.clinic.name}: your visit" in message
    assert "text/calendar" in message
    assert not re.search(r"pain|massage for|lower", message.split("Content-Transfer-Encoding")[0].split("Subject")[1])


@pytest.mark.parametrize(
    "to",
    [
        "ana@x.example, all@staff.example",
        "ana@x.example\r\nBcc: all@staff.example",
        "Ana <all@staff.example>",
        "ana@x.example;b@c.example",
        "",
    ],
)
def test_a_mail_goes_to_one_address_or_to_nobody(context, to):
    mailed = {"to": to, "subject": "Your visit", "text": "…"}
    with pytest.raises(Refused):
        mail.kind(context.settings).send(OutboxItem(1, "k", mail.KIND, mailed, context.time, context.time))


def test_a_line_break_in_a_clinics_name_makes_no_header(context):
    server = MailServer()
    server.start()
    settings = replace(context.settings, alert_smtp=f"smtp://127.0.0.1:{server.port}")
    mailed = {"to": "ana@x.example", "subject": "Clinic\r\nBcc: all@staff.example: your visit", "text": "…"}
    mail.kind(settings).send(OutboxItem(1, "k", mail.KIND, mailed, context.time, context.time))
    server.join(10)
    assert b"Subject: Clinic Bcc: all@staff.example: your visit" in server.message
    assert b"\nBcc" not in server.message


@pytest.mark.parametrize(
    "name", ["Kim\r\nATTENDEE:mailto:x@evil.example", "Kim\nEND:VEVENT\nBEGIN:VEVENT", "Kim;X=1:y", "Kim\\nDTEND:1"]
)
def test_no_setting_adds_a_line_to_a_calendar_entry(context, name):
    clinic = replace(context.settings.clinic, name=name, address=name)
    visit = Appointment(1, 1, context.time, 60, "Kim", "Room 1", "confirmed", context.time, "Ana")
    entry = calendar_entry(clinic, visit, "https://x/visit/1/token", context.time)
    lines = entry.replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith(("ATTENDEE", "X", "DTEND:1"))] == []
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    [event] = icalendar.Calendar.from_ical(entry).events
    assert str(event["summary"]).splitlines() == name.splitlines()


def test_the_form_offers_free_times_and_warns_outside_of_the_hours(context, browser):
    reference = context.handed_off(
        1, facts={"contact": {}, "preferred_times": ["2026-11-24T16:00:00-05:00/2026-11-24T19:00:00-05:00"]}
    )
    ana = browser("Ana")
    at = f"/desk/handoffs/{reference}"
    ana.post(f"{at}/claim")
    page = ana.get(at).text
    first = re.search(r'name="slot" value="([^"|]+)\|([^|]+)\|([^"]+)"', page)
    assert first is not None
    assert first[1] == "2026-11-24T16:00:00-05:00"  # wished, and within the hours
    sunday = {"within": "hours", "minutes": "60", "start": "2026-11-29T10:00", "therapist": "Kim", "room": "Room 1"}
    answer = ana.post(f"{at}/book", sunday)
    assert answer.status_code == 422
    assert 'name="anyway"' in answer.text
    assert (
        ana.post(f"{at}/book", {"within": "hours", "minutes": "60", "slot": first[0].split('"')[3]}).status_code == 303
    )


def test_what_was_ticked_stays_ticked_when_it_is_refused_and_the_refusal_says_what_to_do(context, browser):
    reference, desk = context.handed_off(1), browser()
    at = f"/desk/handoffs/{reference}"
    desk.post(f"{at}/claim")
    ticks = re.findall(r'name="slot" value="([^"]+)"', desk.get(at).text)[:2]
    form = {"within": "hours", "service": "0"}
    refused = desk.post(f"{at}/book", {**form, "slot": ticks})
    assert "One time can be booked; several can be proposed." in refused.text
    assert len(re.findall(r'name="slot" value="[^"]+" checked', refused.text)) == 2
    assert "Tick a time, or type one below." in desk.post(f"{at}/book", form).text


def test_in_spanish_too_a_time_outside_of_the_hours_can_be_booked_all_the_same(context, browser):
    reference = context.handed_off(1)
    ana = browser("Ana")
    ana.headers["Accept-Language"] = "es"
    at = f"/desk/handoffs/{reference}"
    ana.post(f"{at}/claim")
    sunday = {"within": "hours", "minutes": "60", "start": "2026-11-29T10:00", "therapist": "Kim", "room": "Room 1"}
    assert 'name="anyway"' in ana.post(f"{at}/book", sunday).text
    assert ana.post(f"{at}/book", {**sunday, "anyway": "yes"}).status_code == 303


def offered_first(context, ana, reference):
    """The days and hours of the times that are offered as wished."""
    page = ana.get(f"/desk/handoffs/{reference}").text
    rows = re.findall(r'name="slot" value="([^"|]+)\|[^>]*> <span>(.*?)</label>', page, flags=re.S)
    return [datetime.fromisoformat(start) for start, rest in rows if "tag label" in rest], page


@pytest.mark.parametrize(
    ("wished", "fits"),
    [
        ("Tuesday mornings", lambda at: at.weekday() == 1 and at.hour < 12),
        ("after 5", lambda at: at.hour >= 17),
        ("los jueves por la tarde", lambda at: at.weekday() == 3 and at.hour >= 13),
        (["not Mondays"], lambda at: at.weekday() != 0),
        (["mornings", "2026-11-24T16:00:00-05:00/2026-11-24T19:00:00-05:00"], lambda at: at.hour < 12 or at.day == 24),
    ],
)
def test_times_wished_in_words_are_offered_first(wished, fits, context, browser):
    reference = context.handed_off(1, facts={"contact": {}, "preferred_times": wished})
    ana = browser("Ana")
    ana.post(f"/desk/handoffs/{reference}/claim")
    first, _ = offered_first(context, ana, reference)
    assert first
    assert all(map(fits, first)), first
    days = [at.date() for at in first]
    assert max(days.count(day) for day in days) <= 3 or isinstance(wished, list)


def test_a_wish_told_with_a_no_counts_for_the_next_times_and_is_shown(context, browser):
    reference = context.handed_off(1, facts={"contact": {}, "preferred_times": "Tuesdays"})
    ana = browser("Ana")
    ana.post(f"/desk/handoffs/{reference}/claim")
    with context.uow() as uow:
        seq = uow.conversations.append(
            CHAT, NewMessage("visitor", "none, only Friday mornings", id="w1"), now=context.time
        ).seq
        uow.commit()
    booking.take(context.uow(), reference, "propose", [booking.Place(datetime.fromisoformat(TUESDAY), 60, "Kim", "Room 1")], by=Actor("Ana", "reviewer"), now=context.time)  # fmt: skip
    with context.uow() as uow:
        booking.give_up_within(uow, reference, by=VISITOR, now=context.time, seq=seq)
        uow.commit()
    first, page = offered_first(context, ana, reference)
    assert "“none, only Friday mornings”" in page
    assert {at.weekday() for at in first} == {1, 4}


def test_a_date_far_ahead_is_looked_at_when_it_was_wished(context, browser):
    reference = context.handed_off(1, facts={"contact": {}, "preferred_times": "on 4 January at 10"})
    ana = browser("Ana")
    ana.post(f"/desk/handoffs/{reference}/claim")
    first, _ = offered_first(context, ana, reference)
    assert [f"{at:%Y-%m-%d %H}" for at in first] == ["2027-01-04 10"]


def test_free_times_touch_nothing_that_is_taken():
    opening, zone = Opening.from_mapping({"mon": ["09:00-12:00"]}), UTC
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    taken = [slots.Taken(monday, monday + timedelta(hours=1), "Kim", "1")]
    found = slots.free(
        opening,
        zone,
        taken=taken,
        rooms=["1"],
        therapists=["Kim", "Robin"],
        minutes=60,
        after=monday - timedelta(days=1),
    )
    assert all(slot.start >= monday + timedelta(hours=1) for slot in found if slot.start.day == 23)
    assert slots.free(opening, zone, taken=[], rooms=[], therapists=["Kim"], minutes=60, after=monday) == []


def test_two_hundred_who_want_one_time_and_one_who_gets_it(context, program):
    references = [context.handed_off(number) for number in range(1, 201)]
    program("Lea", "lead")
    from bot.domain.errors import DoubleBooking
    from bot.services import review

    lea = Actor("Lea", "lead")
    for reference in references:
        review.claim(context.uow(), reference, by=lea, now=context.time)
    won: list[str] = []
    gate = threading.Barrier(20)

    def clicks(mine: list[str]) -> None:
        gate.wait()
        for reference in mine:
            try:
                booking.book(
                    context.uow(), reference, start=datetime.fromisoformat(TUESDAY), minutes=60, therapist="Kim",
                    room="Room 1", by=lea, now=context.time,
                )  # fmt: skip
            except DoubleBooking:
                continue
            won.append(reference)

    threads = [threading.Thread(target=clicks, args=(references[at::20],)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with context.uow.reading() as uow:
        booked = uow.appointments.between(
            datetime.fromisoformat(TUESDAY), datetime.fromisoformat(TUESDAY) + timedelta(hours=1)
        )
        assert len(booked) == 1
        states = [uow.handoffs.by_reference(reference).status for reference in references]
    assert sorted(set(states)) == ["booked", "claimed"]
    assert states.count("booked") == 1
