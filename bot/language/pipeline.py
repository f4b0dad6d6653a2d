"""The reading as a spaCy pipeline: our words, then five pipes, each of which reads what the ones before it found.

    palpate_words             the Doc: words, norms, sentences               (document.py, tokens.py, spelling.py)
    palpate_vocabulary        the phrases of the tables, less what is masked (phrases.py, lexicon.py, masks.py)
    palpate_context           denied, past, another person, imagined, unsure (context.py)
    palpate_mentions          the phrases as mentions, sites with their side (phrase_mentions.py, sides.py)
    palpate_numbers_and_time  scores, durations, ages, contacts, wishes      (duration.py, intensity.py, contact.py …)
    palpate_danger            red flags                                      (danger.py, facts.py)

`build().analyze_pipes(pretty=True)` prints who needs what; `displacy.serve(reader.load().doc(text), style="span",
options={"spans_key": "mentions"})` shows a text as it was read (keys: vocabulary, mentions, dangers).
"""

# No `from __future__ import annotations` here: spaCy checks a factory's arguments by its annotations, as types.
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bot.domain.mention import Mention
from bot.language import contact, danger, duration, facts, intensity, lexicon, masks, phrase_mentions, when
from bot.language.context import Context
from bot.language.danger import Pattern, Sign
from bot.language.document import Words, mark
from bot.language.lexicon import CONCEPT, CONTEXT, Lexicon
from bot.language.phrases import Found
from bot.language.spacy_parts import Doc, Language, blank, registry
from bot.language.spelling import Speller

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
    return lambda nlp: Words(Speller(lexicon.cached()).correct)


class Vocabulary:
    """Finds every phrase of every table in one walk."""

    def __init__(self, words: Lexicon) -> None:
        self._tree = words.tree

    def __call__(self, doc: Doc) -> Doc:
        tokens = doc._.stream
        found = masks.unmasked(self._tree.find(tokens.words), tokens.words)
        doc._.found = found
        mark(doc, "vocabulary", ((tokens.starts[f.first], tokens.ends[f.last - 1], f.table, _named(f)) for f in found))
        return doc


@Language.factory("palpate_vocabulary", assigns=["doc._.found", "doc.spans"])
def make_vocabulary(nlp: Language, name: str) -> Vocabulary:
    """The pipe `palpate_vocabulary`."""
    return Vocabulary(lexicon.cached())


@Language.component("palpate_context", requires=["doc._.found"], assigns=["doc._.context"])
def context(doc: Doc) -> Doc:
    """How each word was meant, and for whom the visit is."""
    tokens, found = doc._.stream, doc._.found
    doc._.context = Context(tokens, found, subject=facts.subject(tokens, found, doc._.subject))
    return doc


@Language.component("palpate_mentions", requires=["doc._.found", "doc._.context"], assigns=["doc._.mentions"])
def mentions(doc: Doc) -> Doc:
    """The phrases of the mention tables."""
    doc._.mentions = tuple(phrase_mentions.read(doc._.stream, doc._.found, doc._.context))
    return doc


@Language.component(
    "palpate_numbers_and_time", requires=["doc._.mentions", "doc._.context"], assigns=["doc._.mentions", "doc.spans"]
)
def numbers_and_time(doc: Doc) -> Doc:
    """Everything that is counted: how strong, since when, how old, which number to call, when to come."""
    tokens, meant, asked, said = doc._.stream, doc._.context, doc._.asked, doc._.mentions
    now = doc._.now or datetime.now(UTC)
    read: list[Mention] = []
    for reads in (duration.read, intensity.read):
        taken = [(mention.start, mention.end) for mention in read]
        read += reads(tokens, meant, asked=asked, now=now, taken=taken, mentions=said)
    read += contact.read(tokens.text, asked=asked)
    read += facts.people(tokens, meant, asked=asked)
    read += when.read(tokens, meant, asked=asked, now=now)
    everything = sorted([*said, *read], key=lambda mention: (mention.start, mention.end, mention.kind))
    doc._.mentions = tuple(everything)
    mark(doc, "mentions", ((m.start, m.end, m.kind, str(m.value or m.name or "")) for m in everything))
    return doc


class Danger:
    """Finds what may be dangerous now."""

    def __init__(self, words: Lexicon, patterns: tuple[Pattern, ...]) -> None:
        self._words, self._patterns = words, patterns

    def __call__(self, doc: Doc) -> Doc:
        tokens, meant = doc._.stream, doc._.context
        signs = [*self._signs(doc._.found, meant), *facts.signs(tokens, meant, doc._.mentions, doc._.asked)]
        dangers = danger.find(self._patterns, signs, tokens)
        doc._.dangers = dangers
        mark(doc, "dangers", ((d.start, d.end, d.flag, "certain" if d.certain else "uncertain") for d in dangers))
        return doc

    def _signs(self, found: list[Found], meant: Context) -> Iterator[Sign]:
        for hit in found:
            if hit.table == CONCEPT or hit.table in phrase_mentions.KINDS:
                flags = meant.flags(hit.first, hit.last, site=hit.table == "site")
                for concept in self._words.concepts_of(hit):
                    yield Sign(concept, hit.first, hit.last, flags)


@Language.factory(
    "palpate_danger",
    requires=["doc._.found", "doc._.context", "doc._.mentions"],
    assigns=["doc._.dangers", "doc.spans"],
)
def make_danger(nlp: Language, name: str) -> Danger:
    """The pipe `palpate_danger`."""
    words = lexicon.cached()
    return Danger(words, danger.load(words.concepts | facts.CONCEPTS))


def _named(found: Found) -> str:
    """What the table says, in a word: a concept, an id, a context role."""
    if found.table == CONCEPT:
        return str(found.value)
    if found.table == CONTEXT:
        return str(found.value.role)
    return str(getattr(found.value, "value", None) or getattr(found.value, "name", None) or "")
