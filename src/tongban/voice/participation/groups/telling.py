"""What a group is known by and what all groups share: tests of proportions, statement by statement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongban.voice.participation.groups.clusters import Labels
from tongban.voice.participation.groups.model import Agreement, Representative
from tongban.voice.participation.groups.votes import AGREE, DISAGREE, Matrix

SURE = 1.2816
"""z of a one-sided test at 90 %, the level that Polis uses."""
MOST = 5
MAJORITY = 0.6
"""A statement unites when each group's share for it is at least this."""
SIDES = {"agree": AGREE, "disagree": DISAGREE}


@dataclass(frozen=True, slots=True)
class Counted:
    """Votes of each group on each statement: groups x statements. `said` by side, `voted` counts passes too."""

    said: dict[str, Matrix]
    voted: Matrix

    def share(self, side: str) -> Matrix:
        """Smoothed share of those who voted: one more for and one more against."""
        return (self.said[side] + 1) / (self.voted + 2)


def counted(cells: Matrix, labels: Labels, k: int) -> Counted:
    """`cells`: people who count x statements, NaN where not voted."""
    member = (labels[:, None] == np.arange(k)[None, :]).astype(np.float64)
    said = {side: member.T @ (cells == value) for side, value in SIDES.items()}
    return Counted(said, member.T @ ~np.isnan(cells))


def representative(
    found: Counted, group: int, names: tuple[str, ...], texts: tuple[str, ...], shaping: NDArray[np.bool_]
) -> tuple[Representative, ...]:
    """At most five statements that tell the group apart, strongest first; one it agrees with leads if there is one.

    A statement is told only where both tests are passed: more than a coin within the group, and more than all others.
    """
    ranked: list[tuple[float, Representative]] = []
    others = np.array([other != group for other in range(len(found.voted))])
    for side in SIDES:
        said, voted = found.said[side][group], found.voted[group]
        there, asked = found.said[side][others].sum(axis=0), found.voted[others].sum(axis=0)
        share, elsewhere = (said + 1) / (voted + 2), (there + 1) / (asked + 2)
        within = _one_proportion(said, voted)
        against = _two_proportions(said, voted, there, asked)
        strength = share / elsewhere * against * share * within
        for at in np.flatnonzero(shaping & (within > SURE) & (against > SURE)):
            one = Representative(
                names[at],
                texts[at],
                side,
                round(float(share[at]), 4),
                round(float(elsewhere[at]), 4),
                int(voted[at]),
                round(float(against[at]), 2),
                round(float(within[at]), 2),
            )
            ranked.append((float(strength[at]), one))
    ranked.sort(key=lambda pair: -pair[0])
    # A statement of three sides cannot be agreed and disagreed with by a majority both, so each is there once.
    best = [one for _, one in ranked[:MOST]]
    agreed = next((one for _, one in ranked if one.side == "agree"), None)
    if agreed is not None:
        best = [agreed, *(one for one in best if one is not agreed)][:MOST]
    return tuple(best)


def agreement(
    found: Counted, names: tuple[str, ...], texts: tuple[str, ...], shaping: NDArray[np.bool_]
) -> tuple[Agreement, ...]:
    """Statements on which all groups are of one mind, strongest first: what a majority of each says, not of the sum.

    The product of the groups' shares ranks them (group-aware consensus), so that a large group cannot outvote a small
    one; a group that hardly voted on a statement pulls it towards a half by the smoothing.
    """
    both: list[Agreement] = []
    for side in SIDES:
        shares = found.share(side)
        for at in np.flatnonzero(shaping & (shares.min(axis=0) >= MAJORITY)):
            each = tuple(round(float(share), 4) for share in shares[:, at])
            both.append(Agreement(names[at], texts[at], side, round(float(shares[:, at].prod()), 4), each))
    return tuple(sorted(both, key=lambda one: (-one.strength, one.statement))[: 2 * MOST])


def _one_proportion(said: Matrix, voted: Matrix) -> Matrix:
    """z of `said` of `voted` against a half, each smoothed by one."""
    return 2 * np.sqrt(voted + 1) * ((said + 1) / (voted + 1) - 0.5)


def _two_proportions(said: Matrix, voted: Matrix, there: Matrix, asked: Matrix) -> Matrix:
    """z of the difference of two proportions under the pooled one; 0 where nothing varies."""
    a, n, b, m = said + 1, voted + 1, there + 1, asked + 1
    pooled = (a + b) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / n + 1 / m))
    return np.where(spread > 0, (a / n - b / m) / np.where(spread > 0, spread, 1), 0.0)
