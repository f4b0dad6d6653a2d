"""Lets a turn call the action server once, also when a question comes in between.

Repairs `rasa/core/actions/forms.py:601` (`_validate_if_required`): coming back to a form after a rule has answered an
interruption, Rasa calls `validate_<form>` a second time in the same turn, with nothing new to validate, and then asks
for the first empty slot instead of the one that was open.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Validate after a visitor's message only; after an interruption ask for the slot that was open."""
    from rasa.core.actions.forms import FormAction
    from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
    from rasa.shared.core.events import SlotSet

    stock = FormAction._validate_if_required

    async def validate_once(self: Any, tracker: Any, domain: Any, output_channel: Any, nlg: Any) -> list[Any]:
        fresh_message = tracker.latest_action_name == ACTION_LISTEN_NAME and not tracker.is_active_loop_interrupted
        if not tracker.active_loop or fresh_message:
            events: list[Any] = await stock(self, tracker, domain, output_channel, nlg)
            return events
        return [SlotSet(REQUESTED_SLOT, tracker.get_slot(REQUESTED_SLOT))]

    FormAction._validate_if_required = validate_once
