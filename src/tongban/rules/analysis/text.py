"""Parts of a column written as a FEEL cell, neighbours merged: `[60..80)`, `not("a")`, `null`."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.rules.feel.text import feel_text

from .domains import Domain, Part, PartKind


def domain_text(domain: Domain, mask: int) -> str:
    """The cell that accepts exactly the parts of `mask`; `-` for every known value, empty for none."""
    known = mask & domain.values
    unknown = ["null"] if mask & domain.unknown else []
    if known == domain.values:
        return "-" if not unknown or domain.known.blank else "-, null"
    pieces = [*_pieces(domain, known), *unknown]
    return ", ".join(pieces)


def _pieces(domain: Domain, mask: int) -> list[str]:
    parts = domain.parts[:-1]
    if any(part.kind is PartKind.OTHER and mask >> bit & 1 for bit, part in enumerate(parts)):
        named = [feel_text(part.value) for bit, part in enumerate(parts) if not mask >> bit & 1]
        return [f"not({', '.join(named)})"]
    pieces: list[str] = []
    run: list[Part] = []
    for bit, part in enumerate(parts):
        if mask >> bit & 1:
            if run and not _adjacent(run[-1], part):
                pieces.append(_run_text(run, domain))
                run = []
            run.append(part)
        elif run:
            pieces.append(_run_text(run, domain))
            run = []
    return [*pieces, *([_run_text(run, domain)] if run else [])]


def _adjacent(left: Part, right: Part) -> bool:
    """Whether two neighbours join into one span: a point beside a span does, two points of a list do not."""
    return PartKind.SPAN in (left.kind, right.kind) and type(left.value) is type(right.value)


def _run_text(run: Sequence[Part], domain: Domain) -> str:
    first, last = run[0], run[-1]
    if len(run) == 1 and first.kind is PartKind.POINT:
        return feel_text(first.value)
    low, low_closed = (first.value, True) if first.kind is PartKind.POINT else (first.low, first.low_closed)
    high, high_closed = (last.value, True) if last.kind is PartKind.POINT else (last.high, last.high_closed)
    known = domain.known
    if first is domain.parts[0] and first.kind is PartKind.SPAN and low == known.low:
        low = None
    if last is domain.parts[-2] and last.kind is PartKind.SPAN and high == known.high:
        high = None
    if low is None:
        return f"{'<=' if high_closed else '<'} {feel_text(high)}"
    if high is None:
        return f"{'>=' if low_closed else '>'} {feel_text(low)}"
    return f"{'[' if low_closed else '('}{feel_text(low)}..{feel_text(high)}{']' if high_closed else ')'}"
