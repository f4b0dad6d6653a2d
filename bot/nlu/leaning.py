"""Learns which way a reply to a yes-or-no question leans when no rule can tell: "works as it should", "more than I'd like".

The sentences are those of `data/leaning`; what else people say there (questions, wishes, small talk) comes from `data/nlu` and leans
no way. The model is a `linear.Linear` of its own, kept in the archive beside the intents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import yaml

from bot.nlu import linear, polarity
from bot.nlu.linear import Linear

SENTENCES = Path(__file__).resolve().parents[2] / "data" / "leaning" / "english.yml"
NO_WAY = "no_way"
# Facts and stories answer a yes-or-no question in ways that the Reader must judge; they teach neither way.
_SILENT = frozenset({"inform", "describe_pain", polarity.AFFIRM, polarity.DENY, polarity.UNSURE})
# What names something of the body is read as a story: a guess must not turn "my leg tingles" into a plain yes to another question.
_TOLD = frozenset({"site", "quality", "finding", "condition", "medicine", "intensity"})
# A wrong no could hide a danger, a wrong yes costs a question.
_SURE = {polarity.AFFIRM: 0.55, polarity.DENY: 0.7, polarity.UNSURE: 0.55}
_SURE_OF_ONE_WORD = 0.85  # "blue" looks a little like many a short answer
_MOST_WORDS = 14
_EVERY = 3  # one in three of the other sentences is enough, and training takes half the time


def fingerprint(path: Path = SENTENCES) -> str:
    """A hash of the file, for Rasa's training cache."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def told(path: Path = SENTENCES) -> list[tuple[str, str]]:
    """(sentence, way) of every line of the file."""
    by_way = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(sentence, way) for way, sentences in by_way.items() for sentence in sentences]


# Every organ that works as it should, every thing that is not there: said in more ways than anybody lists.
_WELL = ("{} as normal", "{} normally", "{} fine", "{} without any trouble", "{} just like before")
_WORKING = ("I eat", "I drink", "I pee", "I go to the toilet", "I walk", "I breathe", "I swallow", "I talk", "I see", "I hear", "I move")  # fmt: skip
_SOUND = ("my {} is fine", "{} is normal", "my {} is good", "{} all good", "nothing wrong with my {}", "my {} is the same as ever")  # fmt: skip
_PARTS = ("bladder", "bowel", "tummy", "heart", "breathing", "eyesight", "vision", "hearing", "balance", "appetite", "sleep", "weight", "skin", "circulation", "memory", "speech", "grip", "walking")  # fmt: skip
_OFTEN = ("every day", "every night", "most days", "most nights", "twice a day", "three times a week", "all week", "several times a week", "at night", "in the mornings", "in the evening", "on most days", "once a month", "a lot of the time", "now and again")  # fmt: skip
_GRANTED = ("{}", "it does {}", "I get it {}", "{} at the moment", "{} to be honest", "I do, {}", "{}, unfortunately")


def made() -> list[tuple[str, str]]:
    """Sentences made by machine of the same kinds."""
    well = [form.format(one) for form in _WELL for one in _WORKING] + [form.format(one) for form in _SOUND for one in _PARTS]  # fmt: skip
    often = [form.format(one) for form in _GRANTED for one in _OFTEN]
    return [(text, polarity.DENY) for text in well] + [(text, polarity.AFFIRM) for text in often]


def train(texts: Sequence[str], intents: Sequence[str], *, encoder: bool, strength: float) -> Linear:
    """Fit on the file and on the intents' own sentences, whose plain yes and no lean as they say."""
    pairs = told() + made()
    pairs += [(text, intent) for text, intent in zip(texts, intents, strict=True) if intent in _SURE]
    other = [text for text, intent in zip(texts, intents, strict=True) if intent not in _SILENT]
    pairs += [(text, NO_WAY) for text in other[::_EVERY]]
    return linear.train([text for text, _ in pairs], [way for _, way in pairs], encoder=encoder, strength=strength)


def way(text: str, model: Linear, read: Collection[str] = ()) -> tuple[str, float] | None:
    """("affirm", 0.8), or None where the model is not sure, the text asks back or is long, or the Reader found a sign."""
    if "?" in text or not any(map(str.isalpha, text)):
        return None
    if not _TOLD.isdisjoint(read) or len(text.split()) > _MOST_WORDS or polarity.may_be_loss(text):
        return None
    weighed: Mapping[str, float] = model.probabilities(text)
    best = max(weighed, key=lambda name: weighed[name])
    needed = max(_SURE.get(best, 2.0), _SURE_OF_ONE_WORD if len(text.split()) == 1 else 0.0)
    return (best, weighed[best]) if weighed[best] >= needed else None
