"""While the dialogue is down, a visitor can leave a name and a number: staff see it and are told, and the chat goes on."""

from __future__ import annotations

import pytest
from conftest import Running, Visitor
from standin_rasa import Rasa

from bot.web.turns import call_back

LEFT = {"name": "Ana Ruiz", "phone": "+1 555 010 0142", "email": None}


def told(visitor: Visitor, rasa: Rasa) -> None:
    """A visitor with consent who was told that nobody can answer."""
    visitor.consent()
    rasa.up = False
    visitor.say("my knee hurts")
    visitor.read_until(lambda body: "having trouble" in body["messages"][-1]["text"])


def left(edge: Running) -> list[dict]:
    """What staff see."""
    with edge.context.uow.reading() as uow:
        return [dict(one.contact) for one in uow.call_backs.open()]


def alerts(edge: Running) -> int:
    """How many alerts about it were queued."""
    with edge.context.uow.engine.connect() as connection:
        query = "SELECT count(*) FROM outbox WHERE key LIKE 'call_back:%' AND kind = 'staff_alert'"
        return int(connection.exec_driver_sql(query).scalar_one())


def test_the_offer_is_a_question_and_its_answer_a_call_back(visitor: Visitor, rasa: Rasa, edge: Running):
    told(visitor, rasa)
    question = visitor.log()["messages"][-1]["question"]
    assert (question["field"], question["kind"], question["skippable"]) == ("call_back", "contact", True)
    sent = visitor.answer("call_back", LEFT, "call-back-1")
    assert sent.status_code == 202
    assert visitor.answer("call_back", LEFT, "call-back-1").json() == sent.json()
    assert visitor.bot()[-1].startswith("Thank you. We have your details")
    assert left(edge) == [LEFT]
    assert alerts(edge) == 1
    rasa.up = True
    visitor.settled(sent.json()["seq"])
    assert [turn["text"] for turn in rasa.turns][-1] == "my knee hurts", "the dialogue is not asked about the call-back"
    assert "I heard my knee hurts" in visitor.bot()


def test_a_number_in_words_is_enough(visitor: Visitor, rasa: Rasa, edge: Running):
    told(visitor, rasa)
    visitor.say("Ana Ruiz, +1 555 010 0142")
    assert [(one["name"], one["email"]) for one in left(edge)] == [("Ana Ruiz", None)]
    assert left(edge)[0]["phone"].endswith("5550100142")
    assert alerts(edge) == 1


def test_a_second_note_takes_the_place_of_the_first(visitor: Visitor, rasa: Rasa, edge: Running):
    told(visitor, rasa)
    visitor.answer("call_back", LEFT)
    visitor.answer("call_back", {**LEFT, "phone": "555 010 0143"})
    assert [one["phone"] for one in left(edge)] == ["555 010 0143"]


def test_a_number_told_to_a_dialogue_that_is_well_is_no_call_back(visitor: Visitor, edge: Running):
    visitor.consent()
    visitor.settled(visitor.say("Ana Ruiz, +1 555 010 0142"))
    assert left(edge) == []


def test_the_offer_can_be_passed_over_and_a_bad_number_is_refused(visitor: Visitor, rasa: Rasa, edge: Running):
    told(visitor, rasa)
    assert visitor.answer("call_back", {"name": "Ana", "phone": "12"}).status_code == 422
    assert visitor.answer("call_back", None).status_code == 202
    assert left(edge) == []


def test_it_goes_with_the_conversation(visitor: Visitor, rasa: Rasa, edge: Running):
    told(visitor, rasa)
    visitor.answer("call_back", LEFT)
    assert visitor.http.delete(visitor.path, headers=visitor.auth).status_code == 204
    assert left(edge) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ana Ruiz 555 010 0142", "Ana Ruiz"),
        ("555 010 0142", None),
        ("my knee hurts so much, please call me on 555 010 0142", None),
    ],
)
def test_no_story_is_kept_as_a_name(text: str, name: str | None):
    found = call_back.in_text(text)
    assert found is not None
    assert found["name"] == name


def test_a_text_without_a_number_is_no_call_back():
    assert call_back.in_text("my knee hurts since 3 days") is None
