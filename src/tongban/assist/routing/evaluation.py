"""How good routing is on somebody's own requests: cross-validated, calibration never on what is measured.

Each fold is answered by a model trained and calibrated on the others alone. Requests sent twice make any figure look
better than it is: how many near duplicates lie in two folds is reported, and can be avoided (one of each is kept).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from itertools import count
from math import ceil
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing import near
from tongban.assist.routing.calibrate import Doubles, calibration_error, classwise_error
from tongban.assist.routing.model import TOP
from tongban.assist.routing.training import FEWEST, Progress, checked, cuts, train
from tongban.base.errors import refuse

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


class ClassReport(msgspec.Struct, frozen=True):
    """One class: its rows, and how it fared."""

    label: str
    rows: int
    precision: float
    recall: float
    f1: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. Rates are shares from 0 to 1, over all folds together.

    ece                 expected calibration error of the answer given, 15 bins; `ece_classwise` of every class's chance
    fold_macro_f1       macro-F1 of each fold, to see how much chance there is in it
    answered            share of rows that got an answer (the rest abstained), and how often that was right
    sure                share of rows whose answer was sure enough to go on without waiting, and how often it was right
    near_duplicates     rows with a near duplicate in another fold; `dropped` were left out for being one
    train_seconds       of the slowest fold; `cpu` without the time it waited for others
    """

    rows: int
    classes: int
    folds: int
    measured_folds: int
    accuracy: float
    macro_f1: float
    top3: float
    ece: float
    ece_classwise: float
    fold_macro_f1: tuple[float, ...]
    answered: float
    answered_accuracy: float | None
    sure: float
    sure_accuracy: float | None
    near_duplicates: int
    dropped: int
    train_seconds: float
    train_cpu_seconds: float
    peak_rss_mb: int
    by_class: tuple[ClassReport, ...]


def evaluate(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    folds: int = 5,
    measured: int | None = None,
    dedup: bool = False,
    progress: Progress = lambda _: None,
) -> Report:
    """Cross-validate. `measured` folds only, where all take too long; `dedup` keeps one of each group of near
    duplicates. Raises Refused: `bad-folds`, `too-few-rows`, `one-class`."""
    if not 2 <= folds <= 20:
        raise refuse("bad-folds", "折数要在2到20之间", "The number of folds is from 2 to 20", place="--folds")
    group = near.groups(texts)
    dropped = 0
    if dedup:
        kept = [n for n, first in enumerate(group) if n == first]
        dropped = len(texts) - len(kept)
        texts, labels, group = [texts[n] for n in kept], [labels[n] for n in kept], list(range(len(kept)))
    fewest = next(n for n in count(FEWEST) if n - ceil(n / folds) >= FEWEST)
    classes = checked(labels, fewest)
    truth = np.searchsorted(np.array(classes), np.array(labels)).astype(np.int64)
    fold = cuts(truth, folds)
    chances = np.zeros((len(texts), len(classes)))
    sure = np.zeros(len(texts), dtype=bool)
    answered = np.zeros(len(texts), dtype=bool)
    seconds: list[tuple[float, float]] = []
    wanted = folds if measured is None else min(measured, folds)
    for n in range(wanted):
        inside: list[int] = np.flatnonzero(fold != n).tolist()
        outside: list[int] = np.flatnonzero(fold == n).tolist()
        began = time.perf_counter(), time.process_time()
        model = train([texts[i] for i in inside], [labels[i] for i in inside], _part(progress, n, wanted))
        seconds.append((time.perf_counter() - began[0], time.process_time() - began[1]))
        found, vectors = model.chances([texts[i] for i in outside])
        chances[outside] = found  # every fold has every class
        for i, chance, share in zip(outside, found, vectors.known, strict=True):
            answer = model.answer(chance, float(share))
            sure[i], answered[i] = answer.sure, not answer.abstained
    seen = fold < wanted
    return _report(
        chances[seen],
        truth[seen],
        fold[seen],
        classes,
        sure[seen],
        answered[seen],
        rows=len(texts),
        folds=folds,
        wanted=wanted,
        crossing=_crossing(group, fold),
        dropped=dropped,
        seconds=seconds,
    )


def _part(progress: Progress, done: int, of: int) -> Progress:
    return lambda share: progress((done + share) / of)


def _report(
    chances: Doubles,
    truth: Whole,
    fold: Whole,
    classes: Sequence[str],
    sure: Flags,
    answered: Flags,
    *,
    rows: int,
    folds: int,
    wanted: int,
    crossing: int,
    dropped: int,
    seconds: Sequence[tuple[float, float]],
) -> Report:
    answer = chances.argmax(axis=1)
    right = answer == truth
    first = np.sort(chances, axis=1)[:, ::-1]
    place = (chances > chances[np.arange(len(truth)), truth][:, None]).sum(axis=1)
    by_class = _by_class(answer, truth, classes)
    return Report(
        rows=rows,
        classes=len(classes),
        folds=folds,
        measured_folds=wanted,
        accuracy=_round(right.mean()),
        macro_f1=_round(np.mean([one.f1 for one in by_class])),
        top3=_round((place < TOP).mean()),
        ece=_round(calibration_error(first[:, 0], right)),
        ece_classwise=_round(classwise_error(chances, truth)),
        fold_macro_f1=tuple(
            _round(np.mean([one.f1 for one in _by_class(answer[fold == n], truth[fold == n], classes) if one.rows]))
            for n in range(wanted)
        ),
        answered=_round(answered.mean()),
        answered_accuracy=_round(right[answered].mean()) if answered.any() else None,
        sure=_round(sure.mean()),
        sure_accuracy=_round(right[sure].mean()) if sure.any() else None,
        near_duplicates=crossing,
        dropped=dropped,
        train_seconds=round(max(wall for wall, _ in seconds), 1),
        train_cpu_seconds=round(max(cpu for _, cpu in seconds), 1),
        peak_rss_mb=_peak(),
        by_class=by_class,
    )


def _by_class(answer: Whole, truth: Whole, classes: Sequence[str]) -> tuple[ClassReport, ...]:
    found: list[ClassReport] = []
    for n, label in enumerate(classes):
        hit = int(((answer == n) & (truth == n)).sum())
        given, there = int((answer == n).sum()), int((truth == n).sum())
        precision, recall = hit / given if given else 0.0, hit / there if there else 0.0
        f1 = 2 * hit / (given + there) if given + there else 0.0
        found.append(ClassReport(label, there, _round(precision), _round(recall), _round(f1)))
    return tuple(found)


def _crossing(group: Sequence[int], fold: Whole) -> int:
    """Rows that have a near duplicate in another fold."""
    folds: dict[int, set[int]] = {}
    for first, n in zip(group, fold.tolist(), strict=True):
        folds.setdefault(first, set()).add(n)
    return sum(len(folds[first]) > 1 for first in group)


def _round(share: float | np.floating[Any]) -> float:
    return round(float(share), 4)


def _peak() -> int:
    """The most memory this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1 << 20 if sys.platform == "darwin" else 1 << 10)
