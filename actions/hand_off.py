"""At the read-back: a yes classifies the need and hands the summary to booking storage, anything else changes it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import turn


class HandOff(Action):
    """Ends the interview, or opens it again where a change needs a new question."""

    def name(self) -> str:
        """Named in data/rules/interview.yml."""
        return "action_hand_off"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The slot events; the form becomes active again when something has to be asked."""
        played = await turn.played(tracker, dispatcher)
        return turn.go_on(dispatcher, played) if played else []
