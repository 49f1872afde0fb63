"""Votes as a matrix, from the store or from a file as Polis exports it (participants-votes.csv)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tongban.base.csvfile import rows_of
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text

AGREE, PASS, DISAGREE = 1.0, 0.0, -1.0
BESIDE = "comments.csv"
"""The file of statements that an export has beside its votes."""
VOTE = {"1": AGREE, "0": PASS, "-1": DISAGREE, "1.0": AGREE, "0.0": PASS, "-1.0": DISAGREE, "": np.nan}
PARTICIPANT = "participant"
COUNTS = frozenset({"group-id", "n-comments", "n-votes", "n-agree", "n-disagree"})
"""Columns of an export that hold no vote. The groups found before are not read: they would answer the question."""
LARGEST = 1 << 28
MOST_ERRORS = 20

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Votes:
    """`cells`: participants x statements; 1 agree, 0 pass, -1 disagree, NaN not voted.

    `out` are statements that people took out: nobody is asked about them and they tell no group apart.
    """

    participants: tuple[str, ...]
    statements: tuple[str, ...]
    texts: tuple[str, ...]
    out: frozenset[str]
    cells: Matrix


def read_votes(path: Path, statements: Path | None = None) -> Votes:
    """Votes of a file: one row a participant, a column `participant` and one column a statement.

    `statements` is a file with `comment-id`, `comment-body` and `moderated` (-1: taken out); without it the
    `comments.csv` beside the votes, if it is there. Raises Refused with each cell that is no vote (`not-a-vote`) and
    `no-column`, `twice`, `short-row`, `bad-csv`, `not-text`, `too-large`, `no-rows`; OSError.
    """
    rows = _table(path)
    head = [name.strip() for name in rows[0]] if rows else []
    if PARTICIPANT not in head:
        there = ", ".join(head[:8]) or "—"
        raise refuse(
            "no-column",
            f"没有“{PARTICIPANT}”这一列；有：{there}。要的是一行一个参与者、一列一条陈述的表",
            f"There is no column '{PARTICIPANT}'; there is: {there}. Wanted: a row a participant, a column a statement",
            place=path.name,
        )
    columns = [at for at, name in enumerate(head) if name not in COUNTS and name != PARTICIPANT]
    names = [head[at] for at in columns]
    _once(names, "陈述", "statement", path)
    body = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not body or not columns:
        raise refuse(
            "no-rows", "文件里没有参与者或者没有陈述", "The file has no participants or no statements", place=path.name
        )
    cells = _cells(body, columns, len(head), head, path)
    who = [row[head.index(PARTICIPANT)].strip() for _, row in body]
    _once(who, "参与者", "participant", path)
    beside = statements or (path.with_name(BESIDE) if path.with_name(BESIDE).is_file() else None)
    said = _said(beside) if beside else {}
    return Votes(
        tuple(who),
        tuple(names),
        tuple(said.get(name, ("", False))[0] for name in names),
        frozenset(name for name in names if said.get(name, ("", False))[1]),
        cells,
    )


def _cells(body: list[tuple[int, list[str]]], columns: list[int], width: int, head: list[str], path: Path) -> Matrix:
    wrong: list[Problem] = []
    cells = np.full((len(body), len(columns)), np.nan)
    for i, (line, row) in enumerate(body):
        if len(row) != width:
            wrong.append(
                Problem(
                    "short-row",
                    Text(f"这一行有{len(row)}格，表头有{width}格", f"This row has {len(row)} cells, the head {width}"),
                    f"{path.name}:{line}",
                )
            )
        else:
            for j, at in enumerate(columns):
                vote = VOTE.get(row[at].strip())
                if vote is None:
                    wrong.append(_no_vote(row[at], head[at], f"{path.name}:{line}"))
                else:
                    cells[i, j] = vote
        if len(wrong) >= MOST_ERRORS:
            break
    if wrong:
        raise Refused(*wrong[:MOST_ERRORS])
    return cells


def _no_vote(cell: str, column: str, place: str) -> Problem:
    return Problem(
        "not-a-vote",
        Text(
            f"“{column}”列的“{cell[:20]}”不是表态：1 同意，-1 不同意，0 略过，空着是没有表态",
            f"'{cell[:20]}' in column '{column}' is no vote: 1 agree, -1 disagree, 0 pass, empty not voted",
        ),
        place,
    )


def _once(names: list[str], zh: str, en: str, path: Path) -> None:
    twice = sorted({name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set())
    if twice or "" in names:
        shown = ", ".join(twice[:5]) or "—"
        raise refuse(
            "twice",
            f"有的{zh}没有编号或者出现两次：{shown}",
            f"A {en} has no number or is there twice: {shown}",
            place=path.name,
        )


def _said(path: Path) -> dict[str, tuple[str, bool]]:
    """Statement → its words and whether it was taken out."""
    rows = _table(path)
    head = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in ("comment-id", "comment-body") if name not in head]
    if missing:
        raise refuse(
            "no-column",
            f"陈述文件没有这些列：{'、'.join(missing)}",
            f"The file of statements lacks: {', '.join(missing)}",
            place=path.name,
        )
    number, words = head.index("comment-id"), head.index("comment-body")
    moderated = head.index("moderated") if "moderated" in head else None
    return {
        row[number].strip(): (row[words].strip(), moderated is not None and row[moderated].strip() == "-1")
        for row in rows[1:]
        if len(row) == len(head)
    }


def _table(path: Path) -> list[list[str]]:
    if path.stat().st_size > LARGEST:
        raise refuse("too-large", "文件超过 256 MB", "The file is larger than 256 MB", place=path.name)
    return rows_of(path.read_bytes(), path.name)
