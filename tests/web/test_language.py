"""The edge speaks the language of the conversation, follows the visitor into another one, and does so with Rasa down."""

from __future__ import annotations

from typing import Any

from conftest import Visitor
from standin_rasa import Rasa

from bot.domain.speech import say
from bot.web.turns import words


def locale_of_turn(rasa: Rasa, text: str) -> str:
    return next(str(turn["metadata"]["locale"]) for turn in rasa.turns if turn["text"] == text)


def test_who_writes_spanish_is_spoken_to_in_spanish_and_told_the_way_back(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    said = "me duele la rodilla desde hace tres semanas"
    body = visitor.settled(visitor.say(said))
    assert locale_of_turn(rasa, said) == "es"
    assert [line["text"] for line in body["messages"]].count(words.switched("es")) == 1
    visitor.settled(visitor.say("34"))
    assert locale_of_turn(rasa, "34") == "es", "it stays so"
    assert visitor.bot().count(words.switched("es")) == 1, "and is said once"


def test_a_language_asked_for_is_spoken_from_that_turn_on(visitor: Visitor, rasa: Rasa) -> None:
    visitor.arrive("es-MX")
    assert rasa.turns[0]["metadata"]["locale"] == "es-MX"
    visitor.settled(visitor.say("English, please"))
    assert locale_of_turn(rasa, "English, please") == "en"
    assert words.switched("en") not in visitor.bot(), "the answer to the request is enough"


def test_the_same_message_again_switches_once(visitor: Visitor) -> None:
    visitor.consent()
    first = visitor.say("me duele la rodilla desde ayer", "one-and-the-same")
    visitor.settled(first)
    assert visitor.say("me duele la rodilla desde ayer", "one-and-the-same") == first
    assert visitor.bot().count(words.switched("es")) == 1


def test_a_name_or_a_place_in_the_contact_turns_nothing(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.replies = lambda body: [  # type: ignore[method-assign]
        {"text": "How can we reach you?", "custom": {"state": {"phase": "interview", "field": "contact"}}}
    ]
    visitor.settled(visitor.say("go on"))
    visitor.settled(visitor.say("María de la Luz, por la calle Real, 555 010 0199"))
    visitor.settled(visitor.say("next"))
    assert locale_of_turn(rasa, "next") == "en"


def test_danger_ticked_in_spanish_is_answered_in_spanish(visitor: Visitor, rasa: Rasa) -> None:
    visitor.arrive("es")
    visitor.settled(visitor.say("sí, yes"))
    visitor.settled(visitor.answer("consent_privacy", "yes").json()["seq"])
    visitor.settled(visitor.say("card"))
    seq = visitor.answer("emergency_gate", ["RF-ACS"]).json()["seq"]
    alerts: list[dict[str, Any]] = [line for line in visitor.settled(seq)["messages"] if line["alert"]]
    assert len(alerts) == 1
    assert "Llame ahora al 911" in alerts[0]["text"]
    assert alerts[0]["alert"]["call"] == "911"


def test_trouble_and_the_clinics_facts_are_told_in_the_language(visitor: Visitor, rasa: Rasa) -> None:
    visitor.arrive("es")
    visitor.settled(visitor.answer("consent_privacy", "yes").json()["seq"])
    body = visitor.settled(visitor.say("price"))
    assert "60 minutos" in body["messages"][-2]["text"]
    assert body["messages"][-1]["text"].startswith(say("es", words.UNFILLED)[:20])
    rasa.up, trouble = False, say("es", words.TROUBLE)[:20]
    visitor.say("sigo aquí")
    seen = visitor.read_until(lambda log: any(line["text"].startswith(trouble) for line in log["messages"]))
    assert "911" in seen["messages"][-1]["text"]


def test_a_refusal_is_written_in_the_language_the_client_asks_for(visitor: Visitor) -> None:
    visitor.arrive("es")
    headers = {"Authorization": "Bearer wrong", "Accept-Language": "es-ES,es;q=0.9,en;q=0.5"}
    got = visitor.http.get(f"{visitor.path}/messages", headers=headers)
    assert got.status_code == 401
    assert got.headers["content-language"] == "es"
    assert got.json()["detail"] == "Envíe la clave de esta conversación."
    english = visitor.http.get(f"{visitor.path}/messages", headers={**headers, "Accept-Language": "de, en;q=0.3"})
    assert english.json()["detail"] == "Send the token of this conversation."
