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
    texts: Sequence[str], labels: Sequence[str], *, encoder: bool, strength: float = 10.0, rounds: int = 300
) -> Linear:
    """Fit the model. The same sentences give the same model; `strength` is scikit-learn's C (higher fits closer).

    Rare intents count a little more than their share, so that 30 questions about parking stand up to 300 about weather.
    """
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    rows = [features.grams(text) for text in texts]
    known = np.unique(np.concatenate([ids for ids, _ in rows]))
    columns = np.concatenate([np.searchsorted(known, ids) for ids, _ in rows])
    ends = np.cumsum([0, *(len(ids) for ids, _ in rows)])
    matrix = sparse.csr_matrix(
        (np.concatenate([values for _, values in rows]), columns, ends), shape=(len(rows), len(known))
    )
    vectors = features.meaning(list(texts)) if encoder else np.zeros((len(rows), 0), dtype=np.float32)
    names, index = np.unique(np.array(labels), return_inverse=True)
    share = np.bincount(index) / len(labels) * len(names)
    fitted = LogisticRegression(C=strength, max_iter=rounds, class_weight={i: s**-0.5 for i, s in enumerate(share)})
    fitted.fit(sparse.hstack([matrix, sparse.csr_matrix(vectors)]).tocsr(), index)
    weights = fitted.coef_.T.astype(np.float32)
    return Linear(
        tuple(names.tolist()), known, weights[: len(known)], weights[len(known) :], fitted.intercept_.astype(np.float32)
    )
