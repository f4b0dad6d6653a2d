"""The intent model: multinomial logistic regression over grams and sentence vectors, kept as plain numbers."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu import features
from bot.nlu.features import Ids, Values

WEIGHTS, ABOUT = "weights.npz", "labels.json"
FORMAT = 1
SEEN_AT_LEAST = 2  # a gram of one sentence alone teaches nothing; leaving them out halves the model and reads better


class BadModel(ValueError):
    """The stored model cannot be used; train again."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of each intent.

    known    gram buckets that training saw, ascending; grams: one row of weights for each
    meaning  one row of weights for each part of the sentence vector; no rows when the encoder is not used
    """

    labels: tuple[str, ...]
    known: Ids
    grams: Values
    meaning: Values
    bias: Values

    def probabilities(self, text: str) -> dict[str, float]:
        """How likely each intent is; they add up to 1."""
        scores = self.bias + self._from_grams(text)
        if len(self.meaning):
            scores = scores + features.meaning([text])[0] @ self.meaning
        raised = np.exp(scores - scores.max())
        return dict(zip(self.labels, (raised / raised.sum()).tolist(), strict=True))

    def _from_grams(self, text: str) -> Any:
        ids, values = features.grams(text)
        at = np.searchsorted(self.known, ids)
        at[at == len(self.known)] = 0
        seen = self.known[at] == ids
        return values[seen] @ self.grams[at[seen]]

    def to_files(self) -> dict[str, bytes]:
        """The model as files, by name: numbers without pickle, and what they mean as JSON."""
        packed = io.BytesIO()
        np.savez_compressed(
            packed,
            known=self.known.astype(np.int32),
            grams=self.grams.astype(np.float16),
            meaning=self.meaning,
            bias=self.bias,
        )
        about = {"format": FORMAT, "buckets": features.BUCKETS, "labels": self.labels}
        return {WEIGHTS: packed.getvalue(), ABOUT: json.dumps(about, indent=1).encode()}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Linear:
        """The inverse of `to_files`. Raises BadModel when a file is missing or was made by another version."""
        try:
            about = json.loads(files[ABOUT])
            with np.load(io.BytesIO(files[WEIGHTS]), allow_pickle=False) as stored:
                parts = {name: stored[name] for name in ("known", "grams", "meaning", "bias")}
        except (KeyError, ValueError, OSError) as error:
            raise BadModel("the stored intent model is not complete; run `palpate train`") from error
        if (about.get("format"), about.get("buckets")) != (FORMAT, features.BUCKETS):
            raise BadModel("the stored intent model is of another version; run `palpate train`")
        return cls(
            tuple(about["labels"]),
            parts["known"].astype(np.int64),
            parts["grams"].astype(np.float32),
            parts["meaning"],
            parts["bias"],
        )


def train(
    texts: Sequence[str], labels: Sequence[str], *, encoder: bool, strength: float = 100.0, rounds: int = 300
) -> Linear:
    """Fit the model. The same sentences give the same model; a higher `strength` fits them closer.

    Rare intents count a little more than their share, so that 30 questions about parking stand up to 300 about weather.
    """
    known, matrix = _matrix([features.grams(text) for text in texts])
    vectors = features.meaning(list(texts)) if encoder else np.zeros((len(texts), 0), dtype=np.float32)
    names, index = np.unique(np.array(labels), return_inverse=True)
    share = np.bincount(index) / len(labels) * len(names)
    weights = fit(matrix, vectors, index, strength * share[index] ** -0.5, rounds)
    return Linear(tuple(names.tolist()), known, weights[: len(known)], weights[len(known) : -1], weights[-1])


def fit(matrix: Any, vectors: Values, index: Any, care: Any, rounds: int) -> Values:
    """Softmax regression by L-BFGS: weights of grams, then of vectors, then the bias (the only one left free).

    `care` is how much each sentence counts against the penalty on large weights. Grams stay sparse and vectors dense,
    which takes a fifth of the time of scikit-learn's way.
    """
    from scipy.optimize import minimize

    rows, grams, intents = np.arange(len(index)), matrix.shape[1], int(index.max()) + 1
    turned = matrix.T.tocsr()

    def cost(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(-1, intents)
        scores = matrix @ weights[:grams] + vectors @ weights[grams:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        wrong = np.exp(scores)
        total = wrong.sum(axis=1)
        loss = care @ (np.log(total) - scores[rows, index])
        wrong /= total[:, None]
        wrong[rows, index] -= 1.0
        wrong *= care[:, None]
        slope = np.vstack([turned @ wrong, vectors.T @ wrong, wrong.sum(axis=0)])
        slope[:-1] += weights[:-1]
        return float(loss + 0.5 * np.sum(weights[:-1] ** 2)), slope.ravel()

    start = np.zeros((grams + vectors.shape[1] + 1) * intents)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "gtol": 1e-3})
    return found.x.reshape(-1, intents).astype(np.float32)


def _matrix(rows: Sequence[tuple[Ids, Values]]) -> tuple[Ids, Any]:
    """The buckets worth knowing, ascending, and one sparse row of their weights for each text."""
    from scipy import sparse

    buckets, counts = np.unique(np.concatenate([ids for ids, _ in rows]), return_counts=True)
    known = buckets[counts >= SEEN_AT_LEAST]
    kept = [(np.searchsorted(known, ids[np.isin(ids, known)]), values[np.isin(ids, known)]) for ids, values in rows]
    ends = np.cumsum([0, *(len(at) for at, _ in kept)])
    cells = (np.concatenate([values for _, values in kept]), np.concatenate([at for at, _ in kept]), ends)
    return known, sparse.csr_matrix(cells, shape=(len(rows), len(known)))
