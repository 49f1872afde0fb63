"""How the values of an evaluation came about: rows that matched, their annotations, and the place of each null."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.rules.feel.text import to_json
from tongban.rules.feel.values import Value

from .link import Node
from .model import At, Definitions
from .run import Notes, NullCause, TableHit


@dataclass(frozen=True, slots=True)
class Step:
    """One decision that was computed, and what was noted on the way."""

    node: Node
    value: Value
    notes: Notes


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The values that were asked for, and the decisions that were computed for them, in this order."""

    model: Definitions
    values: Mapping[str, Value]
    steps: tuple[Step, ...]
    input_causes: tuple[NullCause, ...]
    """Why input that was given counts as null: it does not fit its type, or is not allowed."""

    @property
    def causes(self) -> tuple[NullCause, ...]:
        """The causes of all nulls met, in the order in which they were met."""
        return (*self.input_causes, *(cause for step in self.steps for cause in step.notes.causes))

    def as_json(self) -> dict[str, Any]:
        """The whole trace, for people and programs that read JSON."""
        return {
            "model": {"name": self.model.name, "namespace": self.model.namespace, "hash": self.model.hash},
            "values": {name: to_json(value) for name, value in self.values.items()},
            "inputs": [_cause(cause) for cause in self.input_causes],
            "decisions": [
                {
                    "id": step.node.element.id,
                    "name": step.node.element.name,
                    "value": to_json(step.value),
                    "tables": [_table(hit) for hit in step.notes.tables],
                    "nulls": [_cause(cause) for cause in step.notes.causes],
                }
                for step in self.steps
            ],
        }


def _table(hit: TableHit) -> dict[str, Any]:
    matched = [
        {
            "row": row,
            "at": _at(hit.box.rules[row - 1].at),
            "annotations": dict(zip(hit.box.annotations, hit.box.rules[row - 1].annotations, strict=False)),
        }
        for row in hit.decision.matched
    ]
    return {"file": hit.file, "at": _at(hit.box.at), **hit.decision.as_json(), "matched": matched}


def _cause(cause: NullCause) -> dict[str, Any]:
    return {
        "file": cause.file,
        "at": _at(cause.at),
        "start": cause.start,
        "end": cause.end,
        "code": cause.code.value,
        "zh": cause.zh,
        "en": cause.en,
    }


def _at(at: At) -> dict[str, Any]:
    return {"element": at.element, "id": at.id, "line": at.line}
