"""The clinic's canned replies, with the places filled for one visitor; a place that is not known is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.settings import Clinic

_PLACE = re.compile(r"\s*\{(\w+)\}")


def filled(clinic: Clinic, contact: Mapping[str, Any], reference: str, time: str = "") -> list[tuple[str, str]]:
    """(title, text) of every reply."""
    known = {
        "name": str(contact.get("name") or ""), "reference": reference, "clinic": clinic.name, "phone": clinic.phone, "time": time,
    }  # fmt: skip

    def put(place: re.Match[str]) -> str:
        value = known.get(place[1], "")
        return place[0].replace(f"{{{place[1]}}}", value) if value else ""

    return [(title, _PLACE.sub(put, text).strip()) for title, text in clinic.replies.items()]
