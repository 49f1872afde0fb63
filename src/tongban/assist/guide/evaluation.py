"""How good the guide is, on questions with their right answers: by half, in sums only.

A file has the columns question, kind (item, clarify, refuse), items (divided by |: names of listed items or slugs of
services), situation, half. A `held` half is for measuring: nothing here prints a row of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.assist.guide import batch, finding
from tongban.assist.guide.finding import Guide
from tongban.assist.guide.model import Found
from tongban.assist.guide.words import read_words
from tongban.assist.measured import Outcome
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped

BINS = 10
MEASURED = "held"
"""The half that counts for the register: nobody has looked at it while building."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one half.

    hit_at_1, hit_at_3   of the questions with one right answer (kind item)
    wrong_confident      answers whose first item is wrong, of all questions
    answered             of the questions of kind item
    right_if_answered    of the answers
    refused              of the questions that no item answers
    helped_if_unclear    of the questions that are too broad: asked back, or a right item among the first three
    situations           of the answers for a service of ours with a situation to find: found, or asked for
    calibration_error    between likelihood and outcome, weighted over ten bins
    """

    questions: int
    hit_at_1: float
    hit_at_3: float
    wrong_confident: float
    answered: float
    right_if_answered: float
    refused: float
    helped_if_unclear: float
    situations: float
    calibration_error: float


def measure(guide: Guide, rows: Iterable[Mapping[str, str]]) -> dict[str, Measured]:
    """The figures by half, and of all together under `all`. Questions whose items are not in the catalogue count."""
    found = [(row, guide.ask(row["question"])) for row in rows]
    halves = sorted({row.get("half", "") for row, _ in found} - {""})
    parts = {half: [pair for pair in found if pair[0].get("half") == half] for half in halves}
    return {half: _measured(part) for half, part in {**parts, "all": found}.items()}


def of_installation(catalogue: Catalogue, path: Path) -> Outcome:
    """The figures of the register: the installation's catalogue, the shipped words, the questions it can answer or no
    office can; of those that are only measured, where the file tells them apart. Raises Refused as `batch.rows`.
    """
    guide = finding.of_catalogue(catalogue, read_words([shipped("words")]))
    here = {item.key for item in guide.engine.items} | {item.name for item in guide.engine.items}
    fitting = [row for row in batch.rows(path) if row.get("kind") == "refuse" or right(row) & here]
    found = measure(guide, fitting)
    figures = found.get(MEASURED, found["all"])
    metrics = {
        "hit-at-1": figures.hit_at_1,
        "hit-at-3": figures.hit_at_3,
        "wrong-confident": figures.wrong_confident,
        "answered": figures.answered,
        "refused": figures.refused,
    }
    return Outcome(metrics=metrics, size=figures.questions, note=_NOTE)


_NOTE = (
    "事项目录里有答案的题，加上不归政府管的题；只数没有人看过的那一半。"
    " Questions that this catalogue answers, and those that no office answers; of the half nobody looked at."
)


def right(row: Mapping[str, str]) -> frozenset[str]:
    """The right items of a row."""
    return frozenset(name for name in row.get("items", "").split("|") if name)


def _named(found: Found, count: int) -> list[str]:
    return [one.item.key if one.item.version else one.item.name for one in found.items[:count]]


def _measured(part: Sequence[tuple[Mapping[str, str], Found]]) -> Measured:
    items = [(row, found) for row, found in part if row.get("kind", "item") == "item"]
    unclear = [(row, found) for row, found in part if row.get("kind") == "clarify"]
    outside = [found for row, found in part if row.get("kind") == "refuse"]
    answers = [(row, found) for row, found in part if found.decision == "answer"]
    wrong = [row for row, found in answers if not right(row) & set(_named(found, 1))]
    placed = [(row, found) for row, found in answers if row.get("situation") and found.items[0].item.key in right(row)]
    helped = [found for row, found in unclear if found.decision == "clarify" or right(row) & set(_named(found, 3))]
    return Measured(
        questions=len(part),
        hit_at_1=_share([bool(right(row) & set(_named(found, 1))) for row, found in items]),
        hit_at_3=_share([bool(right(row) & set(_named(found, 3))) for row, found in items]),
        wrong_confident=round(len(wrong) / len(part), 4) if part else 0.0,
        answered=_share([found.decision == "answer" for _, found in items]),
        right_if_answered=round(1 - len(wrong) / len(answers), 4) if answers else 1.0,
        refused=_share([found.decision == "refuse" for found in outside]),
        helped_if_unclear=round(len(helped) / len(unclear), 4) if unclear else 1.0,
        situations=_share([found.situation == row["situation"] or found.ask is not None for row, found in placed]),
        calibration_error=_calibration(part),
    )


def _share(outcomes: Sequence[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else 1.0


def _calibration(part: Sequence[tuple[Mapping[str, str], Found]]) -> float:
    error = 0.0
    for number in range(BINS):
        inside = [
            (found.confidence, bool(right(row) & set(_named(found, 1))))
            for row, found in part
            if number / BINS <= found.confidence < (number + 1) / BINS or (number == BINS - 1 and found.confidence == 1)
        ]
        if inside:
            error += abs(sum(sure for sure, _ in inside) - sum(hit for _, hit in inside))
    return round(error / len(part), 4) if part else 0.0
