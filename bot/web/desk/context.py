"""What the desk needs of the program around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.services.ports import Storage
from bot.settings import Settings


class DeskContext(Protocol):
    """Given by the web app. `classify` takes a record of contract §3 to its result; `wake` tells the chat of news."""

    @property
    def uow(self) -> Storage:
        """Makes units of work."""

    @property
    def settings(self) -> Settings:
        """The installation's settings."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time, in UTC."""

    @property
    def classify(self) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        """The rules."""


def wake(context: DeskContext, conversation: str) -> None:
    """Tell whoever waits for news of this conversation, if the app around us can."""
    ring = getattr(context, "wake", None)
    if ring is not None:
        ring(conversation)
