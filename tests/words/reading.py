"""How hard a text is to read: Flesch-Kincaid for English, INFLESZ for Spanish.

Flesch-Kincaid grade: Kincaid et al. 1975, 0.39 words/sentence + 11.8 syllables/word - 15.59. INFLESZ (Szigriszt-Pazos
perspicuity, scale of Barrio-Cantalejo 2008): 206.835 - 62.3 syllables/word - words/sentence; 55-65 is normal, 65-80 quite
easy, over 80 very easy. The libraries that have both (textstat) load corpora from elsewhere, so the formulas stand here.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PLACES = re.compile(r"\[\[\w+\]\]|\{\w+\}")
_STRONG = "aeoáéóíú"  # an accented i or u stands in a syllable of its own


def words(text: str) -> list[str]:
    """The words; a place that is filled later is none."""
    return _WORD.findall(_PLACES.sub("", text))


def grade(text: str) -> float:
    """The school grade of the United States in which an English text can be read."""
    found = words(text)
    return 0.39 * len(found) / _sentences(text) + 11.8 * sum(map(_english, found)) / len(found) - 15.59


def inflesz(text: str) -> float:
    """How easy a Spanish text is: more is easier."""
    found = words(text)
    return 206.835 - 62.3 * sum(map(spanish_syllables, found)) / len(found) - len(found) / _sentences(text)


def _sentences(text: str) -> int:
    return max(1, sum(1 for part in _SENTENCE.split(text) if words(part)))


def _english(word: str) -> int:
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    silent = silent or bool(re.search(r"[^td]ed$", word) and groups > 1)
    return max(1, groups - silent)


def spanish_syllables(word: str) -> int:
    """Vowels next to each other are one syllable unless both are strong (a, e, o, or an accented i or u)."""
    word = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word.lower()).replace("h", "")
    word = re.sub(r"y(?![aeiouáéíóú])", "i", word)
    count = 0
    for group in re.findall(r"[aeiouáéíóúü]+", word):
        count += max(1, sum(vowel in _STRONG for vowel in group))
    return max(1, count)
