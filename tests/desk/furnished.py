"""A desk with something on every page, for the tests that look at all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import clinic_store
from bot.services import booking, call_backs, decisions, learning, live, review, staff_admin
from bot.services.review import Actor
from bot.services.stored import Conversation, NewMessage, OutboxItem

ANA = Actor("Ana", "admin")
STORY = "My left shoulder has ached since I painted the ceiling three weeks ago, about 6 of 10, and I take Eliquis"
# Page → address; what is in braces is filled by the house below.
PAGES = {
    "queue": "/desk?queue=all",
    "decide": "/desk/handoffs/{main}",
    "live": "/desk/live",
    "watch": "/desk/live/{chat}",
    "call-backs": "/desk/call-backs",
    "figures": "/desk/figures",
    "learning": "/desk/learning",
    "clinic": "/desk/clinic",
    "clinic-version": "/desk/clinic/versions/1",
    "rules": "/desk/rules?q=R-CI-ANTICOAG",
    "audit": "/desk/audit",
    "staff": "/desk/staff",
    "account": "/desk/account",
    "doctor-note": "/desk/handoffs/{main}/doctor-note",
    "visit": "{visit}",
    "sign-in": "/desk/sign-in",
}


def furnish(context: Any) -> Mapping[str, str]:
    """Hand-offs, a visit, a chat in progress; what fills the braces of `PAGES`."""
    context.settings = replace(context.settings, public_url="http://localhost")
    context.staff("Ana", "admin")
    aches = [{"sites": [{"site": "neck", "side": None}], "duration_days": 90, "nrs": 3, "complaint": "tension"}]
    main = context.handed_off(
        1, STORY, "I can't lift it to brush my hair", sites=[{"site": "shoulder", "side": "left"}], nrs=6, duration_days=21,
        ci=["CI-ANTICOAG"], doctor="ok", cleared_claimed=["CI-ANTICOAG"], complaints=aches,
    )  # fmt: skip
    context.handed_off(2, "I can't feel between my legs", rf=["RF-CES"], nrs=8, age=41)
    context.handed_off(
        3, "just knots", complaint="relax", nrs=1, function_limited=False, sites=[{"site": "neck", "side": None}]
    )
    other = context.handed_off(4, "my right knee, years now", sites=[{"site": "knee", "side": "right"}], age=67)
    review.claim(context.uow(), other, by=ANA, now=context.time)
    start = context.time + timedelta(hours=5)
    booked = booking.book(
        context.uow(), other, start=start, minutes=60, therapist="Kim", room="Room 1", by=ANA, now=context.time
    ) if review.show(context.uow(), other, by=ANA, now=context.time).handoff.outcome != "not_now" else None  # fmt: skip
    decisions.override(
        context.uow(), main, outcome="not_now", urgency="same_day", reason="grey and sweating", by=ANA, now=context.time
    )
    learning.mark(
        context.uow(),
        main,
        seq=1,
        kind="site",
        value="shoulder",
        denied=False,
        note="read as neck",
        by=ANA,
        now=context.time,
    )
    chat = "conversation-in-progress-1"
    with context.uow() as uow:
        uow.conversations.add(Conversation(chat, b"h", "whatsapp", "en", "interview", context.time, context.time))
        uow.conversations.give_consent(chat, version="v", now=context.time)
        uow.conversations.append(chat, NewMessage("visitor", "my calf cramps at night", id="m1"), now=context.time)
        uow.conversations.save(
            chat, now=context.time, state={"asked": 3, "left": 5}, record={"values": {"age": 52, "nrs": 4}}
        )
        found = uow.conversations.get(chat)
        assert found is not None
        live.person_asked(uow, found, now=context.time)
        call_backs.ask(
            uow, found, {"name": "Luis", "phone": "+1 555 010 0199"}, why=call_backs.OUTAGE, now=context.time
        )
        uow.outbox.add(OutboxItem(0, "line:x:1", "line.sms", {"seq": 1}, context.time, context.time))
        stuck = next(one for one in uow.outbox.due(context.time, until=context.time) if one.kind == "line.sms")
        uow.outbox.gave_up(stuck.id, at=context.time, error="unknown_number")
        uow.commit()
    [waiting], _ = call_backs.lists(context.uow(), by=ANA, now=context.time)
    call_backs.done(context.uow(), waiting.call_back.id, by=ANA, now=context.time)
    with context.uow() as uow:
        chat_of = uow.conversations.get("conversation-0000000003")
        assert chat_of is not None
        left = {"name": "Marta Gil", "phone": "+1 555 010 0188", "email": "marta@example.org"}
        call_backs.ask(uow, chat_of, left, why=call_backs.OUTAGE, now=context.time)
        uow.commit()
    _settings_changed(context)
    staff_admin.invite(context.uow, name="Sam Lee", role="lead", by=ANA, now=context.time)
    assert booked is not None
    return {"main": main, "chat": chat, "visit": f"/visit/{booked.id}/{booked.token}"}


def _settings_changed(context: Any) -> None:
    """Two versions of the clinic's settings."""
    home = context.settings.home
    raw = clinic_store.whole(home)
    for changes in ({}, {"phone": "+1 555 010 0177", "rooms": [*raw["rooms"], "The quiet room"]}):
        seen = clinic_store.read(home)[1]
        clinic_store.save(home, {**raw, **changes}, by="Ana", now=context.time, seen=seen)
