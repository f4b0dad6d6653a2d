"""The intent model: the same numbers on every machine, kept without pickle, refused when it is not ours."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import features, linear

TEXTS = ["my back hurts", "sore knee", "hello", "good morning", "what does it cost", "how much is it"]
INTENTS = ["describe_pain", "describe_pain", "greet", "greet", "faq_cost", "faq_cost"]


@pytest.fixture(scope="module")
def small() -> linear.Linear:
    return linear.train(TEXTS * 2, INTENTS * 2, encoder=False)


def test_it_learns_its_sentences(small):
    for text, intent in zip(TEXTS, INTENTS, strict=True):
        weighed = small.probabilities(text)
        assert max(weighed, key=weighed.__getitem__) == intent
        assert sum(weighed.values()) == pytest.approx(1)


def test_saved_and_loaded_it_weighs_alike(small):
    back = linear.Linear.from_files(small.to_files())
    for text in [*TEXTS, "something else", "", "🔥"]:
        assert back.probabilities(text) == pytest.approx(small.probabilities(text), abs=0.01)


def test_no_pickle_is_stored(small):
    with zipfile.ZipFile(io.BytesIO(small.to_files()[linear.WEIGHTS])) as packed:
        for name in packed.namelist():
            head = packed.read(name)[:128]
            assert head.startswith(b"\x93NUMPY")
            assert b"'descr': '|O'" not in head


@pytest.mark.parametrize("broken", [{}, {linear.ABOUT: b"{}"}, {linear.ABOUT: b"{", linear.WEIGHTS: b""}])
def test_an_incomplete_model_is_refused(broken):
    with pytest.raises(linear.BadModel, match="palpate train"):
        linear.Linear.from_files(broken)


def test_a_model_of_another_version_is_refused(small):
    files = small.to_files()
    files[linear.ABOUT] = json.dumps({**json.loads(files[linear.ABOUT]), "format": 0}).encode()
    with pytest.raises(linear.BadModel, match="another version"):
        linear.Linear.from_files(files)


def test_a_pickled_object_is_not_opened(small):
    evil = io.BytesIO()
    np.savez(evil, known=np.array([object()]), grams=[0], meaning=[0], bias=[0])
    with pytest.raises(linear.BadModel):
        linear.Linear.from_files({**small.to_files(), linear.WEIGHTS: evil.getvalue()})


def test_grams_are_the_same_numbers_on_every_machine():
    ids, values = features.grams("my knee hurts")
    assert (len(ids), int(ids.sum())) == (31, 19088858)
    assert float(values.sum()) == pytest.approx(4.873, abs=0.001)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300))
def test_any_text_has_grams_of_length_one_or_none(text):
    ids, values = features.grams(text)
    assert list(ids) == sorted(set(ids.tolist()))
    assert len(ids) == 0 or 0.5 < float(np.linalg.norm(values)) < 1.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I’m sore", "i'm  sore"),
        ("SOOOO sore", "soo sore"),
        ("it is 46", "it is 72"),
        ("sore\u200b knee", "sore knee"),
        ("ｓｏｒｅ", "sore"),
    ],
)
def test_spelling_that_means_nothing_changes_nothing(one, other):
    assert features.plain(one) == features.plain(other)


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00", "🔥🔥", "a" * 5000, "\u202eback", "שלום", "1"])
def test_no_text_is_too_odd(trained, text):
    assert sum(trained.probabilities(text).values()) == pytest.approx(1, abs=1e-3)
