"""When a "no" answers a whole card of dangers: never when it denies one thing only, or takes back what was told before."""

from __future__ import annotations

import re

from bot.domain import answers
from bot.domain.said import Said

_TAKES_BACK = re.compile(
    r"^\W*no+\W+(?:wait|hang on|hold on|sorry|i meant?|it'?s|it is|that'?s (?:wrong|not)|actually|rather|he|she|his|her|we|for (?:me|my)"
    r"|esper[ae]|perd[oó]n|disculp\w+|es|era|quise|quer[ií]a decir|en realidad|me equivoqu[eé]|mejor dicho|para (?:m[ií]|mi))\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:none|nothing|neither|all|any|anything|everything|these|those|them|that|else|list|symptoms?|problems?|issues?|conditions?|illness\w*|meds|medic\w+"
    r"|ning[uú]n\w*|nada|tod[oa]s?|es[oa]s?|est[oa]s?|lista|s[ií]ntomas?|problemas?|enfermedad\w*)\b",
    re.IGNORECASE,
)
_ONE_THING = ("finding", "quality", "condition", "medicine")


def denies_all(said: Said) -> bool:
    """True for "no", "none of these", "nothing like that": every row of the card is answered with no."""
    if not answers.says_none(said.text, said.guess) or answers.is_question(said.text):
        return False
    if _ALL.search(said.text):
        return True
    return not denies_one(said) and not _TAKES_BACK.search(said.text) and not any(map(str.isdigit, said.text))


_OF_NERVES = ("numb", "tingling", "pins_and_needles", "weak", "electric", "swelling")


def but_something(said: Said) -> bool:
    """True for "none, but my arm is tingling": what is told beside the no may be a sign on the card."""
    return bool(said.of("finding")) or any(one.value in _OF_NERVES for one in said.of("quality"))


def denies_one(said: Said) -> bool:
    """True for "no swelling": it says nothing about the other rows."""
    denied = any(mention.negated and mention.kind in _ONE_THING for mention in said.mentions)
    return denied and not _ALL.search(said.text)
