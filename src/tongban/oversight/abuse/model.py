"""What the indices read: the steps of a case, without anything of a person, and what they find."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tongban.base.i18n import Text


class What(StrEnum):
    """What a step did, as far as clocks are concerned; whatever else happens in a case is left out."""

    HANDED_IN = "handed-in"
    """The papers reached the body, at a counter or by post; the law's time runs from here."""
    REGISTERED = "registered"
    """The platform was told of it."""
    ACCEPTED = "accepted"
    CORRECTION = "correction"
    """The applicant was asked to complete the application (补正告知)."""
    SUPPLEMENTED = "supplemented"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    LOOKED = "looked"
    """An official opened the file."""
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    """Ended without a decision and without a withdrawal."""
    REOPENED = "reopened"
    HANDED_ON = "handed-on"
    TAKEN_OVER = "taken-over"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done, `at` in the authority's zone. `since` and `due` are of the time that ran for the body
    just before it."""

    what: What
    at: datetime
    since: datetime | None = None
    due: datetime | None = None
    ground: str = ""
    """Of a pause: the legal ground; of a hand-over: the body that it goes to."""
    text: str = ""
    """A digest of the reasons that were written, so that equal texts can be told without being read."""
    nothing_new: bool = False
    """Of a supplement: the papers and answers are what they were before."""
    adverse: bool = False

    @property
    def late(self) -> bool:
        """Whether it was done when the body's time was nearly over: in its last tenth, or its last day."""
        if self.due is None or self.since is None or self.at > self.due:
            return False
        return self.due - self.at <= max(timedelta(days=1), (self.due - self.since) / 10)


@dataclass(frozen=True, slots=True)
class History:
    """The steps of one case, in order. `case` is opaque; nothing here says whose it is."""

    case: str
    body: str
    service: str
    steps: tuple[Step, ...]
    refiled: datetime | None = None
    """When the same applicant asked for the same thing again after this case had ended, if they did."""

    def of(self, *what: What) -> tuple[Step, ...]:
        """The steps of these kinds."""
        return tuple(step for step in self.steps if step.what in what)


Counted = tuple[str, bool]
"""A case in which the thing could have happened, and whether it did."""


@dataclass(frozen=True, slots=True)
class Index:
    """One way in which a clock can be abused, and how it is counted."""

    id: str
    name: Text
    formula: Text
    """In words that can be followed with the list of cases in the hand."""
    law: Text
    """Act and article."""
    counted: Callable[[Sequence[History]], Iterable[Counted]]
    """Of all cases of one body and one service."""
    least: float
    """A share below this is never remarked on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A body that stands out. `expected` is the share that bodies with the same services lead one to expect."""

    index: str
    body: str
    service: str
    """Empty where several services taken together stand out and none alone does."""
    hits: int
    cases: int
    expected: float
    chance: float
    """How likely so many or more would be if this body were like its peers."""
    behind: tuple[str, ...]
    """The cases, all of them."""
    peers: int

    @property
    def share(self) -> float:
        return self.hits / self.cases

    def sentence(self, index: Index) -> Text:
        """Why it is remarked on, in one sentence."""
        often = f"{self.share:.0%}", f"{self.expected:.1%}"
        return Text(
            f"{self.cases}件里有{self.hits}件（{often[0]}）{index.name.zh}；做同样事项的{self.peers}个单位"
            f"一般是{often[1]}，碰巧这么多的可能性不到{_odds(self.chance)}。",
            f"{index.name.en}: {self.hits} of {self.cases} cases ({often[0]}). Among {self.peers} bodies with the same"
            f" services it is usually {often[1]}; so many by chance would be less than {_odds(self.chance)}.",
        )


def _odds(chance: float) -> str:
    for least in (1e-6, 1e-5, 1e-4, 1e-3):
        if chance < least:
            return f"1/{round(1 / least):,}"
    return "1/100"
