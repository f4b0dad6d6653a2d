"""A person in the chat before there is a hand-off: seen, watched, taken over, handed back; nothing read without consent."""

from __future__ import annotations

from datetime import timedelta

from bot.services import live
from bot.services.accounts import SignedIn
from bot.services.review import Actor
from bot.services.stored import Conversation, NewMessage
from bot.web.desk.live import Speaking
from bot.web.desk.render import Pages
from bot.web.turns import words

CHAT = "conversation-in-progress-1"


def begin(context, *, consented: bool = True, locale: str = "en") -> None:
    with context.uow() as uow:
        uow.conversations.add(Conversation(CHAT, b"h", "web", locale, "interview", context.time, context.time))
        if consented:
            uow.conversations.give_consent(CHAT, version="v", now=context.time)
        uow.conversations.append(CHAT, NewMessage("visitor", "my knee, secretly", id="m1"), now=context.time)
        uow.conversations.save(CHAT, now=context.time, state={"asked": 3, "left": 4}, record={"values": {"age": 44}})
        uow.commit()


def ask(context) -> None:
    with context.uow() as uow:
        chat = uow.conversations.get(CHAT)
        assert chat is not None
        live.person_asked(uow, chat, now=context.time)
        uow.commit()


def alerts(context) -> list[str]:
    with context.uow() as uow:
        return [item.key for item in uow.outbox.due(context.time + timedelta(days=1), until=context.time, limit=50)]


def test_a_chat_in_progress_is_listed_watched_and_taken_over(context, browser):
    begin(context)
    ana = browser("Ana")
    page = ana.get("/desk/live").text
    assert "Answering questions" in page
    assert "secretly" not in page
    watching = ana.get(f"/desk/live/{CHAT}").text
    assert "my knee, secretly" in watching
    assert "44" in watching
    assert ana.post(f"/desk/live/{CHAT}/takeover").status_code == 303
    assert ana.post(f"/desk/live/{CHAT}/say", {"text": "Hello, Ana here."}).status_code == 303
    assert ana.post(f"/desk/live/{CHAT}/hand_back").status_code == 303
    with context.uow.reading() as uow:
        lines = [(line.sender, line.body.get("event"), line.text) for line in uow.conversations.messages(CHAT)]
        chat = uow.conversations.get(CHAT)
        actions = [entry.action for entry in uow.audit.of_conversation(CHAT)]
    assert [(sender, event) for sender, event, _ in lines] == [
        ("visitor", None),
        ("staff", "takeover"),
        ("staff", None),
        ("staff", "hand_back"),
    ]
    assert chat is not None
    assert (chat.phase, chat.taken_by) == ("interview", None)
    assert {"read_live", "takeover", "say", "hand_back"} <= set(actions)
    assert context.woken == [CHAT, CHAT, CHAT]
    assert alerts(context) == []  # nobody is alerted by what staff themselves do


def test_without_consent_nothing_is_shown_and_nobody_takes_over(context, browser):
    begin(context, consented=False)
    ana = browser("Ana")
    page = ana.get(f"/desk/live/{CHAT}").text
    assert "secretly" not in page
    assert "have not agreed yet" in page
    assert ana.post(f"/desk/live/{CHAT}/takeover").status_code == 409


def test_who_asks_for_a_person_comes_first_and_staff_are_told_once(context, browser):
    begin(context)
    ask(context)
    context.later(hours=9)  # long after it is in progress the request still waits
    ana = browser("Ana")
    assert "Asks for a person" in ana.get("/desk/live").text
    assert [key.split(":")[0] for key in alerts(context)] == ["person"]
    ana.post(f"/desk/live/{CHAT}/takeover")
    ana.post(f"/desk/live/{CHAT}/hand_back")
    assert "Asks for a person" not in ana.get("/desk/live").text


def test_a_request_can_be_seen_to_by_telephone(context, browser):
    begin(context, consented=False)
    ask(context)
    ana = browser("Ana")
    assert ana.post(f"/desk/live/{CHAT}/seen_to").headers["location"] == "/desk/live"
    assert "Asks for a person" not in ana.get("/desk/live").text


def test_two_who_take_over_at_once(context, browser):
    begin(context)
    ana, ben, lea = browser("Ana"), browser("Ben"), browser("Lea", "lead")
    ana.post(f"/desk/live/{CHAT}/takeover")
    assert ben.post(f"/desk/live/{CHAT}/takeover").status_code == 409
    assert ben.post(f"/desk/live/{CHAT}/say", {"text": "me too"}).status_code == 409
    assert lea.post(f"/desk/live/{CHAT}/takeover").status_code == 303
    assert ana.post(f"/desk/live/{CHAT}/say", {"text": "still me"}).status_code == 409


def test_the_visitor_is_told_in_their_language(context, browser):
    begin(context, locale="es")
    browser("Ana").post(f"/desk/live/{CHAT}/takeover")
    with context.uow.reading() as uow:
        assert "está ahora en el chat" in uow.conversations.messages(CHAT)[-1].text


def test_a_chat_that_is_none_is_404(browser):
    ana = browser("Ana")
    assert ana.get("/desk/live/nobody").status_code == 404
    assert ana.post("/desk/live/nobody/takeover").status_code == 404
    assert ana.post("/desk/live/nobody/explode").status_code == 404


def test_canned_replies_are_filled_and_leave_out_what_is_not_known(context, browser):
    reference = context.handed_off(1)
    ana = browser("Ana")
    ana.post(f"/desk/handoffs/{reference}/takeover")
    page = ana.get(f"/desk/handoffs/{reference}").text
    assert f"Hello Ana Ruiz 1, could you call us on +1 555 010 0142? Your reference is {reference}." in page
    begin(context)
    ana.post(f"/desk/live/{CHAT}/takeover")
    assert "Hello, could you call us on" in ana.get(f"/desk/live/{CHAT}").text


def gone(context, minutes: float = 5) -> list[str]:
    """What the chore does that looks for visitors who were left alone."""
    clinic = context.settings.clinic
    return live.end_absences(
        context.uow,
        patience=timedelta(minutes=minutes),
        told=lambda locale: words.person_told(clinic, locale, context.time),
        now=context.time,
    )


def test_who_closes_the_page_gives_the_chat_back(context, browser):
    begin(context)
    ana = browser("Ana")
    ana.post(f"/desk/live/{CHAT}/takeover")
    context.later(minutes=4)
    ana.post(f"/desk/live/{CHAT}/say", {"text": "One moment."})
    context.later(minutes=4)
    assert gone(context) == []  # a word is a sign of life
    context.later(minutes=2)
    assert gone(context) == [CHAT]
    assert gone(context) == []
    with context.uow.reading() as uow:
        line, chat = uow.conversations.messages(CHAT)[-1], uow.conversations.get(CHAT)
        actions = [entry.action for entry in uow.audit.of_conversation(CHAT)]
    assert (line.sender, line.body["event"], line.body["by"]) == ("staff", "hand_back", "Ana")
    assert line.text.startswith("Ana seems to have been called away, so I'm the automated assistant again.")
    assert "Someone writes here as soon as they can" in line.text
    assert chat is not None
    assert (chat.phase, chat.taken_by) == ("interview", None)
    assert actions.count("speaker_gone") == 1
    assert [key.split(":")[0] for key in alerts(context)] == ["person"]
    assert "Asks for a person" in browser("Ben").get("/desk/live").text
    refused = ana.post(f"/desk/live/{CHAT}/say", {"text": "here again"})
    assert refused.status_code == 409
    assert "Take over the chat first" in refused.text
    assert "here again</textarea>" in refused.text  # what was typed is not lost
    assert ana.post(f"/desk/live/{CHAT}/takeover").status_code == 303
    assert "Asks for a person" not in ana.get("/desk/live").text


def test_out_of_hours_the_request_waits(context, browser):
    begin(context, locale="es")
    browser("Ana").post(f"/desk/live/{CHAT}/takeover")
    context.later(hours=14)
    assert gone(context) == [CHAT]
    with context.uow.reading() as uow:
        text = uow.conversations.messages(CHAT)[-1].text
    assert "Parece que Ana ha tenido que ausentarse" in text
    assert "Su petición queda guardada" in text
    assert len(alerts(context)) == 1


def test_an_open_page_is_a_sign_of_life_of_its_speaker_only(context, browser):
    begin(context)
    browser("Ana").post(f"/desk/live/{CHAT}/takeover")
    context.later(minutes=6)
    assert live.speaker(context.uow(), CHAT, by=Actor("Ben", "reviewer"), now=context.time) == "Ana"
    with context.uow.reading() as uow:
        assert uow.conversations.speakers_gone(context.time) == [CHAT]
    assert live.speaker(context.uow(), CHAT, by=Actor("Ana", "reviewer"), now=context.time) == "Ana"
    assert gone(context) == []


def test_the_second_one_sees_who_speaks_and_that_it_changes(context, browser):
    begin(context)
    ana, ben = browser("Ana"), browser("Ben")
    with context.uow.reading() as uow:
        who = SignedIn(uow.staff.by_name("Ben"), None, "")
    speaking = Speaking(context, Pages(context), CHAT, who)
    assert speaking.news(context.time) == []
    ana.post(f"/desk/live/{CHAT}/takeover")
    context.later(seconds=6)
    ((name, part),) = speaking.news(context.time)
    assert name == "speaker"
    assert "Ana is speaking with the visitor" in part
    page = ben.get(f"/desk/live/{CHAT}").text
    assert "Ana is speaking with the visitor" in page
    assert "/hand_back" not in page
    ana.post(f"/desk/live/{CHAT}/hand_back")
    context.later(seconds=6)
    assert "The assistant is speaking again" in speaking.news(context.time)[0][1]
