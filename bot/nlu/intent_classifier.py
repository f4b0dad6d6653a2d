"""Rasa's view of the intent model: trained by `palpate train`, stored without pickle, loaded in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import by_language, choice, leaning, several, sources
from bot.nlu.by_language import ByLanguage


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Says what a message is about; what the Reader found before it decides in doubt."""

    def __init__(
        self, config: Mapping[str, Any], storage: ModelStorage, resource: Resource, model: ByLanguage | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: also weigh sentence vectors. `strength`: how closely to fit (C of the logistic regression)."""
        return {"encoder": True, "strength": 100.0}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """A classifier to train."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> LinearIntentClassifier:
        """The trained classifier; raises `linear.BadModel` when the archive does not hold one."""
        with model_storage.read_from(resource) as folder:
            files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        model = ByLanguage.from_files(files)
        model.probabilities("")  # so that the first visitor does not wait for the encoder
        return cls(config, model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes with any of our modules, else Rasa would serve an old model from its cache."""
        return sources.fingerprint() + leaning.fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every sentence whose intent can be guessed, and store the model."""
        known = [
            (example.get(TEXT), example.get(INTENT), _spoken(example)) for example in training_data.intent_examples
        ]
        told = [row for row in known if row[0] and row[1] not in choice.NEVER_GUESSED]
        texts, intents, spoken = zip(*told, strict=True)
        self._model = by_language.train(
            texts, intents, spoken, encoder=self._config["encoder"], strength=self._config["strength"]
        )
        with self._storage.write_to(self._resource) as folder:
            for name, content in self._model.to_files().items():
                (folder / name).write_bytes(content)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message, and every question it asks when it asks more than one."""
        for message in messages:
            message.set(INTENT, self._guess(message).to_json(), add_to_output=True)
            if asked := self._questions(message):
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), *asked], add_to_output=True)
        return messages

    def _questions(self, message: Message) -> list[dict[str, Any]]:
        metadata = message.get("metadata") or {}
        if self._model is None or metadata.get("answer"):
            return []
        model, locale = self._model, metadata.get("locale")
        return several.questions(message.get(TEXT) or "", lambda part: model.probabilities(part, locale))

    def _guess(self, message: Message) -> choice.Guess:
        metadata = message.get("metadata") or {}
        if metadata.get("answer"):
            return choice.tapped(metadata["answer"])
        text = message.get(TEXT) or ""
        read = {entity["entity"] for entity in message.get(ENTITIES) or []}
        model, asked, locale = self._model, metadata.get("asked"), metadata.get("locale")
        if model is None:
            return choice.choose(text, {choice.REJECTED: 1.0}, asked=asked, read=read)
        weighed = model.probabilities(text, locale)
        return choice.choose(text, weighed, asked=asked, read=read, leans=lambda: model.leans(text, read, locale))


def _spoken(example: Message) -> str:
    """The language of a training sentence, from the `metadata` of its block; English where none is named."""
    told = (example.get("metadata") or {}).get("intent") or {}
    return str(told.get("language", by_language.HOME))
