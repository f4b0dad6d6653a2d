"""Reads past a doctor's name, so that "Dr Smith told me not to" says what "the doctor told me not to" says."""

from __future__ import annotations

from dataclasses import replace

from bot.language.phrases import Found, WordTree
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

_SHORT = word_set("dr dra")
_TITLES = _SHORT | word_set("doctor doctora")
_TABLES = frozenset({"doctor", "condition"})
_NAMES = 2  # "Dr Anna Smith"


def find(tree: WordTree, tokens: Tokens) -> list[Found]:
    """What the tables know about a doctor who is named, at the places of `tokens`; nothing when none is named."""
    names = {at: last for at in range(len(tokens)) if (last := _name(tree, tokens, at)) > at}
    if not names:
        return []
    kept = [at for at in range(len(tokens)) if not any(title < at < last for title, last in names.items())]
    words = ["doctor" if at in names else tokens.words[at] for at in kept]
    return [
        replace(hit, first=kept[hit.first], last=kept[hit.last - 1] + 1)
        for hit in tree.find(words)
        if hit.table in _TABLES and names.keys() & set(kept[hit.first : hit.last - 1])
    ]


def _name(tree: WordTree, tokens: Tokens, title: int) -> int:
    """The place after the name that follows a title, its full stop and comma with it; `title` when there is no name."""
    words = tokens.words
    if words[title] not in _TITLES:
        return title
    first = title + 1 + (words[title + 1 : title + 2] == ["."])
    last = first
    while last < min(first + _NAMES, len(words)) and _is_name(tree, tokens, last, short=words[title] in _SHORT):
        last += 1
    if last == first:
        return title
    return last + (words[last : last + 1] == [","])


def _is_name(tree: WordTree, tokens: Tokens, at: int, *, short: bool) -> bool:
    """A word with a capital; after "dr" also one that no table knows, as phones are typed on."""
    written = tokens.text[tokens.starts[at] : tokens.ends[at]]
    return written.istitle() or (short and written.isalpha() and tokens.words[at] not in tree.vocabulary)
