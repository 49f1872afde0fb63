"""From rows of the log to figures: of a use in a region, and of each official who used it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tongban.assist.watch.doubling import seconds_needed
from tongban.assist.watch.groups import Gap, Group, Share, Treated, count, gap, hide
from tongban.assist.watch.narrowing import Figure
from tongban.assist.watch.records import Answer, CaseCall, Exercise, GroupFound, OfficialFound
from tongban.assist.watch.statistics import Interval, Rate, chance_of_run, difference, longest_run, stability
from tongban.base.i18n import Text
from tongban.catalog.watching import GroupBy, Measure, Reading

NOT_THE_MODELS = frozenset(
    {
        "not-registered",
        "not-active",
        "not-reused",
        "review-overdue",
        "not-measured",
        "measurement-expired",
        "below-threshold",
        "switched-off",
        "opted-out",
        "over-budget",
        "too-slow",
        "model-failed",
        "not-logged",
        "no-model",
    }
)
"""Codes by which the gate held back, or a machine broke down: they say nothing about what the model makes of things."""

INPUT = "in."
"""Bands of inputs are `in.0` to `in.31`; those of outcomes are `c0` to `c9` and codes."""
_RUN_TRIALS = 2_000
"""The chance of a run is worked out over at most so many answers."""


def of_use(
    bands: Mapping[str, int],
    first: Mapping[str, int] | None,
    answers: Sequence[Answer],
    reading: Reading,
    known: Rate | None,
    exercises: Sequence[Exercise],
) -> Iterator[Figure]:
    """The figures of a use in a region, groups aside; one that rests on nothing is left out.

    bands      calls by what came of them and by what was asked; `first` the same of the version's first calls
    answers    what officials did, the oldest first
    known      known cases the machine got wrong, of how many
    """
    asked = outcomes(bands)
    held = sum(n for band, n in asked.items() if not is_suggestion(band))
    yield from _rate(Measure.ABSTAINED, Rate(held, sum(asked.values())))
    declined = Rate(sum(not one.accepted for one in answers), len(answers))
    yield from _rate(Measure.DECLINED, declined)
    yield from _rate(Measure.TOO_FAST, too_fast(answers, reading))
    yield from _unbroken(answers)
    yield from _blind(answers)
    if known is not None:
        yield from _rate(Measure.KNOWN_CASES, known)
    traps = [one for one in exercises if not one.sound]
    yield from _rate(Measure.EXERCISES, Rate(sum(one.accepted for one in traps), len(traps)))
    if first is not None:
        yield from drift(Measure.DRIFT, outcomes(first), asked)
        yield from drift(Measure.INPUTS, inputs_of(first), inputs_of(bands))


def too_fast(answers: Iterable[Answer], reading: Reading) -> Rate:
    """Of the acceptances whose time is known, those quicker than what was shown can be read."""
    timed = [one for one in answers if one.accepted and one.seconds > 0]
    return Rate(sum(one.seconds < seconds_needed(reading, one.characters) for one in timed), len(timed))


def of_officials(answers: Iterable[Answer], reading: Reading) -> Iterator[OfficialFound]:
    """Each official's own figures, by body and person."""
    by_person: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    whole: list[Answer] = []
    for one in answers:
        by_person[one.body, one.person].append(one)
        whole.append(one)
    wrong = _blind_rate(whole)
    for (body, person), theirs in sorted(by_person.items()):
        fast, run = too_fast(theirs, reading), longest_run([one.accepted for one in theirs])
        blind = _blind_rate(theirs)
        chance = chance_of_run(run, min(len(theirs), _RUN_TRIALS), 1 - wrong.share) if wrong.of else None
        yield OfficialFound(
            person=person,
            body=body,
            answers=len(theirs),
            accepted=sum(one.accepted for one in theirs),
            timed=fast.of,
            too_fast=fast.hits,
            unbroken=run,
            unbroken_chance=chance,
            blind=blind.of,
            blind_declined=blind.hits,
        )


def of_groups(calls: Iterable[CaseCall], group_of: Mapping[str, str]) -> tuple[Group, ...]:
    """The groups of one attribute as they may be told. `group_of` gives a case's band; one without is left out."""
    treated = (Treated(name, one.selected, one.accepted) for one in calls if (name := group_of.get(one.case, "")))
    return hide(count(treated))


def gaps(by: GroupBy, groups: Sequence[Group]) -> Iterator[Figure]:
    """The largest gaps among groups that may be told."""
    for share in Share:
        if (found := gap(groups, share)) is not None:
            yield of_gap(by, found)


def kept(by: GroupBy, groups: Iterable[Group]) -> Iterator[GroupFound]:
    """Groups as they are written down."""
    for one in groups:
        yield GroupFound(
            by=by,
            name=one.name,
            calls=one.calls,
            selected=one.selected,
            settled=one.settled,
            declined=one.declined,
            hidden=one.hidden,
        )


GROUP_NAMES: Mapping[tuple[GroupBy, str], Text] = {
    ("age", "0-17"): Text("18岁以下", "under 18"),
    ("age", "18-34"): Text("18—34岁", "18 to 34"),
    ("age", "35-59"): Text("35—59岁", "35 to 59"),
    ("age", "60-79"): Text("60—79岁", "60 to 79"),
    ("age", "80-"): Text("80岁以上", "80 and over"),
    ("sex", "male"): Text("男", "men"),
    ("sex", "female"): Text("女", "women"),
    ("channel", "online"): Text("自己在网上办", "online, by themselves"),
    ("channel", "counter"): Text("到窗口或由人代办", "at a counter or helped"),
    ("language", "zh"): Text("看中文", "reading Chinese"),
    ("language", "en"): Text("看英文", "reading English"),
}


def group_name(by: GroupBy, name: str) -> Text:
    """A group as people read it; a region keeps its code for whoever knows its name."""
    return GROUP_NAMES.get((by, name), Text(name, name))


def is_suggestion(band: str) -> bool:
    """Whether a band is one of confidence."""
    return len(band) == 2 and band[0] == "c" and band[1].isdigit()


def _rate(measure: Measure, rate: Rate) -> Iterator[Figure]:
    if rate.of:
        interval = rate.interval
        yield Figure(measure=measure, value=rate.share, low=interval.low, high=interval.high, of=rate.of)


def _unbroken(answers: Sequence[Answer]) -> Iterator[Figure]:
    by_person: defaultdict[str, list[bool]] = defaultdict(list)
    for one in answers:
        by_person[one.person].append(one.accepted)
    if by_person:
        longest, of = max((longest_run(theirs), len(theirs)) for theirs in by_person.values())
        yield Figure(measure=Measure.UNBROKEN, value=longest, low=longest, high=longest, of=of)


def _blind_rate(answers: Iterable[Answer]) -> Rate:
    blind = [one.accepted for one in answers if one.own_view]
    return Rate(len(blind) - sum(blind), len(blind))


def _blind(answers: Sequence[Answer]) -> Iterator[Figure]:
    blind = _blind_rate(answers)
    yield from _rate(Measure.BLIND, blind)
    seen = [one.accepted for one in answers if not one.own_view]
    at_once = Rate(len(seen) - sum(seen), len(seen))
    if blind.of and at_once.of:
        between = difference(blind, at_once)
        yield Figure(
            measure=Measure.ANCHORED,
            value=blind.share - at_once.share,
            low=between.low,
            high=between.high,
            of=min(blind.of, at_once.of),
        )


def outcomes(bands: Mapping[str, int]) -> dict[str, int]:
    """Of a row of bands, what came of calls that a model answered for."""
    return {band: n for band, n in bands.items() if band not in NOT_THE_MODELS and not band.startswith(INPUT)}


def inputs_of(bands: Mapping[str, int]) -> dict[str, int]:
    """Of a row of bands, what was asked."""
    return {band: n for band, n in bands.items() if band.startswith(INPUT)}


def drift(measure: Measure, first: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Figure]:
    """How far a distribution has moved; nothing where either is empty."""
    names = sorted({*first, *now})
    before, after = [first.get(name, 0) for name in names], [now.get(name, 0) for name in names]
    if sum(before) and sum(after):
        moved: Interval = stability(before, after)
        yield Figure(measure=measure, value=moved.high, low=moved.low, high=moved.high, of=min(sum(before), sum(after)))


def of_gap(by: GroupBy, found: Gap) -> Figure:
    """A gap as a figure."""
    most, least = group_name(by, found.most), group_name(by, found.least)
    return Figure(
        measure=Measure(found.share.value),
        value=found.value,
        low=found.interval.low,
        high=found.interval.high,
        of=found.of,
        about=Text("{most}比{least}", "{most} more than {least}").format(most=most, least=least),
    )
