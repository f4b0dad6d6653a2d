"""Before a visitor says yes they read which company carries their messages: on every network, once, in their language."""

from __future__ import annotations

import pytest
from people import WRITERS

from bot.web.channels import setup

CHANNELS = tuple(WRITERS)
CONSENT = "May I keep it?"
CARRIED = {
    "sms": ("through Twilio and your phone company,", "de Twilio y su compañía telefónica,"),
    "whatsapp": ("through WhatsApp (Meta),", "de WhatsApp (Meta),"),
    "telegram": ("through Telegram,", "de Telegram,"),
    "messenger": ("through Facebook Messenger (Meta),", "de Facebook Messenger (Meta),"),
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_it_stands_with_the_first_question_of_consent_and_nowhere_else(channel, clinic, person, networks):
    somebody = person(channel)
    for said in ("hello", "what?", "yes"):
        somebody.write(said)
        clinic.settled()
    told = [text for text in networks.texts(channel) if "reach us through" in text]
    assert len(told) == 1
    assert CONSENT in told[0]
    assert CARRIED[channel][0] in told[0]
    assert networks.texts(channel).index(told[0]) == next(
        at for at, text in enumerate(networks.texts(channel)) if CONSENT in text
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_it_is_said_in_the_language_of_the_visitor(channel, clinic, person, networks):
    person(channel).write("hola, buenos días, me gustaría pedir una cita")
    clinic.settled()
    told = [text for text in networks.texts(channel) if "nos llegan a través" in text]
    assert len(told) == 1
    assert CARRIED[channel][1] in told[0]


_META = 'number_id = "1"\naccess_token = "t"\napp_secret = "s"\nverify_token = "v"\n'
_TWILIO = 'account_sid = "AC1"\nauth_token = "t"\nnumber = "+12125550142"\n'


@pytest.mark.parametrize(
    ("text", "company"),
    [
        (f"[sms]\n{_TWILIO}", "Twilio and your phone company"),
        (f"[whatsapp]\n{_META}", "WhatsApp (Meta)"),
        (f'[whatsapp]\nprovider = "twilio"\n{_TWILIO}', "WhatsApp (Meta) and Twilio"),
        ('[telegram]\ntoken = "1:a"\nsecret = "abc"\n', "Telegram"),
        ('[messenger]\npage_token = "t"\napp_secret = "s"\nverify_token = "v"\n', "Facebook Messenger (Meta)"),
        (
            '[matrix]\nhomeserver = "https://m.example"\nuser = "@us:m.example"\npassword = "t"\n',
            "the Matrix servers of you and the clinic",
        ),
    ],
    ids=["sms", "whatsapp", "whatsapp by twilio", "telegram", "messenger", "matrix"],
)
def test_whichever_way_a_network_is_set_up_its_carriers_are_named(tmp_path, text, company):
    """Who sends WhatsApp through Twilio tells two companies what is written."""
    path = tmp_path / setup.FILE
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    [channel] = setup.read(tmp_path, "https://clinic.example").values()
    assert channel.company == company
