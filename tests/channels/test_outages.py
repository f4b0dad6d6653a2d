"""A network that is down, slow, busy or odd: nothing is lost, doubled or out of order, and staff can send again what stuck."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from people import WRITERS
from sqlalchemy import select
from standin_rasa import Serving, state

from bot.services import deliveries
from bot.services.review import Actor
from bot.storage.tables import OUTBOX
from bot.web.channels import outward

CHANNELS = tuple(WRITERS)
STAFF = Actor("ana", "lead")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(outward, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(outward, "LONGEST_CALL", 1.0)


def _everybody_writes(clinic, person):
    people = [person(channel) for channel in CHANNELS]
    for text in ("hello", "yes", "my knee"):
        for somebody in people:
            assert somebody.write(text).status_code == 200
    clinic.wait(lambda: not clinic.unanswered())
    clinic.wait(clinic.all_wait_for_another_try)


def _arrived_once_and_in_order(clinic, networks):
    clinic.clock.ahead += 3600  # what a process held that was stopped is due again after two minutes

    def left() -> bool:
        if clinic.all_wait_for_another_try():
            clinic.clock.ahead += 3600
        return not clinic.waiting()

    clinic.wait(left)
    for channel in CHANNELS:
        said, lines = networks.texts(channel), clinic.lines(channel, WRITERS[channel][1])
        assert len(said) == len(lines) >= 3
        assert [line.split("\n")[0] in text for line, text in zip(lines, said, strict=True)] == [True] * len(lines)
    assert clinic.given_up() == []


@pytest.mark.parametrize("trouble", ["500", "429", "a page", "an error in a 200", "silence", "drops"])
def test_an_outage_of_any_shape_loses_doubles_and_disorders_nothing(trouble, clinic, person, networks):
    networks.trouble = trouble
    _everybody_writes(clinic, person)
    assert networks.sent == []
    networks.trouble = ""
    _arrived_once_and_in_order(clinic, networks)


def test_a_network_that_cannot_be_reached_at_all(start_clinic, networks, person_of):
    back = Serving(networks.app())  # its port is taken, and nobody listens yet
    clinic = start_clinic(api=back.url)
    _everybody_writes(clinic, person_of(clinic))
    assert networks.asked == 0
    back.start()
    _arrived_once_and_in_order(clinic, networks)
    back.stop()


def test_what_happens_in_the_middle_of_an_outage_survives_a_restart(start_clinic, person_of, networks):
    first = start_clinic()
    networks.trouble = "500"
    _everybody_writes(first, person_of(first))
    first.stop()
    networks.trouble = ""
    again = start_clinic()
    _arrived_once_and_in_order(again, networks)


def test_a_network_that_hangs_holds_up_no_other(clinic, person, networks):
    networks.trouble, networks.sick = "silence", ("sms",)
    person("sms").write("hello")
    clinic.wait(lambda: networks.asked > 0)
    person("telegram").write("I have chest pain")
    clinic.wait(lambda: any("emergency help" in text for text in networks.texts("telegram")))
    assert networks.texts("sms") == []


def due_in(clinic, kind):
    """Seconds until the next try of the oldest line of this kind."""
    item = OUTBOX.c
    with clinic.context.uow.engine.connect() as connection:
        waits = select(item.due_at).where(item.kind == kind, item.sent_at.is_(None)).order_by(item.id).limit(1)
        return (connection.execute(waits).scalar_one() - clinic.clock()).total_seconds()


@pytest.mark.parametrize(("trouble", "soon"), [("500", True), ("silence", False), ("drops", False)])
def test_what_may_have_been_taken_is_tried_again_later_than_what_was_refused(trouble, soon, clinic, person, networks):
    networks.trouble, networks.sick = trouble, ("sms",)
    person("sms").write("hello")
    clinic.wait(clinic.all_wait_for_another_try)
    assert (due_in(clinic, "line.sms") < 30) is soon


def test_the_words_of_emergency_are_rather_said_twice_than_late(clinic, person, networks):
    somebody = person("sms")
    somebody.write("hello")
    clinic.settled()
    networks.trouble, networks.sick = "silence", ("sms",)
    somebody.write("I have chest pain")
    clinic.wait(clinic.all_wait_for_another_try)
    assert due_in(clinic, "line.sms") < 30


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_emergency_is_not_held_up_by_a_line_that_the_network_refuses(channel, clinic, person, networks):
    networks.poison = "Hello from"
    somebody = person(channel)
    somebody.write("hello")
    clinic.wait(clinic.all_wait_for_another_try)
    somebody.write("I have chest pain")
    clinic.wait(lambda: any("emergency help" in text for text in networks.texts(channel)))
    assert not any("Hello from" in text for text in networks.texts(channel))


def test_what_the_network_calls_wrong_is_put_before_staff_soon_who_send_it_again(clinic, person, networks):
    networks.poison = "Hello from"
    person("sms").write("hello")

    def given_up() -> bool:
        if clinic.all_wait_for_another_try():
            clinic.clock.ahead += 1800
        return bool(clinic.given_up())

    clinic.wait(given_up)
    [stuck] = clinic.given_up()
    assert (stuck.error, stuck.attempts) == ("400", outward.FEW)
    networks.poison = None
    deliveries.again(clinic.context.uow(), stuck.id, by=STAFF, now=clinic.clock())
    clinic.settled()
    assert sum(text.startswith("Hello from") for text in networks.texts("sms")) == 1
    assert clinic.given_up() == []


REFUSALS = [("sms", 21610, "unsubscribed"), ("messenger", 551, "not_available"), ("telegram", 403, "blocked")]


@pytest.mark.parametrize(("channel", "code", "error"), REFUSALS)
def test_who_cannot_be_reached_is_told_to_staff_at_once(channel, code, error, clinic, person, networks):
    networks.refuse = {WRITERS[channel][1]: code}
    person(channel).write("hello")
    clinic.wait(lambda: bool(clinic.given_up()))
    assert {item.error for item in clinic.given_up()} == {error}
    assert networks.sent == []


def _failed_later(channel, somebody, receipt):
    if channel == "sms":
        return somebody.form(MessageSid=receipt, MessageStatus="undelivered", ErrorCode="30003")
    return somebody.batch(statuses=[{"id": receipt, "status": "failed", "errors": [{"code": 131026}]}])


@pytest.mark.parametrize(("channel", "error"), [("sms", "unreachable"), ("whatsapp", "unknown_number")])
def test_what_was_taken_and_then_not_delivered_is_before_staff_too(channel, error, clinic, person, networks):
    somebody = person(channel)
    somebody.write("hello")
    clinic.settled()
    count, chat = len(networks.sent), clinic.conversation(channel, somebody.address)
    report = _failed_later(channel, somebody, {"sms": "SMout1", "whatsapp": "wamid.out1"}[channel])
    assert somebody.post(report).status_code == 200
    [stuck] = clinic.given_up()
    assert (stuck.error, stuck.conversation) == (error, chat)
    deliveries.again(clinic.context.uow(), stuck.id, by=STAFF, now=clinic.clock())
    clinic.settled()
    assert len(networks.sent) == count + 1
    assert somebody.post(report).status_code == 200  # the old report, brought again
    assert clinic.given_up() == []


def test_a_part_that_arrived_is_not_sent_again_with_the_rest(clinic, person, networks, rasa):
    somebody = person("sms")
    somebody.write("hello")
    clinic.settled()
    long = "One sentence that is neither long nor short. " * 60
    rasa.replies = lambda body: [{"text": long, "custom": {"state": state("interview", None), "question": None}}]
    networks.only = len(networks.sent) + 1
    somebody.write("tell me")
    clinic.wait(clinic.all_wait_for_another_try)
    first, sid = networks.texts("sms")[-1], f"SMout{len(networks.sent)}"
    assert somebody.post(somebody.form(MessageSid=sid, MessageStatus="delivered")).status_code == 200
    networks.only = None
    clinic.clock.ahead += 3600
    clinic.settled()
    said = networks.texts("sms")
    assert said.count(first) == 1
    assert " ".join(said[-2:]) == long.strip()


def test_a_window_that_only_the_network_sees_as_closed_gets_the_template(clinic, person, networks):
    somebody = person("whatsapp")
    networks.refuse = {somebody.address: 131047}
    somebody.write("hello")
    clinic.wait(lambda: "template clinic_wrote" in networks.texts("whatsapp"))
    networks.refuse = {}
    somebody.write("hi")
    clinic.settled()
    said = networks.texts("whatsapp")
    assert said.count("template clinic_wrote") == 1
    assert sum(text.startswith("Hello from") for text in said) == 1


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "12"}, {}, 12),
        ({"retry-after": "1e9"}, {}, 3600),
        ({"retry-after": "inf"}, {}, 0),
        ({"retry-after": "-3"}, {}, 0),
        ({"retry-after": "soon"}, {}, 0),
        ({}, {"parameters": {"retry_after": 7}}, 7),
        ({}, {"parameters": [1]}, 0),
        ({}, {"retry_after_ms": 2500}, 2.5),
        ({}, {}, 0),
    ],
)
def test_the_time_that_a_network_asks_for_is_kept(headers, body, seconds):
    asked = outward._asked_to_wait(httpx.Response(429, headers=headers), body)
    assert asked == timedelta(seconds=seconds)


def test_a_date_to_come_back_at_is_understood():
    then = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    asked = outward._asked_to_wait(httpx.Response(429, headers={"retry-after": then}), {})
    assert timedelta(minutes=9) < asked <= timedelta(minutes=10)
