"""People for findings about tables: who can occur, shown with what would be asked of them.

A combination of a table's inputs is only worth telling if somebody can be there. What the table reads may follow
from other facts (an age from a birth date); then a person is looked for by running the service itself, and the facts
that were found are shown with the combination.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice, product
from math import prod
from typing import Any

from tongban import rules
from tongban.base.i18n import Lang, words
from tongban.catalog.compile import Compiled, FactStep, SituationStep, gives, needs
from tongban.catalog.findings import Path
from tongban.catalog.model import Fact, FactType, Service, Words
from tongban.catalog.run import Run
from tongban.catalog.tables import APPLICATION_DATE, SITUATION, Ruling, mentioned
from tongban.rules.analysis import Known, Space, quality
from tongban.rules.analysis.domains import OTHER_TEXT
from tongban.rules.analysis.remarks import Person
from tongban.rules.analysis.sweep import Box, points

MOST_TRIED = 400
"""Combinations that are looked at for one table before nobody counts as found."""
MOST_WITNESSES = 300
"""Sets of asked facts that are tried to make one combination."""

_FAR = 3_000
_FIRST_YEAR = 1_890
"""How far back a day is looked for: so many years, months or days, and no person was born before that year."""

_OWN = {SITUATION: ("情形", "Situation"), APPLICATION_DATE: ("申请日期", "Day of application")}
_UNITS: dict[FactType, Decimal] = {FactType.INTEGER: Decimal(1), FactType.MONEY: Decimal("0.01")}
_OUTPUT_UNITS: dict[str, Decimal] = {"integer": Decimal(1), "money": Decimal("0.01")}


def knowledge(made: Compiled, ruling: Ruling) -> tuple[Known, ...]:
    """What the service file says of each input of a table."""
    steps = {step.name: step for step in (*made.first, *made.later) if isinstance(step, FactStep)}
    outputs = {
        o.name: o.type for t in (*made.service.tables.values(), *made.service.amounts.values()) for o in t.outputs
    }
    return tuple(_known(made.service, steps, outputs, column.expression) for column in ruling.table.inputs)


def _known(service: Service, steps: Mapping[str, FactStep], outputs: Mapping[str, str], name: str) -> Known:
    fact = service.facts.get(name)
    if fact is not None:
        blank = steps[name].when is not None or (not fact.required and not fact.derive)
        low, high = (None if bound is None else rules.to_feel(bound) for bound in (fact.min, fact.max))
        return Known(low=low, high=high, unit=_UNITS.get(fact.type), blank=blank)
    if name == APPLICATION_DATE:
        return Known(low=rules.to_feel(service.valid_from), high=rules.to_feel(service.valid_to))
    return Known(unit=_OUTPUT_UNITS.get(outputs.get(name, "")), blank=name == SITUATION)


def correlated(service: Service, ruling: Ruling) -> bool:
    """Whether columns depend on the same asked facts, so that not every combination need exist."""
    seen: set[str] = set()
    for column in ruling.table.inputs:
        roots = _roots(service, column.expression)
        if roots & seen or column.expression not in service.facts:
            return True
        seen |= roots
    return False


def _roots(service: Service, name: str, on_the_way: frozenset[str] = frozenset()) -> set[str]:
    """The asked facts that a name follows from, outputs of tables left as they are."""
    fact = service.facts.get(name)
    if fact is None or not fact.derive or name in on_the_way:
        return {name}
    found: set[str] = set()
    for part in mentioned(fact.derive) & set(service.facts):
        found |= _roots(service, part, on_the_way | {name})
    return found


def title(service: Service, name: str) -> tuple[str, str]:
    """What a name of a service is called in Chinese and English."""
    if name in _OWN:
        return _OWN[name]
    said: Words = service.facts[name].name if name in service.facts else name
    for table in (*service.tables.values(), *service.amounts.values()):
        said = next((output.label for output in table.outputs if output.name == name and output.label), said)
    return words(said, "zh"), words(said, "en")


@dataclass(slots=True)
class Townsfolk:
    """The speaker for one table of a service (see `rules.analysis.Speaker`)."""

    made: Compiled
    path: Path
    ruling: Ruling
    space: Space
    left: int = MOST_TRIED

    @property
    def _service(self) -> Service:
        return self.made.service

    def person(self, box: Box) -> Person | None:
        """The first combination in `box` that can occur, as far as the facts in the columns settle it.

        A fact is given only where it applies and missing only where it does not (or is optional); a derived fact and
        the situation are what they are derived to be; and the eligibility table is not asked where the situation
        answers.
        """
        for point in points(box):
            if self.left <= 0:
                return None
            self.left -= 1
            values = dict(zip(self._heads, map(rules.to_python, self.space.values(point)), strict=True))
            if self._possible(values):
                return self._described(values)
        return None

    @property
    def _heads(self) -> list[str]:
        return [column.label or column.expression for column in self.ruling.table.inputs]

    def _possible(self, values: Mapping[str, Any]) -> bool:
        facts = self._service.facts
        if SITUATION in values and values[SITUATION] is None and not self._some_in_no_situation():
            return False
        given = {name: value for name, value in values.items() if name in facts and not facts[name].derive}
        run = Run(self.made, given, self._service.valid_from)
        settled = run.situation is not None and run.situation.outcome is not None
        return all(_fits(run, *pair) for pair in values.items()) and not (settled and self.path == ("eligible",))

    def _some_in_no_situation(self) -> bool:
        """Whether the situations leave anybody out, as far as the choices that they ask about tell."""
        facts = self._service.facts
        asked = sorted(self._behind({SITUATION: None}) - {APPLICATION_DATE})
        if not all(facts[name].choices or facts[name].type is FactType.BOOLEAN for name in asked):
            return True
        choices = [list(self._candidates(name, {}, self._service.valid_from)) for name in asked]
        if prod(map(len, choices)) > MOST_WITNESSES:
            return True
        return any(self._in_none(dict(zip(asked, choice, strict=True))) for choice in product(*choices))

    def _in_none(self, given: Mapping[str, Any]) -> bool:
        """Whether somebody of whom this is known is certainly in no situation."""
        whens = [when for step in self.made.first if isinstance(step, SituationStep) for _, when in step.choices]
        if all(name in given for when in whens for name in when.names):
            return all(when.holds(given, ()) is False for when in whens)
        return _settled_none(Run(self.made, given, self._service.valid_from))

    # --- somebody whose facts lead there ---------------------------------------------------------------------

    def _described(self, values: Mapping[str, Any]) -> Person:
        said = [self._quality(name, value) for name, value in values.items()]
        zh, en = "、".join(one for one, _ in said), ", ".join(two for _, two in said)
        witness = self._witness(values)
        if not witness and correlated(self._service, self.ruling):
            zh, en = f"{zh}（如果有这样的人）", f"{en} (if there is such a person)"
        if witness:
            shown = [self._quality(name, value) for name, value in witness.items()]
            zh += f"（例如{'、'.join(one for one, _ in shown)}）"
            en += f" (for example {', '.join(two for _, two in shown)})"
        return Person(zh, en)

    def _witness(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Asked facts that are no inputs themselves and make the inputs what they are; empty if there are none to
        find, or none was found."""
        service = self._service
        fixed = {name: value for name, value in values.items() if name in service.facts}
        asked = {name: value for name, value in fixed.items() if not service.facts[name].derive}
        behind = self._behind(values) - set(values)
        more = sorted(behind - {APPLICATION_DATE})
        if not more:
            return {}
        day = service.valid_from
        if isinstance(values.get(APPLICATION_DATE), date):
            day = values[APPLICATION_DATE]
        candidates = [list(self._candidates(name, values, day)) for name in more]
        for choice in islice(product(*candidates), MOST_WITNESSES):
            given = {name: value for name, value in zip(more, choice, strict=True) if value is not None}
            run = Run(self.made, asked | given, day)
            if all(_same(self._value(run, name), value) for name, value in values.items()) and (
                values.get(SITUATION, "") is not None or _settled_none(run)
            ):
                return given | ({APPLICATION_DATE: day} if APPLICATION_DATE in behind else {})
        return {}

    def _behind(self, values: Mapping[str, Any]) -> set[str]:
        """The asked facts, and perhaps the day, that the inputs follow from, through facts, tables and situations."""
        reads = _reads(self.made)
        found: set[str] = set()
        todo = [name for head in values for name in ([head] if head in reads else mentioned(head))]
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            fact = self._service.facts.get(name)
            if name == APPLICATION_DATE or (fact is not None and not fact.derive):
                found.add(name)
            todo += reads.get(name, ())
        return found

    def _candidates(self, name: str, values: Mapping[str, Any], day: date) -> Iterable[Any]:
        """Values to try for an asked fact: what fits the numbers looked for, what the examples say, every choice."""
        return {str(guess): guess for guess in self._guesses(name, values, day)}.values()

    def _guesses(self, name: str, values: Mapping[str, Any], day: date) -> Iterator[Any]:
        fact = self._service.facts[name]
        if fact.type is FactType.DATE:
            yield from _days_before(values, day)
        for example in self._service.examples:
            if name in example.given:
                yield example.given[name]
        yield from (choice.value for choice in fact.choices)
        if fact.type is FactType.BOOLEAN:
            yield from (True, False)
        if not fact.required or fact.when:
            yield None

    def _value(self, run: Run, head: str) -> Any:
        if head in run.values or head in self._service.facts or head == SITUATION:
            return run.values.get(head)
        column = next((column for _, column in self.ruling.columns if column.text == head), None)
        return None if column is None else column.evaluate(run.values, run.waits_for)

    # --- words -----------------------------------------------------------------------------------------------

    def _quality(self, name: str, value: Any) -> tuple[str, str]:
        fact = self._service.facts.get(name)
        zh, en = title(self._service, name)
        if value is None:
            return f"没填{zh}" if fact else f"{zh}没有", f"{en}: none"
        spoken = {lang: self._choice(name, value, lang) for lang in ("zh", "en")}
        unit = fact.unit if fact is not None else ""
        if isinstance(value, str) and not value.startswith(OTHER_TEXT):
            return f"{zh}：{spoken['zh']}", f"{en}: {spoken['en']}"
        return quality(zh, en, rules.to_feel(value), unit)

    def _choice(self, name: str, value: Any, lang: Lang) -> str:
        fact: Fact | None = self._service.facts.get(name)
        if name == SITUATION:
            found = next((s.name for s in self._service.situations if s.id == value), str(value))
            return words(found, lang)
        choice = next((c for c in fact.choices if c.value == value), None) if fact is not None else None
        return words(choice.name, lang) if choice is not None else str(value)


def _settled_none(run: Run) -> bool:
    return run.situation is None and SITUATION not in run.waits_for


def _fits(run: Run, name: str, value: Any) -> bool:
    applies = run.applies.get(name)
    fact = run.compiled.service.facts.get(name)
    if fact is not None and applies is False:
        return value is None
    if fact is not None and not fact.derive:
        return value is not None or applies is None or not fact.required
    known = run.values.get(name)
    return known is None or _same(known, value)


def _same(known: Any, value: Any) -> bool:
    if isinstance(value, str) and value.startswith(OTHER_TEXT):
        return isinstance(known, str)
    return rules.to_feel(known) == rules.to_feel(value)


def _days_before(values: Mapping[str, Any], day: date) -> Iterator[date]:
    """Days that lie as many years, months or days before `day` as some input says, and one day more."""
    for value in values.values():
        spans: list[object] = [value]
        if isinstance(value, Decimal):
            spans = [f"P{int(value)}{unit}" for unit in "YMD"] if 0 <= value <= _FAR else []
        for span in spans:
            text = "day - duration(span)" if isinstance(span, str) else "day - span"
            found = rules.to_python(
                rules.compile_expression(text, ("day", "span")).evaluate({"day": day, "span": span})
            )
            if isinstance(found, date) and found.year > _FIRST_YEAR:
                yield found
                yield date.fromordinal(found.toordinal() - 1)


def _reads(made: Compiled) -> dict[str, tuple[str, ...]]:
    """For each name of a service the names that it is worked out from."""
    return {name: needs(step) for step in (*made.first, *made.later) for name in gives(step)}
