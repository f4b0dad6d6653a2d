"""Lets `palpate rasa data validate --fail-on-warnings` know the responses that the form and the actions say.

Stock `rasa/validator.py:213` calls a response unused unless a story or rule names it, so that every question of a form
and every sentence of an action is a warning, and a response that truly nobody says is lost among them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.settings import REPOSITORY

_NAME = re.compile(r"\butter_[a-z][a-z_]*")
_SPEAKERS = ("actions", "bot/domain")


def said_in_code(root: Path = REPOSITORY) -> set[str]:
    """Every response named in the actions or in what they say for the interview."""
    files = [file for folder in _SPEAKERS for file in (root / folder).glob("*.py")]
    return {name for file in files for name in _NAME.findall(file.read_text(encoding="utf-8"))}


def install() -> None:
    """Count the questions of slots and the sentences of actions as used."""
    from rasa.validator import Validator

    stock = Validator._gather_utterance_actions

    def gather(self: Any) -> set[str]:
        asked = {f"utter_ask_{slot.name}" for slot in self.domain.slots}
        in_rules = {
            getattr(event, "action_name", None) for step in self.story_graph.story_steps for event in step.events
        }
        return set(stock(self)) - ((asked | said_in_code()) - in_rules)

    Validator._gather_utterance_actions = gather
