"""What is particular to reading Spanish: numbers, times, scores, sides and slips; everything else is shared with English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.mention import Mention
from bot.language.context import Context
from bot.language.danger import Sign
from bot.language.duration import ABOUT_THE_BODY
from bot.language.spanish import duration, facts, intensity, when
from bot.language.tokens import Tokens


def counted(
    tokens: Tokens, meant: Context, said: Sequence[Mention], *, asked: str | None, now: datetime
) -> list[Mention]:
    """Everything that is counted: how long, how strong, how old, when to come."""
    aching = any(mention.kind in ABOUT_THE_BODY for mention in said)
    times = duration.read(tokens, meant, asked=asked, now=now, aching=aching)
    taken = [(mention.start, mention.end) for mention in times]
    scores = intensity.read(tokens, meant, asked=asked, taken=taken, aching=aching)
    return [*times, *scores, *facts.people(tokens, meant), *when.read(tokens, meant, asked=asked)]


def signs(tokens: Tokens, meant: Context) -> Iterator[Sign]:
    """The number facts of Spanish sentences, as concepts for the rows of dangers."""
    for sign in facts.signs(tokens, meant):
        if tokens.language[sign.first] == "es":
            yield sign
