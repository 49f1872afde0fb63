"""From labelled requests to a model: one linear separator a class, and a scale that makes its scores chances.

The scale is learned from scores that models give to texts they have not seen: the training rows are cut in five, each
fifth is scored by a model of the other four, features and their weights included. The final separators then learn from
all rows. Nothing of it sees a row that is held out for evaluation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing import calibrate
from tongban.assist.routing.calibrate import Doubles
from tongban.assist.routing.features import Counts, Floats, Space, Vectors, count, learn, weigh
from tongban.assist.routing.grams import Words, segmented
from tongban.assist.routing.model import Model
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text

SEED = 42
CUTS = 5
FEWEST = CUTS
"""Rows a class needs, so that every fifth has one."""
PRECISION = 0.98
"""How often an answer that is called sure must be right."""
COST = 0.7
"""What an error costs against a wide margin (LinearSVC's C)."""

Progress = Callable[[float], None]


def _silent(_: float) -> None:
    pass


def checked(labels: Sequence[str], fewest: int = FEWEST) -> list[str]:
    """The classes, in order. Raises Refused `too-few-rows`, `one-class`, naming them."""
    seen = Counter(labels)
    few = {label: n for label, n in seen.items() if n < fewest}
    if few:
        raise Refused(
            *(
                Problem(
                    "too-few-rows",
                    Text(
                        f"“{label}”只有{n}条，每类至少要{fewest}条；请补充，或者并到别的类",
                        f"'{label}' has {n} rows, a class needs {fewest}; add some, or merge it into another",
                    ),
                    place=label,
                )
                for label, n in sorted(few.items())
            )
        )
    if len(seen) < 2:
        raise refuse("one-class", "至少要有两类才能训练", "There must be at least two classes to tell apart")
    return sorted(seen)


def train(texts: Sequence[str], labels: Sequence[str], progress: Progress = _silent) -> Model:
    """A model of these requests. Raises Refused `too-few-rows`, `one-class`."""
    classes = checked(labels)
    truth = np.searchsorted(np.array(classes), np.array(labels)).astype(np.int64)
    words = Words()
    if segmented(texts):
        words.learn(texts)
    counts = count(texts, words)
    progress(0.2)
    scores = np.zeros((len(texts), len(classes)))
    cut = cuts(truth, CUTS)
    for n in range(CUTS):
        inside = cut != n
        space, vectors = _space(counts, words, inside)
        weights, bias = _separators(space, vectors, truth, inside)
        unseen = np.flatnonzero(~inside)
        scores[unseen] = Model.scores(vectors, weights, bias)[unseen]
        progress(0.2 + 0.13 * (n + 1))
    scale = calibrate.fit(scores, truth)
    chances = _unseen_chances(scores, truth, cut)
    answer = chances.argmax(axis=1)
    everything = np.ones(len(texts), dtype=bool)
    space, vectors = _space(counts, words, everything)
    weights, bias = _separators(space, vectors, truth, everything)
    progress(1.0)
    return Model(
        classes=tuple(classes),
        space=space,
        weights=weights,
        bias=bias,
        scale=scale,
        sure=calibrate.sure_from(chances.max(axis=1), answer == truth, PRECISION),
        rows=len(texts),
    )


def cuts(truth: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    """Which of so many parts each row is in: shuffled, every class spread evenly, the same each time."""
    chance = np.random.default_rng(SEED)
    part = np.zeros(len(truth), dtype=np.int64)
    turn = 0
    for label in range(int(truth.max()) + 1):
        rows = chance.permutation(np.flatnonzero(truth == label))
        part[rows] = (np.arange(len(rows)) + turn) % parts
        turn += len(rows)
    return part


def _space(counts: Counts, words: Words, chosen: NDArray[np.bool_]) -> tuple[Space, Vectors]:
    space = learn(counts, words, chosen)
    return space, weigh(space, counts, len(chosen))


def _unseen_chances(scores: Doubles, truth: NDArray[np.int64], cut: NDArray[np.int64]) -> Doubles:
    """Chances of each row under a scale that was learned without it."""
    chances = np.zeros_like(scores)
    for n in range(CUTS):
        chances[cut == n] = calibrate.fit(scores[cut != n], truth[cut != n]).chances(scores[cut == n])
    return chances


def _separators(
    space: Space, vectors: Vectors, truth: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Weights (features x classes) and offsets of a linear support vector machine, one class against the rest."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    made: Any = csr_matrix((vectors.values, vectors.columns, vectors.starts), shape=(len(vectors), space.size))
    machine: Any = LinearSVC(C=COST, random_state=SEED)  # the library has no types
    machine.fit(made[chosen], truth[chosen])
    weights: NDArray[np.float64] = machine.coef_
    offsets: NDArray[np.float64] = machine.intercept_
    if len(weights) == 1:  # of two classes only the second has a separator
        weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
    return np.ascontiguousarray(weights.T, dtype=np.float32), offsets.astype(np.float32)
