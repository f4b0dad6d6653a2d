"""Showing, forgetting, and what time takes away."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.domain.errors import NotFound
from bot.services import privacy

ID = "conversation-0000000001"


def kinds(clinic):
    return sorted(item.kind for item in clinic.storage.shelves.outbox.values())


def test_everything_kept_can_be_shown(clinic):
    clinic.chat(ID, "my back hurts")
    reference = clinic.intake().reference
    shown = privacy.export(clinic.uow(), ID, by="visitor", now=clinic.now)
    assert shown["messages"][0]["text"] == "my back hurts"
    assert shown["handoff"]["reference"] == reference
    assert shown["handoff"]["revisions"][0]["record"]["nrs"] == 5
    json.dumps(shown)
    with pytest.raises(NotFound):
        privacy.export(clinic.uow(), "nowhere", by="visitor", now=clinic.now)


def test_before_a_hand_off_everything_goes(clinic):
    clinic.chat(ID, "my back hurts")
    assert privacy.forget(clinic.uow(), ID, by="visitor", now=clinic.now) == "erased"
    assert privacy.forget(clinic.uow(), ID, by="visitor", now=clinic.now) == "erased"
    assert clinic.look(lambda uow: uow.conversations.messages(ID)) == []
    assert len(clinic.look(lambda uow: uow.conversations.erasures())) == 1
    assert kinds(clinic) == ["forget_tracker"]


def test_after_a_hand_off_staff_decide_unless_the_clinic_says_now(clinic):
    clinic.chat(ID, "my back hurts")
    reference = clinic.intake().reference
    assert privacy.forget(clinic.uow(), ID, by="visitor", now=clinic.now) == "staff_review"
    assert clinic.look(lambda uow: uow.conversations.messages(ID)) == []
    assert clinic.handoff(reference).reference == reference
    assert kinds(clinic) == ["forget_tracker", "staff_alert", "staff_alert"]
    assert privacy.forget(clinic.uow(), ID, by="Ana", now=clinic.now, after_handoff="now") == "erased"
    with pytest.raises(NotFound):
        clinic.handoff(reference)


def test_time_takes_what_is_older_than_its_window(clinic):
    clinic.chat("waiting-000000000000001", "no consent yet")
    reference = clinic.intake().reference
    clinic.chat("waiting-000000000000002", "another")
    none = {"waiting": 0, "abandoned": 0, "handoffs": 0, "transcripts": 0, "chats": 0, "misread": 0, "letters": 0}
    assert privacy.run_retention(clinic.uow(), now=clinic.now) == none
    soon = clinic.now + timedelta(hours=1)
    assert privacy.run_retention(clinic.uow(), now=soon, dry_run=True) == {**none, "waiting": 2}
    assert privacy.run_retention(clinic.uow(), now=soon) == {**none, "waiting": 2}
    assert privacy.run_retention(clinic.uow(), now=soon) == none
    month = clinic.now + timedelta(days=40)
    assert privacy.run_retention(clinic.uow(), now=month)["abandoned"] == 2
    assert clinic.handoff(reference).reference == reference
    decade = clinic.now + timedelta(days=3700)
    assert privacy.run_retention(clinic.uow(), now=decade)["handoffs"] == 1
    with pytest.raises(NotFound):
        clinic.handoff(reference)


def test_each_window_takes_its_own_at_its_time_and_leaves_the_rest(clinic):
    clinic.chat(ID, "my back hurts")
    reference = clinic.intake().reference
    [alert] = clinic.storage.shelves.outbox.values()
    with clinic.uow() as uow:
        uow.outbox.sent(alert.id, at=clinic.now)
        uow.conversations.remember_provider("sms", "SM1", ID, 1, now=clinic.now)
        uow.commit()

    def after(days: int) -> tuple[str, ...]:
        """What is there so many days later, after that day's run."""
        privacy.run_retention(clinic.uow(), now=clinic.now + timedelta(days=days))
        there = {
            "delivered": bool(clinic.storage.shelves.outbox) and alert.id in clinic.storage.shelves.outbox,
            "network": clinic.look(lambda uow: uow.conversations.by_provider("sms", "SM1")) is not None,
            "chat": bool(clinic.look(lambda uow: uow.conversations.messages(ID))),
            "transcript": bool(clinic.look(lambda uow: uow.handoffs.revisions(1))[-1].transcript),
            "record": clinic.handoff(reference).reference == reference,
        }
        return tuple(name for name, is_there in there.items() if is_there)

    assert after(29) == ("delivered", "network", "chat", "transcript", "record")
    assert after(31) == ("chat", "transcript", "record")
    assert after(89) == ("chat", "transcript", "record")
    assert after(91) == ("record",)
    assert after(3650) == ("record",)
