"""The one door to language: reads a text into mentions and dangers, the same way in every process."""

from __future__ import annotations

import gc
from datetime import datetime
from functools import lru_cache

from bot.domain.mention import Reading
from bot.language import pipeline
from bot.language.spacy_parts import Doc, Language


class Reader:
    """Reads texts. Holds only tables: safe to share, keeps nothing of what it read."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp

    def read(
        self,
        text: str,
        *,
        asked: str | None = None,
        now: datetime | None = None,
        subject: str = "self",
        locale: str | None = None,
    ) -> Reading:
        """Everything said in `text`.

        `asked` is the field of the open question (contract §5), `now` the time days are counted back from (default:
        the clock, UTC), `subject` for whom the visit is: `self`, `child` or `other`, `locale` the language of the conversation
        ("es", "en-GB"): it decides where the words do not tell. Never raises on any string.
        """
        doc = self.doc(text, asked=asked, now=now, subject=subject, locale=locale)
        return Reading(text, doc._.mentions, doc._.dangers)

    def doc(
        self,
        text: str,
        *,
        asked: str | None = None,
        now: datetime | None = None,
        subject: str = "self",
        locale: str | None = None,
    ) -> Doc:
        """The same as spaCy holds it, to look at: `doc._.mentions`, `doc.spans["mentions"]` and the rest of `pipeline`.

        Made by the tokenizer and not from the text, because `nlp(text)` refuses long texts and takes no question.
        """
        return self._nlp(self._nlp.tokenizer(text, asked=asked, now=now, subject=subject, locale=locale))


@lru_cache(maxsize=1)
def load() -> Reader:
    """The product's Reader, built once per process; raises `BadVocabulary` when a table is wrong."""
    collects = gc.isenabled()
    gc.disable()  # nothing is thrown away while the tables are built, and walking them again and again doubles the time
    try:
        return Reader(pipeline.build())
    finally:
        if collects:
            gc.enable()
