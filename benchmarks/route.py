"""How well requests are routed, on real messages where they are present: five folds, nothing of a fold seen before.

The sets have no licence: they are measured on, never shipped. Without them the invented requests of the demonstration
are measured, which says that the machinery works and nothing about a hotline.
"""

from __future__ import annotations

from pathlib import Path

from tongban.assist.routing.duties import written
from tongban.assist.routing.evaluation import evaluate
from tongban.assist.routing.reading import read

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "hotline"


def run() -> dict[str, object]:
    """Measures both sets."""
    messages, questions = DATA / "messages-7-categories.csv", DATA / "questions-14-departments.csv"
    if not messages.is_file():
        report = evaluate(*map(list, zip(*written(), strict=True)))
        return _said("not run: no hotline data; 300 invented requests instead", report.macro_f1, {"top-3": report.top3})
    one = read(messages, "text", "category")
    report = evaluate(one.texts, one.labels)
    two = read(questions, "question", "dept")
    departments = evaluate(two.texts, two.labels)
    return _said(
        "5 folds of 7,262 messages in 7 categories and 1,644 questions in 14 departments",
        report.macro_f1,
        {
            "accuracy": report.accuracy,
            "macro-F1": report.macro_f1,
            "top-3": report.top3,
            "calibration error (ECE)": report.ece,
            "calibration error, every class": report.ece_classwise,
            "share that is sure": report.sure,
            "of these right": report.sure_accuracy or 0.0,
            "rows with a near duplicate in another fold": report.near_duplicates,
            "training, s": report.train_seconds,
            "training, CPU s": report.train_cpu_seconds,
            "peak memory, MB": report.peak_rss_mb,
            "departments: accuracy": departments.accuracy,
            "departments: macro-F1": departments.macro_f1,
            "departments: top-3": departments.top3,
            "departments: calibration error (ECE)": departments.ece,
        },
    )


def _said(name: str, macro_f1: float, figures: dict[str, float]) -> dict[str, object]:
    return {
        "name": name,
        "figures": {name: round(value, 4) for name, value in figures.items()},
        "baseline": ".912: macro-F1 of a prize-winning team on its own split of the messages' full set (TipDM 2020 C)",
        "ratio": round(macro_f1 / 0.912, 3),
        "target": "macro-F1 .925, top-3 .99, ECE .03, training 60 s and 800 MB; departments: accuracy .90",
    }


if __name__ == "__main__":
    print(run())
