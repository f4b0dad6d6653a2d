"""Gives a message with a danger in it the intent `danger`, whatever else it is about, so that no rule answers past it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.choice import DANGER, Guess


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DangerFirst(GraphComponent, IntentClassifier):
    """Comes after the Reader and the classifier."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DangerFirst:
        """Nothing to prepare."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intent of each message in which a danger was read, certain or not."""
        for message in messages:
            if any(entity["entity"] == DANGER for entity in message.get(ENTITIES) or []):
                message.set(INTENT, Guess(DANGER, 1.0).to_json(), add_to_output=True)
        return messages
