"""Says every text a visitor reads in the visitor's language: the English text is its own key, translations are .po files.

How to add a text or a language: docs/how-to/translate.md.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

ENGLISH = "en"
AND = " and "
LANGUAGES = (ENGLISH, "es")
# Before this sound Spanish "y" becomes "e": "dolor e hinchazón", but "agua y hielo".
_SOUNDS_LIKE_I = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)
_TRANSLATIONS = resources.files("bot.domain") / "spoken"


def language_of(locale: str | None) -> str:
    """The language we speak for a language tag: "es-MX" → "es"; English for what we do not speak."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else ENGLISH


def say(locale: str | None, text: str, /, **values: object) -> str:
    """An English text in the language of a locale, with its `{places}` filled.

    Without values nothing is filled, so that a text with braces of its own stays as it is. A text without a translation
    is said in English rather than not at all; tests/words sees to it that there is none.
    """
    words = catalogue(language_of(locale)).get(text, text)
    return words.format(**values) if values else words


def listed(locale: str | None, words: Sequence[str], last: str = AND) -> str:
    """Words as a list of the language: "neck, left knee and hip". `last` goes before the last one."""
    if len(words) < 2:
        return "".join(words)
    joint = say(locale, last)
    if joint.endswith(" y ") and _SOUNDS_LIKE_I.match(words[-1]):
        joint = joint.removesuffix("y ") + "e "
    return f"{', '.join(words[:-1])}{joint}{words[-1]}"


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """English text → text of the language, from all its files; empty for English."""
    if language == ENGLISH:
        return {}
    files = sorted((_TRANSLATIONS / language).iterdir(), key=lambda file: file.name)
    return {
        text: words
        for file in files
        if file.name.endswith(".po")
        for text, words in read_po(file.read_text(encoding="utf-8"))
    }


def read_po(content: str) -> Iterator[tuple[str, str]]:
    """The finished entries of a gettext .po file; what is empty, fuzzy or obsolete is passed over.

    Python's own `gettext` reads only the compiled form, which cannot be merged or reviewed. Contexts and plural forms
    are not used here and not read.
    """
    for block in content.replace("\r\n", "\n").split("\n\n"):
        parts: dict[str, str] = {}
        keyword = ""
        for line in block.split("\n"):
            if line.startswith("#"):
                if line.startswith("#,") and "fuzzy" in line:
                    break
                continue
            if not line.startswith('"'):
                keyword, _, line = line.partition(" ")
            if keyword:
                parts[keyword] = parts.get(keyword, "") + str(ast.literal_eval(line))
        else:
            if parts.get("msgid") and parts.get("msgstr"):
                yield parts["msgid"], parts["msgstr"]
