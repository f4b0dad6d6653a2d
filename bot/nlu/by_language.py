"""One intent model for each language, chosen by the words of the text: neither language's sentences blur the other's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.language import languages
from bot.language.tokens import tokenise
from bot.nlu import leaning, linear
from bot.nlu.linear import Linear

LANGUAGES = languages.LANGUAGES
HOME = languages.ENGLISH
_FILES = (linear.WEIGHTS, linear.ABOUT)
_LEANING = "leaning"  # the file names of the model that tells which way a reply leans begin with it
_READ = 400  # characters that tell the language, as many as tell the intent


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """The models by language; what a text is not read in by its own language's model, English reads. `leaning` is English."""

    models: Mapping[str, Linear]
    leaning: Linear

    def probabilities(self, text: str, locale: str | None = None) -> dict[str, float]:
        """How likely each intent is, by the model of the text's language; `locale` decides where words do not tell."""
        return self.models.get(_spoken(text, locale), self.models[HOME]).probabilities(text)

    def leans(self, text: str, read: Collection[str] = (), locale: str | None = None) -> tuple[str, float] | None:
        """Which way a reply to a yes-or-no question leans, as `leaning.way`; None in a language it was not taught."""
        return leaning.way(text, self.leaning, read) if _spoken(text, locale) == HOME else None

    def to_files(self) -> dict[str, bytes]:
        """The files of each model; those of another language than English begin with its name."""
        return {
            _file(name, file): data
            for name, model in (*self.models.items(), (_LEANING, self.leaning))
            for file, data in model.to_files().items()
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> ByLanguage:
        """The inverse of `to_files`. Raises linear.BadModel when one is not whole or old, or English is missing."""
        models = {}
        for name in (*LANGUAGES, _LEANING):
            part = {file: files[_file(name, file)] for file in _FILES if _file(name, file) in files}
            if part or name in (HOME, _LEANING):
                models[name] = Linear.from_files(part)
        return cls(models, models.pop(_LEANING))


def file_names() -> frozenset[str]:
    """What a stored classifier consists of."""
    return frozenset(_file(name, file) for name in (*LANGUAGES, _LEANING) for file in _FILES)


def train(
    texts: Sequence[str], intents: Sequence[str], spoken: Sequence[str], *, encoder: bool, strength: float
) -> ByLanguage:
    """Fit a model on the sentences of each language; `spoken` names the language of each sentence."""
    models = {}
    for name in LANGUAGES:
        mine = [at for at, language in enumerate(spoken) if language == name]
        if mine:
            models[name] = linear.train(
                [texts[at] for at in mine], [intents[at] for at in mine], encoder=encoder, strength=strength
            )
    home = [at for at, language in enumerate(spoken) if language == HOME]
    leans = leaning.train([texts[at] for at in home], [intents[at] for at in home], encoder=encoder, strength=strength)
    return ByLanguage(models, leans)


def _spoken(text: str, locale: str | None) -> str:
    told = languages.cached().tell(tokenise(text[:_READ]), locale)
    return max(LANGUAGES, key=told.count) if told else HOME


def _file(language: str, name: str) -> str:
    return name if language == HOME else f"{language}_{name}"
