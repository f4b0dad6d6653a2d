"""What Rasa sees: tapped answers unread, dangers first, mentions as entities, the classifier stored and loaded."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.domain.mention import Danger, Mention, Reading
from bot.language import reader as language
from bot.nlu.danger_first import DangerFirst
from bot.nlu.intent_classifier import LinearIntentClassifier
from bot.nlu.reading_extractor import ReadingExtractor

SENTENCES = {
    "greet": ["hello", "good morning", "hi there"],
    "faq_cost": ["what does it cost", "how much is it", "price please"],
    "out_of_scope": ["play some music", "what's the weather", "book a flight"],
    "describe_pain": ["my back hurts", "sore shoulder", "knee pain"],
    "danger": ["(a sign of danger)"],
}


class OneReading:
    """Reads every text alike and remembers how it was asked to."""

    def __init__(self) -> None:
        self.asked = None

    def read(self, text, *, asked=None, now=None, subject="self", locale=None):
        self.asked = (asked, now, subject)
        knee = Mention("site", "knee", 0, 4, side="left")
        number = Mention("intensity", None, 5, 6, lo=7, hi=7)
        return Reading(text, (knee, number), (Danger("RF-CES", False, 0, 4),))


def message(text, **metadata):
    return Message(data={"text": text, "metadata": metadata})


def examples():
    return [Message.build(text=text, intent=intent) for intent, texts in SENTENCES.items() for text in texts]


def trained_classifier(storage, context):
    config = {**LinearIntentClassifier.get_default_config(), "encoder": False}
    made = LinearIntentClassifier.create(config, storage, Resource("intents"), context)
    made.train(TrainingData(examples()))
    return LinearIntentClassifier.load(config, storage, Resource("intents"), context)


def test_the_classifier_comes_back_from_storage_without_pickle(storage, context):
    classifier = trained_classifier(storage, context)
    (heard,) = classifier.process([message("hello there")])
    assert heard.get("intent")["name"] == "greet"
    with storage.read_from(Resource("intents")) as folder:
        assert sorted(file.name for file in folder.iterdir()) == [
            "labels.json",
            "leaning_labels.json",
            "leaning_weights.npz",
            "weights.npz",
        ]
        assert "danger" not in json.loads((folder / "labels.json").read_text())["labels"]


@pytest.mark.parametrize(("question", "intent"), [("nrs", "answer"), ("open", "open")])
def test_a_tapped_answer_is_not_read(storage, context, question, intent):
    given = message("play some music", answer={"question": question, "value": 7}, asked="nrs")
    ReadingExtractor(OneReading()).process([given])
    trained_classifier(storage, context).process([given])
    DangerFirst().process([given])
    assert given.get("entities") == []
    assert given.get("intent") == {"name": intent, "confidence": 1.0}


def test_mentions_and_dangers_become_entities():
    reader = OneReading()
    given = message("knee 7", asked="nrs", now="2026-11-23T10:00:00+00:00", **{"for": "child"})
    ReadingExtractor(reader).process([given])
    assert reader.asked == ("nrs", datetime(2026, 11, 23, 10, tzinfo=UTC), "child")
    site, intensity, danger = given.get("entities")
    assert site == {"entity": "site", "kind": "site", "value": "knee", "side": "left", "start": 0, "end": 4}
    assert (intensity["entity"], intensity["value"], intensity["lo"]) == ("intensity", None, 7)
    assert danger == {"entity": "danger", "value": "RF-CES", "certain": False, "start": 0, "end": 4}


def test_a_guessed_danger_says_so_as_an_entity():
    text = "my brain feels like it burst and I keep throwing up"
    given = message(text)
    ReadingExtractor(language.load()).process([given])
    dangers = [one for one in given.get("entities") if one["entity"] == "danger"]
    assert [(one["certain"], one["guessed"], one["end"]) for one in dangers] == [(False, True, len(text))]


@pytest.mark.parametrize(
    ("before", "text", "flags"),
    [
        ("my chest", "pain", ["RF-ACS"]), ("I can't feel my", "legs", ["RF-NUMB"]), ("no chest", "pain", []), ("I cannot", "breathe", ["RF-PE"]),
        ("knee hurts", "badly", []), ("", "pain", []),
    ],
)  # fmt: skip
def test_a_danger_said_in_several_messages_is_found_in_the_last_of_them(before, text, flags):
    given = message(text, before=before) if before else message(text)
    ReadingExtractor(language.load()).process([given])
    dangers = [entity for entity in given.get("entities") if entity["entity"] == "danger"]
    assert [one["value"] for one in dangers] == flags
    assert all(0 <= one["start"] < one["end"] <= len(text) for one in dangers)


@pytest.mark.parametrize(
    ("before", "text", "places"),
    [("my low", "back", ["low_back"]), ("", "back", ["back"]), ("my left", "knee", ["knee"]), ("low", "back and knee", ["low_back", "knee"])],
)  # fmt: skip
def test_a_place_said_in_several_messages_is_found_in_the_last_of_them(before, text, places):
    given = message(text, before=before) if before else message(text)
    ReadingExtractor(language.load()).process([given])
    found = [entity for entity in given.get("entities") if entity["entity"] == "site"]
    assert [one["value"] for one in found] == places
    assert all(0 <= one["start"] < one["end"] <= len(text) for one in found)


def test_what_was_read_comes_back_as_the_same_mentions():
    """The actions rebuild the mention from the entity (actions/memory.py)."""
    given = message("knee 7")
    ReadingExtractor(OneReading()).process([given])
    site, intensity, _ = given.get("entities")
    assert Mention.from_json(site) == Mention("site", "knee", 0, 4, side="left")
    assert Mention.from_json(intensity) == Mention("intensity", None, 5, 6, lo=7, hi=7)


@pytest.mark.parametrize("now", [None, "", "yesterday"])
def test_a_mangled_time_is_no_time(now):
    reader = OneReading()
    ReadingExtractor(reader).process([message("knee", now=now)])
    assert reader.asked == (None, None, "self")


def test_danger_outweighs_whatever_the_text_is_about(storage, context):
    given = message("how much is it")
    ReadingExtractor(OneReading()).process([given])
    trained_classifier(storage, context).process([given])
    DangerFirst().process([given])
    assert given.get("intent") == {"name": "danger", "confidence": 1.0}


def test_without_danger_the_intent_stands(storage, context):
    given = message("how much is it")
    trained_classifier(storage, context).process([given])
    DangerFirst().process([given])
    assert given.get("intent")["name"] == "faq_cost"


def test_a_changed_module_changes_what_rasa_caches(monkeypatch, tmp_path):
    from bot.nlu import sources

    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu" / "features.py").write_text("one")
    monkeypatch.setattr(sources, "HERE", tmp_path / "nlu")
    before = LinearIntentClassifier.fingerprint_addon({})
    (tmp_path / "nlu" / "features.py").write_text("two")
    assert LinearIntentClassifier.fingerprint_addon({}) != before
