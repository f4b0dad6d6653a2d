"""Times that staff proposed are answered on the visitor's own network: by number, button or words; unseen times by nothing."""

from __future__ import annotations

import pytest
from offering import days_ahead, handed_off, propose, stands
from people import WRITERS


def offered(clinic, somebody, *days):
    """Noon in so many days is proposed to somebody who has been handed off; the reference."""
    somebody.write("yes")
    clinic.at_rest()
    reference = handed_off(clinic.context, clinic.conversation(somebody.channel, somebody.address))
    propose(clinic.context, reference, days_ahead(clinic.context, *days))
    clinic.at_rest()
    clinic.clock.ahead += 10
    return reference


@pytest.mark.parametrize("channel", WRITERS)
@pytest.mark.parametrize("words", ["2", "the second", "la segunda"])
def test_a_number_or_words_take_one_of_the_times(channel, words, clinic, person, networks):
    somebody = person(channel)
    reference = offered(clinic, somebody, 2, 3)
    assert any("2 times" in text for text in networks.texts(channel)[-2:])
    somebody.write(words)
    clinic.at_rest()
    assert stands(clinic.context, reference)[1] == ["cancelled", "confirmed"]
    told = [text for text in clinic.lines(channel, somebody.address) if "booked" in text or "reservada" in text]
    assert len(told) == 1


def test_by_sms_the_times_are_numbered_and_none_is_a_number_too(clinic, person, networks):
    somebody = person("sms")
    reference = offered(clinic, somebody, 2, 3)
    sent = "\n".join(networks.texts("sms"))
    assert "3 None of these times" in sent
    assert "Reply with the number." in sent
    somebody.write("3")
    clinic.at_rest()
    assert stands(clinic.context, reference)[0].status == "claimed"
    assert "when you could come" in networks.texts("sms")[-1]


def test_a_button_counts_and_one_of_an_earlier_offer_does_not(clinic, person, networks):
    somebody = person("telegram")
    reference = offered(clinic, somebody, 2)
    first = [body for channel, _, _, body in networks.sent if "reply_markup" in body][-1]
    old = first["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    somebody.write("no")
    clinic.at_rest()
    propose(clinic.context, reference, days_ahead(clinic.context, 4))
    clinic.at_rest()
    somebody.press(old)
    clinic.at_rest()
    assert "answered already" in networks.texts("telegram")[-1]
    assert stands(clinic.context, reference)[1] == ["cancelled", "proposed"]
    new = [body for channel, _, _, body in networks.sent if "reply_markup" in body][-1]
    somebody.press(new["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    clinic.at_rest()
    assert stands(clinic.context, reference)[1] == ["cancelled", "confirmed"]


def test_danger_beside_a_yes_is_answered_by_the_script_and_books_nothing(clinic, person, networks):
    somebody = person("sms")
    reference = offered(clinic, somebody, 2)
    somebody.write("yes but I have chest pain")
    clinic.at_rest()
    assert any("911" in text for text in networks.texts("sms"))
    assert stands(clinic.context, reference)[1] == ["proposed"]


def test_an_ok_to_the_template_is_no_yes_to_times_nobody_has_seen(clinic, person, networks):
    """Outside of WhatsApp's window only the approved template goes out; the times wait for the visitor's next message."""
    somebody = person("whatsapp")
    somebody.write("yes")
    clinic.at_rest()
    reference = handed_off(clinic.context, clinic.conversation("whatsapp", somebody.address))
    clinic.clock.ahead += 25 * 3600
    propose(clinic.context, reference, days_ahead(clinic.context, 2))
    clinic.wait(lambda: any("template" in text for text in networks.texts("whatsapp")))
    somebody.write("ok")
    clinic.at_rest()
    assert stands(clinic.context, reference)[1] == ["proposed"]
    assert any("We can offer you" in text for text in networks.texts("whatsapp"))
    clinic.clock.ahead += 10
    somebody.write("ok")
    clinic.at_rest()
    assert stands(clinic.context, reference)[1] == ["confirmed"]


def test_who_answers_after_a_fortnight_still_answers_the_times(clinic, person):
    somebody = person("sms")
    reference = offered(clinic, somebody, 30)
    clinic.clock.ahead += 14 * 86400
    somebody.write("yes")
    clinic.at_rest()
    assert stands(clinic.context, reference)[1] == ["confirmed"]
