"""What happens beside the interview: another language, a person of the clinic who has the word, pictures that open once."""

from __future__ import annotations

import pytest
from people import WRITERS
from test_outward import DOCTOR, asked, asks

from bot.services import live
from bot.services.review import Actor

CHANNELS = tuple(WRITERS)
ANA = Actor("Ana", "reviewer")


def test_another_language_by_sms_is_spoken_from_there_on_with_a_way_back(clinic, person, networks, rasa):
    somebody = person("sms")
    somebody.write("yes")
    clinic.settled()
    somebody.write("me duele mucho la espalda desde hace tres semanas")
    clinic.settled()
    assert rasa.turns[-1]["metadata"]["locale"] == "es"
    assert any("English, please" in text and "español" in text for text in networks.texts("sms")[-2:])
    somebody.write("HELP")
    clinic.settled()
    assert "Llámenos" in networks.texts("sms")[-1]
    somebody.write("English, please")
    clinic.settled()
    assert rasa.turns[-1]["metadata"]["locale"] == "en"
    somebody.write("help")
    clinic.settled()
    assert "Call us" in networks.texts("sms")[-1]


def taken_over(clinic, somebody):
    """Ana has the word."""
    chat = clinic.conversation(somebody.channel, somebody.address)
    live.take_over(clinic.context.uow(), chat, by=ANA, now=clinic.clock())
    return chat


def says(clinic, chat, text):
    """Ana writes, and it leaves."""
    live.say(clinic.context.uow(), chat, text=text, by=ANA, now=clinic.clock())
    clinic.settled()


@pytest.mark.parametrize("channel", CHANNELS)
def test_staff_and_visitor_write_to_each_other_and_the_bot_is_silent(channel, clinic, person, networks, rasa):
    asks(rasa, DOCTOR)
    somebody = asked(clinic, person, channel)
    chat = taken_over(clinic, somebody)
    says(clinic, chat, "How many children do you have?")
    assert any(text.startswith("How many children") for text in networks.texts(channel)[-2:])
    count, turns = len(networks.sent), len(rasa.turns)
    somebody.write("2")
    clinic.settled()
    assert len(networks.sent) == count
    assert len(rasa.turns) == turns
    with clinic.context.uow.reading() as uow:
        last = uow.conversations.messages(chat)[-1]
    assert (last.sender, last.text) == ("visitor", "2")  # said to Ana: no choice of the bot's open question
    live.hand_back(clinic.context.uow(), chat, by=ANA, now=clinic.clock())
    clinic.settled()
    somebody.write("2")
    clinic.settled()
    assert rasa.turns[-1]["metadata"]["answer"] == {"question": "doctor", "value": "seen"}


def test_danger_told_to_a_person_of_the_clinic_is_answered_by_the_script_all_the_same(clinic, person, networks):
    somebody = person("sms")
    somebody.write("yes")
    clinic.settled()
    chat = taken_over(clinic, somebody)
    somebody.write("I have crushing chest pain")
    clinic.settled()
    assert any("911" in text for text in networks.texts("sms"))
    says(clinic, chat, "Please call 911 now.")
    assert networks.texts("sms")[-1].endswith("Please call 911 now.")


ONCE = {
    "sms": lambda w: w.message("MMonce", Body="", NumMedia="1", MediaContentType0="image/jpeg", MediaUrl0="https://x"),
    # Meta brings no view-once media at all: only that there was something it does not hand on.
    "whatsapp": lambda w: w.message("wamid.once", type="unsupported", errors=[{"code": 131051, "title": "Message type unknown"}]),
    "messenger": lambda w: w.message("m.once", attachments=[{"type": "ephemeral"}]),
    "telegram": lambda w: w.update(w.fresh(), message={"photo": [{"file_id": "1"}], "has_media_spoiler": True}),
}  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_picture_that_opens_once_is_answered_kindly_and_never_fetched(channel, clinic, person, networks, rasa):
    somebody = person(channel)
    somebody.write("hello")
    clinic.settled()
    turns, asked_for = len(rasa.turns), networks.asked
    somebody.post(ONCE[channel](somebody))
    clinic.settled()
    assert "only read text" in networks.texts(channel)[-1]
    assert len(rasa.turns) == turns
    assert networks.asked == asked_for + 1  # the answer, and nothing else


def test_a_message_that_vanishes_from_whatsapp_leaves_nobody_in_silence(clinic, person, networks):
    somebody = person("whatsapp")
    somebody.write("hello")
    clinic.settled()
    gone = somebody.message(
        "wamid.gone", type="ephemeral", errors=[{"code": 131051, "title": "Unsupported message type"}]
    )
    somebody.post(gone)
    clinic.settled()
    assert "only read text" in networks.texts("whatsapp")[-1]
