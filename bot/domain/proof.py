"""The proof sheet of a result: per reason the rule, its source, and the visitor's own words that met its condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.triage import Result


def proof_sheet(result: Result, said: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """One entry per reason, strongest first: `{"rule", "source", "facts": [{"fact", "words"}]}`.

    `said` maps a field or id to the quotations that set it, each with a `text`. A fact nobody put in words (a tick, a
    finding that follows from others) has an empty list.
    """
    return [
        {
            "rule": reason.rule,
            "source": reason.source,
            "facts": [
                {"fact": name, "words": [str(quote.get("text", "")) for quote in said.get(name, ())]}
                for name in reason.facts
            ],
        }
        for reason in result.reasons
    ]
