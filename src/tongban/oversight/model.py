"""The indicator file: what is counted, from which facts, by which law, and how it is read.

An indicator is a fraction of two sums over the facts (`oversight.facts`). `numerator` and `denominator` are expressions
in plain SQL over the columns of one table; yes counts 1, no and unknown count 0. Both sums are whole numbers and are
published, so that anybody can divide them again. An officer reads `decided_at <= statutory_due` as it stands.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.model import Law, Slug
from tongban.oversight.facts import Table


class Dimension(StrEnum):
    """The five of the national evaluation of integrated online services (facts.md §3.10) [S]."""

    EFFECT = "effect"
    ONLINE = "online"
    MEANS = "means"
    COVERAGE = "coverage"
    GUIDES = "guides"


DIMENSIONS: dict[Dimension, Text] = {
    Dimension.EFFECT: Text("在线服务成效度", "Effect of online services"),
    Dimension.ONLINE: Text("在线办理成熟度", "Maturity of online handling"),
    Dimension.MEANS: Text("服务方式完备度", "Completeness of ways to be served"),
    Dimension.COVERAGE: Text("服务事项覆盖度", "Coverage of services"),
    Dimension.GUIDES: Text("办事指南准确度", "Accuracy of guides"),
}


class Unit(StrEnum):
    """What a value is counted in."""

    PERCENT = "percent"
    DAYS = "days"
    MINUTES = "minutes"
    TIMES = "times"
    ITEMS = "items"
    STARS = "stars"


UNITS: dict[Unit, Text] = {
    Unit.PERCENT: Text("%", "%"),
    Unit.DAYS: Text("天", "days"),
    Unit.MINUTES: Text("分钟", "minutes"),
    Unit.TIMES: Text("次", "times"),
    Unit.ITEMS: Text("项", "items"),
    Unit.STARS: Text("星", "stars"),
}

SCALE: dict[Unit, tuple[int, int]] = {
    Unit.PERCENT: (100, 1),
    Unit.DAYS: (1, 1),
    Unit.MINUTES: (1, 60),
    Unit.TIMES: (1, 1),
    Unit.ITEMS: (1, 1),
    Unit.STARS: (1, 1),
}
"""By which the fraction is multiplied; time in the facts is in seconds."""

By = Literal["all", "region", "body", "service", "stage", "channel", "applicant", "age", "language"]
"""What figures are told apart by; `all` is the whole installation."""

NAMES: dict[By, Text] = {
    "all": Text("全部", "All"),
    "region": Text("区划", "Region"),
    "body": Text("机关", "Body"),
    "service": Text("事项", "Service"),
    "stage": Text("环节", "Stage"),
    "channel": Text("渠道", "Channel"),
    "applicant": Text("申请人类别", "Kind of applicant"),
    "age": Text("年龄段", "Age band"),
    "language": Text("语言", "Language"),
}

TOGETHER: tuple[tuple[By, ...], ...] = (("body", "service"),)
"""What is also told apart by both at once."""

Expression = Annotated[str, Meta(min_length=1, max_length=400)]
FLOOR = 10
"""Groups smaller than this are never shown, whatever a file says (the platform's own rule; facts.md has no number)."""


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One indicator.

    indicator    its name in addresses and files
    changed      what is different from the version before; a figure says by which version it was counted
    plain        what it says and how to recompute it, in words for everybody
    law          why it is measured; `tag` says how well we know the source
    facts        the table of the facts that it counts rows of
    when         the time by which a row belongs to a month
    where        which rows count at all
    numerator, denominator   what is summed; yes is 1
    sources      the events that it is made of, in words of the procedures, or kinds of moments
    by           what it is told apart by, beside the whole
    gaps         where the distance between the best and the worst served group is told too: who is left behind
    small        the smallest group that is shown; at least 10
    counts       what the denominator counts, in words: "decided cases"
    better       which direction is better for people; neither where both too much and too little deserve a look
    """

    indicator: Slug
    version: Annotated[str, Meta(pattern=r"^[1-9][0-9]*$")]
    changed: Text | None = None
    name: Text
    plain: Text
    counts: Text
    dimension: Dimension
    law: tuple[Law, ...]
    facts: Table
    when: Annotated[str, Meta(pattern=r"^[a-z_]+$")]
    where: Expression = "true"
    numerator: Expression
    denominator: Expression = "true"
    sources: Annotated[tuple[str, ...], Meta(min_length=1)]
    by: tuple[By, ...] = ("region", "body", "service")
    gaps: tuple[By, ...] = ()
    period: Literal["month"] = "month"
    unit: Unit
    places: Annotated[int, Meta(ge=0, le=4)] = 1
    better: Literal["higher", "lower", "neither"]
    small: Annotated[int, Meta(ge=FLOOR)] = FLOOR

    @property
    def file(self) -> str:
        """What its file is called: a version after the first lies beside the first."""
        return f"{self.indicator}.yaml" if self.version == "1" else f"{self.indicator}@{self.version}.yaml"
