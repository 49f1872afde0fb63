"""What watching keeps: changes of level, what a round found, and the rows it is found from."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tongban.assist.watch.narrowing import Autonomy, Judged
from tongban.base.i18n import Text
from tongban.catalog.watching import GroupBy


class LevelChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of level. `judged` is the figure that demanded it; none where a person decided.

    `case_id` is the supervision case that a narrowing opened, empty until it is open.
    """

    id: str
    region: str
    use: str
    at: datetime
    level: Autonomy
    kind: Literal["limit", "official"]
    why: Text
    by_id: str
    by_name: str
    judged: Judged | None = None
    case_id: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an official did with one suggestion. `characters` had to be read; `seconds` 0 means nobody knows."""

    person: str
    body: str
    case: str
    accepted: bool
    seconds: float
    characters: int
    own_view: bool


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """One answer in an exercise. `sound`: the suggestion was right."""

    person: str
    sound: bool
    accepted: bool


class CaseCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call about a case. `accepted` is None until an official has settled it."""

    case: str
    selected: bool
    accepted: bool | None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One line behind a number of a round: a call, or an official's answer to one. `body` is whose official answered,
    empty of a call; `case` what it was about, empty where it was no case."""

    id: str
    at: datetime
    case: str
    outcome: str
    body: str


class OfficialFound(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One official's figures, for their own supervisors only."""

    person: str
    body: str
    answers: int
    accepted: int
    timed: int
    too_fast: int
    unbroken: int
    unbroken_chance: float | None = None
    """How likely so long a run is by chance, if suggestions are wrong as often as when handled blind."""
    blind: int = 0
    blind_declined: int = 0


class GroupFound(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One group as it may be told; all counts 0 where it is hidden."""

    by: GroupBy
    name: str
    calls: int = 0
    selected: int = 0
    settled: int = 0
    declined: int = 0
    hidden: bool = False


class Round(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one look at a use in a region found. Counts are since `since`."""

    region: str
    use: str
    version: str
    since: datetime
    at: datetime
    calls: int
    suggested: int
    accepted: int
    declined: int
    judged: tuple[Judged, ...] = ()
    groups: tuple[GroupFound, ...] = ()
