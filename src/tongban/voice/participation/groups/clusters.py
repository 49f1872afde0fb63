"""Groups on the map: base clusters, k-means over them, and how many groups there are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongban.voice.participation.groups.model import GROUPS
from tongban.voice.participation.groups.votes import Matrix

SEED = 20261126
BASES = 100
"""Base clusters: near neighbours on the map are taken together first, so that a million voters cost as a hundred."""
STARTS = 20

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """`labels` of those who count, 0 for the largest group; `centres`: k x 2; `silhouettes` of each k tried."""

    k: int
    labels: Labels
    centres: Matrix
    silhouettes: dict[int, float]


def clustered(places: Matrix, k: int | None = None) -> Clusters:
    """Groups of the places (people x 2): as many as asked for, otherwise as the silhouette says best.

    Without two different places there is one group and no silhouette.
    """
    bases, of, weight = _bases(places)
    tried = [n for n in (GROUPS if k is None else sorted({*GROUPS, k})) if n <= len(bases)]
    if not tried:
        return Clusters(1, np.zeros(len(places), dtype=np.int64), places.mean(axis=0, keepdims=True), {})
    found = {n: _means(bases, n, weight) for n in tried}
    # Fewer places than base clusters: each base is one place, and people at it are near nobody but each other.
    points, members, heavy = (bases, slice(None), weight) if len(bases) == BASES else (places, of, None)
    scores = {n: _silhouette(points, labels[members], heavy) for n, (labels, _) in found.items()}
    chosen = k if k in found else max(scores, key=lambda n: (scores[n], -n))
    labels, centres = found[chosen]
    labels = labels[of]
    order = np.argsort(-np.bincount(labels, minlength=chosen), kind="stable")
    return Clusters(chosen, np.argsort(order)[labels], centres[order], scores)


def nearest(places: Matrix, centres: Matrix) -> Labels:
    """The group whose middle is nearest to each place."""
    return np.argmin(((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2), axis=1)


def _bases(places: Matrix) -> tuple[Matrix, Labels, Matrix]:
    """Middles of the base clusters, the base of each place, and how many places each base holds."""
    different = len(np.unique(places.round(9), axis=0))
    of, middles = _means(places, min(BASES, different), np.ones(len(places)), starts=1)
    return middles, of, np.bincount(of, minlength=len(middles)).astype(np.float64)


def _means(points: Matrix, k: int, weight: Matrix, starts: int = STARTS) -> tuple[Labels, Matrix]:
    from sklearn.cluster import KMeans

    kind: Any = KMeans  # the library has no types
    made = kind(n_clusters=k, n_init=starts, random_state=SEED)
    made.fit(points, sample_weight=weight)
    labels: NDArray[np.int32] = made.labels_
    return labels.astype(np.int64), made.cluster_centers_


def _silhouette(points: Matrix, labels: Labels, weight: Matrix | None) -> float:
    """Mean over people of how much nearer their own group is than the next (Rousseeuw 1987), from -1 to 1."""
    from sklearn import metrics

    if len(np.unique(labels)) < 2:
        return -1.0
    library: Any = metrics
    each: Matrix = library.silhouette_samples(points, labels)
    return float(np.average(each, weights=weight))
