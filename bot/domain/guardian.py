"""The same words for somebody under 18: a guardian asks the doctor and decides, nobody is sent to a doctor of their own."""

from __future__ import annotations

import re

_ASKS = re.compile(r"please (?:check with your doctor|ask your (surgeon or doctor)) first")
_MIDWIFE = "please ask your midwife or doctor first"
_OWN = re.compile(r"\b(Y|y)our (doctor|surgeon|midwife|clinician)\b")


def to_guardian(words: str) -> str:
    """A text to the visitor as it fits when the visit is for somebody under 18 (clinical_changes §4).

    Who is young and pregnant is sent to a midwife as anybody is: whether a parent knows is theirs to say.
    """
    asked = _ASKS.sub(
        lambda found: f"a parent or guardian should ask a {found[1] or 'doctor'} first",
        words.replace(_MIDWIFE, "please ask a midwife or doctor first"),
    )
    return _OWN.sub(lambda found: f"{'T' if found[1] == 'Y' else 't'}he {found[2]}", asked)
