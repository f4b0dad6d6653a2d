"""Rasa's view of the Reader: every mention and every danger of a message as an entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.domain.mention import Danger, Mention, Reading
from bot.nlu import sources
from bot.nlu.moment import moment


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReadingExtractor(GraphComponent):
    """Hands what `bot.language` reads to the actions; decides nothing."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ReadingExtractor:
        """With the process's one Reader."""
        from bot.language import reader

        return cls(reader.load())

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes with any rule or table of the language."""
        return sources.fingerprint("nlu", "language")

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the entities of each message; a tapped answer has none, its text is only the label of the choice.

        A story that came as an answer is the visitor's own words all the same.
        """
        for message in messages:
            metadata = message.get("metadata") or {}
            answer = metadata.get("answer") or {}
            own_words = not answer or answer.get("question") == "narrative"
            found = self._found(message.get(TEXT) or "", metadata) if own_words else []
            message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _found(self, text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """What the text says of the person meant; and, while nobody knows who that is, the dangers of somebody else.

        "My wife can't feel her legs" may be told about the person who is to come: the interview asks who that is, and
        must not have dropped the danger by then.
        """
        reading = self._read(text, metadata)
        across = self._across(text, metadata)
        found = entities(_with_places(reading, across.mentions)) + _dangers_across(reading, across.danger)
        if not metadata.get("for") and any(mention.other_person for mention in reading.mentions):
            theirs = self._read(text, {**metadata, "for": "other"})
            ours = {danger.flag for danger in reading.danger}
            found += [_danger("other_danger", one) for one in theirs.danger if one.flag not in ours]
        return found

    def _across(self, text: str, metadata: dict[str, Any]) -> Reading:
        """What only the words sent just before and these say together: "chest", "pain", one word a message."""
        before = metadata.get("before")
        if not before:
            return Reading(text, (), ())
        offset = len(before) + 1
        whole = self._read(f"{before} {text}", {**metadata, "asked": None})
        return Reading(
            text,
            tuple(
                replace(one, start=0, end=one.end - offset) for one in whole.mentions if one.start < offset < one.end
            ),
            tuple(replace(one, start=0, end=one.end - offset) for one in whole.danger if one.start < offset < one.end),
        )

    def _read(self, text: str, metadata: dict[str, Any]) -> Reading:
        return self._reader.read(
            text,
            asked=metadata.get("asked"),
            now=moment(metadata.get("now")),
            subject=metadata.get("for") or "self",
            locale=metadata.get("locale"),
        )


def _with_places(reading: Reading, across: Sequence[Mention]) -> Reading:
    """The reading with "low back" in place of the "back" of "low", "back"."""
    places = [one for one in across if one.kind == "site"]
    rest = [one for one in reading.mentions if one.kind != "site" or all(one.start >= place.end for place in places)]
    return replace(reading, mentions=(*places, *rest))


def _dangers_across(reading: Reading, across: Sequence[Danger]) -> list[dict[str, Any]]:
    known = {danger.flag for danger in reading.danger}
    return [_danger("danger", one) for one in across if one.flag not in known and not one.guessed]


def entities(reading: Reading) -> list[dict[str, Any]]:
    """A reading in Rasa's shape: mentions by their kind, dangers as `danger` with the flag as value."""
    mentions = [{"entity": mention.kind, "value": None, **mention.to_json()} for mention in reading.mentions]
    return mentions + [_danger("danger", found) for found in reading.danger]


def _danger(entity: str, found: Danger) -> dict[str, Any]:
    """A danger as an entity, with the flag as value."""
    shape = found.to_json()
    return {"entity": entity, "value": shape.pop("flag"), **shape}
