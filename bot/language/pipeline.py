"""The reading as a spaCy pipeline: our words, then five pipes, each of which reads what the ones before it found.

    palpate_words             the Doc: words, norms, sentences               (document.py, tokens.py, spelling.py)
    palpate_vocabulary        the phrases of the tables, less what is masked (phrases.py, lexicon.py, masks.py)
    palpate_context           denied, past, another person, imagined, unsure (context.py)
    palpate_mentions          the phrases as mentions, sites with their side (phrase_mentions.py, sides.py)
    palpate_numbers_and_time  scores, durations, ages, contacts, wishes      (duration.py, intensity.py, contact.py …)
    palpate_danger            red flags                                      (danger.py, facts.py, second_look.py)

`build().analyze_pipes(pretty=True)` prints who needs what; `displacy.serve(reader.load().doc(text), style="span",
options={"spans_key": "mentions"})` shows a text as it was read (keys: vocabulary, mentions, dangers).
"""

# No `from __future__ import annotations` here: spaCy checks a factory's arguments by its annotations, as types.
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_

from bot.domain.mention import Mention
from bot.language import (
    contact,
    danger,
    duration,
    facts,
    intensity,
    languages,
    lexicon,
    masks,
    named_doctor,
    phrase_mentions,
    second_look,
    spanish,
    when,
)
from bot.language.context import OTHER, Context
from bot.language.danger import Pattern, Sign
from bot.language.document import Words, mark
from bot.language.grammar import GRAMMARS
from bot.language.lexicon import CONCEPT, CONTEXT, ENGLISH, LANGUAGES, SPANISH, Lexicon
from bot.language.phrases import Found
from bot.language.second_look import Weight
from bot.language.spacy_parts import Doc, Language, blank, registry
from bot.language.spanish import homophones
from bot.language.spanish.spelling import SpanishSpeller
from bot.language.spelling import Speller
from bot.language.tokens import Tokens

PIPES = ("palpate_vocabulary", "palpate_context", "palpate_mentions", "palpate_numbers_and_time", "palpate_danger")


def build() -> Language:
    """A pipeline over the product's tables; raises `BadVocabulary` when one is wrong."""
    nlp = blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "palpate_words"}}})
    for name in PIPES:
        nlp.add_pipe(name)
    return nlp


@registry.tokenizers("palpate_words")
def make_words() -> Callable[[Language], Words]:
    """The tokenizer, in the shape of spaCy's configuration."""
    english = Speller(
        lexicon.cached(ENGLISH), languages.listed("harmless_words.txt"), languages.listed("short_words.txt")
    )
    spanish = SpanishSpeller(
        lexicon.cached(SPANISH), languages.listed("es/common_words.txt") | languages.listed("es/harmless_words.txt")
    )
    correct = {ENGLISH: english.correct, SPANISH: spanish.correct}
    return lambda nlp: Words(languages.cached(), correct, homophones.put_right)


class Vocabulary:
    """Finds every phrase of every table of the languages heard, in one walk each."""

    def __init__(self, words: Mapping[str, Lexicon], known: languages.Languages) -> None:
        self._trees = {name: lexicon.tree for name, lexicon in words.items()}
        self._own = known.own

    def __call__(self, doc: Doc) -> Doc:
        tokens = doc._.stream
        found: list[Found] = []
        for name in doc._.languages:
            tree = self._trees[name]
            told = sorted([*tree.find(tokens.words), *named_doctor.find(tree, tokens)], key=lambda hit: hit.first)
            hits = masks.unmasked(told, tokens.words)
            found += hits if tokens.language == [name] * len(tokens) else self._spoken(hits, tokens, name)
        doc._.found = found
        mark(doc, "vocabulary", ((tokens.starts[f.first], tokens.ends[f.last - 1], f.table, _named(f)) for f in found))
        return doc

    def _spoken(self, hits: list[Found], tokens: Tokens, name: str) -> Iterator[Found]:
        """What stands in a sentence of this language, or holds a word that only this language has."""
        own = self._own[name]
        for hit in hits:
            if tokens.language[hit.first] == name or not own.isdisjoint(tokens.words[hit.first : hit.last]):
                yield hit


@Language.factory("palpate_vocabulary", assigns=["doc._.found", "doc.spans"])
def make_vocabulary(nlp: Language, name: str) -> Vocabulary:
    """The pipe `palpate_vocabulary`."""
    return Vocabulary(_lexicons(), languages.cached())


@Language.component("palpate_context", requires=["doc._.found"], assigns=["doc._.context"])
def context(doc: Doc) -> Doc:
    """How each word was meant, and for whom the visit is."""
    tokens, found = doc._.stream, doc._.found
    grammar = reduce(or_, (GRAMMARS[name] for name in doc._.languages))
    doc._.context = Context(tokens, found, subject=facts.subject(tokens, found, doc._.subject), grammar=grammar)
    return doc


@Language.component("palpate_mentions", requires=["doc._.found", "doc._.context"], assigns=["doc._.mentions"])
def mentions(doc: Doc) -> Doc:
    """The phrases of the mention tables."""
    doc._.mentions = tuple(phrase_mentions.read(doc._.stream, doc._.found, doc._.context))
    return doc


def _english(
    tokens: Tokens, meant: Context, said: Sequence[Mention], *, asked: str | None, now: datetime
) -> list[Mention]:
    read: list[Mention] = []
    for reads in (duration.read, intensity.read):
        taken = [(mention.start, mention.end) for mention in read]
        read += reads(tokens, meant, asked=asked, now=now, taken=taken, mentions=said)
    read += facts.people(tokens, meant, asked=asked)
    read += when.read(tokens, meant, asked=asked, now=now)
    return read


_COUNTED = {ENGLISH: _english, SPANISH: spanish.counted}


def _of_language(read: list[Mention], tokens: Tokens, name: str) -> Iterator[Mention]:
    """Only what stands in a sentence of this language: "son las once" is no age of a son."""
    for mention in read:
        if tokens.language[bisect_right(tokens.ends, mention.start)] == name:
            yield mention


@Language.component(
    "palpate_numbers_and_time", requires=["doc._.mentions", "doc._.context"], assigns=["doc._.mentions", "doc.spans"]
)
def numbers_and_time(doc: Doc) -> Doc:
    """Everything that is counted: how strong, since when, how old, which number to call, when to come."""
    tokens, meant, asked, said = doc._.stream, doc._.context, doc._.asked, doc._.mentions
    now = doc._.now or datetime.now(UTC)
    read: list[Mention] = []
    for name, counted in _COUNTED.items():
        if name in tokens.language:
            read += _of_language(counted(tokens, meant, said, asked=asked, now=now), tokens, name)
    if births := facts.births(tokens, asked=asked, now=now, subject=doc._.subject or "self"):
        [born] = births
        read = [born, *(one for one in read if one.end <= born.start or born.end <= one.start)]  # the year is no date
    read += contact.read(tokens.text, asked=asked)
    everything = sorted([*said, *read], key=lambda mention: (mention.start, mention.end, mention.kind))
    doc._.mentions = tuple(everything)
    mark(doc, "mentions", ((m.start, m.end, m.kind, str(m.value or m.name or "")) for m in everything))
    return doc


# "My mum takes my phone", "my partner grips my throat": another person acts, and it is about the visitor all the same.
_DONE_TO_ME = frozenset(
    {
        "controlled",
        "neck_grip",
        "strangled",
        "strangle_sign",
        "kin_squeezed",
        "elder_abuse",
        "massage_care",
        "nice_touch",
        "play_fight",
    }
)


class Danger:
    """Finds what may be dangerous now."""

    def __init__(
        self,
        words: Mapping[str, Lexicon],
        patterns: Mapping[str, tuple[Pattern, ...]],
        weights: Mapping[str, Mapping[str, Weight]],
    ) -> None:
        self._words, self._patterns, self._weights = words, patterns, weights

    def __call__(self, doc: Doc) -> Doc:
        tokens, meant = doc._.stream, doc._.context
        signs = [*self._signs(doc._.found, meant), *facts.signs(tokens, meant, doc._.mentions, doc._.asked)]
        if SPANISH in tokens.language:
            signs += spanish.signs(tokens, meant)
        patterns = self._patterns[SPANISH] if SPANISH in tokens.language else self._patterns[ENGLISH]
        dangers = danger.find(patterns, signs, tokens)
        if not dangers:
            weights = self._weights[SPANISH if SPANISH in tokens.language else ENGLISH]
            dangers = second_look.look(tokens, doc._.found, meant, self._words, weights)
        doc._.dangers = dangers
        mark(doc, "dangers", ((d.start, d.end, d.flag, "certain" if d.certain else "uncertain") for d in dangers))
        return doc

    def _signs(self, found: list[Found], meant: Context) -> Iterator[Sign]:
        for hit in found:
            if hit.table == CONCEPT or hit.table in phrase_mentions.KINDS:
                flags = meant.flags(hit.first, hit.last, site=hit.table == "site")
                for concept in self._words[hit.language].concepts_of(hit):
                    yield Sign(concept, hit.first, hit.last, flags & ~OTHER if concept in _DONE_TO_ME else flags)


@Language.factory(
    "palpate_danger",
    requires=["doc._.found", "doc._.context", "doc._.mentions"],
    assigns=["doc._.dangers", "doc.spans"],
)
def make_danger(nlp: Language, name: str) -> Danger:
    """The pipe `palpate_danger`."""
    words = _lexicons()
    known = frozenset[str]().union(*(one.concepts for one in words.values())) | facts.CONCEPTS
    shared = danger.load(known)
    patterns = {ENGLISH: shared, SPANISH: shared + danger.load(known, lexicon.HOMES[SPANISH])}
    weights = {name: second_look.load(lexicon.HOMES[name]) for name in LANGUAGES}
    return Danger(words, patterns, weights)


def _lexicons() -> dict[str, Lexicon]:
    return {name: lexicon.cached(name) for name in LANGUAGES}


def _named(found: Found) -> str:
    """What the table says, in a word: a concept, an id, a context role."""
    if found.table == CONCEPT:
        return str(found.value)
    if found.table == CONTEXT:
        return str(found.value.role)
    return str(getattr(found.value, "value", None) or getattr(found.value, "name", None) or "")
