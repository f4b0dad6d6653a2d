"""Builds the check of an action server's answer once instead of on every call.

Repairs `rasa/core/actions/action.py:699`: `jsonschema.validate` checks the *schema* again each time, half of the
processor time of a form turn. Plain slot events, most of what comes, are checked by hand. The answers accepted and refused stay the same. The text of a refusal does not carry
the answer any more: it may hold what a visitor wrote.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _validator() -> Any:
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _is_plain_slot(event: Any) -> bool:
    """Whether this is a slot event that needs no search through the twenty-three kinds of events Rasa knows."""
    return (
        type(event) is dict
        and event.get("event") == "slot"
        and type(event.get("name")) is str
        and "value" in event
        and event.keys() <= {"event", "name", "value", "timestamp"}
        and (event.get("timestamp") is None or type(event["timestamp"]) in (int, float))
    )


def _without_plain_slots(answer: Any) -> Any:
    """The answer less the events that fit for certain; each event is checked by itself, so the rest decides."""
    if type(answer) is not dict or type(answer.get("events")) is not list:
        return answer
    return {**answer, "events": [event for event in answer["events"] if not _is_plain_slot(event)]}


def check(_action: Any, answer: Any) -> bool:
    """True for an answer that fits; raises `jsonschema.ValidationError` naming only the place that does not."""
    from jsonschema import ValidationError

    fault = next(_validator().iter_errors(_without_plain_slots(answer)), None)
    if fault is not None:
        place = "/".join(str(step) for step in fault.absolute_schema_path)
        raise ValidationError(f"the action server's answer does not fit Rasa's schema at {place}")
    return True


def install() -> None:
    """Replace Rasa's check of action answers in this process."""
    from rasa.core.actions.action import RemoteAction

    RemoteAction._validate_action_result = check
