"""How fast a decision table is analysed: 1,500 rows over 8 inputs, against looking at every pair and every cell.

The table is a space of eight inputs split again and again until there are 1,500 boxes, as law grows exceptions; then
a few rows are struck out and a few widened, so that there is something to find. The naive way compares every two
rows column by column and asks the engine at every combination of the parts; since that takes minutes, it is timed on
a sample of the combinations and of the pairs, and the rest is reckoned. Target: under 1 s.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from tongban import rules
from tongban.rules.analysis import Known, Space, remarks, study
from tongban.rules.analysis.study import Study

ROWS = 1_500
NUMBERS = 5
"""Inputs with numbers from 0 to 99; three more have four texts each."""
TEXTS = ("a", "b", "c", "d")
SAMPLE = 2_000

CUTS = (10, 18, 30, 45, 60, 70, 80, 90)
"""The numbers at which rows divide: a few favourites, as in law."""


@dataclass(frozen=True)
class Span:
    """Numbers from `low` on and below `high`."""

    low: int = 0
    high: int = 100

    def divided(self, rng: random.Random) -> list[Span]:
        cuts = [cut for cut in CUTS if self.low < cut < self.high]
        cut = rng.choice(cuts) if cuts else None
        return [self] if cut is None else [Span(self.low, cut), Span(cut, self.high)]

    def cell(self) -> str:
        return "-" if self == Span() else f"[{self.low}..{self.high})"


@dataclass(frozen=True)
class Some:
    """Some of the texts."""

    texts: tuple[str, ...] = TEXTS

    def divided(self, rng: random.Random) -> list[Some]:
        if len(self.texts) == 1:
            return [self]
        middle = rng.randrange(1, len(self.texts))
        return [Some(self.texts[:middle]), Some(self.texts[middle:])]

    def cell(self) -> str:
        return "-" if self.texts == TEXTS else ", ".join(f'"{text}"' for text in self.texts)


Box = tuple[Span | Some, ...]


def split(rng: random.Random, rows: int) -> list[Box]:
    """Boxes that cover everything once."""
    boxes: list[Box] = [(*(Span() for _ in range(NUMBERS)), *(Some() for _ in range(3)))]
    while len(boxes) < rows:
        box = boxes.pop(rng.randrange(len(boxes)))
        column = rng.randrange(len(box))
        boxes += [(*box[:column], part, *box[column + 1 :]) for part in box[column].divided(rng)]
    return boxes


def table(rows: int = ROWS) -> tuple[rules.Table, tuple[Known, ...]]:
    """A table of `rows` rows with four gaps and four overlaps, and what is known of its inputs."""
    rng = random.Random(3)
    boxes = split(rng, rows + 4)
    for _ in range(4):
        boxes.pop(rng.randrange(len(boxes)))
    for number in rng.sample(range(rows), 4):
        boxes[number] = (*boxes[number][:-1], Some())
    inputs = [rules.Input(f"number_{n}", type="number") for n in range(NUMBERS)]
    inputs += [rules.Input(f"text_{n}", type="string", values=TEXTS) for n in range(3)]
    lines = [rules.Row([part.cell() for part in box], [str(n % 7)]) for n, box in enumerate(boxes)]
    built = rules.Table.build("bench", inputs, [rules.Output("out")], lines, names=[i.expression for i in inputs])
    bounds = Known(low=rules.to_feel(0), high=rules.to_feel(99), unit=rules.to_feel(1), blank=True)
    return built, tuple(bounds for _ in range(NUMBERS))


def naive_pairs(cut: Space, pairs: int) -> float:
    """Seconds for comparing every two rows, column by column, reckoned from the first `pairs` of them."""
    start, seen, found = time.process_time(), 0, 0
    for one in range(cut.rows):
        for other in range(one + 1, cut.rows):
            seen += 1
            for column in cut.columns:
                if not column.accepts[one] & column.accepts[other]:
                    break
            else:
                found += 1
        if seen >= pairs:
            break
    return (time.process_time() - start) * (cut.rows * (cut.rows - 1) / 2) / seen


def naive_cells(cut: Space) -> tuple[float, int]:
    """Seconds for asking the engine at every combination of parts, reckoned from a sample; and how many there are."""
    rng = random.Random(4)
    names = [column.input.expression for column in cut.columns]
    total = 1
    for column in cut.columns:
        total *= len(column.parts)
    start = time.process_time()
    for _ in range(SAMPLE):
        cut.table.decide({n: rng.choice(c.parts).value for n, c in zip(names, cut.columns, strict=True)})
    return (time.process_time() - start) * total / SAMPLE, total


def run() -> dict[str, object]:
    """Figures in seconds of processor time; ``ratio`` is the naive way against the sweep."""
    built, known = table()
    start = time.process_time()
    found: Study = study(built, known)
    said = remarks(found)
    analysing = time.process_time() - start
    pairs = naive_pairs(found.space, 200_000)
    cells, total = naive_cells(found.space)
    return {
        "name": f"analysis of {len(built.rows):,} rows x {len(built.inputs)} inputs",
        "figures": {
            "analysing, CPU s": analysing,
            "findings": len(said),
            "gaps": len(found.gaps),
            "overlaps": len(found.overlaps),
            "combinations of parts": total,
            "every pair, CPU s (reckoned)": pairs,
            "every combination, CPU s (reckoned)": cells,
        },
        "baseline": f"every pair of rows, and the engine asked at every combination ({SAMPLE:,} of them timed)",
        "ratio": (pairs + cells) / analysing,
        "target": "analysing under 1 s",
    }


if __name__ == "__main__":
    print(run())
