"""'What do you know about me' and 'download my data', asked in words where there is no panel: a list, or a link that opens once."""

from __future__ import annotations

import pytest
from people import WRITERS
from standin_rasa import NRS, state

from bot.domain import kept

CHANNELS = tuple(WRITERS)
LISTS = tuple(channel for channel in CHANNELS if channel != "sms")
RECORD = {
    "for_whom": "self", "age": 46, "complaint": "pain", "doctor": "none", "onset": "none", "rf": [], "rf_unknown": [], "ci": ["CI-PREG"],
    "contact": {"name": "Ana Ruiz", "phone": "555 010 0199", "email": "ana@example.org"},
    "sites": [{"site": "low_back", "side": None}], "nrs": 6, "duration_days": 21, "function_limited": None,
    "complaints": [
        {"sites": [{"site": "low_back", "side": None}], "nrs": 6, "duration_days": 21, "onset": "none", "function_limited": None, "complaint": "pain"},
        {"sites": [{"site": "heel", "side": "left"}], "nrs": 3, "duration_days": 2, "onset": "none", "function_limited": False, "complaint": "pain"},
    ],
}  # fmt: skip


def tells(rasa, record=None):
    """The stand-in answers like the rules of domain.yml."""
    usual = rasa.replies

    def replies(body):
        what = {"know?": "known", "mine!": "download"}.get(body["text"])
        if what:
            return [{"text": "See the panel.", "custom": {"tells": what}}]
        if body["text"] == "told" and record:
            return [
                {"text": "Noted.", "custom": {"state": state("interview", "nrs"), "question": NRS, "record": record}}
            ]
        return usual(body)

    rasa.replies = replies


def agreed(clinic, person, channel, rasa, record=RECORD):
    """A visitor who has agreed and told something."""
    tells(rasa, record)
    somebody = person(channel)
    for said in ("yes", "told"):
        somebody.write(said)
        clinic.settled()
    return somebody


def answer(clinic, somebody, networks, said):
    """What is sent for it."""
    before = len(networks.sent)
    somebody.write(said)
    clinic.settled()
    return "\n".join(text for _, _, text, _ in networks.sent[before:])


@pytest.mark.parametrize("channel", LISTS)
def test_what_is_known_is_listed_by_complaint_with_contact_data_masked(channel, clinic, person, networks, rasa):
    said = answer(clinic, agreed(clinic, person, channel, rasa), networks, "know?")
    assert "• Lower back, 6 of 10, for about 3 weeks" in said
    assert "• Left heel, 3 of 10, for 2 days" in said
    assert "• Reach you: A…, …99, a…@example.org" in said
    assert "download my data" in said
    assert not any(word in said for word in ("panel", "Ruiz", "0199", "ana@", "doctor asked", "http"))
    assert said.startswith(clinic.context.settings.clinic.name)  # so that a preview begins with no word of health


@pytest.mark.parametrize("said", ["know?", "mine!"])
def test_by_sms_there_is_only_a_link_that_opens_once(said, clinic, person, networks, rasa):
    somebody = agreed(clinic, person, "sms", rasa)
    told = answer(clinic, somebody, networks, said)
    assert not any(word in told.lower() for word in ("back,", "heel", "6 of 10", "pregnan", "panel"))
    _opens_once(clinic, somebody, told)


@pytest.mark.parametrize("channel", LISTS)
def test_a_download_is_a_link_that_opens_once(channel, clinic, person, networks, rasa):
    somebody = agreed(clinic, person, channel, rasa)
    _opens_once(clinic, somebody, answer(clinic, somebody, networks, "mine!"))


def _opens_once(clinic, somebody, told):
    code = told.split("#resume=")[1].split(" ")[0]
    opened = somebody.http.post("/api/resume", json={"code": code})
    chat = clinic.conversation(somebody.channel, somebody.address)
    assert opened.json()["id"] == chat
    bearer = {"Authorization": f"Bearer {opened.json()['token']}"}
    export = somebody.http.get(f"/api/conversations/{chat}/export", headers=bearer)
    assert export.json()["known"]["values"]["age"] == 46
    assert somebody.http.post("/api/resume", json={"code": code}).status_code == 404


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("said", ["know?", "mine!"])
def test_before_a_yes_it_says_that_nothing_is_kept(said, channel, clinic, person, networks, rasa):
    tells(rasa)
    somebody = person(channel)
    somebody.write("hello")
    clinic.settled()
    told = answer(clinic, somebody, networks, said)
    assert "I keep nothing" in told
    assert "#resume=" not in told


def test_it_is_said_in_spanish_too(clinic, person_of, networks, rasa):
    somebody = person_of(clinic)("whatsapp")
    somebody.address = "34600000001"
    told = answer(clinic, agreed(clinic, lambda _channel: somebody, "whatsapp", rasa), networks, "know?")
    assert "Esto es lo que tengo anotado sobre usted:" in told
    assert "3 semanas" in told
    assert "descargar mis datos" in told


def test_who_told_nothing_yet_hears_that(clinic, person, networks, rasa):
    somebody = agreed(clinic, person, "telegram", rasa, record=None)
    assert "noted nothing" in answer(clinic, somebody, networks, "know?")


def test_violence_at_home_is_on_no_list_that_somebody_could_read_over_a_shoulder():
    record = {"values": {**RECORD, "rf": ["RF-ABUSE", "RF-CES"]}, "said": {}}
    assert not any("hurting you" in line for line in kept.listed(record, "en"))
    assert len(kept.listed(record, "en")) == 1 + len(kept.listed({"values": RECORD, "said": {}}, "en"))


def test_only_what_was_said_is_listed_and_not_what_a_record_holds_by_default():
    assert kept.listed({"values": {"complaint": "pain", "doctor": "none", "onset": "none", "sites": []}}, "en") == []
    told = {"values": {"doctor": "none"}, "said": {"doctor": [{"text": "no doctor"}]}}
    assert kept.listed(told, "en") == ["No doctor asked yet"]
