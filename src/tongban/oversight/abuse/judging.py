"""When a body stands out: small counts are held against what peers with the same service lead one to expect.

Shares of few cases jump about, so none is compared as it is. Each service has a beta distribution of the share among
the *other* bodies that do it: the mean is theirs taken together, without the highest tenth (a body that abuses must not
hide another), and the spread is what is left between them once chance is taken away (method of moments). The body is
remarked on when so many hits, or more, would come up by chance less than once in 1,000 times under the beta-binomial
of its peers (Williams, Biometrics 31 (1975) 949), and the share is also above the index's own least share, at three
cases or more. A body with few cases of each service is looked at over all of them together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, lgamma

from tongban.oversight.abuse.model import Finding, History, Index

RARE = 1 / 1000
"""Chosen on eight made-up counties, tried on twelve others: each planted pattern was found, and of the bodies with none
one in forty was remarked on (2026-11-26)."""
LEAST_HITS = 3
LEAST_PEERS = 3
TRIMMED = 0.1
NORMAL = 0.1
"""This part of an index's least share is taken to be normal, also where no peer did it at all."""
LEAST_SPREAD = 0.02
MOST_SPREAD = 0.5


@dataclass(frozen=True, slots=True)
class Count:
    """What one body did in one service."""

    cases: int
    hits: int
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """What the others lead one to expect: the mean share, and the intra-class correlation."""

    mean: float
    spread: float
    bodies: int

    @property
    def shape(self) -> tuple[float, float]:
        """The two parameters of the beta distribution."""
        size = 1 / self.spread - 1
        return self.mean * size, (1 - self.mean) * size


Counts = dict[str, dict[tuple[str, str], Count]]
"""By index, and by service and body."""


def judge(histories: Iterable[History], indices: Sequence[Index]) -> list[Finding]:
    """What stands out, the least likely first. Deterministic; the order of the histories does not matter."""
    return found(counted(histories, indices), indices)


def counted(histories: Iterable[History], indices: Sequence[Index]) -> Counts:
    """The counts, which are small where the histories may be many: a service at a time is enough."""
    groups: dict[tuple[str, str], list[History]] = defaultdict(list)
    for one in histories:
        groups[one.service, one.body].append(one)
    counts: Counts = {}
    for index in indices:
        each = {key: _count(index, cases) for key, cases in groups.items()}
        counts[index.id] = {key: one for key, one in each.items() if one.cases}
    return counts


def found(counts: Counts, indices: Sequence[Index]) -> list[Finding]:
    """What stands out in these counts, the least likely first."""
    every = [one for index in indices for one in standing_out(index, counts.get(index.id, {}))]
    return sorted(every, key=lambda one: (one.chance, one.index, one.body, one.service))


def _count(index: Index, cases: Sequence[History]) -> Count:
    counted = list(index.counted(sorted(cases, key=lambda one: one.case)))
    behind = tuple(sorted(case for case, hit in counted if hit))
    return Count(len(counted), len(behind), behind)


def standing_out(index: Index, counts: Mapping[tuple[str, str], Count]) -> list[Finding]:
    """The findings of one index; `counts` are by service and body."""
    by_service: dict[str, dict[str, Count]] = defaultdict(dict)
    for (service, body), count in counts.items():
        by_service[service][body] = count
    standing: list[Finding] = []
    together: dict[str, list[tuple[Count, Peers]]] = defaultdict(list)
    alone: set[str] = set()
    for service, bodies in sorted(by_service.items()):
        for body, count in sorted(bodies.items()):
            peers = expected(index, [other for name, other in bodies.items() if name != body])
            if peers is None:
                continue
            together[body].append((count, peers))
            if one := _finding(index, body, service, count, peers):
                standing.append(one)
                alone.add(body)
    for body, parts in sorted(together.items()):
        if body not in alone and len(parts) > 1 and (one := _finding(index, body, "", *_summed(parts))):
            standing.append(one)
    return standing


def expected(index: Index, others: Sequence[Count]) -> Peers | None:
    """What the other bodies lead one to expect; None where there are too few of them."""
    if len(others) < LEAST_PEERS:
        return None
    ranked = sorted(others, key=lambda one: (one.hits / one.cases, one.cases))
    kept = ranked[: len(ranked) - ceil(len(ranked) * TRIMMED)] if len(ranked) > LEAST_PEERS else ranked
    mean = sum(one.hits for one in kept) / sum(one.cases for one in kept)
    mean = min(max(mean, index.least * NORMAL), 1 - 1e-6)
    return Peers(mean, _spread(kept, mean), len(others))


def _spread(kept: Sequence[Count], mean: float) -> float:
    """The intra-class correlation by the method of moments, kept within bounds."""
    size = sum(one.cases for one in kept)
    between = sum(one.cases * (one.hits / one.cases - mean) ** 2 for one in kept)
    chance = mean * (1 - mean)
    degrees = size - sum(one.cases**2 for one in kept) / size
    if degrees <= 0 or chance <= 0:
        return LEAST_SPREAD
    estimate = (between - chance * (len(kept) - 1)) / (chance * degrees)
    return min(MOST_SPREAD, max(LEAST_SPREAD, estimate))


def _summed(parts: Sequence[tuple[Count, Peers]]) -> tuple[Count, Peers]:
    cases = sum(count.cases for count, _ in parts)
    count = Count(cases, sum(c.hits for c, _ in parts), tuple(sorted(case for c, _ in parts for case in c.behind)))
    mean = sum(count.cases * peers.mean for count, peers in parts) / cases
    spread = sum(count.cases * peers.spread for count, peers in parts) / cases
    return count, Peers(mean, spread, max(peers.bodies for _, peers in parts))


def _finding(index: Index, body: str, service: str, count: Count, peers: Peers) -> Finding | None:
    if count.hits < LEAST_HITS or count.hits / count.cases < max(index.least, 2 * peers.mean):
        return None
    chance = tail(count.hits, count.cases, *peers.shape)
    if chance >= RARE:
        return None
    return Finding(index.id, body, service, count.hits, count.cases, peers.mean, chance, count.behind, peers.bodies)


def tail(hits: int, cases: int, a: float, b: float) -> float:
    """The chance of `hits` or more among `cases` when the share is itself drawn from beta(a, b)."""
    whole = _log_beta(a, b)
    total = 0.0
    for k in range(hits, cases + 1):
        choose = lgamma(cases + 1) - lgamma(k + 1) - lgamma(cases - k + 1)
        total += exp(choose + _log_beta(k + a, cases - k + b) - whole)
    return min(1.0, total)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
