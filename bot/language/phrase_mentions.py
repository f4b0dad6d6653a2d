"""Makes mentions of the phrases that the tables know: sites with their side, qualities, findings, conditions, medicines and the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.mention import Mention
from bot.language import sides
from bot.language.context import Context, said
from bot.language.lexicon import CONCEPT, ENGLISH, MENTIONS, SPANISH
from bot.language.phrases import Found
from bot.language.spanish import sides as spanish_sides
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

KINDS = frozenset(MENTIONS.values())
_WHOSE = frozenset(
    ("my", "our", "his", "her", "your", "their", "mi", "mis")
)  # part of a site's words, as in the contract's example
# A denial of these must be about having them: "my knee doesn't bend" does not deny the knee.
_PLACES = frozenset({"site", "person", "doctor", "goal", "function", "cause"})
_MOVED = 3  # words between "when I lift" and what is lifted


def read(tokens: Tokens, found: Iterable[Found], context: Context) -> list[Mention]:
    """One mention for each phrase of a mention table, the longest where two of a kind share words."""
    sided = {ENGLISH: sides.side_words(tokens), SPANISH: spanish_sides.side_words(tokens)}
    of_site = {ENGLISH: sides.of_site, SPANISH: spanish_sides.of_site}
    out = []
    for hit in _without_own_side(_longest([f for f in _without_movements(list(found)) if f.table in KINDS]), tokens):
        first, last, side = hit.first, hit.last, None
        if hit.table == "site":
            side, first, last = of_site[hit.language](tokens, sided[hit.language], hit.first, hit.last)
            if side is None and hit.language == ENGLISH:
                tail = sides.at_the_end(tokens, sided[ENGLISH], tokens.sentence[hit.first])
                side = tail.side if tail and tail.first >= last else None
            first -= first > 0 and tokens.words[first - 1] in _WHOSE
        flags = context.flags(hit.first, hit.last, site=hit.table in _PLACES)
        out.append(
            Mention(
                hit.table,
                hit.value.value,
                tokens.starts[first],
                tokens.ends[last - 1],
                side=side,
                name=hit.value.name,
                **said(flags),
            )
        )
    return _spread(out, tokens)


# What a pain runs to is on the side it comes from: "right arm from the elbow to the fingers", "hombro derecho que baja hasta el codo".
_RUNS = word_set("to into down from through towards along onto hasta baja bajando corre llega sube")
_RUN = 6  # words between the two
_STEPS = word_set(
    "the my a it that which and goes going go runs running run shoots shooting shoot radiates radiating spreads spreading travels",
    "travelling moves sometimes then also all way right back of outside inside front up el la los las mi mis un una que se me y le",
    "irradia va corre corriendo por a al del de dolor pain , -",
)
_MIDLINE = frozenset(
    [
        "back",
        "low_back",
        "upper_back",
        "thoracic_spine",
        "lumbar_spine",
        "sacrum",
        "coccyx",
        "neck",
        "neck_back",
        "cervical_spine",
        "head",
        "forehead",
        "occiput",
        "face",
        "chest",
        "sternum",
        "abdomen",
        "pelvis",
        "trunk",
        "widespread",
    ]
)


def _spread(read: list[Mention], tokens: Tokens) -> list[Mention]:
    out: list[Mention] = []
    came: Mention | None = None
    for mention in read:
        if mention.kind == "site":
            if came and mention.side is None and mention.value not in _MIDLINE and _runs(came, mention, tokens):
                mention = replace(mention, side=came.side)
            came = mention if mention.side in ("left", "right") else None
        out.append(mention)
    return out


def _runs(came: Mention, mention: Mention, tokens: Tokens) -> bool:
    first, last = bisect_left(tokens.ends, came.end) + 1, bisect_left(tokens.starts, mention.start)
    between = tokens.words[first:last]
    same = tokens.sentence[first - 1] == tokens.sentence[last]
    return (
        same
        and len(between) <= _RUN
        and not _RUNS.isdisjoint(between)
        and all(word in _STEPS or word in _RUNS for word in between)
    )


def _without_movements(found: list[Found]) -> list[Found]:
    """Without the part that is only moved: "my shoulder burns when I lift my arm" is the shoulder."""
    moves = [f.last for f in found if f.table == CONCEPT and f.value == "movement"]
    moved = [f for f in found if f.table == "site" and any(0 <= f.first - last <= _MOVED for last in moves)]
    if not moved or not any(f.table == "site" and f not in moved for f in found):
        return found
    return [f for f in found if f not in moved]


def _without_own_side(found: list[Found], tokens: Tokens) -> list[Found]:
    """Without the side of the body that only says which: "ribs on my right side" names no flank."""
    ends = {f.last for f in found if f.table == "site" and f.value.value != "flank"}
    said = ("on", "my"), ("on", "the")
    return [
        f
        for f in found
        if not (
            f.table == "site"
            and f.value.value == "flank"
            and ends & set(range(f.first - 4, f.first + 1))
            and _on_my(tokens.words, f) in said
        )
    ]


def _on_my(words: list[str], hit: Found) -> tuple[str, ...]:
    """The two words before the side: ("on", "my")."""
    at = hit.first + next((i for i, word in enumerate(words[hit.first : hit.last]) if word in ("left", "right")), 0)
    at -= at > 0 and words[at - 1] in ("left", "right")
    return tuple(words[max(0, at - 2) : at])


def _longest(found: list[Found]) -> list[Found]:
    """Of two mentions of a kind that share words the longer stays, then the earlier."""
    out: list[Found] = []
    taken: set[tuple[str, int]] = set()
    for hit in sorted(found, key=lambda f: (f.first - f.last, f.first)):
        places = {(hit.table, at) for at in range(hit.first, hit.last)}
        if taken.isdisjoint(places):
            taken |= places
            out.append(hit)
    return sorted(out, key=lambda f: f.first)
