"""Doctors' letters of the memory twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import NotFound
from bot.services.stored import Letter
from bot.storage.shelves import Shelves


class MemoryLetters:
    """See `bot.services.ports.Letters`."""

    def __init__(self, shelves: Shelves) -> None:
        self._all = shelves.letters
        self._conversations = shelves.conversations

    def add(self, letter: Letter) -> None:
        """Store it."""
        if letter.conversation not in self._conversations:
            raise NotFound(letter.conversation)
        self._all[letter.id] = letter

    def get(self, letter: str) -> Letter | None:
        """The letter with its content."""
        return self._all.get(letter)

    def of(self, conversation: str) -> list[Letter]:
        """The letters of a conversation without their content."""
        own = [replace(letter, content=b"") for letter in self._all.values() if letter.conversation == conversation]
        return sorted(own, key=lambda letter: (letter.at, letter.id))

    def remove(self, letter: str) -> None:
        """Delete one."""
        self._all.pop(letter, None)

    def forget(self, conversation: str) -> int:
        """Delete all of a conversation."""
        return self._drop([letter.id for letter in self._all.values() if letter.conversation == conversation])

    def drop_before(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete the old ones."""
        old = [letter.id for letter in self._all.values() if letter.at < before]
        return len(old) if dry_run else self._drop(old)

    def _drop(self, letters: list[str]) -> int:
        for letter in letters:
            del self._all[letter]
        return len(letters)
