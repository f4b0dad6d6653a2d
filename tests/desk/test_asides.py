"""What waits beside the queue: call-backs and what could not be delivered, read and decided by staff."""

from __future__ import annotations

import re

import pytest

from bot.services import call_backs
from bot.services.stored import Conversation, OutboxItem

LEFT = {"name": "Ana <b>Ruiz</b>", "phone": "+1 555 010 0142", "email": "ana@example.org"}


@pytest.fixture
def waiting(context):
    """Somebody to call, and a message that was given up."""
    now = context.time
    with context.uow() as uow:
        chat = Conversation("conversation-0000000009", b"h", "sms", "en", "interview", now, now)
        uow.conversations.add(chat)
        call_backs.ask(uow, chat, LEFT, why=call_backs.OUTAGE, now=now)
        uow.outbox.add(OutboxItem(0, "line:x:1", "line.sms", {"seq": 1}, now, now))
        item = next(one for one in uow.outbox.due(now, until=now) if one.kind == "line.sms")
        uow.outbox.gave_up(item.id, at=now, error="unknown_number")
        uow.commit()
    return context


def test_a_program_reads_them_and_decides(waiting, program):
    staff = program()
    [person] = staff.get("/desk/api/call-backs").json()["call_backs"]
    assert person["contact"] == LEFT
    assert staff.call(f"/desk/api/call-backs/{person['id']}/done").status_code == 204
    assert staff.get("/desk/api/call-backs").json() == {"call_backs": []}
    assert staff.call(f"/desk/api/call-backs/{person['id']}/done").status_code == 404
    [item] = staff.get("/desk/api/outbox").json()["given_up"]
    assert (item["kind"], item["error"]) == ("line.sms", "unknown_number")
    assert staff.call(f"/desk/api/outbox/{item['id']}/again").status_code == 204
    assert staff.get("/desk/api/outbox").json() == {"given_up": []}
    assert staff.call(f"/desk/api/outbox/{item['id']}/dismiss").status_code == 404
    assert staff.call(f"/desk/api/outbox/{10**20}/dismiss").status_code == 404


def test_a_person_reads_them_on_a_page_and_decides_by_its_buttons(waiting, browser):
    staff = browser()
    page = staff.get("/desk/call-backs").text
    assert "Ana &lt;b&gt;Ruiz&lt;/b&gt;" in page
    assert 'href="tel:+15550100142"' in page
    assert "A message to a visitor by SMS" in page
    for path in re.findall(r'action="(/desk/(?:call-backs|outbox)/\d+/(?:done|dismiss))"', page):
        assert staff.post(path).status_code == 303
    left = staff.get("/desk/call-backs").text
    assert f"by Ana, {'Mon 23 Nov, 09:00'}" in left, "who called, and when"
    [undo] = re.findall(r'action="(/desk/call-backs/\d+/undo)"', left)
    assert staff.post(undo).status_code == 303
    assert re.search(r'Call-backs<span class="count"[^>]*>1<', staff.get("/desk").text), "the bar says that one waits"
    assert staff.post(undo.replace("undo", "done")).status_code == 303
    left = staff.get("/desk/call-backs").text
    assert "Nobody is waiting for a call." in left
    assert "Everything was delivered." in left
    with waiting.uow.reading() as uow:
        actions = [entry.action for entry in uow.audit.newest(actor="Ana", limit=12)]
    assert {"read_call_backs", "call_back_done", "delivery_dismissed"} <= set(actions)


def test_strangers_and_forms_of_other_sites_get_nothing(waiting, stranger, browser):
    for path in ("/desk/api/call-backs", "/desk/api/outbox"):
        assert stranger.get(path).status_code == 401
    assert stranger.get("/desk/call-backs").status_code == 303
    staff = browser()
    staff.csrf = "x"
    assert staff.post("/desk/call-backs/1/done").status_code == 403
    assert staff.call("/desk/api/call-backs/1/done").status_code == 403
