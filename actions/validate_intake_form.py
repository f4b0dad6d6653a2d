"""The form's one action: takes the message into the record and says which slot the form asks for next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import memory, turn


class ValidateIntakeForm(Action):
    """Fills every slot the message speaks of, not only the one asked for.

    An interruption returns nothing: the form then steps aside, a rule answers, and the form asks again. Whatever was
    answered here returns at least one slot, or Rasa takes it for an interruption and asks a second time.
    """

    def name(self) -> str:
        """Rasa calls `validate_<form>` on every turn of the form."""
        return "validate_intake_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The slot events of this turn; `requested_slot` None ends the form."""
        played = await turn.played(tracker, dispatcher)
        if played is None:
            return []
        heard = SlotSet("progress", memory.slots_of(played.intake)["progress"])
        goes_on = played.intake.phase in ("consent", "interview")
        return [*played.events, heard, SlotSet("requested_slot", played.ask if goes_on else None)]
