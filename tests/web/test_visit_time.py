"""Times that staff proposed are answered in the chat: by tap or in words, booked once, and danger always comes first."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from conftest import Running, Visitor
from offering import ANA, days_ahead, handed_off, propose, stands
from standin_rasa import NRS, Rasa, state

from bot.domain import wished_times
from bot.domain.errors import IllegalMove
from bot.domain.speech import say
from bot.services import booking, live
from bot.services.review import VISITOR
from bot.web.turns import chores


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox is looked at often."""
    monkeypatch.setattr(chores, "OUTBOX_SECONDS", 0.02)


@pytest.fixture
def offered(visitor: Visitor, edge: Running) -> Any:
    """Opens the question in the chat: `offered(2, 3)` proposes noon in two and in three days; gives the reference."""
    reference = ""

    def open_question(*days: int) -> str:
        nonlocal reference
        if not reference:
            visitor.consent()
            reference = handed_off(edge.context, visitor.id)
        before = len(visitor.bot())
        propose(edge.context, reference, days_ahead(edge.context, *days))
        visitor.read_until(lambda log: len([one for one in log["messages"] if one["from"] == "bot"]) > before)
        return reference

    return open_question


def said(visitor: Visitor, text: str) -> dict[str, Any]:
    """The last line once a text is dealt with."""
    return visitor.settled(visitor.say(text))["messages"][-1]


def weekday(edge: Running, days: int) -> str:
    """What the day so far ahead is called."""
    [at] = days_ahead(edge.context, days)
    return wished_times.WEEKDAYS[at.astimezone(edge.context.settings.clinic.zone).weekday()]


def test_several_times_are_a_question_with_a_choice_for_each(visitor: Visitor, edge: Running, offered):
    offered(2, 3)
    line = visitor.log()["messages"][-1]
    assert "2 times, 60 minutes each" in line["text"]
    assert (line["question"]["field"], line["question"]["kind"]) == ("visit_time", "choice")
    labels = [one["label"] for one in line["question"]["choices"]]
    assert [label.split(",")[0].split()[0] for label in labels[:2]] == [weekday(edge, 2), weekday(edge, 3)]
    assert labels[2] == "None of these times"


@pytest.mark.parametrize("words", ["the second", "2", "{day} works", "la segunda", "el {dia} me viene bien"])
def test_the_one_that_is_named_is_booked_and_the_others_are_free(
    words, visitor: Visitor, edge: Running, rasa: Rasa, offered
):
    reference, turns = offered(2, 3), len(rasa.turns)
    line = said(visitor, words.format(day=weekday(edge, 3), dia=say("es", weekday(edge, 3))))
    handoff, visits = stands(edge.context, reference)
    assert (handoff.status, visits) == ("booked", ["cancelled", "confirmed"])
    assert weekday(edge, 3) in line["text"] or "reservada" in line["text"]
    assert line["question"] is None
    assert len(rasa.turns) == turns, "the dialogue has nothing to say to it"
    booked = [text for text in visitor.bot() if "is booked" in text or "reservad" in text]
    assert len(booked) == 1, "said once, though the outbox brings the news too"


def test_a_tap_is_the_same_as_the_words(visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    first, _, none = visitor.log()["messages"][-1]["question"]["choices"]
    assert visitor.answer("visit_time", "999").status_code == 422
    visitor.settled(visitor.answer("visit_time", first["value"]).json()["seq"])
    assert stands(edge.context, reference)[1] == ["confirmed", "cancelled"]
    assert visitor.answer("visit_time", none["value"]).status_code == 409, "the question is closed"


@pytest.mark.parametrize("words", ["yes", "Yes please", "👍", "sí", "vale"])
def test_a_single_time_is_taken_by_a_yes(words, visitor: Visitor, edge: Running, offered):
    reference = offered(2)
    assert "Does that suit you?" in visitor.bot()[-1]
    said(visitor, words)
    assert stands(edge.context, reference)[1] == ["confirmed"]


@pytest.mark.parametrize("words", ["none of them", "no", "ninguna", "no puedo ninguno"])
def test_what_does_not_suit_goes_back_to_staff_who_are_told(words, visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    line = said(visitor, words)
    handoff, visits = stands(edge.context, reference)
    assert (handoff.status, visits) == ("claimed", ["cancelled", "cancelled"])
    assert "when you could come" in line["text"] or "cuándo podría" in line["text"]
    with edge.context.uow.engine.connect() as connection:  # type: ignore[attr-defined]
        told = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE key LIKE 'not_suited:%'").scalar_one()
    assert told >= 1
    assert not [text for text in visitor.bot() if "cancelled" in text]


def test_what_is_unclear_is_asked_about_once_and_then_a_person_sees_to_it(visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    line = said(visitor, "yes")
    assert "Which one suits you" in line["text"]
    assert line["question"]["field"] == "visit_time"
    assert "I leave this to our team" in said(visitor, "ok")["text"]
    assert stands(edge.context, reference)[0].status == "waiting_for_patient"
    with edge.context.uow.reading() as uow:
        assert uow.conversations.get(visitor.id).person_asked_at is not None
    assert "I heard ok" in said(visitor, "ok")["text"], "and not a third time"
    said(visitor, "the first")
    assert stands(edge.context, reference)[1] == ["confirmed", "cancelled"]


def test_who_has_to_think_is_left_in_peace(visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    assert "Take your time" in said(visitor, "I'll check with my husband")["text"]
    assert stands(edge.context, reference)[1] == ["proposed", "proposed"]


def test_danger_in_the_same_message_comes_first_and_books_nothing(visitor: Visitor, edge: Running, offered):
    reference = offered(2)
    log = visitor.settled(visitor.say("yes, but I have chest pain now"))
    assert any(line["alert"] for line in log["messages"][-2:])
    assert log["state"]["phase"] == "stopped"
    assert stands(edge.context, reference)[1] == ["proposed"]
    said(visitor, "yes")
    assert stands(edge.context, reference)[1] == ["proposed"], "after a stop nothing is booked by a yes"


def test_a_doubtful_danger_is_the_dialogues_to_ask_about(visitor: Visitor, edge: Running, rasa: Rasa, offered):
    reference = offered(2)
    said(visitor, "yes. maybe chest pain")
    assert rasa.turns[-1]["text"] == "yes. maybe chest pain"
    assert stands(edge.context, reference)[1] == ["proposed"]


def test_while_a_sign_of_danger_is_asked_about_a_yes_is_no_booking(
    visitor: Visitor, edge: Running, rasa: Rasa, offered
):
    reference = offered(2)
    doubt = {"field": "RF-ACS", "kind": "yes_no", "choices": [], "skippable": False, "why": ""}
    usual = rasa.replies
    report = {"state": state("handed_off", "RF-ACS"), "question": doubt}
    rasa.replies = lambda body: (
        [{"text": "Do you have it now?", "custom": report}] if body["text"] == "hm" else usual(body)
    )  # type: ignore[method-assign]
    said(visitor, "hm")
    said(visitor, "yes")
    assert rasa.turns[-1]["text"] == "yes"
    assert stands(edge.context, reference)[1] == ["proposed"]


def test_times_told_while_a_sign_of_danger_is_asked_about_are_asked_once_that_is_answered(
    visitor: Visitor, edge: Running, rasa: Rasa
):
    visitor.consent()
    reference = handed_off(edge.context, visitor.id)
    doubt = {"field": "RF-ACS", "kind": "yes_no", "choices": [], "skippable": False, "why": ""}
    asks = {"state": state("handed_off", "RF-ACS"), "question": doubt}
    settles = {"state": state("handed_off", None), "question": None}
    said_back = {
        "hm": {"text": "Do you have it now?", "custom": asks},
        "no": {"text": "Good to know.", "custom": settles},
    }
    usual = rasa.replies
    rasa.replies = lambda body: [said_back[body["text"]]] if body["text"] in said_back else usual(body)  # type: ignore[method-assign]
    said(visitor, "hm")
    propose(edge.context, reference, days_ahead(edge.context, 2, 3))
    log = visitor.read_until(lambda log: "2 times" in log["messages"][-1]["text"])
    assert log["messages"][-1]["question"] == doubt, "danger first"
    line = said(visitor, "no")
    assert "Which one suits you?" in line["text"]
    assert line["question"]["field"] == "visit_time"
    said(visitor, "the second")
    assert stands(edge.context, reference)[1] == ["cancelled", "confirmed"]


def test_who_hands_the_chat_back_leaves_the_open_question_within_reach(visitor: Visitor, edge: Running, offered):
    reference = offered(2)
    live.take_over(edge.context.uow(), visitor.id, by=ANA, now=edge.context.clock())
    live.hand_back(edge.context.uow(), visitor.id, by=ANA, now=edge.context.clock())
    *_, left, asked = visitor.log()["messages"]
    assert (left["from"], left["event"]) == ("staff", "hand_back")
    assert "Does that suit you?" in asked["text"]
    assert asked["question"]["field"] == "visit_time"
    said(visitor, "yes")
    assert stands(edge.context, reference)[1] == ["confirmed"]


def test_times_that_are_gone_are_not_put_again_by_who_hands_back(visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    live.take_over(edge.context.uow(), visitor.id, by=ANA, now=edge.context.clock())
    with edge.context.uow.reading() as uow:
        chosen = uow.appointments.of(uow.handoffs.by_reference(reference).id)[0].id
    booking.confirm(edge.context.uow(), reference, by=ANA, now=edge.context.clock(), visit=chosen)
    live.hand_back(edge.context.uow(), visitor.id, by=ANA, now=edge.context.clock())
    visitor.read_until(lambda log: any("is booked" in line["text"] for line in log["messages"]))
    assert len([text for text in visitor.bot() if "Which one suits you?" in text]) == 1


def test_a_question_beside_the_answer_is_answered_too(visitor: Visitor, edge: Running, rasa: Rasa, offered):
    reference = offered(2, 3)
    said(visitor, "the second, what should I wear?")
    assert stands(edge.context, reference)[1] == ["cancelled", "confirmed"]
    assert rasa.turns[-1]["text"].strip(" ,") == "what should I wear?"
    assert len(rasa.turns[-1]["text"]) == len("the second, what should I wear?"), (
        "places in it are places in the message"
    )
    assert "is booked" in visitor.bot()[-2]


def test_what_is_no_answer_goes_to_the_dialogue_and_the_question_stays(visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    line = said(visitor, "is there a car park?")
    assert "I heard" in line["text"]
    assert line["question"]["field"] == "visit_time"
    said(visitor, "the first")
    assert stands(edge.context, reference)[1] == ["confirmed", "cancelled"]


def test_a_question_that_was_open_before_comes_back_behind_it(visitor: Visitor, edge: Running, rasa: Rasa, offered):
    reference = offered(2)
    said(visitor, "no")
    with edge.context.uow() as uow:
        chat = uow.conversations.get(visitor.id)
        uow.conversations.save(visitor.id, now=edge.context.clock(), state={**chat.state, "question": NRS})
        uow.commit()
    offered(3)
    assert visitor.log()["messages"][-1]["question"]["field"] == "visit_time"
    line = said(visitor, "yes")
    assert line["question"] == NRS
    assert stands(edge.context, reference)[1] == ["cancelled", "confirmed"]


def test_rasa_may_be_down(visitor: Visitor, edge: Running, rasa: Rasa, offered):
    reference = offered(2)
    rasa.up = False
    said(visitor, "yes")
    assert stands(edge.context, reference)[1] == ["confirmed"]


def test_while_staff_have_the_word_words_are_said_to_them_and_a_tap_still_counts(
    visitor: Visitor, edge: Running, offered
):
    reference = offered(2)
    choice = visitor.log()["messages"][-1]["question"]["choices"][0]["value"]
    live.take_over(edge.context.uow(), visitor.id, by=ANA, now=edge.context.clock())
    visitor.settled(visitor.say("yes"))
    assert stands(edge.context, reference)[1] == ["proposed"]
    visitor.settled(visitor.answer("visit_time", choice).json()["seq"])
    assert stands(edge.context, reference)[1] == ["confirmed"]


def test_a_time_confirmed_by_the_link_closes_the_question_and_a_late_yes_does_no_harm(
    visitor: Visitor, edge: Running, offered
):
    reference = offered(2)
    booking.confirm(edge.context.uow(), reference, by=VISITOR, now=edge.context.clock())
    visitor.read_until(lambda log: any("is booked" in line["text"] for line in log["messages"]))
    assert visitor.log()["messages"][-1]["question"] is None
    said(visitor, "yes")
    assert stands(edge.context, reference)[1] == ["confirmed"]


def test_link_and_chat_at_the_same_moment_book_once(visitor: Visitor, edge: Running, offered):
    reference = offered(2, 3)
    with edge.context.uow.reading() as uow:
        ids = [one.id for one in uow.appointments.of(uow.handoffs.by_reference(reference).id)]
    gate = threading.Barrier(2)

    def by_link() -> None:
        gate.wait()
        try:
            booking.confirm(edge.context.uow(), reference, by=VISITOR, now=edge.context.clock(), visit=ids[0])
        except IllegalMove:  # the chat was quicker: one of the two outcomes
            return

    thread = threading.Thread(target=by_link)
    thread.start()
    gate.wait()
    visitor.settled(visitor.say("the second"))
    thread.join()
    handoff, visits = stands(edge.context, reference)
    assert handoff.status == "booked"
    assert sorted(visits) == ["cancelled", "confirmed"]
    # Where the link was quicker, its news may come after the answer to the message, or close the question before it.
    visitor.read_until(lambda log: any("is booked" in line["text"] for line in log["messages"]))


def test_the_same_message_twice_is_one_booking(visitor: Visitor, edge: Running, offered):
    reference = offered(2)
    seqs = {visitor.say("yes", "client-id-00000001") for _ in range(3)}
    visitor.settled(seqs.pop())
    assert stands(edge.context, reference)[1] == ["confirmed"]
    assert len([text for text in visitor.bot() if "is booked" in text]) == 1


def test_new_times_after_a_no_are_asked_anew(visitor: Visitor, edge: Running, offered):
    reference = offered(2)
    said(visitor, "no, mornings would be better")
    offered(4, 5)
    said(visitor, "the last one")
    assert stands(edge.context, reference)[1] == ["cancelled", "cancelled", "confirmed"]


def test_in_spanish_all_of_it_is_said_in_spanish(visitor: Visitor, edge: Running, offered):
    visitor.arrive("es")
    visitor.settled(visitor.say("yes"))
    reference = handed_off(edge.context, visitor.id)
    propose(edge.context, reference, days_ahead(edge.context, 2, 3))
    log = visitor.read_until(lambda log: bool((log["messages"][-1]["question"] or {}).get("field") == "visit_time"))
    assert "Podemos ofrecerle" in log["messages"][-1]["text"]
    assert log["messages"][-1]["question"]["choices"][-1]["label"] == "Ninguna de estas horas"
    assert "Cuál le viene bien" in said(visitor, "sí")["text"]
    assert "Tómese su tiempo" in said(visitor, "tengo que consultarlo")["text"]
    assert "reservada" in said(visitor, "la primera")["text"]
    assert stands(edge.context, reference)[1] == ["confirmed", "cancelled"]


def test_without_any_times_a_yes_is_the_dialogues(visitor: Visitor, edge: Running, rasa: Rasa):
    visitor.consent()
    handed_off(edge.context, visitor.id)
    said(visitor, "yes please")
    assert rasa.turns[-1]["text"] == "yes please"
