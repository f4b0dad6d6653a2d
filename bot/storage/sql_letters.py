"""Doctors' letters in SQL: sealed like every word of a visitor, and read one at a time because they are large."""

from __future__ import annotations

import base64
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import NotFound
from bot.services.stored import Letter
from bot.storage.tables import LETTERS

_L = LETTERS.c
_LISTED = [LETTERS.c[spec.name] for spec in fields(Letter) if spec.name != "content"]


class SqlLetters:
    """See `bot.services.ports.Letters`. The vault seals text, so the bytes are written in base64."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, letter: Letter) -> None:
        """Store it."""
        values = {spec.name: getattr(letter, spec.name) for spec in fields(Letter)}
        values["content"] = base64.b64encode(letter.content).decode("ascii")
        try:
            self._connection.execute(insert(LETTERS).values(**values))
        except IntegrityError:
            raise NotFound(letter.conversation) from None

    def get(self, letter: str) -> Letter | None:
        """The letter with its content."""
        row = self._connection.execute(select(*_LISTED, _L.content).where(_L.id == letter)).one_or_none()
        if row is None:
            return None
        *listed, content = row
        return replace(Letter(*listed), content=base64.b64decode(content))

    def of(self, conversation: str) -> list[Letter]:
        """The letters of a conversation without their content."""
        query = select(*_LISTED).where(_L.conversation == conversation).order_by(_L.at, _L.id)
        return [Letter(*row) for row in self._connection.execute(query)]

    def remove(self, letter: str) -> None:
        """Delete one."""
        self._connection.execute(delete(LETTERS).where(_L.id == letter))

    def forget(self, conversation: str) -> int:
        """Delete all of a conversation."""
        return self._connection.execute(delete(LETTERS).where(_L.conversation == conversation)).rowcount

    def drop_before(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete the old ones."""
        old = _L.at < before
        if dry_run:
            return self._connection.execute(select(func.count()).select_from(LETTERS).where(old)).scalar_one()
        return self._connection.execute(delete(LETTERS).where(old)).rowcount
