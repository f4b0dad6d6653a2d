"""What leaves for a network: in its form and limits, in order, whole in an emergency, never lost, never to who said STOP."""

from __future__ import annotations

import pytest
from networks import meta_request
from people import WRITERS
from standin_rasa import state

from bot.domain.errors import StorageUnavailable
from bot.storage.sql_threads import SqlThreads
from bot.web.chat import inbox

CHANNELS = tuple(WRITERS)
DOCTOR = {
    "field": "doctor", "kind": "choice", "skippable": False, "why": "-",
    "choices": [{"value": "none", "label": "No"}, {"value": "seen", "label": "I saw one"}, {"value": "ordered", "label": "It was ordered"}],
}  # fmt: skip


def asks(rasa, question, text="Which one?"):
    """The next turns of the stand-in ask this question, and keep what is answered."""
    usual, answers = rasa.replies, []

    def replies(body):
        answer = body["metadata"]["answer"] or {}
        if answer.get("question") == question["field"]:
            answers.append(answer["value"])
            return [{"text": "Thank you.", "custom": {"state": state("interview", None), "question": None}}]
        if body["text"] == "ask":
            return [{"text": text, "custom": {"state": state("interview", question["field"]), "question": question}}]
        return usual(body)

    rasa.replies = replies
    return answers


def asked(clinic, person, channel):
    """A visitor to whom the question was put."""
    somebody = person(channel)
    somebody.write("yes")
    clinic.settled()
    somebody.write("ask")
    clinic.settled()
    return somebody


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_number_means_the_choice_that_stands_there(channel, clinic, person, rasa):
    answers = asks(rasa, DOCTOR)
    asked(clinic, person, channel).write("3")
    clinic.settled()
    assert answers == ["ordered"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_words_of_a_choice_mean_it_and_other_words_are_read_as_words(channel, clinic, person, rasa):
    answers = asks(rasa, DOCTOR)
    somebody = asked(clinic, person, channel)
    somebody.write("hmm, let me think")
    clinic.settled()
    assert answers == []
    assert rasa.turns[-1]["text"] == "hmm, let me think"
    somebody.write("i saw one.")
    clinic.settled()
    assert answers == ["seen"]


@pytest.mark.parametrize("channel", ["telegram", "messenger", "whatsapp"])
def test_a_button_answers_its_own_question_and_no_later_one(channel, clinic, person, networks, rasa):
    answers = asks(rasa, DOCTOR)
    somebody = asked(clinic, person, channel)
    buttons = _buttons(networks.sent[-1][3])
    assert [title for _, title in buttons] == ["No", "I saw one", "It was ordered"]
    somebody.press(*buttons[1])
    clinic.settled()
    assert answers == ["seen"]
    for title in ("", buttons[0][1]):
        turns = len(rasa.turns)
        somebody.press(buttons[0][0], title)
        clinic.settled()
        assert answers == ["seen"]
        assert "answered already" in networks.texts(channel)[-1]
        assert len(rasa.turns) == turns  # "No" to an old question is no word about the one that is open now


def _buttons(body):
    if "reply_markup" in body:
        return [(one["callback_data"], one["text"]) for row in body["reply_markup"]["inline_keyboard"] for one in row]
    if "quick_replies" in body:
        return [(one["payload"], one["title"]) for one in body["quick_replies"]]
    return [(one["reply"]["id"], one["reply"]["title"]) for one in body["interactive"]["action"]["buttons"]]


def test_without_buttons_the_choices_are_numbered_in_one_message(clinic, person, networks, rasa):
    asks(rasa, DOCTOR)
    asked(clinic, person, "sms")
    assert networks.texts("sms")[-1] == "Which one?\nReply with the number.\n1 No\n2 I saw one\n3 It was ordered"


def test_numbers_on_a_card_tick_its_rows(clinic, person, rasa):
    card = {
        "field": "skin", "kind": "multi", "skippable": False, "why": "-",
        "choices": [{"value": "CI-SKIN", "label": "A cut"}, {"value": "CI-SCAR", "label": "A scar"}, {"value": "none", "label": "None of these"}, {"value": "unsure", "label": "Not sure"}],
    }  # fmt: skip
    answers = asks(rasa, card)
    somebody = asked(clinic, person, "sms")
    for said in ("1, 2", "3"):
        somebody.write(said)
        clinic.settled()
        somebody.write("ask")
        clinic.settled()
    somebody.write("1 and 4")  # "a cut" and "not sure" at once is no row: read as words
    clinic.settled()
    assert answers == [["CI-SKIN", "CI-SCAR"], "none"]
    assert rasa.turns[-1]["text"] == "1 and 4"


@pytest.mark.parametrize("channel", CHANNELS)
def test_consent_names_the_company_that_carries_the_messages(channel, clinic, person, networks):
    person(channel).write("hello")
    clinic.settled()
    asked_for = next(text for text in networks.texts(channel) if "May I keep it?" in text)
    company = {"sms": "Twilio", "whatsapp": "WhatsApp (Meta)", "messenger": "Facebook", "telegram": "Telegram"}
    assert company[channel] in asked_for


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_a_network_took_while_nothing_could_be_noted_is_not_sent_again(
    channel, clinic, person, networks, monkeypatch
):
    somebody, noted, full = person(channel), SqlThreads.sent, [True, True]

    def sent(self, delivery):
        if full:
            full.pop()
            raise StorageUnavailable("full")
        noted(self, delivery)

    monkeypatch.setattr(SqlThreads, "sent", sent)
    somebody.write("yes")
    clinic.settled()  # within seconds: what was held when the database failed is due again at once
    assert not full
    assert len(networks.texts(channel)) == len(set(networks.texts(channel)))


def test_a_greeting_for_somebody_who_was_never_noted_is_laid_aside(clinic, networks):
    """The process died between a chat and the note of whose it is; the network brings the message again, into another."""
    opened = inbox.open_conversation(clinic.context, channel="telegram", locale="en", code=None)
    clinic.wait(lambda: clinic.waiting() > 0)
    clinic.wait(clinic.all_wait_for_another_try)
    clinic.clock.ahead += 100
    clinic.wait(lambda: not clinic.waiting())
    assert networks.sent == []
    with clinic.context.uow.reading() as uow:
        assert uow.outbox.given_up() == []
        assert uow.conversations.get(opened.id) is not None


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_long_line_is_cut_at_the_ends_of_sentences(channel, clinic, person, networks, rasa):
    long = "One sentence that is neither long nor short. " * 120
    rasa.replies = lambda body: [{"text": long, "custom": {"state": state("interview", None), "question": None}}]
    person(channel).write("hello")
    clinic.settled()
    parts = [text for text in networks.texts(channel) if text.startswith("One sentence")]
    assert len(parts) >= 2
    assert all(part.endswith(".") for part in parts)
    assert " ".join(parts[: len(parts) // 2]) == long.strip()


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_emergency_script_is_one_message_without_anything_before_it(channel, clinic, person, networks):
    person(channel).write("I have chest pain")
    clinic.settled()
    script = next(text for text in networks.texts(channel) if "911" in text and "emergency help" in text)
    with clinic.context.uow.engine.connect():
        assert script.startswith("Please stop here")
    assert "Reply with" not in script


def test_stop_is_obeyed_and_start_begins_again(clinic, person, networks):
    somebody = person("sms")
    somebody.write("hello")
    clinic.settled()
    somebody.write("STOP")
    clinic.settled()
    assert "no more messages" in networks.texts("sms")[-1]
    count = len(networks.sent)
    somebody.write("yes")
    clinic.settled()
    assert len(networks.sent) == count
    somebody.write("Start")
    clinic.settled()
    assert any("Welcome back" in text for text in networks.texts("sms")[count:])
    somebody.write("yes")
    clinic.settled()
    assert "I heard yes" in networks.texts("sms")[-1] or "How bad?" in networks.texts("sms")[-1]


def test_help_tells_who_we_are_and_how_to_stop(clinic, person, networks):
    somebody = person("whatsapp")
    somebody.write("hello")
    clinic.settled()
    somebody.write("help")
    clinic.settled()
    assert "STOP" in networks.texts("whatsapp")[-1]
    assert "911" in networks.texts("whatsapp")[-1]


def test_after_a_day_whatsapp_gets_the_template_and_the_line_when_they_answer(clinic, person, networks):
    from bot.services import outgoing
    from bot.services.stored import NewMessage

    somebody = person("whatsapp")
    somebody.write("hello")
    clinic.settled()
    clinic.clock.ahead += 30 * 3600
    with clinic.context.uow() as uow:
        thread = next(
            t for t in [uow.threads.get("whatsapp", clinic.context.vault.blind("whatsapp\n12125550144"))] if t
        )
        chat = uow.conversations.get(thread.conversation)
        line = uow.conversations.append(
            chat.id, NewMessage("staff", "Your scan is fine.", {"by": "Ana"}), now=clinic.clock()
        )
        outgoing.send(uow, chat, [line.seq], now=clinic.clock())
        uow.commit()
    clinic.wait(lambda: "template clinic_wrote" in networks.texts("whatsapp"))
    assert "Your scan is fine." not in networks.texts("whatsapp")
    somebody.write("hi")
    clinic.settled()
    assert "Your scan is fine." in networks.texts("whatsapp")
    assert networks.texts("whatsapp").count("template clinic_wrote") == 1


def test_what_became_of_a_line_is_kept(clinic, person, networks):
    somebody = person("sms")
    somebody.write("hello")
    clinic.settled()
    chat = clinic.conversation("sms", somebody.address)
    first = _deliveries(clinic, chat)[0]
    assert first.status == "sent"
    callback = somebody.form(MessageSid="SMout1", MessageStatus="delivered")
    assert somebody.post(callback).status_code == 200
    assert _deliveries(clinic, chat)[0].status == "delivered"
    assert somebody.post(meta_request({"object": "page", "entry": []})).status_code == 403


def _deliveries(clinic, chat):
    with clinic.context.uow.reading() as uow:
        return uow.threads.deliveries(chat)


def test_a_picture_of_the_body_is_offered_by_a_link_that_carries_the_conversation_on(clinic, person, networks, rasa):
    sites = {"field": "sites", "kind": "body_map", "skippable": False, "why": "-", "choices": [{"value": {"site": f"s{n}", "side": None}, "label": f"S{n}"} for n in range(40)]}  # fmt: skip
    asks(rasa, sites, text="Where is it?")
    somebody = asked(clinic, person, "sms")
    said = networks.texts("sms")[-1]
    assert "1 S0" not in said
    code = said.split("#resume=")[1].split(" ")[0]
    opened = somebody.http.post("/api/resume", json={"code": code})
    assert opened.status_code == 200
    assert opened.json()["id"] == clinic.conversation("sms", somebody.address)
    assert somebody.http.post("/api/resume", json={"code": code}).status_code == 404


def test_who_comes_back_weeks_after_the_end_begins_anew(clinic, person, rasa):
    somebody = person("telegram")
    somebody.write("no")
    clinic.settled()
    before = clinic.conversation("telegram", somebody.address)
    clinic.clock.ahead += 20 * 86400
    somebody.write("hello")
    clinic.settled()
    assert clinic.conversation("telegram", somebody.address) != before


def test_reminders_go_only_to_who_asked_for_them(clinic, person, networks):
    from bot.services import reach

    somebody = person("sms")
    somebody.write("hello")
    clinic.settled()
    chat = clinic.conversation("sms", somebody.address)
    assert not _may_be_reminded(clinic, chat)
    somebody.write("Remind me, please")
    clinic.settled()
    assert _may_be_reminded(clinic, chat)
    for _ in range(2):
        with clinic.context.uow() as uow:
            reach.tell(uow, chat, "See you tomorrow at 9.", key="reminder:1", now=clinic.clock())
            uow.commit()
    clinic.settled()
    assert sum(text.startswith("See you tomorrow at 9.") for text in networks.texts("sms")) == 1
    somebody.write("stop")
    clinic.settled()
    assert not _may_be_reminded(clinic, chat)


def _may_be_reminded(clinic, chat):
    from bot.services import reach

    with clinic.context.uow.reading() as uow:
        return reach.wants_reminders(uow, chat)


@pytest.mark.parametrize("channel", CHANNELS)
def test_delete_everything_deletes_all_and_says_so_where_they_are(channel, clinic, person, networks, rasa):
    somebody = person(channel)
    somebody.write("my knee")
    clinic.settled()
    chat, turns = clinic.conversation(channel, somebody.address), len(rasa.turns)
    somebody.write("Delete everything.")
    clinic.wait(lambda: "deleted" in networks.texts(channel)[-1])
    clinic.settled()
    assert len(rasa.turns) == turns
    with clinic.context.uow.reading() as uow:
        assert uow.conversations.get(chat).erased_at is not None
        assert uow.conversations.messages(chat) == []
        assert uow.threads.of(chat) is None
    somebody.write("hello again")
    clinic.settled()
    assert clinic.conversation(channel, somebody.address) != chat


def test_a_question_about_deleting_deletes_nothing(clinic, person):
    somebody = person("sms")
    somebody.write("can you delete everything?")
    clinic.settled()
    with clinic.context.uow.reading() as uow:
        assert uow.conversations.get(clinic.conversation("sms", somebody.address)).erased_at is None
