"""The machines page in words and bars: each figure with its interval and limit, each group, each official."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tongban.assist.records import EVERYWHERE
from tongban.assist.watch.figures import group_name
from tongban.assist.watch.narrowing import AUTONOMY_NAMES, Autonomy, Judged, Verdict
from tongban.assist.watch.records import GroupFound, LevelChange, OfficialFound, Round
from tongban.assist.watch.statistics import Rate
from tongban.assist.watch.wording import MEASURE_NAMES, VERDICT_NAMES, amount, sentence
from tongban.base.i18n import Text
from tongban.catalog.use import Use
from tongban.catalog.watching import GroupBy, Measure, Watch

TAGS: Mapping[Verdict, str] = {
    Verdict.FINE: "ok",
    Verdict.WATCHED: "warn",
    Verdict.PASSED: "seal",
    Verdict.TOO_FEW: "mute",
    Verdict.UNLIMITED: "mute",
}
LEVEL_TAGS: Mapping[Autonomy, str] = {Autonomy.ON: "ok", Autonomy.SECOND_LOOK: "warn", Autonomy.OFF: "seal"}
_WORST = (Verdict.PASSED, Verdict.WATCHED, Verdict.FINE, Verdict.UNLIMITED, Verdict.TOO_FEW)
_GROUPED_BY: Mapping[GroupBy, Text] = {
    "region": Text("按地区", "By region"),
    "age": Text("按年龄", "By age"),
    "sex": Text("按性别", "By sex"),
    "channel": Text("按来的方式", "By the way they came"),
    "language": Text("按看的语言", "By language"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """How far a use is let."""

    name: Text
    tag: str

    @classmethod
    def of(cls, level: Autonomy) -> "Level":
        return cls(AUTONOMY_NAMES[level], LEVEL_TAGS[level])


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure. `low`, `high`, `at`, `limit` are places on a scale of 0 to 100; `limit` is None without one."""

    name: Text
    about: Text | None
    value: str
    of: int
    limit_said: str
    verdict: Text
    tag: str
    said: Text
    low: float
    high: float
    at: float
    limit: float | None

    @property
    def wide(self) -> float:
        """The width of the interval; a sliver where the figure is exact."""
        return max(1.0, self.high - self.low)


def bars(judged: Sequence[Judged]) -> tuple[Bar, ...]:
    """The figures; being given a suggestion is the other side of being given none, so it is told only with a limit."""
    return tuple(bar(one) for one in judged if one.limit is not None or one.figure.measure is not Measure.GAP_SELECTION)


def bar(one: Judged) -> Bar:
    """A figure beside its limit."""
    figure, limit = one.figure, one.limit
    top = max(figure.high, figure.value, (limit or 0) * 1.25) or 1.0
    return Bar(
        name=MEASURE_NAMES[figure.measure],
        about=figure.about,
        value=amount(figure.measure, figure.value),
        of=figure.of,
        limit_said="" if limit is None else amount(figure.measure, limit),
        verdict=VERDICT_NAMES[one.verdict],
        tag=TAGS[one.verdict],
        said=sentence(one),
        low=_at(figure.low, top),
        high=_at(figure.high, top),
        at=_at(figure.value, top),
        limit=None if limit is None else _at(limit, top),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A use in a region, as a line of the first page."""

    region: str
    name: Text
    level: Level
    round: Round
    worst: Text
    tag: str


def place(found: Round, name: Text, level: Autonomy) -> Place:
    """One line; what it says is the worst of its figures."""
    verdicts = {one.verdict for one in found.judged}
    worst = next((one for one in _WORST if one in verdicts), Verdict.TOO_FEW)
    return Place(found.region, name, Level.of(level), found, VERDICT_NAMES[worst], TAGS[worst])


@dataclass(frozen=True, slots=True)
class Machine:
    """A use with the regions where it is used."""

    use: Use
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """Groups of people by one attribute. `rows`: name, calls, share given a suggestion, share declined."""

    title: Text
    rows: tuple[tuple[Text, GroupFound, str, str], ...]


def kin(groups: Sequence[GroupFound]) -> tuple[Kin, ...]:
    """The groups, by attribute."""
    found: dict[GroupBy, list[tuple[Text, GroupFound, str, str]]] = {}
    for one in groups:
        given, declined = Rate(one.selected, one.calls), Rate(one.declined, one.settled)
        row = (group_name(one.by, one.name), one, _share(given), _share(declined))
        found.setdefault(one.by, []).append(row)
    return tuple(Kin(_GROUPED_BY[by], tuple(rows)) for by, rows in found.items())


@dataclass(frozen=True, slots=True)
class Colleague:
    """One official, for their supervisors: shares with their intervals, or that there is too little to say."""

    name: str
    body: Text
    found: OfficialFound
    enough: bool
    accepted: str
    accepted_in: str
    too_fast: str
    too_fast_in: str
    chance: str


def colleague(one: OfficialFound, name: str, body: Text, watch: Watch) -> Colleague:
    """One line of the officials' table."""
    accepted, fast = Rate(one.accepted, one.answers), Rate(one.too_fast, one.timed)
    chance = one.unbroken_chance
    return Colleague(
        name=name,
        body=body,
        found=one,
        enough=one.answers >= watch.least,
        accepted=_share(accepted),
        accepted_in=_interval(accepted),
        too_fast=_share(fast),
        too_fast_in=_interval(fast),
        chance="" if chance is None else f"{100 * chance:.1f}%",
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One change of level in words. `who` is the platform or a name."""

    level: Level
    change: LevelChange
    who: Text


def change(one: LevelChange) -> Change:
    """A change as the page shows it."""
    who = Text("系统自动", "by itself") if one.kind == "limit" else Text(one.by_name, one.by_name)
    return Change(Level.of(one.level), one, who)


def region_name(name: Callable[[str], Text | None], code: str) -> Text:
    """A region by its name; the region of callers without one is everywhere."""
    if code == EVERYWHERE:
        return Text("不分地区", "everywhere")
    return name(code) or Text(code, code)


def _at(value: float, top: float) -> float:
    return 100 * max(0.0, value) / top


def _share(rate: Rate) -> str:
    return f"{100 * rate.share:.1f}%" if rate.of else "—"


def _interval(rate: Rate) -> str:
    found = rate.interval
    return f"{100 * found.low:.0f}–{100 * found.high:.0f}%" if rate.of else ""
