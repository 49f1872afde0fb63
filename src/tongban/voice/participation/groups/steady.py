"""Groups that do not jump while people are still voting."""

import msgspec

LASTING = 4
"""How often in a row another number of groups has to be best before it is shown (as Polis smooths it)."""


class Steady(msgspec.Struct, frozen=True):
    """`k` is shown; `candidate` was best the last `streak` times."""

    k: int
    candidate: int
    streak: int


def steadied(before: Steady | None, best: int) -> Steady:
    """What to show after one more computation found `best` groups."""
    if before is None or best == before.k:
        return Steady(best, best, 0) if before is None else Steady(before.k, best, 0)
    streak = before.streak + 1 if best == before.candidate else 1
    return Steady(best, best, 0) if streak >= LASTING else Steady(before.k, best, streak)
