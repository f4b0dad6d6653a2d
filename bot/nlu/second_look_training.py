"""Learns the weights of `bot/language/second_look.py` from the sentences of this project; `palpate train --second-look`.

Sentences: the dangers and look-alikes of tests/cases/language, and every sentence of data/nlu as one that tells none. The
same sentences give the same file. It is kept in the repository, so that the Reader needs no training to be safe.
"""

from __future__ import annotations

import csv
import io
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np
import yaml

from bot.language import lexicon, reader, second_look, tables
from bot.language.phrases import cell_phrases
from bot.language.tables import HOME
from bot.nlu import linear

ROOT = Path(__file__).resolve().parents[2]
CASES = ("danger.yml", "danger_more.yml", "danger_told.yml")
CALM = ""
STRENGTH = 100.0
OWN_SHARE = 0.3  # of the dangers that hold a feature: fewer, and it is a word like "and"
KEEP = 0.25  # smaller weights are left out of the file


def sentences(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """(text, flag) of every sentence; the flag is `CALM` for those that tell no danger."""
    for name in CASES:
        said = yaml.safe_load((root / "tests" / "cases" / "language" / name).read_text(encoding="utf-8"))
        for flag, by_kind in said.items():
            yield from ((text, flag) for text in by_kind.get("flagged", ()))
            yield from ((text, CALM) for text in by_kind.get("quiet", ()))
    for path in sorted((root / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            yield from ((line.removeprefix("- ").strip(), CALM) for line in block["examples"].splitlines())


# A place, a condition or a medicine named and nothing more is no danger, whatever the dangers speak of.
_PLAIN = {
    "site": ("my {}", "my left {}", "my {} hurts", "pain in my {}", "it's my {} that aches"),
    "condition": ("I have {}", "I've got {} but it's under control"),
    "medicine": ("I take {}", "just {} now and then"),
}
_NOT_PLAIN = frozenset({"chest", "sternum", "abdomen"})  # an ache here is asked about
_FORMS = 6  # phrases of one value


def plain_sentences() -> Iterator[tuple[str, str]]:
    """Machine-made sentences that name one thing, for every value of the tables."""
    for file, kind in lexicon.MENTIONS.items():
        for row in tables.rows(file, ("value", "name", "phrases")) if kind in _PLAIN else ():
            simple = [phrase for phrase in cell_phrases(row["phrases"]) if phrase.replace(" ", "").isalpha()]
            for phrase in simple[:_FORMS] if row["value"] not in _NOT_PLAIN else ():
                yield from ((form.format(phrase), CALM) for form in _PLAIN[kind])


def learn(pairs: Sequence[tuple[str, str]]) -> dict[str, second_look.Weight]:
    """The weights that tell the dangers from the rest, the small ones left out."""
    rows, flags = _read(pairs)
    names = sorted(set().union(*rows))
    place = {name: at for at, name in enumerate(names)}
    matrix = _matrix(rows, place)
    index = np.array([int(bool(flag)) for flag in flags])
    share = np.bincount(index) / len(index) * 2
    none = np.zeros((len(rows), 0), dtype=np.float32)
    fitted = linear.fit(matrix, none, index, STRENGTH / share[index], 300)
    weight = fitted[:, 1] - fitted[:, 0]
    spoken = _spoken_for(rows, flags)
    kept = {
        name: second_look.Weight(round(float(weight[at]), 2), spoken.get(name, "") if weight[at] > 0 else "")
        for name, at in place.items()
        if abs(weight[at]) >= KEEP
    }
    return {second_look.BIAS: second_look.Weight(round(float(weight[-1]), 2), ""), **kept}


def _read(pairs: Sequence[tuple[str, str]]) -> tuple[list[set[str]], list[str]]:
    """The features of each sentence and its flag; a calm one in which a rule finds a danger after all is left out."""
    read, words = reader.load(), lexicon.cached(lexicon.ENGLISH)
    rows, flags = [], []
    for text, flag in dict(pairs).items():
        doc = read.doc(text)
        told = any(not danger.guessed for danger in doc._.dangers)
        names = second_look.features(doc._.stream, doc._.found, doc._.context, words)
        if names and (flag or not told):
            rows.append(names)
            flags.append(flag)
    return rows, flags


def _matrix(rows: Sequence[set[str]], place: dict[str, int]) -> object:
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


def main(out: TextIO, home: Path = HOME) -> int:
    """Write the file and say how large it is."""
    weights = learn([*plain_sentences(), *sentences()])
    (home / "second_look.csv").write_text(to_csv(weights), encoding="utf-8")
    out.write(f"wrote second_look.csv: {len(weights)} weights\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdout))
