"""The proof sheet of a result: per reason the rule, its source, and the visitor's own words that met its condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# What a rule looks at, where that has no words of its own: the fields or ids whose words set it.
_SET_BY: Mapping[str, tuple[str, ...]] = {
    "injury": ("hours_since_injury", "weeks_since_injury", "onset", "duration_days", "cause"),
    "hours_since_injury": ("onset", "duration_days", "cause"),
    "cleared_claimed": ("clearance", "doctor"),
    "cleared": ("clearance", "doctor"),
    "onset": ("cause",),
    "nrs": ("peg", "psfs", "function"),
    "function_limited": ("function",),
    "low_risk_pregnancy": ("CI-PREG",),
}

Words = Mapping[str, Sequence[Mapping[str, Any]]]


def proof_sheet(result: Mapping[str, Any], said: Words) -> list[dict[str, Any]]:
    """One entry per reason of a result of contract §3, strongest first.

    `{"rule", "source", "facts": [{"fact", "follows", "words"}]}`: `follows` names what a derived fact rests on. `said`
    maps a field or id to the quotations that set it, each with a `text`. A fact nobody put in words has an empty list.
    """
    return [
        {
            "rule": str(reason["rule"]),
            "source": str(reason.get("source") or ""),
            "facts": [_fact(str(name), reason.get("follows") or {}, said) for name in reason.get("facts") or ()],
        }
        for reason in result.get("reasons") or ()
    ]


def with_proof(result: Mapping[str, Any], said: Words) -> dict[str, Any]:
    """A result as it is kept with a hand-off: beside its reasons the words they rest on."""
    return {**result, "proof": proof_sheet(result, said)}


def _fact(name: str, follows: Mapping[str, Sequence[str]], said: Words) -> dict[str, Any]:
    parts = [str(part) for part in follows.get(name) or ()]
    return {"fact": name, "follows": parts, "words": _words((name, *parts), said)}


def _words(names: Iterable[str], said: Words) -> list[str]:
    """The quotations of these fields and ids, and of those that set them, each once."""
    found: dict[str, None] = {}
    for name in names:
        for key in (name, *_SET_BY.get(name, ())):
            found.update(dict.fromkeys(str(quote.get("text") or "") for quote in said.get(key) or ()))
    return [text for text in found if text]
