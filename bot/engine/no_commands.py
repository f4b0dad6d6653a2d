"""Takes the slash commands out of what visitors write.

Repairs `rasa/nlu/classifiers/regex_message_handler.py:38`: any text that starts with "/" names an intent and fills
slots, so that a visitor can restart, end or steer the interview ("/restart", "/handoff{...}"). The text itself stays
as it was written: the places of mentions are counted in it.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Make the handler pass every message on unread."""
    from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler

    def process(_self: Any, messages: list[Any], domain: Any = None) -> list[Any]:
        return messages

    RegexMessageHandler.process = process
