"""Which language to speak with a visitor from now on: the one they ask for, or the one they plainly write in."""

from __future__ import annotations

import re

from bot.domain.speech import ENGLISH, language_of

SPANISH = "es"
_ASKED = {
    SPANISH: re.compile(
        r"\b(?:in|speaks?|talk|write|switch to|change to|prefer|continue in|back to) (?:spanish|espa[nñ]ol|castellano)\b"
        r"|\b(?:en|habl\w+|escrib\w+|prefiero|(?:cambi|pas|volv)\w* al?) (?:el )?(?:espa[nñ]ol|castellano)\b"
        r"|^\W*(?:spanish|espa[nñ]ol|castellano)\W*(?:please|por favor)?\W*$",
        re.IGNORECASE,
    ),
    ENGLISH: re.compile(
        r"\b(?:in|speaks?|talk|write|switch to|change to|prefer|continue in|back to) (?:english|ingl[eé]s)\b"
        r"|\b(?:en|habl\w+|escrib\w+|prefiero|(?:cambi|pas|volv)\w* al?) (?:el )?ingl[eé]s\b"
        r"|^\W*(?:english|ingl[eé]s)\W*(?:please|por favor)?\W*$",
        re.IGNORECASE,
    ),
}
# "I don't speak English", "no hablo inglés": the other one, then.
_CANNOT = re.compile(r"\b(?:don'?t|do not|can'?t|cannot|not|no|tampoco)\b[^.!?]{0,20}$", re.IGNORECASE)
_LONGEST_REQUEST = 12  # words; in a longer text the name of a language is more likely part of a story

# Frequent words that only one of the two has. Particles of names ("de la Cruz") do not count alone.
_TELLING = {
    SPANISH: frozenset(
        [
            "hola",
            "gracias",
            "buenas",
            "buenos",
            "quiero",
            "quisiera",
            "necesito",
            "tengo",
            "tiene",
            "estoy",
            "está",
            "están",
            "soy",
            "es",
            "duele",
            "duelen",
            "dolor",
            "desde",
            "hace",
            "hasta",
            "cuando",
            "porque",
            "pero",
            "muy",
            "más",
            "también",
            "mi",
            "mis",
            "su",
            "sus",
            "con",
            "sin",
            "para",
            "por",
            "y",
            "que",
            "qué",
            "cómo",
            "dónde",
            "cuánto",
            "sí",
            "ayer",
            "hoy",
            "semana",
            "semanas",
            "mes",
            "meses",
            "días",
            "año",
            "años",
            "nada",
            "ninguno",
            "ninguna",
        ]
    ),
    ENGLISH: frozenset(
        [
            "hello",
            "hi",
            "thanks",
            "thank",
            "want",
            "need",
            "have",
            "has",
            "had",
            "i",
            "i'm",
            "it's",
            "my",
            "is",
            "are",
            "was",
            "been",
            "the",
            "and",
            "with",
            "without",
            "from",
            "since",
            "but",
            "very",
            "also",
            "when",
            "because",
            "what",
            "how",
            "where",
            "hurts",
            "hurt",
            "pain",
            "ache",
            "week",
            "weeks",
            "month",
            "months",
            "days",
            "year",
            "years",
            "nothing",
            "none",
            "of",
            "to",
            "it",
            "that",
            "this",
            "can",
            "for",
        ]
    ),
}
_PARTICLES = {
    SPANISH: frozenset(
        ["el", "la", "los", "las", "un", "una", "unos", "unas", "de", "del", "al", "en", "se", "lo", "le"]
    ),
    ENGLISH: frozenset(["in", "on", "at"]),
}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SPANISH_SIGNS = re.compile(r"[¿¡ñ]")
_ENOUGH = 2
_CLEARLY = 3  # so many times as many words as of the other language


def after(text: str, locale: str) -> str:
    """The locale to speak after this text: another language when it asks for it or is plainly written in it."""
    heard = asked(text) or written(text)
    return locale if heard is None or heard == language_of(locale) else heard


def asked(text: str) -> str | None:
    """The language a short text asks to speak: "English please", "¿habla español?"; None for any other text."""
    if len(text.split()) > _LONGEST_REQUEST:
        return None
    for language, pattern in _ASKED.items():
        found = pattern.search(text)
        if found:
            other = ENGLISH if language == SPANISH else SPANISH
            return other if _CANNOT.search(text[: found.start() + 1]) or _CANNOT.match(found[0]) else language
    return None


def written(text: str) -> str | None:
    """The language a text is plainly written in; None where it is too short or too mixed to tell."""
    words = [word.lower() for word in _WORD.findall(text)]
    counts = {language: _count(words, language) for language in _TELLING}
    if _SPANISH_SIGNS.search(text.lower()):
        counts[SPANISH] += 1
    first, second = sorted(counts, key=lambda language: -counts[language])
    return first if counts[first] >= _ENOUGH and counts[first] >= _CLEARLY * counts[second] else None


def _count(words: list[str], language: str) -> int:
    """Telling words, and particles beside at least one of them."""
    telling = sum(word in _TELLING[language] for word in words)
    return telling + sum(word in _PARTICLES[language] for word in words) if telling else 0
