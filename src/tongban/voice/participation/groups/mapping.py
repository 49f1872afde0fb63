"""The map: each participant's place by the two directions in which the votes differ most."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongban.voice.participation.groups.model import FEWEST_ON_STATEMENT, FEWEST_VOTES
from tongban.voice.participation.groups.votes import Matrix, Votes

DIRECTIONS = 2
ENOUGH = DIRECTIONS + 1
"""Statements that the map needs: with two, the picture would be the votes themselves."""


@dataclass(frozen=True, slots=True)
class Map:
    """`places`: participants x 2. `explained`: share of the variance that the two directions hold, 0 to 1."""

    places: Matrix
    explained: float


def counting(votes: Votes) -> NDArray[np.bool_]:
    """Who counts when groups are formed: `FEWEST_VOTES`, or all statements where there are fewer."""
    asked = np.array([name not in votes.out for name in votes.statements])
    return (~np.isnan(votes.cells[:, asked])).sum(axis=1) >= max(1, min(FEWEST_VOTES, int(asked.sum())))


def shaped(votes: Votes, counted: NDArray[np.bool_]) -> tuple[Matrix, NDArray[np.bool_]]:
    """The votes that shape the map, and which statements do.

    A statement that was taken out, or that hardly anybody of those who count was asked about, is set to 0 for
    everybody, as Polis does with those taken out. So it is in no direction, and what it adds to each person's count of
    votes damps the stretch of `drawn` for people of few votes.
    """
    seen = (~np.isnan(votes.cells[counted])).sum(axis=0) >= FEWEST_ON_STATEMENT
    shaping = seen & np.array([name not in votes.out for name in votes.statements])
    cells = votes.cells.copy()
    cells[:, ~shaping] = 0
    return cells, shaping


def drawn(cells: Matrix, counted: NDArray[np.bool_]) -> Map:
    """Principal components of the votes of those who count; a vote not given stands at the statement's mean.

    Somebody with few votes would sit near the middle only because they said little. So each place is stretched by the
    square root of statements over votes given.
    """
    known = cells[counted]
    given = ~np.isnan(known)
    mean = np.where(given, known, 0).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
    filled = np.where(given, known - mean, 0)
    spread, directions = _directions(filled)
    voted = ~np.isnan(cells)
    away = np.where(voted, cells - mean, 0) @ directions.T
    stretch = np.sqrt(cells.shape[1] / np.maximum(voted.sum(axis=1), 1))
    return Map(away * stretch[:, None], spread)


def explained(cells: Matrix) -> float:
    """The share of variance on the map of votes that are all given or set to their mean."""
    return _directions(cells)[0]


def _directions(centred: Matrix) -> tuple[float, Matrix]:
    """The first two directions (2 x statements) and their share of variance; signs fixed, so that maps do not flip."""
    from sklearn.decomposition import PCA

    if not np.any(centred) or min(centred.shape) < DIRECTIONS:
        return 0.0, np.zeros((DIRECTIONS, centred.shape[1]))
    found: Any = PCA(n_components=DIRECTIONS, svd_solver="full")  # the library has no types
    found.fit(centred)
    directions: Matrix = found.components_
    ratios: Matrix = found.explained_variance_ratio_
    return float(ratios.sum()), directions
