"""A paper beside what was declared: 一致, 不一致, or 请人工核对. Pure, and it decides nothing.

一致 is said only of a value without any doubt that is the same as everything there is to compare with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, assert_never

from tongban.assist.precheck.model import Checked, Doubt, Extracted, Outcome
from tongban.assist.precheck.values import Likeness, like
from tongban.base.i18n import Text, words
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.paper import Paper, PaperKind


def expected(papers: Sequence[Paper], service: str, material: str) -> tuple[Paper, ...]:
    """The kinds of paper that are asked for under this name."""
    return tuple(paper for paper in papers if any((u.service, u.material) == (service, material) for u in paper.used))


def check(
    catalogue: Catalogue,
    service: str,
    material: str,
    read: Extracted,
    declared: Mapping[str, Any],
    records: Mapping[str, Any],
) -> tuple[Checked, ...]:
    """Every field of the paper that there is something to compare with. `records` are values that the state holds."""
    paper = next((one for one in catalogue.papers() if one.paper == read.paper), None)
    return () if paper is None else tuple(_check(paper, service, material, read, declared, records))


def _check(
    paper: Paper,
    service: str,
    material: str,
    read: Extracted,
    declared: Mapping[str, Any],
    records: Mapping[str, Any],
) -> Iterator[Checked]:
    used = next((one for one in paper.used if (one.service, one.material) == (service, material)), None)
    found = {one.field: one for one in read.fields}
    for name, fact in used.compare.items() if used else ():
        values = [_said(value) for value in (declared.get(fact), records.get(fact)) if value not in (None, "")]
        if not values or name not in found or name not in paper.fields:
            continue
        one, spec = found[name], paper.fields[name]
        outcome, doubts = outcome_of(spec.kind, one.text, one.doubts, values)
        yield Checked(
            fact=fact,
            field=name,
            document=read.document,
            material=material,
            paper=paper.name,
            label=Text(words(spec.name, "zh"), words(spec.name, "en")),
            text=one.text,
            outcome=outcome,
            doubts=doubts,
            parts=one.parts,
            confidence=one.confidence,
        )


def outcome_of(
    kind: PaperKind, text: str, doubts: tuple[Doubt, ...], values: Sequence[str]
) -> tuple[Outcome, tuple[Doubt, ...]]:
    """How a value as read stands to all that it is compared with."""
    if doubts or not text:
        return Outcome.LOOK, doubts or (Doubt.NOT_FOUND,)
    found = {like(kind, text, value) for value in values}
    for likeness in (Likeness.DIFFERENT, Likeness.UNSURE, Likeness.SAME):
        if likeness not in found:
            continue
        match likeness:
            case Likeness.DIFFERENT:
                return Outcome.DIFFERS, ()
            case Likeness.UNSURE:
                return Outcome.LOOK, (Doubt.ANOTHER_WRITING,)
            case Likeness.SAME:
                return Outcome.AGREES, ()
            case _:
                assert_never(likeness)
    return Outcome.LOOK, (Doubt.NOT_FOUND,)


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
