"""The actions as Rasa calls them: a tracker in, slot events and replies out, with a real database behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasa_sdk.executor import ActionExecutor

from actions import memory, product
from actions.server import SECRET_HEADER, create_app
from bot import bootstrap
from bot.domain.errors import StorageUnavailable
from bot.domain.intake import Intake
from bot.services.stored import Appointment, Conversation
from bot.storage import migrations

CONVERSATION = "conversation-of-a-test"


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A migrated database with one conversation in it."""
    monkeypatch.setenv("PALPATE_HOME", str(tmp_path))
    monkeypatch.delenv("PALPATE_DATABASE_URL", raising=False)
    product.settings.cache_clear()
    product._storage.cache_clear()
    maker = bootstrap.storage(product.settings())
    migrations.upgrade(maker.engine)
    now = datetime.now(UTC)
    with maker() as uow:
        uow.conversations.add(Conversation(CONVERSATION, b"hash", "web", "en", "consent", now, now))
        uow.commit()
    yield maker
    maker.engine.dispose()
    product.settings.cache_clear()
    product._storage.cache_clear()


class Caller:
    """Calls actions one after the other and keeps the slots, as Rasa's tracker would."""

    def __init__(self) -> None:
        self.executor = ActionExecutor()
        self.executor.register_package("actions")
        self.slots: dict[str, Any] = memory.slots_of(Intake())

    def request(self, action: str, text: str = "", intent: str = "", **metadata: Any) -> dict[str, Any]:
        """What Rasa posts."""
        tracker = {
            "sender_id": CONVERSATION,
            "slots": self.slots,
            "latest_message": {
                "text": text,
                "intent": {"name": intent},
                "entities": metadata.pop("entities", []),
                "message_id": "m",
                "metadata": metadata,
            },
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        }
        return {
            "next_action": action,
            "sender_id": CONVERSATION,
            "tracker": tracker,
            "domain": {"slots": {}},
            "version": "3.6.21",
        }

    def call(self, action: str, text: str = "", intent: str = "", **metadata: Any) -> list[dict[str, Any]]:
        result = asyncio.run(self.executor.run(self.request(action, text, intent, **metadata)))
        raw = result if isinstance(result, dict) else result.model_dump(by_alias=True)
        self.events = raw["events"]
        self.slots.update({event["name"]: event["value"] for event in raw["events"] if event["event"] == "slot"})
        return raw["responses"]

    def tap(self, field: str, value: Any, action: str = "validate_intake_form") -> list[dict[str, Any]]:
        return self.call(action, str(value), "answer", answer={"question": field, "value": value})

    def interview(self) -> None:
        """Everything up to the read-back, by tapping."""
        self.tap("open", None)
        self.tap("consent_privacy", "yes")
        answers: dict[str, Any] = {
            "emergency_gate": ["none"], "narrative": "my left knee", "for_whom": "self", "age": 44, "complaint": "pain",
            "sites": [{"site": "knee", "side": "left"}], "duration_days": 12, "onset": "gradual", "nrs": 5, "function_limited": "yes",
            "screen_leg": ["none"], "general_screen": ["none"], "conditions": ["none"], "medicines": ["none"], "skin": ["none"],
            "doctor": "none", "preferred_times": "monday", "contact": {"name": "Ana", "phone": None, "email": "ana@example.org"},
        }  # fmt: skip
        while self.slots["phase"] == "interview":
            field = self.slots["progress"]["open_field"]
            self.tap(field, answers[field])
        assert self.slots["phase"] == "read_back"


@pytest.fixture
def caller(storage: Any) -> Caller:
    return Caller()


def outcome_of(replies: list[dict[str, Any]]) -> Any:
    return next((r["custom"]["outcome"] for r in replies if "outcome" in (r.get("custom") or {})), None)


def test_a_confirmed_read_back_hands_off_once(caller: Caller, storage: Any) -> None:
    caller.interview()
    first = caller.tap("read_back", "confirm", "action_hand_off")
    assert outcome_of(first)["outcome"] == "clinical_massage"
    reference = caller.slots["reference"]
    caller.slots["phase"], caller.slots["progress"]["open_field"] = "read_back", "read_back"
    caller.tap("read_back", "confirm", "action_hand_off")
    assert caller.slots["reference"] == reference
    with storage() as uow:
        assert uow.handoffs.by_conversation(CONVERSATION).reference == reference


def test_a_change_at_the_read_back_is_taken_and_read_back_again(caller: Caller) -> None:
    caller.interview()
    replies = caller.call(
        "action_hand_off",
        "no, it's a 3",
        "correct",
        entities=[{"entity": "intensity", "kind": "intensity", "lo": 3, "hi": 3, "worst": None, "start": 9, "end": 10}],
    )
    assert caller.slots["nrs"] == 3
    assert caller.slots["reference"] is None
    assert any("3 of 10" in (reply["text"] or "") for reply in replies)


def test_an_interruption_returns_nothing_so_that_a_rule_answers(caller: Caller) -> None:
    caller.tap("open", None)
    assert caller.call("validate_intake_form", "how much is it?", "faq_cost") == []
    assert caller.events == []


def test_every_wish_for_a_person_is_reported_with_the_message_that_had_it(caller: Caller) -> None:
    caller.tap("open", None)
    caller.tap("consent_privacy", "yes")
    reports = [
        caller.call("validate_intake_form", text, intent)[-1]["custom"]
        for text, intent in (("a person please", "ask_person"), ("none", "deny"), ("a person please", "ask_person"))
    ]
    assert [one["asks_person"] for one in reports] == [True, False, True]
    assert all(one["wants_person"] for one in reports)


def test_who_wants_another_time_is_reported_and_shown_the_page_of_the_visit(caller: Caller, storage: Any) -> None:
    caller.interview()
    caller.tap("read_back", "confirm", "action_hand_off")
    without = caller.call("action_follow_up", "please cancel my appointment", "faq_cancel")
    now = datetime.now(UTC)
    with storage() as uow:
        handoff = uow.handoffs.by_conversation(CONVERSATION)
        visit = Appointment(
            0, handoff.id, now + timedelta(days=2), 60, "Ana", "1", "confirmed", now, "ana", "token-of-it"
        )
        visit = uow.appointments.add(visit)
        uow.commit()
    standing = caller.call("action_follow_up", "please cancel my appointment", "faq_cancel")
    pages = [
        [reply["link"] for reply in replies if reply.get("response") == "utter_page_of_visit"]
        for replies in (without, standing)
    ]
    assert pages[0] == []
    assert pages[1][0].endswith(f"/visit/{visit.id}/token-of-it")
    assert any((reply.get("custom") or {}).get("asks_person") for reply in without)


def test_danger_with_consent_is_handed_off_as_it_is_told(caller: Caller, storage: Any) -> None:
    caller.tap("open", None)
    caller.tap("consent_privacy", "yes")
    danger = [{"entity": "danger", "value": "RF-ACS", "certain": True, "start": 0, "end": 5}]
    replies = caller.call("validate_intake_form", "crushing chest pain", "danger", entities=danger)
    assert caller.slots["phase"] == "stopped"
    assert any((reply.get("custom") or {}).get("alert", {}).get("urgency") == "emergency" for reply in replies)
    with storage() as uow:
        assert uow.handoffs.by_conversation(CONVERSATION).urgency == "emergency"


def test_a_guessed_danger_brings_the_emergency_card_back_and_is_kept_for_the_next_turn(caller: Caller) -> None:
    caller.tap("open", None)
    caller.tap("consent_privacy", "yes")
    caller.tap("emergency_gate", ["none"])
    found = {"entity": "danger", "value": "RF-CAD", "certain": False, "start": 0, "end": 9, "guessed": True}
    caller.call("validate_intake_form", "it went odd all of a sudden", "danger", entities=[found])
    assert caller.slots["progress"]["open_field"] == "emergency_gate"
    assert caller.slots["progress"]["guessed"] == ["RF-CAD"]
    caller.tap("emergency_gate", ["RF-CAD"])
    assert caller.slots["phase"] == "stopped"


def test_danger_before_consent_stores_no_hand_off(caller: Caller, storage: Any) -> None:
    caller.tap("open", None)
    danger = [{"entity": "danger", "value": "RF-ACS", "certain": True, "start": 0, "end": 5}]
    caller.call("validate_intake_form", "crushing chest pain", "danger", entities=danger)
    assert caller.slots["phase"] == "stopped"
    with storage() as uow:
        assert uow.handoffs.by_conversation(CONVERSATION) is None


def test_a_script_that_the_edge_has_shown_is_not_repeated(caller: Caller) -> None:
    caller.tap("open", None)
    caller.tap("consent_privacy", "yes")
    danger = [{"entity": "danger", "value": "RF-ACS", "certain": True, "start": 0, "end": 5}]
    replies = caller.call("validate_intake_form", "crushing chest pain", "danger", entities=danger, scripted=True)
    assert not any("alert" in (reply.get("custom") or {}) for reply in replies)


def test_storage_that_fails_fails_the_turn_so_that_it_is_tried_again(
    caller: Caller, storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.interview()
    with storage.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE handoffs RENAME TO gone")
    with pytest.raises(StorageUnavailable):
        caller.tap("read_back", "confirm", "action_hand_off")
    assert caller.slots["phase"] == "read_back"
    assert caller.slots["nrs"] == 5
    with storage.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO handoffs")
    caller.tap("read_back", "confirm", "action_hand_off")
    assert caller.slots["phase"] == "handed_off"


def test_a_hand_off_that_waits_for_a_locked_database_holds_up_no_sign_of_life(
    caller: Caller, storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`palpate up` ends a part that does not answer; one that only waits for the database must go on."""
    caller.interview()
    confirmed = caller.request(
        "action_hand_off", "confirm", "answer", answer={"question": "read_back", "value": "confirm"}
    )

    async def both() -> httpx.Response:
        loop, begun, really = asyncio.get_running_loop(), asyncio.Event(), product.hand_off

        def hand_off(*given: Any) -> Any:
            loop.call_soon_threadsafe(begun.set)
            return really(*given)

        monkeypatch.setattr(product, "hand_off", hand_off)
        transport = httpx.ASGITransport(create_app(""))
        async with httpx.AsyncClient(transport=transport, base_url="http://actions") as http:
            with storage.engine.connect() as other:
                other.exec_driver_sql("DELETE FROM handoffs")  # takes the lock; rolled back
                handing_off = asyncio.create_task(http.post("/webhook", json=confirmed))
                await begun.wait()
                assert (await http.get("/health")).status_code == 200
                assert not handing_off.done()
                other.rollback()
            return await handing_off

    answer = asyncio.run(both())
    assert answer.status_code == 200
    assert {"name": "phase", "value": "handed_off"}.items() <= next(
        event for event in answer.json()["events"] if event.get("name") == "phase"
    ).items()


def test_the_server_lets_nobody_in_without_the_secret_and_repeats_no_word() -> None:

    async def call(secret: str | None, body: dict[str, Any]) -> httpx.Response:
        # An error that leaves the app would make the server reset the kept line under Rasa's next call.
        transport = httpx.ASGITransport(create_app("secret"), raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://actions") as http:
            return await http.post("/webhook", json=body, headers={SECRET_HEADER: secret} if secret else {})

    assert asyncio.run(call(None, {})).status_code == 401
    assert asyncio.run(call("wrong", {})).status_code == 401
    broken = asyncio.run(
        call("secret", {"next_action": "action_follow_up", "tracker": {"latest_message": {"text": "planted words"}}})
    )
    assert broken.status_code >= 400
    assert "planted" not in broken.text
