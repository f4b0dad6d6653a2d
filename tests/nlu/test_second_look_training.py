"""The same sentences teach the same weights to the last byte, in whatever order they come."""

from __future__ import annotations

import pytest

from bot.language.lexicon import LANGUAGES
from bot.nlu import second_look_training as training

SOME = 11  # every eleventh sentence is enough to tell


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_order_of_the_sentences_does_not_matter(language):
    pairs = [*training.plain_sentences(language), *training.sentences(language)][::SOME]
    learned = training.to_csv(training.learn(pairs, language))
    assert learned.count("\n") > 50
    assert training.to_csv(training.learn(pairs[::-1], language)) == learned
