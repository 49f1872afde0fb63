"""What reading papers is worth, measured on rendered ones: right fields, sure ones, and 一致 said wrongly.

The last is the figure that counts. It is taken the hard way: whatever was read wrongly, and is handed over without a
doubt, would be called 一致 by somebody who happened to declare just that. Beside it every field is compared with values
that are one step away from the truth: 8号 for 18号, one digit, one letter.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tongban.assist.precheck.compare import outcome_of
from tongban.assist.precheck.fields import extract
from tongban.assist.precheck.model import Doubt, Found, Outcome, Reading
from tongban.assist.precheck.rendered import Drawn, State, draw
from tongban.assist.precheck.values import FORMS
from tongban.catalog.paper import Paper, PaperKind


@dataclass(slots=True)
class Score:
    """Of one state."""

    papers: int = 0
    fields: int = 0
    right: int = 0
    agreeing: int = 0
    false_agreeing: int = 0
    stamped: int = 0
    stamped_flagged: int = 0
    wrong: list[str] = field(default_factory=list[str])
    """Paper and field, what was read and what is so."""

    @property
    def share_right(self) -> float:
        return self.right / max(self.fields, 1)

    @property
    def share_agreeing(self) -> float:
        return self.agreeing / max(self.fields, 1)

    @property
    def share_flagged(self) -> float:
        return self.stamped_flagged / max(self.stamped, 1)


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the evaluation set: which paper is drawn, in which state, from which seed."""

    paper: str
    state: State
    seed: int


def rows(path: Path) -> tuple[Row, ...]:
    """The evaluation set."""
    return tuple(msgspec.json.decode(line, type=Row) for line in path.read_bytes().splitlines() if line.strip())


def drawn(found: Iterable[Row], papers: Sequence[Paper]) -> Iterator[Drawn]:
    """The papers of the set, drawn one after the other."""
    kinds = {paper.paper: paper for paper in papers}
    return (draw(kinds[row.paper], row.state, row.seed) for row in found)


def metrics(scores: Mapping[State, Score]) -> dict[str, float]:
    """The figures by the names of the use file's thresholds."""
    shares = {f"fields-{state.value}": round(score.share_right, 4) for state, score in scores.items()}
    agreeing = {f"agreeing-{state.value}": round(score.share_agreeing, 4) for state, score in scores.items()}
    stamped = scores.get(State.STAMPED, Score())
    flagged = {"stamped-flagged": round(stamped.share_flagged, 4)} if stamped.stamped else {}
    return shares | agreeing | flagged | {"false-agreeing": sum(score.false_agreeing for score in scores.values())}


def measure(
    files: Iterable[Drawn], papers: Sequence[Paper], read: Callable[[bytes, str], Reading]
) -> dict[State, Score]:
    """The scores by state."""
    kinds = {paper.paper: paper for paper in papers}
    scores: dict[State, Score] = {}
    for n, one in enumerate(files):
        score = scores.setdefault(one.state, Score())
        score.papers += 1
        paper = kinds[one.paper]
        found = {f.field: f for f in extract(read(one.data, one.media_type), (paper,), f"drawn-{n}").fields}
        for name, truth in one.truth.items():
            _count(score, paper, name, truth, found.get(name), name in one.stamped, n)
    return scores


def _count(score: Score, paper: Paper, name: str, truth: str, found: Found | None, stamped: bool, seed: int) -> None:
    kind = paper.fields[name].kind
    score.fields += 1
    text, doubts = (found.text, found.doubts) if found else ("", (Doubt.NOT_FOUND,))
    right = bool(text) and FORMS[kind](text) == FORMS[kind](truth)
    score.right += right
    score.agreeing += outcome_of(kind, text, doubts, [truth])[0] is Outcome.AGREES
    if not right:
        score.wrong.append(f"{paper.paper}.{name}: {text!r} is {truth!r}")
        score.false_agreeing += not doubts
    for other in near(kind, truth, seed):
        score.false_agreeing += outcome_of(kind, text, doubts, [other])[0] is Outcome.AGREES
    if stamped:
        score.stamped += 1
        score.stamped_flagged += outcome_of(kind, text, doubts, [truth])[0] is Outcome.LOOK


def near(kind: PaperKind, truth: str, seed: int) -> tuple[str, ...]:
    """Values one step away from the truth: what a slip of the pen or a cheat would write."""
    chance = random.Random(f"{truth} {seed}")  # noqa: S311 - a test set, not a secret
    digits = [n for n, c in enumerate(truth) if c.isascii() and c.isdigit()]
    others: set[str] = set()
    if digits:
        at = chance.choice(digits)
        others.add(truth[:at] + str((int(truth[at]) + 1) % 10) + truth[at + 1 :])
        others.add(truth[:at] + truth[at + 1 :])
        others.add(truth[:at] + "1" + truth[at:])
    if kind in (PaperKind.NAME, PaperKind.TEXT, PaperKind.ADDRESS):
        at = chance.randrange(len(truth))
        others.add(truth[:at] + chance.choice("天夭未末土士己已") + truth[at + 1 :])
        others.add(truth[:-1])
    form = FORMS[kind]
    return tuple(sorted(other for other in others if form(other) != form(truth)))
