"""Genuine webhooks are answered by the bot; forged, stale and repeated ones do nothing, and nothing is ever an error."""

from __future__ import annotations

import json
import time

import httpx
import pytest
from networks import telegram_request
from people import WRITERS, writer

from bot.services import returning
from bot.web.limits import Allowance

CHANNELS = tuple(WRITERS)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_visitor_is_greeted_and_answered(channel, clinic, person, networks):
    somebody = person(channel)
    assert somebody.write("hello").status_code == 200
    clinic.settled()
    assert somebody.write("yes").status_code == 200
    clinic.settled()
    said = networks.texts(channel)
    assert said[0].startswith("Hello from ")
    assert any("How bad?" in text for text in said)
    assert {to for _, to, _, _ in networks.sent} == {somebody.address}


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_message_ten_times_is_one_turn(channel, clinic, person, rasa):
    somebody = person(channel)
    request = somebody.text("my knee", somebody.fresh())
    assert [somebody.post(request).status_code for _ in range(10)] == [200] * 10
    clinic.settled()
    assert [turn["text"] for turn in rasa.turns].count("my knee") == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_danger_is_answered_at_once_though_rasa_is_down(channel, clinic, person, networks, rasa):
    rasa.up = False
    somebody = person(channel)
    somebody.write("I have chest pain")
    deadline = time.monotonic() + 10
    while not any("911" in text and "emergency help" in text for text in networks.texts(channel)):
        assert time.monotonic() < deadline, networks.texts(channel)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_forged_request_is_refused_and_stored_nowhere(channel, clinic, person):
    somebody = person(channel)
    request = somebody.text("I have chest pain", somebody.fresh())
    for name in ("X-Twilio-Signature", "X-Hub-Signature-256", "X-Telegram-Bot-Api-Secret-Token"):
        if name in request["headers"]:
            for forged in ("", "x", "sha256=" + "0" * 64, "é"):
                headers = {**request["headers"], name: forged.encode("utf-8")}
                assert somebody.post({**request, "headers": headers}).status_code == 403
            headers = {key: value for key, value in request["headers"].items() if key != name}
            assert somebody.post({**request, "headers": headers}).status_code == 403
    with clinic.context.uow.reading() as uow:
        assert uow.outbox.waiting() == 0


def test_a_changed_body_is_refused(person):
    for channel in ("sms", "whatsapp", "messenger"):
        somebody = person(channel)
        request = somebody.text("hello", somebody.fresh())
        assert somebody.post({**request, "content": request["content"] + b"&x=1"}).status_code == 403


def test_meta_with_the_old_signature_only_is_refused(person):
    somebody = person("messenger")
    request = somebody.text("hello", somebody.fresh())
    headers = {"Content-Type": "application/json", "X-Hub-Signature": request["headers"]["X-Hub-Signature-256"]}
    assert somebody.post({**request, "headers": headers}).status_code == 403


def test_a_stale_message_is_passed_over(clinic, person, rasa):
    somebody = person("whatsapp")
    old = somebody.message("wamid.old", timestamp=str(int(time.time()) - 40 * 86400), type="text", text={"body": "hi"})
    assert somebody.post(old).status_code == 200
    clinic.settled()
    assert rasa.turns == []


def test_every_message_of_a_batch_is_taken(clinic, person, rasa):
    somebody = person("messenger")
    events = [somebody.event(message={"mid": f"m{n}", "text": f"text {n}"}) for n in range(3)]
    somebody.post(somebody.batch(events[:2], events[2:]))
    clinic.settled()
    assert [turn["text"] for turn in rasa.turns if turn["text"].startswith("text")] == ["text 0", "text 1", "text 2"]


OTHERS = {
    "sms": [
        lambda w: w.message("MM1", NumMedia="1", MediaContentType0="image/png", MediaUrl0="https://x"),
        lambda w: w.message("MM2", Body="", NumMedia="0"),
        lambda w: w.message("MM3", Latitude="1.0", Longitude="2.0"),
        lambda w: w.message("MM4", Body="   "),
    ],
    "whatsapp": [
        lambda w, k=kind: w.message(f"wamid.{k}", type=k, **({k: {"id": "1"}} if k != "reaction" else {"reaction": {"emoji": "❤"}}))
        for kind in ("image", "audio", "location", "contacts", "sticker", "reaction", "unsupported")
    ],
    "messenger": [
        lambda w: w.message("m.voice", attachments=[{"type": "audio", "payload": {"url": "https://x"}}]),
        lambda w: w.message("m.empty"),
        lambda w: w.batch([w.event(reaction={"mid": "m1", "action": "react"})]),
        lambda w: w.batch([w.event(message_edit={"mid": "m1", "text": "x", "num_edit": 1})]),
    ],
    "telegram": [
        lambda w, k=kind: w.update(w.fresh(), message={k: {"file_id": "1"}})
        for kind in ("voice", "photo", "location", "sticker", "contact")
    ]
    + [lambda w: w.update(w.fresh(), edited_message={"text": "changed"}), lambda w: w.update(w.fresh(), message={})],
}  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_has_no_words_gets_a_kind_answer_and_is_no_turn(channel, clinic, person, networks, rasa):
    somebody = person(channel)
    somebody.write("hello")
    clinic.settled()
    turns = len(rasa.turns)
    for number, make in enumerate(OTHERS[channel], 1):
        request = make(somebody)
        assert somebody.post(request).status_code == 200
        assert somebody.post(request).status_code == 200
        clinic.settled()
        kind = [text for text in networks.texts(channel) if "only read text" in text or "changed a message" in text]
        assert len(kind) == number, (number, kind)
    assert len(rasa.turns) == turns


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"object": "page"}',
        b'{"object": "page", "entry": [1, {"messaging": [2, {}]}]}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
)
def test_what_is_signed_but_no_message_is_passed_over(raw, person):
    import hashlib
    import hmac as mac

    from networks import APP_SECRET

    signed = {"X-Hub-Signature-256": "sha256=" + mac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()}
    somebody = person("messenger")
    assert somebody.post({"content": raw, "headers": signed}).status_code == 200
    assert person("telegram").post({**telegram_request({}), "content": raw}).status_code == 200


def test_channels_and_groups_of_telegram_are_nobodys_intake(clinic, person, rasa):
    somebody = person("telegram")
    for update in ({"channel_post": {"text": "hi"}}, {"message": {"text": "hi", "chat": {"id": -5, "type": "group"}}}):
        body = {"update_id": 5, **update}
        assert somebody.post(telegram_request(body)).status_code == 200
    clinic.settled()
    assert rasa.turns == []


def test_meta_asks_once_whether_the_address_is_ours(person):
    somebody = person("messenger")
    asked = {"hub.mode": "subscribe", "hub.challenge": "12345", "hub.verify_token": "verify-me"}
    answer = somebody.http.get("/channels/messenger", params=asked)
    assert (answer.status_code, answer.text) == (200, "12345")
    assert somebody.http.get("/channels/whatsapp", params={**asked, "hub.verify_token": "wrong"}).status_code == 403
    assert somebody.http.get("/channels/telegram").status_code == 405
    assert somebody.http.get("/channels/fax").status_code == 404


def test_a_long_text_is_read_in_parts_and_danger_anywhere_in_it_is_caught(clinic, person, networks, rasa):
    somebody = person("whatsapp")
    text = "It began in the garden. " * 150 + "I have chest pain. " + "It is a fine garden. " * 40
    somebody.write(text)
    clinic.settled()
    read = "".join(turn["text"] for turn in rasa.turns)
    assert "It began in the garden" in read
    assert any("911" in said and "emergency help" in said for said in networks.texts())


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_code_from_last_time_opens_the_next_chat_and_a_wrong_one_is_answered(channel, clinic, person, networks, rasa):
    somebody = person(channel)
    for text in ("hello", "no"):
        somebody.write(text)
        clinic.settled()
    last, code = rasa.turns[-1]["conversation"], "R7C6-7WV8-95N6"
    context = clinic.context
    returning.code_for(context.uow(), last, now=context.clock(), new_code=lambda: code)
    for text in (code, code):
        somebody.write(text)
        clinic.settled()
    answers = [turn["metadata"]["answer"] for turn in rasa.turns if turn["conversation"] != last]
    assert [answer["value"] for answer in answers] == [None, {"conversation": last, "kind": "visit"}]
    assert "I can't use this code." in networks.texts(channel)[-1]


def test_guessing_codes_is_slowed_down(start_clinic, networks):
    clinic = start_clinic(allowance=Allowance(resumes_per_address="2/minute"))
    with httpx.Client(base_url=clinic.serving.url, timeout=20) as http:
        somebody = writer("sms", http, clinic.clock)
        assert [somebody.write("R7C6-7WV8-95N6").status_code for _ in range(3)] == [200, 200, 429]
        assert somebody.write("my knee hurts").status_code == 200


def test_nothing_is_accepted_while_nothing_can_be_stored(clinic, person, monkeypatch):
    from bot.domain.errors import StorageUnavailable

    somebody = person("sms")

    def locked(*_args, **_options):
        raise StorageUnavailable("locked")

    monkeypatch.setattr(type(clinic.context.uow), "__call__", locked)
    answer = somebody.write("hello")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_no_secret_and_no_word_of_a_visitor_is_in_what_a_refusal_says(person):
    somebody = person("sms")
    answer = somebody.http.post("/channels/sms", content=b"Body=chest+pain", headers={"X-Twilio-Signature": "x"})
    assert answer.status_code == 403
    assert "chest" not in answer.text
    assert json.dumps(dict(answer.headers)).find("chest") == -1
