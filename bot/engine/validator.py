"""Builds the check of an action server's answer once instead of on every call.

Repairs `rasa/core/actions/action.py:699`: `jsonschema.validate` checks the *schema* again each time, half of the
processor time of a form turn. The answers accepted and refused stay the same. The text of a refusal does not carry
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


def check(_action: Any, answer: Any) -> bool:
    """True for an answer that fits; raises `jsonschema.ValidationError` naming only the place that does not."""
    from jsonschema import ValidationError

    fault = next(_validator().iter_errors(answer), None)
    if fault is not None:
        place = "/".join(str(step) for step in fault.absolute_schema_path)
        raise ValidationError(f"the action server's answer does not fit Rasa's schema at {place}")
    return True


def install() -> None:
    """Replace Rasa's check of action answers in this process."""
    from rasa.core.actions.action import RemoteAction

    RemoteAction._validate_action_result = check
