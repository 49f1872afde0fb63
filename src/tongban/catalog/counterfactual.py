"""What would change the outcome: the fewest facts that a person can truly change, and the first day that does it.

Nothing is said that was not tried: each change is put to `assess` as if it were the case, and so is each day together
with the day before it. Only facts whose file says what a person can do about them (`Fact.changes`) are changed, only
from and to the answers named there; birth, sex and numbers of identity are nobody's to change.

The idea is that of counterfactual explanations (Wachter, Mittelstadt, Russell, "Counterfactual Explanations without
Opening the Black Box", Harvard JOLT 31(2), 2018). There a model is searched blindly; here the tables say where to look.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import msgspec

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.answers import stored_fact
from tongban.catalog.assess import Assessment, assess
from tongban.catalog.compile import Compiled, TableStep, compile_service
from tongban.catalog.days_ahead import Worth, first_days
from tongban.catalog.model import Fact, FactType, Service
from tongban.catalog.run import plain
from tongban.catalog.tables import Outcome, Ruling, both
from tongban.catalog.wording import OR, Wording, day_words, joined
from tongban.rules.analysis import Known, space

MOST_TRIES = 150
"""Changes that are put to the rules for one explanation; a service that needs more says that it stopped."""
MOST_WAYS = 3
"""Ways that are told; more would be a list to search, not advice."""

_WORTH: Mapping[Outcome, Worth] = {"no": 0, "not-yet": 0, "unknown": 0, "ask-official": 1, "eligible": 2}
"""How good an outcome is for the person. `not-needed` is not on the scale: nobody is advised to need nothing."""


class Amount(msgspec.Struct, frozen=True):
    """A result in words, such as a month's money."""

    name: Text
    words: Text


class Changed(msgspec.Struct, frozen=True):
    """One fact of a way. `do` is what the person does about it; empty where it only has to be answered."""

    fact: str
    name: Text
    now: Any
    to: tuple[Any, ...]
    words: Text
    do: Text


class Way(msgspec.Struct, frozen=True):
    """Facts that, changed together with nothing else, lead to `outcome`, whichever of their values they take."""

    changes: tuple[Changed, ...]
    outcome: Outcome
    gains: tuple[Amount, ...]
    sentence: Text


class FromDay(msgspec.Struct, frozen=True):
    """The first day on which the same facts lead to `outcome`; on the day before they do not."""

    day: date
    version: str
    outcome: Outcome
    gains: tuple[Amount, ...]
    sentence: Text


class Outlook(msgspec.Struct, frozen=True):
    """What would change the outcome. `complete` is False where the search stopped, so that more may be possible."""

    ways: tuple[Way, ...]
    days: tuple[FromDay, ...]
    complete: bool

    @property
    def sentences(self) -> tuple[Text, ...]:
        """What time does by itself first, then what the person can do."""
        return (*(one.sentence for one in self.days), *(one.sentence for one in self.ways))


def outlook(found: Assessment, wording: Wording | None = None, versions: Iterable[Service] = ()) -> Outlook:
    """What would make the outcome of `found` a better one; nothing for one that is favourable already.

    `versions` are those of the service that are known, so that a day ahead is judged by the one that will govern it.

    At most `MOST_TRIES` changes are tried, besides the halving for numbers that a formula reads (about 30 tries for
    each that a person can change) and the days (see `first_days`).
    """
    if found.outcome not in _WORTH or _WORTH[found.outcome] == max(_WORTH.values()):
        return Outlook((), (), True)
    search = _Search(found, wording or Wording.of(found.variant.service))
    ways = search.ways()
    days, all_days = search.days(versions)
    return Outlook(ways, days, search.complete and all_days)


@dataclass(frozen=True, slots=True)
class _Option:
    """A fact with the other values that it may take."""

    name: str
    fact: Fact
    values: tuple[Any, ...]


class _Search:
    def __init__(self, found: Assessment, wording: Wording) -> None:
        self._found = found
        self._service = found.variant.service
        self._compiled = compile_service(self._service)
        self._wording = wording
        self._tried: dict[tuple[tuple[str, Any], ...], Assessment] = {}
        self._options = tuple(self._all_options())
        self.complete = True

    # --- changed facts ----------------------------------------------------------------------------------------------

    def ways(self) -> tuple[Way, ...]:
        """The best that one changed fact leads to, else the best that two do."""
        goals: tuple[Outcome, ...] = ("eligible", "ask-official")
        for goal in goals:
            if _WORTH[goal] <= _WORTH[self._found.outcome]:
                break
            for size in (1, 2):
                found = tuple(self._leading_to(goal, size))
                if found:
                    return found[:MOST_WAYS]
        return ()

    def _leading_to(self, goal: Outcome, size: int) -> Iterator[Way]:
        for options in combinations(self._options, size):
            good = {
                values: tried
                for values in product(*(option.values for option in options))
                if (tried := self._try(options, values)) is not None and tried.outcome == goal
            }
            if good:
                yield self._way(options, *_grouped(good, size))

    def _try(self, options: tuple[_Option, ...], values: tuple[Any, ...]) -> Assessment | None:
        """What the rules say with these facts changed; None once enough has been tried."""
        changed = tuple((option.name, value) for option, value in zip(options, values, strict=True))
        if changed not in self._tried:
            if len(self._tried) >= MOST_TRIES:
                self.complete = False
                return None
            facts = {**self._found.given, **dict(changed)}
            self._tried[changed] = assess(self._service, facts, self._found.day)
        return self._tried[changed]

    def _all_options(self) -> Iterator[_Option]:
        """The facts that apply and that the person can change, or that only have to be answered."""
        unanswered = frozenset(self._found.unknown if self._found.outcome == "unknown" else ())
        for question in self._found.variant.questions:
            name, fact = question.name, question.fact
            if name in unanswered:
                values = _all_values(fact)
            else:
                now = stored_fact(fact, self._found.given.get(name))
                values = [value for value in self._others(name, fact, now) if _reachable(fact, now, value)]
            if values:
                yield _Option(name, fact, tuple(values))

    def _others(self, name: str, fact: Fact, now: Any) -> list[Any]:
        """The values worth trying besides the present one."""
        if not fact.changes or now is None:
            return []
        found = _all_values(fact)
        if fact.type is FactType.DATE:
            found = [self._found.day]
        elif not found:
            named = {*_cuts(self._compiled, name, fact), *self._thresholds(name, fact, now)}
            found = sorted(named, key=lambda value: abs(value - now))
        return [value for value in found if value != now]

    def _thresholds(self, name: str, fact: Fact, now: Any) -> Iterator[Any]:
        """Where a better outcome begins on the way from the present number to either of the fact's bounds.

        For numbers that no table asks for by themselves but some formula reads: found by halving, in the smallest
        unit of the fact, and good for the value found; a formula that goes up and down may have another one nearer.
        """
        unit = Decimal(1) if fact.type is FactType.INTEGER else Decimal("0.01")
        for bound in (fact.min, fact.max):
            end = now if bound is None else Decimal(str(bound))
            if end == now or not self._better(name, end):
                continue
            bad, good = Decimal(0), (end - now) / unit
            while abs(good - bad) > 1:
                middle = ((good + bad) / 2).to_integral_value()
                bad, good = (bad, middle) if self._better(name, now + middle * unit) else (middle, good)
            yield now + good * unit

    def _better(self, name: str, value: Any) -> bool:
        found = assess(self._service, {**self._found.given, name: value}, self._found.day)
        return _WORTH.get(found.outcome, 0) > _WORTH[self._found.outcome]

    def _way(self, options: tuple[_Option, ...], values: tuple[tuple[Any, ...], ...], ends: list[Assessment]) -> Way:
        changes = tuple(
            Changed(
                option.name,
                self._wording.label(option.name),
                rules.to_json(rules.to_feel(stored_fact(option.fact, self._found.given.get(option.name)))),
                tuple(rules.to_json(rules.to_feel(value)) for value in to),
                joined([self._wording.quoted(option.name, value) for value in to], OR),
                self._do(option, to[0]),
            )
            for option, to in zip(options, values, strict=True)
        )
        gains = [self._gains(end) for end in ends]
        same = gains[0] if all(one == gains[0] for one in gains) else ()
        return Way(changes, ends[0].outcome, same, _way_sentence(changes, ends[0], same))

    def _do(self, option: _Option, to: Any) -> Text:
        now = stored_fact(option.fact, self._found.given.get(option.name))
        if now is None:
            return Text("", "")
        return next(both(one.do) for one in option.fact.changes if _leads(one.from_, now) and _leads(one.to, to))

    def _gains(self, end: Assessment) -> tuple[Amount, ...]:
        """What the amounts of the service come to, those of nothing left out."""
        service = end.variant.service
        words = self._wording if service is self._service else Wording.of(service)
        outputs = [output for table in service.amounts.values() for output in table.outputs]
        money = [output for output in outputs if output.type == "money" and output.name in service.result.shows]
        pairs = ((output.name, end.outputs.get(output.name)) for output in money)
        return tuple(Amount(words.label(name), words.value(name, value)) for name, value in pairs if value)

    # --- time -------------------------------------------------------------------------------------------------------

    def days(self, versions: Iterable[Service]) -> tuple[tuple[FromDay, ...], bool]:
        """The days on which the outcome becomes better, and whether none can have been missed."""
        found = self._found
        if found.outcome == "unknown":
            return (), True
        steps = first_days(self._compiled, found.given, found.day, found.outcome, _WORTH, versions)
        told: list[FromDay] = []
        for step in steps.days:
            gains = self._gains(step.found)
            version = step.found.variant.service.version
            sentence = _day_sentence(step.day, step.found, gains)
            told.append(FromDay(step.day, version, step.found.outcome, gains, sentence))
        return tuple(told), steps.complete


def _grouped(
    good: Mapping[tuple[Any, ...], Assessment], size: int
) -> tuple[tuple[tuple[Any, ...], ...], list[Assessment]]:
    """For each fact its values, so that any choice of them works; only the first choice where not all of them do."""
    first = next(iter(good))
    if isinstance(first[0], bool | str) or size > 1:
        sets = tuple(tuple(dict.fromkeys(values[n] for values in good)) for n in range(size))
        if all(values in good for values in product(*sets)):
            return sets, list(good.values())
    return tuple((value,) for value in first), [good[first]]


def _all_values(fact: Fact) -> list[Any]:
    match fact.type:
        case FactType.BOOLEAN:
            return [True, False]
        case FactType.ENUM:
            return [choice.value for choice in fact.choices]
        case _:
            return []


def _leads(listed: tuple[str | bool, ...], value: Any) -> bool:
    return not listed or value in listed


def _reachable(fact: Fact, now: Any, value: Any) -> bool:
    return any(_leads(one.from_, now) and _leads(one.to, value) for one in fact.changes)


def _cuts(compiled: Compiled, name: str, fact: Fact) -> Iterator[Any]:
    """The numbers at which some table asks for the fact, with their neighbours, within the fact's bounds."""
    known = Known(unit=rules.to_feel(1) if fact.type is FactType.INTEGER else None)
    steps = (*compiled.first, *compiled.later)
    tables: list[Ruling] = [*(step.table for step in steps if isinstance(step, TableStep)), compiled.eligible]
    for ruling in tables:
        for index, column in enumerate(ruling.table.inputs):
            if column.expression != name:
                continue
            for edge in space(ruling.table, {index: known}).columns[index].edges:
                value = plain(edge)
                low = fact.min is None or value is None or value >= fact.min
                if value is not None and low and (fact.max is None or value <= fact.max):
                    yield value


# --- sentences -------------------------------------------------------------------------------------------------------


def _way_sentence(changes: tuple[Changed, ...], end: Assessment, gains: tuple[Amount, ...]) -> Text:
    first = [one.do for one in changes if one.do.zh]
    do = Text("".join(f"{one.zh}。" for one in first), "".join(f"{one.en}. " for one in first))
    be = joined([_becomes(one) for one in changes], Text("，并且", "and"))
    then = _then(end, gains)
    return Text(
        f"{do.zh}{be.zh}以后，别的都不变，{then.zh}。" if first else f"如果{be.zh}，{then.zh}。",
        f"{do.en}Once {be.en}, and if nothing else changes, {then.en}." if first else f"If {be.en}, {then.en}.",
    )


def _becomes(one: Changed) -> Text:
    if one.now is None:
        return Text(f"“{one.name.zh}”是{one.words.zh}", f"“{one.name.en}” is {one.words.en}")
    return Text(f"“{one.name.zh}”变成{one.words.zh}", f"“{one.name.en}” becomes {one.words.en}")


def _day_sentence(day: date, end: Assessment, gains: tuple[Amount, ...]) -> Text:
    on, then = day_words(day), _then(end, gains)
    return Text(
        f"{on.zh}起（当天也算），{then.zh}。前提是别的都不变，规定也不变。",
        f"From {on.en} on, {then.en}, provided that nothing else changes and the rules stay as they are.",
    )


def _then(end: Assessment, gains: tuple[Amount, ...]) -> Text:
    """What it comes to, in words."""
    if end.outcome != "eligible":
        return Text("就可以由工作人员来看、来定", "an official can look at it and decide")
    got = joined([Text(f"{one.name.zh}{one.words.zh}", f"{one.name.en}: {one.words.en}") for one in gains])
    return Text(f"就符合条件了：{got.zh}", f"you qualify ({got.en})") if gains else Text("就符合条件了", "you qualify")
