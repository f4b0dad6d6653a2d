"""How far staff and rules agree: Cohen's kappa, and how often the rules were too mild or too cautious."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.review import Answer

# The two answers to one hand-off: the rules', and a person's.
Pair = tuple[Answer, Answer]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts over pairs of answers: `under` is where the rules were too mild, `over` where they were too cautious.

    `kappa` is Cohen's, over the seven answers; None where everybody always says the same, since chance explains it then.
    """

    total: int
    agreed: int
    under: int
    over: int
    kappa: float | None


def measure(pairs: Iterable[Pair]) -> Agreement:
    """The agreement over these pairs."""
    ranks = [(rules.rank, staff.rank) for rules, staff in pairs]
    total, agreed = len(ranks), sum(rules == staff for rules, staff in ranks)
    under, over = sum(staff > rules for rules, staff in ranks), sum(staff < rules for rules, staff in ranks)
    return Agreement(total, agreed, under, over, _kappa(ranks))


def by(pairs: Iterable[tuple[str, Pair]]) -> Mapping[str, Agreement]:
    """The agreement of each group (a rule, a reviewer), those with most under-triage first."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for name, pair in pairs:
        groups[name].append(pair)
    found = {name: measure(group) for name, group in groups.items()}
    return dict(sorted(found.items(), key=lambda entry: (-entry[1].under, -entry[1].over, -entry[1].total, entry[0])))


def _kappa(ranks: list[tuple[int, int]]) -> float | None:
    total = len(ranks)
    if not total:
        return None
    rules, staff = Counter(one for one, _ in ranks), Counter(one for _, one in ranks)
    chance = sum(rules[rank] * staff[rank] for rank in rules) / total**2
    if chance == 1:
        return None
    return (sum(one == other for one, other in ranks) / total - chance) / (1 - chance)
