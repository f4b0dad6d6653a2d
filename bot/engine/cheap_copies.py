"""Copies what has to be copied cheaply, and what is only meant for a debug line not at all.

Repairs `rasa/shared/core/trackers.py:202`, where every copy of a tracker (several a turn) takes each slot apart and
builds it anew by way of pickling, and the deep copies that `processor.py`, `rule_policy.py` and `forms.py` make of
slots, messages and states for debug lines that nobody writes.
"""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

LOG_COPIES = ("rasa.core.processor", "rasa.core.policies.rule_policy", "rasa.core.actions.forms")


def _slot(slot: Any) -> Any:
    """A slot with the same attributes, as `copy.copy` makes it."""
    kind = type(slot)
    new = kind.__new__(kind)
    new.__dict__.update(slot.__dict__)
    return new


def _itself(value: Any) -> Any:
    return value


def install() -> None:
    """For this process. These modules use `copy` for their debug lines alone; a test holds them to it."""
    from rasa.shared.core.slots import Slot

    Slot.__copy__ = _slot
    for name in LOG_COPIES:
        vars(importlib.import_module(name))["copy"] = SimpleNamespace(deepcopy=_itself)
