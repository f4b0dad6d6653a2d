"""After the interview the chat still answers: new danger reaches staff, everything else gets a kind word and a way on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import turn


class FollowUp(Action):
    """Answers in every phase outside the form: an interruption with its own response, all else as the phase needs it."""

    def name(self) -> str:
        """The fallback action of config.yml."""
        return "action_follow_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The slot events of this turn."""
        played = await turn.played(tracker, dispatcher)
        if played is None:
            intent = (tracker.latest_message.get("intent") or {}).get("name")
            dispatcher.utter_message(response=f"utter_{intent or 'out_of_scope'}")
            return []
        return turn.go_on(dispatcher, played)
