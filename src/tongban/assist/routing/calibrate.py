"""Scores as chances: of a hundred answers given with .8, eighty should be right. And how far from that they are.

The scores come from models that have not seen their texts. A matrix near a multiple of the identity and an offset for
each class make them chances by softmax (matrix scaling: Guo et al. 2017; kept near the diagonal: Kull et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
BINS = 15
_NEAR = 3.0
"""How strongly the matrix is drawn to a multiple of the identity; per class, against the sum over all texts."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Chances are softmax(scores @ matrix + offset)."""

    matrix: Doubles
    offset: Doubles

    def chances(self, scores: Doubles) -> Doubles:
        """A row of chances for each row of scores; each row sums to one."""
        return _softmax(scores @ self.matrix + self.offset)


def fit(scores: Doubles, truth: NDArray[np.int64]) -> Scale:
    """The scale under which these answers were the least surprising."""
    optimize: Any = import_module("scipy.optimize")  # heavy, without types, and only who trains needs it

    classes = scores.shape[1]
    one = np.zeros_like(scores)
    one[np.arange(len(truth)), truth] = 1.0

    def unpack(x: Doubles) -> tuple[float, Doubles, Doubles]:
        return float(x[0]), x[1 : 1 + classes], x[1 + classes :].reshape(classes, classes)

    def loss(x: Doubles) -> tuple[float, Doubles]:
        temperature, offset, around = unpack(x)
        chance = _softmax(scores @ (temperature * np.eye(classes) + around) + offset)
        wrong = chance - one
        slope = scores.T @ wrong
        value = -np.log(np.maximum(chance[one > 0], 1e-300)).sum()
        value += _NEAR * ((around**2).sum() + 0.1 * (offset**2).sum())
        gradient = [[np.trace(slope)], wrong.sum(0) + 0.2 * _NEAR * offset, (slope + 2 * _NEAR * around).ravel()]
        return float(value), np.concatenate(gradient)

    start = np.concatenate([[3.0], np.zeros(classes + classes * classes)])
    found: Any = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    temperature, offset, around = unpack(np.asarray(found.x, dtype=np.float64))
    return Scale(temperature * np.eye(classes) + around, offset)


def calibration_error(chance: Doubles, right: NDArray[np.bool_]) -> float:
    """How far confidence lies from the share that is right, over 15 bins of equal width, weighed by how many fall in
    each: the expected calibration error (Naeini et al. 2015). `chance` is of the answer that was given."""
    bins = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(bins, chance - right, minlength=BINS)
    return float(np.abs(gap).sum() / len(chance))


def classwise_error(chances: Doubles, truth: NDArray[np.int64]) -> float:
    """The same for every class's chance, whether or not it was the answer: the mean over classes (Kull et al. 2019)."""
    classes = chances.shape[1]
    return float(np.mean([calibration_error(chances[:, n], truth == n) for n in range(classes)]))


def sure_from(chance: Doubles, right: NDArray[np.bool_], precision: float) -> float | None:
    """The least confidence from which on answers are right at least this often, seen cautiously: the lower end of the
    95 % interval (Wilson 1927) must reach it. None where there is no such confidence."""
    order = np.argsort(-chance, kind="stable")
    n = np.arange(1, len(order) + 1)
    good = np.cumsum(right[order])
    z = 1.96
    share = good / n
    low = (share + z * z / (2 * n) - z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    enough = np.flatnonzero(low >= precision)
    return None if not len(enough) else float(chance[order[enough[-1]]])


def _softmax(scores: Doubles) -> Doubles:
    risen = np.exp(scores - scores.max(axis=1, keepdims=True))
    return risen / risen.sum(axis=1, keepdims=True)
