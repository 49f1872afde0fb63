"""A model comes into use: measured on requests it has not seen, kept under its hash, written into the register.

The shipped record of the use is a draft without weights. What is adopted here becomes this installation's own record
(`data_dir/uses/routing.yaml`), active, with the model's hash; its measurement lies beside it. The gate compares the two
each time, and the model is loaded by that hash: another file, or one that was touched, does not run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import yaml

from tongban.assist import measured
from tongban.assist.evaluations import Outcome
from tongban.assist.measured import Measured, missed, model_of
from tongban.assist.routing import modelfile, near
from tongban.assist.routing.automatic import CEILING, DEMANDED
from tongban.assist.routing.calibrate import calibration_error
from tongban.assist.routing.duties import composed, written
from tongban.assist.routing.evaluation import evaluate
from tongban.assist.routing.model import Model
from tongban.assist.routing.reading import read
from tongban.assist.routing.training import Progress, cuts, train
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.catalog.load import load_use
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Use

USE = "routing"
TEXT, LABEL = "text", "label"
"""Columns of a set that is measured by `tongban uses measure routing --set FILE`."""
INVENTED = "演示：虚构的诉求 · demonstration: invented requests"


def folder(data_dir: Path) -> Path:
    """Where models are."""
    return data_dir / "models"


def path_of(data_dir: Path, weights: str) -> Path:
    """The file of a model by its hash."""
    return folder(data_dir) / f"{USE}-{weights.removeprefix('sha256:')[:16]}.npz"


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came into use, and how good it was."""

    weights: str
    measured: Measured


def measured_on(path: Path) -> Outcome:
    """How models of this recipe do on a set: a CSV with the columns `text` and `label`, or the demonstration's own."""
    if path.suffix == ".yaml":
        return demonstration_outcome()
    rows = read(path, TEXT, LABEL)
    return outcome(rows.texts, rows.labels)


def outcome(texts: Sequence[str], labels: Sequence[str], progress: Progress = lambda _: None) -> Outcome:
    """Five folds over an office's own requests, one of each group of near duplicates."""
    report = evaluate(texts, labels, dedup=True, progress=progress)
    metrics = {"macro-f1": report.macro_f1, "top-3": report.top3, "ece": report.ece, "accuracy": report.accuracy}
    if report.sure_accuracy is not None:
        metrics |= {"sure": report.sure, "sure-accuracy": report.sure_accuracy}
    return Outcome(metrics=metrics, size=report.rows - report.dropped, note="5 folds, near duplicates left out")


def demonstration_outcome() -> Outcome:
    """The written requests of the demonstration in two halves, each answered by what the other half and the composed
    sentences taught."""
    rows = written()
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    classes = sorted(set(labels))
    truth = np.searchsorted(np.array(classes), np.array(labels)).astype(np.int64)
    half = cuts(truth, 2)
    chances = np.zeros((len(rows), len(classes)))
    for n in range(2):
        learned = [row for row, part in zip(rows, half.tolist(), strict=True) if part != n]
        model = _taught([*learned, *composed()])
        unseen: list[int] = np.flatnonzero(half == n).tolist()
        chances[unseen] = model.chances([texts[i] for i in unseen])[0]
    answer = chances.argmax(axis=1)
    right = answer == truth
    place = (chances > chances[np.arange(len(truth)), truth][:, None]).sum(axis=1)
    f1 = [_f1(answer == n, truth == n) for n in range(len(classes))]
    return Outcome(
        metrics={
            "macro-f1": round(float(np.mean(f1)), 4),
            "top-3": round(float((place < 3).mean()), 4),
            "ece": round(calibration_error(chances.max(axis=1), right), 4),
            "accuracy": round(float(right.mean()), 4),
        },
        size=len(rows),
        note=INVENTED,
    )


def demonstrate(data_dir: Path, now: datetime) -> Adopted:
    """Train, measure and adopt the demonstration's model."""
    rows = (*written(), *composed())
    return _adopted(data_dir, _taught(rows), demonstration_outcome(), "requests.yaml", "", now)


def adopt(
    path: Path,
    text: str,
    label: str,
    data_dir: Path,
    now: datetime,
    progress: Progress,
    *,
    automatic: bool = False,
) -> Adopted:
    """Measure on an office's requests, learn from all of them, and put the model into use. `automatic` lets sure
    answers be ticked for the clerk (`routing.automatic`), if these were right often enough.

    Raises Refused: what `read` and `evaluate` raise; `below-threshold` where it misses what the register demands, and
    then nothing changes.
    """
    rows = read(path, text, label)
    found = outcome(rows.texts, rows.labels, lambda share: progress(0.85 * share))
    model = train(rows.texts, rows.labels, lambda share: progress(0.85 + 0.15 * share))
    return _adopted(data_dir, model, found, path.name, rows.digest, now, automatic=automatic)


def adopted(data_dir: Path, use: Use | None) -> Model | None:
    """The model that the register names, or None where it names none. Raises Refused: `no-model`, `not-the-model`,
    `bad-model`."""
    if use is None or use.model.weights is None:
        return None
    model, _ = modelfile.load(path_of(data_dir, use.model.weights), use.model.weights)
    return model


def _taught(rows: Sequence[tuple[str, str]]) -> Model:
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    kept = [n for n, first in enumerate(near.groups(texts)) if n == first]
    return train([texts[n] for n in kept], [labels[n] for n in kept])


def _f1(given: Any, there: Any) -> float:
    both = int(given.sum() + there.sum())
    return 2 * int((given & there).sum()) / both if both else 0.0


def _adopted(
    data_dir: Path, model: Model, found: Outcome, name: str, data: str, now: datetime, *, automatic: bool = False
) -> Adopted:
    made = modelfile.packed(model, data)
    weights = modelfile.digest(made)
    use = _entry(weights, name, found.size, now)
    if automatic:
        use = _assigning(use)
    measurement = Measured(
        use=USE,
        version=use.version,
        model=model_of(use),
        on=now.date(),
        set=name,
        size=found.size,
        digest=data,
        metrics=found.metrics,
        note=found.note,
    )
    if failed := missed(use, measurement):
        raise Refused(*(_below(one.metric, found.metrics) for one in failed))
    path = path_of(data_dir, weights)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)
    measured.write(measured.folders(data_dir)[1], measurement)
    own = data_dir / "uses" / f"{USE}.yaml"
    record = msgspec.to_builtins(use, builtin_types=(date,))
    draft = own.with_suffix(".new")
    draft.write_text(yaml.dump(record, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
    draft.replace(own)  # whoever reads the folder meanwhile finds a whole record or none
    return Adopted(weights, measurement)


class _Plain(yaml.SafeDumper):
    """Writes everything out: use files have no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _entry(weights: str, name: str, size: int, now: datetime) -> Use:
    """The shipped record as this installation's own: active, with what it was measured on."""
    shipped_entry = load_use((shipped("uses") / f"{USE}.yaml").read_text(encoding="utf-8")).require()
    today = now.date()
    return msgspec.structs.replace(
        shipped_entry,
        version=f"1.{int(now.timestamp())}",
        status="active",
        model=msgspec.structs.replace(shipped_entry.model, weights=weights),
        evaluation=msgspec.structs.replace(shipped_entry.evaluation, set=name, size=size),
        reviewed=today,
        review_by=today + timedelta(days=365),
        since=today,
    )


def _assigning(use: Use) -> Use:
    """The same record for a use whose sure answers are ticked for the clerk, and says so."""
    evaluation = msgspec.structs.replace(use.evaluation, thresholds=(*use.evaluation.thresholds, DEMANDED))
    purpose = Text(
        f"{use.purpose.zh}有把握、不急、没人说过的，系统替窗口人员先勾好，仍由人派出；其余由窗口人员选。",
        f"{use.purpose.en} What it is sure of, and is neither urgent nor said before, is ticked for the clerk, who"
        " sends it; for the rest the clerk chooses.",
    )
    return msgspec.structs.replace(use, ceiling=CEILING, purpose=purpose, evaluation=evaluation)


def _below(metric: str, metrics: Mapping[str, float]) -> Problem:
    value = metrics.get(metric)
    said = "—" if value is None else f"{value:.4f}"
    return Problem(
        "below-threshold",
        Text(
            f"没有达到登记的标准：{metric} 是 {said}。没有启用，原来的照旧",
            f"It falls short of the register: {metric} is {said}. It is not put into use; what was in use stays",
        ),
        place=metric,
    )
