"""After the interview the chat still answers: new danger reaches staff, everything else gets a kind word and a way on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import turn


class FollowUp(Action):
    """Answers whatever no rule answers, in every phase outside the form."""

    def name(self) -> str:
        """The fallback action of config.yml."""
        return "action_follow_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The slot events of this turn."""
        played = turn.play(tracker, dispatcher)
        if played is None:
            dispatcher.utter_message(response="utter_out_of_scope")
            return []
        turn.ask(dispatcher, played)
        return played.events
