"""Sends the action server what an action reads, not everything there is.

Repairs `rasa/core/actions/action.py:651` (`_action_call_format`): every call carries the whole domain and every event of
the conversation, many times what the action looks at. An action that needs the domain says so in domain.yml
(`send_domain: true`), as Rasa's own `selective_domain` has it; events are those since the visitor's last message.
"""

from __future__ import annotations

from typing import Any


def _newest_turn(events: Any) -> list[dict[str, Any]]:
    """The events from the visitor's last message on."""
    from rasa.shared.core.events import UserUttered

    newest: list[dict[str, Any]] = []
    for event in reversed(events):
        newest.append(event.as_dict())
        if isinstance(event, UserUttered):
            break
    return newest[::-1]


def call(action: Any, tracker: Any, domain: Any) -> dict[str, Any]:
    """The body of the request, in the shape that the SDK expects."""
    import rasa
    from rasa.shared.core.trackers import EventVerbosity

    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = _newest_turn(tracker.events)
    needs_domain = domain.does_custom_action_explicitly_need_domain(action.name())
    return {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
        "domain": domain.as_dict() if needs_domain else {},
    }


def install() -> None:
    """Replace Rasa's call to the action server in this process."""
    from rasa.core.actions.action import RemoteAction

    RemoteAction._action_call_format = call
