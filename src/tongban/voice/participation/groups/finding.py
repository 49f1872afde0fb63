"""From votes to groups, or to the honest answer that there are none."""

import numpy as np
from numpy.typing import NDArray

from tongban.base.i18n import Text
from tongban.voice.participation.groups.clusters import SEED, Clusters, clustered, nearest
from tongban.voice.participation.groups.mapping import ENOUGH, counting, drawn, explained, shaped
from tongban.voice.participation.groups.model import (
    FEWEST_VOTERS,
    SMALLEST_GROUP,
    Group,
    Opinion,
    Placed,
    Quality,
    Representative,
)
from tongban.voice.participation.groups.telling import agreement, counted, representative
from tongban.voice.participation.groups.votes import Matrix, Votes

POOR = 0.25
"""Silhouettes up to this mean no substantial structure (Kaufman and Rousseeuw 1990, table 4)."""
MARGIN = 1.1
"""How far the map has to be above chance: shufflings differ by some hundredths among themselves."""
SHUFFLES = 19
"""Nineteen shufflings, all of them beaten: one chance in twenty."""
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def opinion_groups(votes: Votes, k: int | None = None) -> Opinion:
    """Groups of opinion; with `k` that many, otherwise two to five as the silhouette chooses.

    No group is told under `FEWEST_VOTERS` people who count, or where `Quality` finds the groups poor: then every
    `group` is None, `groups` and `agreement` are empty, and `quality.reasons` says why.
    """
    counts = counting(votes)
    cells, shaping = shaped(votes, counts)
    voted = ~np.isnan(votes.cells)
    people = int(counts.sum())
    enough = people >= FEWEST_VOTERS and int(shaping.sum()) >= ENOUGH
    places = np.zeros((len(votes.participants), 2))
    labels = np.full(len(votes.participants), -1)
    groups: tuple[Group, ...] = ()
    shared = ()
    if enough:
        drawing = drawn(cells, counts)
        places = drawing.places
        found = clustered(places[counts], k)
        told = counted(votes.cells[counts], found.labels, found.k)
        known = [representative(told, group, votes.statements, votes.texts, shaping) for group in range(found.k)]
        quality = _quality(found, known, _structure(cells[counts], shaping))
        if quality.clear:
            labels = np.where(voted.any(axis=1), nearest(places, found.centres), -1)
            labels[counts] = found.labels
            groups = tuple(
                Group(group, NAMES[group], size, round(float(x), 4), round(float(y), 4), known[group])
                for group, (size, (x, y)) in enumerate(
                    zip(np.bincount(found.labels, minlength=found.k).tolist(), found.centres, strict=True)
                )
            )
            shared = agreement(told, votes.statements, votes.texts, shaping)
    else:
        quality = Quality(False, _too_few(people, int(shaping.sum())), 0, 0.0, {}, 0.0, 0)
    return Opinion(
        int(voted.any(axis=1).sum()),
        people,
        len(votes.statements) - len(votes.out),
        int(voted.sum()),
        quality,
        groups,
        shared,
        _placed(votes, counts, labels, places if quality.clear else np.zeros_like(places)),
    )


def _placed(votes: Votes, counts: NDArray[np.bool_], labels: NDArray[np.int64], places: Matrix) -> tuple[Placed, ...]:
    given = (~np.isnan(votes.cells)).sum(axis=1).tolist()
    return tuple(
        Placed(name, n, count, label if label >= 0 else None, round(x, 4), round(y, 4))
        for name, n, count, label, (x, y) in zip(
            votes.participants, given, counts.tolist(), labels.tolist(), places.tolist(), strict=True
        )
    )


def _structure(cells: Matrix, shaping: NDArray[np.bool_]) -> float:
    """Variance on the map over the most that shuffled votes reach; 0 where nobody differs from anybody."""
    here = cells[:, shaping]
    given = ~np.isnan(here)
    mean = np.where(given, here, 0).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
    centred = np.where(given, here - mean, 0)
    found = explained(centred)
    chance = np.random.default_rng(SEED)
    best = 0.0
    for _ in range(SHUFFLES):
        mixed = centred.copy()
        for at in range(mixed.shape[1]):
            column = mixed[given[:, at], at]
            mixed[given[:, at], at] = chance.permutation(column)
        best = max(best, explained(mixed))
    return found / best if best else 0.0


def _quality(found: Clusters, known: list[tuple[Representative, ...]], structure: float) -> Quality:
    silhouette = found.silhouettes.get(found.k, -1.0)
    sizes = np.bincount(found.labels, minlength=found.k)
    wrong: list[Text] = []
    if found.k < 2:
        wrong.append(Text("大家的表态都一样，分不出群体", "Everybody voted alike: there are no groups to tell apart"))
    else:
        if structure <= MARGIN:
            wrong.append(
                Text(
                    "这些表态和随意打乱后的表态一样没有规律",
                    "The votes show no more order than the same votes dealt out at random",
                )
            )
        if silhouette <= POOR:
            wrong.append(
                Text(
                    f"群体之间没有明显的界线（轮廓系数{silhouette:.2f}，要大于{POOR}）",
                    f"The groups run into each other (silhouette {silhouette:.2f}, wanted above {POOR})",
                )
            )
        if int(sizes.min()) < SMALLEST_GROUP:
            wrong.append(
                Text(
                    f"有的群体不足{SMALLEST_GROUP}人，不单独显示",
                    f"A group has fewer than {SMALLEST_GROUP} people and is not shown by itself",
                )
            )
        if not all(known):
            wrong.append(Text("有的群体没有一条能说明它的陈述", "One group has no statement that tells it apart"))
    tried = {n: round(score, 4) for n, score in found.silhouettes.items()}
    return Quality(not wrong, tuple(wrong), found.k, round(silhouette, 4), tried, round(structure, 4), SHUFFLES)


def _too_few(people: int, statements: int) -> tuple[Text, ...]:
    wrong: list[Text] = []
    if people < FEWEST_VOTERS:
        wrong.append(
            Text(
                f"表态足够多的只有{people}人，满{FEWEST_VOTERS}人才显示群体",
                f"Only {people} people voted often enough; groups are shown from {FEWEST_VOTERS}",
            )
        )
    if statements < ENOUGH:
        wrong.append(
            Text(
                f"有足够多的人表态的陈述不到{ENOUGH}条",
                f"Fewer than {ENOUGH} statements were voted on by enough people",
            )
        )
    return tuple(wrong)
