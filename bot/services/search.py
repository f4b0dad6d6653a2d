"""By which words a hand-off can be found, and what a person typed into the search box; both meet as keyed hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.services.stored import QueueFilter

_REFERENCE = re.compile(r"PLP[- ]?([0-9A-Z]{4})[- ]?([0-9A-Z]{1,4})?", re.IGNORECASE)
_TAILS = (7, 10)


def terms_of(record: Mapping[str, Any], labels: Iterable[str] = ()) -> tuple[str, ...]:
    """Every word under which a hand-off with this record and these labels is found."""
    contact = (record.get("facts") or {}).get("contact") or {}
    terms = [f"name:{word}" for word in words(str(contact.get("name") or ""))]
    if contact.get("email"):
        terms.append(f"email:{str(contact['email']).strip().casefold()}")
    number = digits(str(contact.get("phone") or ""))
    if number:
        terms += [f"phone:{number}", *(f"phone:{number[-tail:]}" for tail in _TAILS if len(number) > tail)]
    terms += [f"flag:{flag}" for flag in record.get("rf") or ()]
    sites = [*(record.get("sites") or ())]
    sites += [site for ache in record.get("complaints") or () for site in ache.get("sites") or ()]
    terms += [f"site:{site['site']}" for site in sites]
    terms += [f"label:{label.casefold()}" for label in labels]
    return tuple(dict.fromkeys(terms))


def reference_of(typed: str) -> str | None:
    """The reference, as it is written, when what was typed is one."""
    found = _REFERENCE.fullmatch(typed.strip())
    return "-".join(part.upper() for part in ("PLP", *found.groups()) if part) if found else None


def narrow(wanted: QueueFilter, typed: str) -> QueueFilter:
    """The filter, narrowed by what was typed: a reference, an e-mail address, a phone number, or names."""
    text = typed.strip()[:200]
    if not text:
        return wanted
    if reference := reference_of(text):
        return replace(wanted, reference=reference)
    if "@" in text:
        return replace(wanted, terms=(*wanted.terms, f"email:{text.casefold()}"))
    number = digits(text)
    if len(number) >= 6 and not re.search(r"[a-z]", text, re.IGNORECASE):
        return replace(wanted, terms=(*wanted.terms, f"phone:{number}"))
    return replace(wanted, terms=(*wanted.terms, *(f"name:{word}" for word in words(text))))


def words(name: str) -> list[str]:
    """The words of a name as they are compared."""
    return [word.casefold() for word in re.findall(r"[^\W\d_]+", name)]


def digits(phone: str) -> str:
    """The digits of a phone number as they are compared."""
    return "".join(char for char in phone if char.isdigit()).removeprefix("00")
