"""What somebody with patience does with all that is published."""

from collections.abc import Sequence
from itertools import product

import numpy as np


def few(told: Sequence[Sequence[int]], sizes: Sequence[int], small: int = 10) -> list[tuple[int, ...]]:
    """Every set of cells with fewer than `small` in it whose number is a sum of what is told; all sets are tried.

    `told` are the sums that are published, as how often each cell counts in them.
    """
    if not told:
        return []
    sets = np.array(list(product((0, 1), repeat=len(sizes))), dtype=float)
    inside = sets @ np.array(sizes)
    sets = sets[(inside > 0) & (inside < small)]
    _, singular, axes = np.linalg.svd(np.array(told, dtype=float))
    unseen = axes[int((singular > 1e-9).sum()) :].T
    return [tuple(map(int, one)) for one in sets if np.allclose(one @ unseen, 0, atol=1e-7)]
