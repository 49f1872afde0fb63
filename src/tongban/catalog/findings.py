"""What reading or checking a file has found: a stable code, the exact place, a sentence in both languages."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import msgspec

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Lang, Text

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""Where in a file: keys and indices (from 0), e.g. `("materials", "lease", "law")`."""


class Position(NamedTuple):
    """A place in a text, line and column from 1, columns in characters."""

    line: int
    column: int


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding. An `error` keeps the file from being used; a `warning` asks for thought."""

    severity: Severity
    code: str
    text: Text
    file: str
    line: int
    column: int
    path: str = ""
    law: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"

    def as_problem(self) -> Problem:
        return Problem(self.code, self.text, self.place, self.law)


def path_text(path: Path) -> str:
    """A path as people write it: `eligible.rows[2][0]`."""
    written = ""
    for step in path:
        written += f"[{step}]" if isinstance(step, int) else f".{step}" if written else str(step)
    return written


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By place, then errors before warnings; the same finding once."""
    return sorted(set(findings), key=lambda f: (f.file, f.line, f.column, f.severity, f.code, f.text.zh))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(f for f in findings if f.severity == "error")


def format_finding(finding: Finding, lang: Lang | None = None) -> str:
    """One line as compilers print it; both languages unless one is asked for."""
    said = f"{finding.text.zh} / {finding.text.en}" if lang is None else finding.text[lang]
    law = f" [{finding.law}]" if finding.law else ""
    return f"{finding.place}: {finding.severity} {finding.code}: {said}{law}"


def refused(findings: Iterable[Finding], *, status: int = 422, **extra: Any) -> Refused:
    """All of `findings` as one refusal."""
    return Refused(*(f.as_problem() for f in findings), status=status, **extra)
