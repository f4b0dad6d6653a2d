"""Learns the weights of `bot/language/second_look.py` from the sentences of this project; `palpate train --second-look`.

Sentences of a language: its dangers and look-alikes in tests/cases/language, the calm ones of data/second_look, and those of data/nlu
as ones that tell none. The penalty makes the best weights the only ones; they are searched to the last digit that is written, in
doubles and one order, so the same sentences give the same file. It is kept in the repository: the Reader needs no training to be safe.
"""

from __future__ import annotations

import csv
import io
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import yaml

from bot.language import lexicon, reader, second_look, tables
from bot.language.lexicon import ENGLISH, HOMES, SPANISH
from bot.language.phrases import cell_phrases

ROOT = Path(__file__).resolve().parents[2]
CALM = ""
STRENGTH = 200.0
OWN_SHARE = 0.3  # of the dangers that hold a feature: fewer, and it is a word like "and"
KEEP = 0.25  # smaller weights are left out of the file


@dataclass(frozen=True, slots=True)
class Lessons:
    """Where the sentences of a language stand, and the forms of its plain sentences by kind of mention."""

    cases: tuple[str, ...]
    calm: str
    plain: dict[str, tuple[str, ...]]


# A place, a condition or a medicine named and nothing more is no danger, whatever the dangers speak of.
LESSONS = {
    ENGLISH: Lessons(
        ("danger.yml", "danger_more.yml", "danger_told.yml", "danger_fresh.yml", "danger_kinds.yml"),
        "calm.yml",
        {
            "site": (
                "my {}",
                "my left {}",
                "my {} hurts",
                "pain in my {}",
                "it's my {} that aches",
                "my {} is sore after the gym",
                "stiff {} from the cold",
            ),
            "condition": ("I have {}", "I've got {} but it's under control"),
            "medicine": ("I take {}", "just {} now and then"),
        },
    ),
    SPANISH: Lessons(
        ("es/danger.yml", "es/danger_more.yml", "es/danger_fresh.yml", "es/danger_kinds.yml"),
        "calm_es.yml",
        {
            "site": (
                "me duele {}",
                "dolor en {}",
                "tengo molestias en {} desde hace días",
                "{} un poco tenso",
                "me duele {} de tanto trabajar",
                "me molesta {} al subir escaleras",
                "con el frío se me pone tieso {}",
                "tengo 65 años y me duele {}",
            ),
            "condition": ("tengo {}", "tengo {} pero está controlado"),
            "medicine": ("tomo {}", "a veces tomo {} nada más"),
        },
    ),
}


def sentences(language: str = ENGLISH, root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """(text, flag) of every sentence; the flag is `CALM` for those that tell no danger."""
    lessons = LESSONS[language]
    for name in lessons.cases:
        said = _yaml(root / "tests" / "cases" / "language" / name)
        for flag, by_kind in said.items():
            yield from ((text, flag) for text in by_kind.get("flagged", ()))
            yield from ((text, CALM) for text in by_kind.get("quiet", ()))
    yield from ((text, CALM) for text in _yaml(root / "data" / "second_look" / lessons.calm)["calm"])
    for path in sorted((root / "data" / "nlu").glob("*.yml")):
        for block in _yaml(path)["nlu"]:
            if (block.get("metadata") or {}).get("language", ENGLISH) == language:
                yield from ((line.removeprefix("- ").strip(), CALM) for line in block["examples"].splitlines())


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


_NOT_PLAIN = frozenset({"chest", "sternum", "abdomen"})  # an ache here is asked about
_FORMS = 6  # phrases of one value


def plain_sentences(language: str = ENGLISH) -> Iterator[tuple[str, str]]:
    """Machine-made sentences that name one thing, for every value of the tables."""
    forms = LESSONS[language].plain
    for file, kind in lexicon.MENTIONS.items():
        rows = tables.rows(file, ("value", "name", "phrases"), HOMES[language]) if kind in forms else ()
        for row in rows:
            simple = [phrase for phrase in cell_phrases(row["phrases"]) if phrase.replace(" ", "").isalpha()]
            for phrase in simple[:_FORMS] if row["value"] not in _NOT_PLAIN else ():
                yield from ((form.format(phrase), CALM) for form in forms[kind])


def learn(pairs: Sequence[tuple[str, str]], language: str = ENGLISH) -> dict[str, second_look.Weight]:
    """The weights that tell the dangers from the rest, the small ones left out."""
    rows, flags = _read(pairs, language)
    names = sorted(set().union(*rows))
    place = {name: at for at, name in enumerate(names)}
    index = np.array([int(bool(flag)) for flag in flags])
    share = np.bincount(index) / len(index) * 2
    weight = fit(_matrix(rows, place), index, STRENGTH / share[index])
    spoken = _spoken_for(rows, flags)
    kept = {
        name: second_look.Weight(round(float(weight[at]), 2), spoken.get(name, "") if weight[at] > 0 else "")
        for name, at in place.items()
        if abs(weight[at]) >= KEEP
    }
    return {second_look.BIAS: second_look.Weight(round(float(weight[-1]), 2), ""), **kept}


def fit(matrix: Any, index: Any, care: Any) -> Any:
    """Logistic regression: the weight of each column, then the bias (the only one that may grow freely).

    `index` is 1 for a danger, `care` how much each row counts against the penalty. Two steps, because the first comes
    near quickly and the second to the last digit.
    """
    from scipy.optimize import minimize

    turned, sign = matrix.T.tocsr(), index * 2.0 - 1.0

    def odds(weight: Any) -> Any:
        return sign * (matrix @ weight[:-1] + weight[-1])

    def cost(weight: Any) -> tuple[float, Any]:
        margin = odds(weight)
        slope = -sign * care / (1.0 + np.exp(np.clip(margin, -500, 500)))
        loss = np.sum(care * np.logaddexp(0.0, -margin)) + 0.5 * np.sum(weight[:-1] ** 2)
        return float(loss), np.append(turned @ slope + weight[:-1], np.sum(slope))

    def bend(weight: Any, along: Any) -> Any:
        chance = 1.0 / (1.0 + np.exp(-np.clip(odds(weight), -500, 500)))
        curved = care * chance * (1.0 - chance) * (matrix @ along[:-1] + along[-1])
        return np.append(turned @ curved + along[:-1], np.sum(curved))

    near = minimize(cost, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    return minimize(cost, near, jac=True, hessp=bend, method="Newton-CG", options={"xtol": 1e-10}).x


def _read(pairs: Sequence[tuple[str, str]], language: str) -> tuple[list[set[str]], list[str]]:
    """The features of each sentence and its flag; a calm one in which a rule finds a danger after all is left out."""
    read, words = reader.load(), {name: lexicon.cached(name) for name in lexicon.LANGUAGES}
    rows, flags = [], []
    for text, flag in dict(pairs).items():
        doc = read.doc(text, locale=language)
        told = any(not danger.guessed for danger in doc._.dangers)
        names = second_look.features(doc._.stream, doc._.found, doc._.context, words)
        if names and (flag or not told):
            rows.append(names)
            flags.append(flag)
    return rows, flags


def _matrix(rows: Sequence[set[str]], place: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    at = [(row, place[name], 1 / math.sqrt(len(names))) for row, names in enumerate(rows) for name in sorted(names)]
    lines, columns, values = zip(*at, strict=True)
    return csr_matrix((values, (lines, columns)), shape=(len(rows), len(place)))


def _spoken_for(rows: Sequence[set[str]], flags: Sequence[str]) -> dict[str, str]:
    """The flag of a feature: the one that most of the dangers that hold it tell, if it is more than a chance share of them."""
    held: dict[str, Counter[str]] = {}
    for names, flag in zip(rows, flags, strict=True):
        for name in names if flag else ():
            held.setdefault(name, Counter())[flag] += 1
    spoken = {}
    for name, said in held.items():
        flag, count = max(sorted(said.items()), key=lambda item: item[1])
        if count >= OWN_SHARE * said.total():
            spoken[name] = flag
    return spoken


def to_csv(weights: dict[str, second_look.Weight]) -> str:
    """The file, strongest first, so that a clinician can read what speaks for danger."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(("feature", "weight", "flag"))
    for name, one in sorted(weights.items(), key=lambda item: (-item[1].weight, item[0])):
        lines.writerow((name, f"{one.weight:g}", one.flag))
    return out.getvalue()


def table(language: str) -> str:
    """The file of a language, learned anew."""
    return to_csv(learn([*plain_sentences(language), *sentences(language)], language))


def main(out: TextIO) -> int:
    """Write the files and say how large they are."""
    for language, home in HOMES.items():
        text = table(language)
        (home / "second_look.csv").write_text(text, encoding="utf-8")
        out.write(f"wrote second_look.csv ({language}): {text.count(chr(10)) - 1} weights\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdout))
