"""The what-if page in words: the numbers to change, and the result as rows with bars."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.catalog.model import Law, Service
from tongban.catalog.tables import both
from tongban.outreach.levers import Lever, LeverKind
from tongban.outreach.report import BAND_NAMES
from tongban.outreach.turn import unfit
from tongban.outreach.what_if import Comparison, Shown
from tongban.rules.feel.text import number_text

_KINDS: dict[LeverKind, Text] = {
    LeverKind.CUT: Text("界线", "Dividing lines"),
    LeverKind.FORMULA: Text("标准和算法里的数", "Standards and numbers of formulas"),
    LeverKind.AMOUNT: Text("金额", "Amounts"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One number of the form. `now` is its present value, `value` what the box holds."""

    id: str
    name: Text
    detail: Text
    unit: str
    law: tuple[Law, ...]
    now: str
    value: str

    @property
    def changed(self) -> bool:
        return self.value != self.now


@dataclass(frozen=True, slots=True)
class Form:
    """The form: boxes in groups, what was asked for, and what is wrong with it."""

    groups: tuple[tuple[Text, tuple[Box, ...]], ...]
    values: Mapping[str, Decimal]
    problems: tuple[Problem, ...]

    @property
    def changes(self) -> tuple[Box, ...]:
        """The boxes that hold another number than the one in force."""
        return tuple(box for _, boxes in self.groups for box in boxes if box.changed)


def read(levers: Sequence[Lever], sent: Mapping[str, str]) -> Form:
    """The form as the address fills it: a box that is not in it, or is empty, holds the present value."""
    groups: dict[LeverKind, list[Box]] = {kind: [] for kind in _KINDS}
    values: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for lever in levers:
        text = "".join(unicodedata.normalize("NFKC", sent.get(lever.id, "")[:40]).replace(",", "").split())
        now = number_text(lever.value)
        shown = text or now
        try:
            value = Decimal(text) if text else lever.value
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            said = Text(f"要写一个数，例如 {now}", f"Write a number, such as {now}")
            problems.append(Problem("lever-number", said, lever.id))
        elif (problem := unfit(lever, value)) is not None:
            problems.append(problem)
        elif value != lever.value:
            values[lever.id] = value
            shown = number_text(value)
        else:
            shown = now
        groups[lever.kind].append(
            Box(lever.id, lever.name, lever.detail, lever.unit, lever.law, now, shown),
        )
    filled = tuple((_KINDS[kind], tuple(boxes)) for kind, boxes in groups.items() if boxes)
    return Form(filled, values, tuple(problems))


@dataclass(frozen=True, slots=True)
class Row:
    """One group of the result; `wide_before` and `wide_after` are the lengths of its bars in per cent."""

    name: Text
    shown: Shown
    wide_before: int
    wide_after: int


@dataclass(frozen=True, slots=True)
class Told:
    """The result. `cost` is what the costs are sums of; None if the policy pays nothing."""

    found: Comparison
    cost: Text | None
    regions: tuple[Row, ...]
    bands: tuple[Row, ...]

    @property
    def whole(self) -> bool:
        """Whether the change may be told at all."""
        return self.found.total.after is not None


def told(found: Comparison, service: Service, region_name: Callable[[str], Text | None]) -> Told:
    """A comparison for the page."""

    def region(code: str) -> Text:
        return region_name(code) or Text(code or "地区不明", code or "region unknown")

    outputs = {o.name: both(o.label or o.name) for table in service.amounts.values() for o in table.outputs}
    return Told(
        found=found,
        cost=outputs.get(found.amount),
        regions=_rows(found.regions, region),
        bands=_rows([one for one in found.bands if one.before != 0 or one.after != 0], BAND_NAMES.__getitem__),
    )


def _rows(groups: Sequence[Shown], name: Callable[[str], Text]) -> tuple[Row, ...]:
    longest = max([1, *(max(one.before or 0, one.after or 0) for one in groups)])
    return tuple(
        Row(name(one.name), one, 100 * (one.before or 0) // longest, 100 * (one.after or 0) // longest)
        for one in groups
    )
