"""What a use is watched for while it runs, and what narrows it by itself (the `watch:` part of a use file).

Also the short file by which a lower level reuses a use of a higher one instead of building its own (一地建设、多地复用:
政务领域人工智能大模型部署应用指引 (2025-10) [S]: counties in principle reuse what their superiors run).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.fields import Slug, Words
from tongban.catalog.model import Level


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


Share = Annotated[float, Meta(ge=0, le=1)]
RegionCode = Annotated[str, Meta(pattern=r"^[0-9]{6}$")]


class Measure(StrEnum):
    """What is measured while a use runs. Each is better the smaller it is; shares are 0 to 1."""

    DECLINED = "declined"
    """Of the suggestions that officials settled, those they declined."""
    ABSTAINED = "abstained"
    """Of all calls, those without a suggestion."""
    TOO_FAST = "too-fast"
    """Of the acceptances, those quicker than what was shown can be read."""
    UNBROKEN = "unbroken"
    """The longest row of acceptances of one official without a single decline; a number of suggestions."""
    BLIND = "blind"
    """Of the suggestions shown only after the official's own view, those they then declined."""
    ANCHORED = "anchored"
    """How much more often suggestions are declined when the official's own view comes first: the part that is
    followed because it is there. A difference of shares."""
    KNOWN_CASES = "known-cases"
    """Of the cases whose answer is known, those the machine got wrong."""
    EXERCISES = "exercises"
    """Of the wrong suggestions in officials' exercises, those that were accepted."""
    GAP_SELECTION = "gap-selection"
    """The largest difference between two groups of people in how often a suggestion is given at all."""
    GAP_ERROR = "gap-error"
    """The same for suggestions declined."""
    GAP_ABSTENTION = "gap-abstention"
    """The same for holding back."""
    INPUTS = "inputs"
    """How far what is asked has moved from what was asked first of this version: stability index over 32 bands."""
    DRIFT = "drift"
    """How far confidences and abstentions have moved from the first ones of this version: stability index."""


class Limit(_Part, frozen=True, kw_only=True):
    """The most that a measure may be. Passed beyond doubt (the whole interval lies above it), it narrows the use."""

    measure: Measure
    at_most: Annotated[float, Meta(ge=0)]


class Reading(_Part, frozen=True, kw_only=True):
    """How fast somebody can read what is before them; acceptance in less time was not a look.

    Fifteen characters a second is twice the speed at which adults read Chinese in silence [M]: only what nobody can
    have read counts.
    """

    characters_per_second: Annotated[float, Meta(gt=0, le=100)] = 15.0
    least_seconds: Annotated[float, Meta(ge=0, le=60)] = 2.0


GroupBy = Literal["region", "age", "sex", "channel", "language"]
LevelWord = Literal["on", "second-look", "off"]


class Owes(_Part, frozen=True, kw_only=True):
    """A kind of body at a level: who answers for the use and puts it right, or who supervises it."""

    level: Level
    body: Slug


class KnownCases(_Part, frozen=True, kw_only=True):
    """Cases whose answer is known, run through the use's own evaluator: `set` as in `evaluation`, and the metric of it
    that is a share of right answers. They are run against the machine and make no case of anybody."""

    set: str
    metric: Slug


class Watch(_Part, frozen=True, kw_only=True):
    """How a use is watched."""

    limits: tuple[Limit, ...]
    owes: Owes
    supervised_by: Owes = Owes(level=Level.PROVINCE, body="digital-centre")
    """The kind of body that opens the supervision case and may widen the use again."""
    least: Annotated[int, Meta(ge=10)] = 30
    """Cases below which a figure says nothing and narrows nothing."""
    days: Annotated[int, Meta(ge=1, le=366)] = 28
    """Figures look back so far, never beyond the last change of level."""
    levels: tuple[LevelWord, ...] = ("on", "second-look", "off")
    """Its steps downward. `second-look`: the official notes a view of their own before each suggestion is shown."""
    reading: Reading = Reading()
    double: Share = 0.05
    """The share of suggestions handled blind: hidden until the official has noted their own view."""
    known: KnownCases | None = None
    groups: tuple[GroupBy, ...] = ()
    """By what people are compared."""

    def limit(self, measure: Measure) -> float | None:
        """The most this measure may be; None where nothing is laid down."""
        return next((one.at_most for one in self.limits if one.measure is measure), None)


class Reused(_Part, frozen=True, kw_only=True):
    """Which use, and the region above that runs it."""

    use: Slug
    from_: RegionCode = msgspec.field(name="from")


class Reuse(_Part, frozen=True, kw_only=True):
    """A reuse file: a lower level uses a higher one's model through the exchange, with its own switch and figures."""

    reuse: Reused
    region: RegionCode
    """Whose file it is; it holds in this region and those inside it."""
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")] = "1"
    switch: Literal["on", "off"] = "off"
    owner: Text
    owes: Owes
    limits: tuple[Limit, ...] = ()
    """Tighter than those above, or further ones; what is not named holds as above."""
    least: Annotated[int, Meta(ge=10)] | None = None
    reviewed: date
    review_by: date
    objection: Text
    off_switch: Text
    note: Words = ""

    def narrowed(self, above: Watch) -> Watch:
        """The watch above with this file's tighter limits in place of its own."""
        own = {one.measure: one for one in self.limits}
        kept = tuple(one for one in above.limits if one.measure not in own)
        return msgspec.structs.replace(
            above, limits=(*kept, *own.values()), owes=self.owes, least=self.least or above.least
        )
