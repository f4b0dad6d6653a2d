"""The one door to language: reads a text into mentions and dangers, the same way in every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from bot.domain.mention import Mention, Reading
from bot.language import contact, danger, duration, facts, intensity, lexicon, sides, when
from bot.language.context import Context, said
from bot.language.danger import Pattern, Sign
from bot.language.lexicon import CONCEPT, CONTEXT, MASK, MENTIONS, Lexicon
from bot.language.phrases import Found
from bot.language.spelling import Speller
from bot.language.tokens import Tokens, tokenise
from bot.language.wordlist import words as word_set

_WHOSE = frozenset(("my", "our", "his", "her", "your", "their"))  # part of a site's words, as in the contract's example
_KINDS = frozenset(MENTIONS.values())
# A denial of these must be about having them: "my knee doesn't bend" does not deny the knee.
_PLACES = frozenset({"site", "person", "doctor", "goal", "function", "cause"})


class Reader:
    """Reads texts. Holds only tables: safe to share, keeps nothing of what it read."""

    def __init__(self, words: Lexicon, patterns: Sequence[Pattern], speller: Speller) -> None:
        self._lexicon, self._patterns, self._speller = words, patterns, speller

    def read(
        self, text: str, *, asked: str | None = None, now: datetime | None = None, subject: str = "self"
    ) -> Reading:
        """Everything said in `text`.

        `asked` is the field of the open question (contract §5), `now` the time days are counted back from (default:
        the clock, UTC), `subject` for whom the visit is: `self`, `child` or `other`. Never raises on any string.
        """
        moment = now or datetime.now(UTC)
        tokens = tokenise(text, self._speller.correct)
        found = _unmasked(self._lexicon.tree.find(tokens.words), tokens.words)
        context = Context(tokens, found, subject=facts.subject(tokens, found, subject))
        mentions = self._mentions(tokens, found, context)
        numbers: list[Mention] = []
        for reads in (duration.read, intensity.read):
            numbers += reads(
                tokens, context, asked=asked, now=moment, taken=[(m.start, m.end) for m in numbers], mentions=mentions
            )
        mentions += numbers
        mentions += contact.read(text, asked=asked)
        mentions += facts.people(tokens, context, asked=asked)
        mentions += when.read(tokens, context, asked=asked, now=moment)
        signs = [*self._signs(found, context), *facts.signs(tokens, context, mentions, asked)]
        dangers = danger.find(self._patterns, signs, tokens)
        mentions.sort(key=lambda m: (m.start, m.end, m.kind))
        return Reading(text, tuple(mentions), dangers)

    def _mentions(self, tokens: Tokens, found: Iterable[Found], context: Context) -> list[Mention]:
        sided = sides.side_words(tokens)
        found = _without_movements(list(found))
        out = []
        for hit in _longest([f for f in found if f.table in _KINDS]):
            first, side = hit.first, None
            if hit.table == "site":
                side, first, _ = sides.of_site(tokens, sided, hit.first, hit.last)
                first -= first > 0 and tokens.words[first - 1] in _WHOSE
            flags = context.flags(hit.first, hit.last, site=hit.table in _PLACES)
            out.append(
                Mention(
                    hit.table,
                    hit.value.value,
                    tokens.starts[first],
                    tokens.ends[hit.last - 1],
                    side=side,
                    name=hit.value.name,
                    **said(flags),
                )
            )
        return out

    def _signs(self, found: Iterable[Found], context: Context) -> Iterable[Sign]:
        for hit in found:
            if hit.table == CONCEPT or hit.table in _KINDS:
                flags = context.flags(hit.first, hit.last, site=hit.table == "site")
                for concept in self._lexicon.concepts_of(hit):
                    yield Sign(concept, hit.first, hit.last, flags)


@lru_cache(maxsize=1)
def load() -> Reader:
    """The product's Reader, built once per process; raises `BadVocabulary` when a table is wrong."""
    words = lexicon.cached()
    return Reader(words, danger.load(words.concepts | facts.CONCEPTS), Speller(words))


_ACHES = word_set(
    "pain pains ache aches problem problems trouble spasm spasms issues injury muscles stiffness hurts tension",
    "ached",
)
_OWNED = word_set(
    "my the your his her lower upper low mid middle of our bad sore whole entire hurt",
)


def _unmasked(found: list[Found], words: Sequence[str]) -> list[Found]:
    """Without what an idiom or homonym hides: "back in May" is no back, "my back in a crash" is."""
    masks = [f for f in found if f.table == MASK and not _body_back(f, words)]
    if not masks:
        return found
    return [f for f in found if f.table != MASK and not any(_hides(mask, f) for mask in masks)]


def _body_back(mask: Found, words: Sequence[str]) -> bool:
    """ "my back in ...", "got back pain": the part of the body after all."""
    owned = words[mask.first] == "back" and mask.first > 0 and words[mask.first - 1] in _OWNED
    return owned or (words[mask.last - 1] == "back" and mask.last < len(words) and words[mask.last] in _ACHES)


def _hides(mask: Found, hit: Found) -> bool:
    if hit.first < mask.first or hit.last > mask.last:
        return False
    return hit.table in mask.value or ("all" in mask.value and hit.table != CONTEXT)


_MOVED = 3  # words between "when I lift" and what is lifted


def _without_movements(found: list[Found]) -> list[Found]:
    """Without the part that is only moved: "my shoulder burns when I lift my arm" is the shoulder."""
    moves = [f.last for f in found if f.table == CONCEPT and f.value == "movement"]
    moved = [f for f in found if f.table == "site" and any(0 <= f.first - last <= _MOVED for last in moves)]
    if not moved or not any(f.table == "site" and f not in moved for f in found):
        return found
    return [f for f in found if f not in moved]


def _longest(found: list[Found]) -> list[Found]:
    """Of two mentions of a kind that share words the longer stays, then the earlier."""
    out: list[Found] = []
    for hit in sorted(found, key=lambda f: (f.first - f.last, f.first)):
        if all(hit.table != kept.table or hit.last <= kept.first or hit.first >= kept.last for kept in out):
            out.append(hit)
    return sorted(out, key=lambda f: f.first)
