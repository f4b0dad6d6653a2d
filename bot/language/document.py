"""Holds a visitor's text as a spaCy `Doc` that is forgotten whole: each text has its own `Vocab`, dropped with it.

spaCy keeps every word it ever saw in the string store of the pipeline, for the life of the process. A clinic that
promises to forget must not, so nothing of a text is ever put there; a fresh `Vocab` costs a few microseconds.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from bot.language.languages import Languages
from bot.language.lexicon import ENGLISH, LANGUAGES
from bot.language.spacy_parts import IS_SPACE, Doc, Span, Vocab
from bot.language.tokens import Tokens, tokenise

# What a Doc of ours carries beside spaCy's own. `asked`, `now`, `subject` and `locale` are told by the caller before the pipes run.
for _name, _default in (
    ("asked", None), ("now", None), ("subject", "self"), ("locale", None),
    ("stream", None), ("languages", ()), ("found", ()), ("context", None), ("mentions", ()), ("dangers", ()),
):  # fmt: skip
    Doc.set_extension(_name, default=_default)

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: UTF-8, and so spaCy, cannot hold it
_UNKNOWN = "\ufffd"
_LEFT_OUT = re.compile(r"\s+|\S")
_GETTERS = {IS_SPACE: str.isspace}


class Words:
    """The pipeline's tokenizer: the splitting of `tokens`, as a Doc.

    The Doc holds every character, so that `doc.text` is the text (a lone surrogate is held as U+FFFD) and offsets mean
    the same in both. `token.norm_` is the word as the tables know it: folded, without possessive, misspelling put right.
    `doc._.stream` is what the rules read: the same words without spaces, invisible signs and hyphens inside words.
    """

    def __init__(
        self, languages: Languages, correct: Mapping[str, Callable[[str], str]], hear: Callable[[Tokens], None]
    ) -> None:
        """`correct` has for each language what maps a folded word to its right spelling; `hear` mends what only sounds right."""
        self._languages, self._correct, self._hear = languages, correct, hear

    def __call__(
        self,
        text: str,
        *,
        asked: str | None = None,
        now: datetime | None = None,
        subject: str = "self",
        locale: str | None = None,
    ) -> Doc:
        """A Doc with words, norms and sentence starts; never raises on any string."""
        stream = tokenise(_SURROGATE.sub(_UNKNOWN, text))
        stream.language = self._languages.tell(stream, locale)
        heard = [name for name in LANGUAGES if name in stream.language or self._languages.heard(stream, name)]
        self._put_right(stream)
        self._hear(stream)
        words, spaces, norms, starts = _pieces(stream)
        # Sentences are told here and not token by token: spaCy then looks through the whole Doc for each of them.
        doc = Doc(Vocab(lex_attr_getters=_GETTERS), words=words, spaces=spaces, sent_starts=starts)
        for token, norm in zip(doc, norms, strict=True):
            token.norm_ = norm
        doc._.stream = stream
        doc._.languages = tuple(heard) or (ENGLISH,)
        doc._.asked, doc._.now, doc._.subject, doc._.locale = asked, now, subject, locale
        return doc

    def _put_right(self, stream: Tokens) -> None:
        """Correct each word in its own language; what only the other language writes stays."""
        own = self._languages.own
        for at, (word, language) in enumerate(zip(stream.words, stream.language, strict=True)):
            if word[0].isalpha() and not any(word in own[name] for name in LANGUAGES if name != language):
                stream.words[at] = self._correct[language](word)


def _pieces(stream: Tokens) -> tuple[list[str], list[bool], list[str], list[bool]]:
    """Words, "a space follows", norms and "a sentence starts", for the words of the stream and all that is between."""
    words: list[str] = []
    spaces: list[bool] = []
    norms: list[str] = []
    starts: list[bool] = []

    def add(piece: str, norm: str, *, begins: bool) -> None:
        words.append(piece)
        spaces.append(False)
        norms.append(norm)
        starts.append(begins)

    text, at, sentence = stream.text, 0, 0
    for word, start, end, number in zip(stream.words, stream.starts, stream.ends, stream.sentence, strict=True):
        for piece in _between(text[at:start], spaces):
            add(piece, piece, begins=False)
        add(text[start:end], word, begins=number != sentence)
        at, sentence = end, number
    for piece in _between(text[at:], spaces):
        add(piece, piece, begins=False)
    if starts:
        starts[0] = True
    return words, spaces, norms, starts


def _between(gap: str, spaces: list[bool]) -> Iterator[str]:
    """What stands between two words, cut up; one blank after a piece is noted in `spaces`, as spaCy holds it."""
    for found in _LEFT_OUT.finditer(gap):
        piece = found.group()
        if piece[0] == " " and spaces and not spaces[-1]:
            spaces[-1] = True
            piece = piece[1:]
        if piece:
            yield piece


def mark(doc: Doc, key: str, places: Iterable[tuple[int, int, str, str]]) -> None:
    """Set `doc.spans[key]` from (start, end, label, id), so that displacy and other spaCy tools can show them.

    A span begins and ends with the words that hold its ends, as `doc.char_span(…, alignment_mode="expand")` would make it,
    which takes three times as long.
    """
    begins = [token.idx for token in doc]
    doc.spans[key] = [
        Span(doc, bisect_right(begins, start) - 1, bisect_left(begins, end), label=label, span_id=named)
        for start, end, label, named in places
    ]
