"""What differs between two places for one service, said before anybody applies there (地区差异).

The comparison is that of `catalog.diff`; here each difference is told side by side, as it is in the one place and in
the other, and what is only wording is left out. Terms, papers, questions, conditions and amounts, fee, visits, how
long the result holds, ways to apply, and the law that each place cites.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.catalog.acts import cite
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.diff import Change, Effect, Names, diff, shown_words
from tongban.catalog.model import Fact, Material, Service, Table, Term, Validity
from tongban.catalog.tables import ELIGIBLE_TEXT, both, read_row, read_verdict
from tongban.catalog.wording import RegionName, Wording, amount, joined, no_region
from tongban.terms import Span


class Topic(StrEnum):
    """What a difference is about, in the order in which people ask."""

    TERMS = "terms"
    MATERIALS = "materials"
    FACTS = "facts"
    RULES = "rules"
    FEE = "fee"
    VISITS = "visits"
    RESULT = "result"
    WAYS = "ways"
    LAW = "law"


TOPICS: dict[Topic, Text] = {
    Topic.TERMS: Text("多久有结果", "How long it takes"),
    Topic.MATERIALS: Text("要交的材料", "Papers"),
    Topic.FACTS: Text("要填的信息", "Questions"),
    Topic.RULES: Text("条件和金额", "Conditions and amounts"),
    Topic.FEE: Text("收费", "Fee"),
    Topic.VISITS: Text("要跑几次", "Visits"),
    Topic.RESULT: Text("办好得到什么", "What you receive"),
    Topic.WAYS: Text("怎么办、谁来办", "How and by whom"),
    Topic.LAW: Text("依据", "Legal basis"),
}


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not the same: how it is `here` and how it is `there`; `effect` is for whoever goes there."""

    topic: Topic
    about: Text
    here: Text
    there: Text
    effect: Effect


class Comparison(msgspec.Struct, frozen=True):
    """One service in two places on a day. A version is None where it cannot be applied for there."""

    service: str
    on: date
    here: str | None
    there: str | None
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether it makes no difference where one applies."""
        return not self.differences and (self.here is None) == (self.there is None)


def compare(
    catalogue: Catalogue, slug: str, here: str, there: str, on: date, *, region: RegionName = no_region
) -> Comparison:
    """The service in force on a day in two regions, given by their codes.

    Raises Refused `unknown-service` (404), `compare-parts` (422) for a bundle, whose parts are compared one by one.
    """
    if catalogue.is_bundle(slug):
        raise refuse(
            "compare-parts",
            "这是几个事项合起来的“一件事”，请到其中每个事项的指南里比较",
            "This is several services in one; please compare each of them from its own guide",
            place="service",
            status=422,
        )
    catalogue.versions(slug)
    one, other = (
        next((s for s in catalogue.services(on, region=code) if s.service == slug), None) for code in (here, there)
    )
    found = differences(one, other, region) if one is not None and other is not None else ()
    return Comparison(slug, on, one and one.version, other and other.version, found)


def differences(here: Service, there: Service, region: RegionName = no_region) -> tuple[Difference, ...]:
    """Everything that differs for whoever applies, by topic. Empty where only wording differs, or nothing at all."""
    if here is there:
        return ()
    sides = Wording.of(here, region), Wording.of(there, region)
    told: dict[tuple[Topic, Text], Difference] = {}
    for change in diff(here, there):
        for one in _told(change, *sides):
            before = told.get((one.topic, one.about))
            effect = one.effect if before is None else _together(before.effect, one.effect)
            told[one.topic, one.about] = msgspec.structs.replace(before or one, effect=effect)
    order = list(Topic)
    return tuple(sorted(told.values(), key=lambda one: order.index(one.topic)))


def _together(one: Effect, other: Effect) -> Effect:
    if "neutral" in (one, other):
        return other if one == "neutral" else one
    return one if one == other else "neutral"


# --- one change --------------------------------------------------------------------------------------------------

_NAMING = frozenset({"service", "version", "status", "name", "summary", "basic_code", "code_status", "kind", "themes"})
_WORDING = _NAMING | {"aliases", "valid_from", "valid_to", "recorded_at", "regions", "faq", "examples", "ai", "owner"}
"""Parts of a file that make no difference to whoever applies, or that are told elsewhere on the page."""
_WORDY = frozenset(
    ["name", "ask", "hint", "note", "law", "gist", "about", "label", "template", "changes", "says", "breach", "do"]
)
"""The last step to words about a thing, not the thing."""

Said = Iterable[tuple[Topic, Text, Text, Text]]
Sides = tuple[Wording, Wording]
NONE = Text("没有", "none")
NOT_SET = Text("没有写", "not laid down")


def _told(change: Change, here: Wording, there: Wording) -> Iterator[Difference]:
    """The change as people see it. What no describer can tell apart is shown as it stands in the files."""
    steps = tuple(change.path.split("."))
    part, last = steps[0], steps[-1]
    if part in _WORDING:
        return
    found = [(t, about, a, b) for t, about, a, b in _DESCRIBE.get(part, _nothing)(steps, (here, there)) if a != b]
    wordy = part != last and last in _WORDY
    if not found and not wordy and part not in _WHOLE:
        about = Names(here.service, there.service).of(steps)
        old, new = (NOT_SET if value is None else shown_words(value) for value in (change.old, change.new))
        found = [(_TOPICS.get(part, Topic.WAYS), about, old, new)] if old != new else []
    for topic, about, a, b in found:
        yield Difference(topic, about, a, b, change.effect)


def _nothing(_: tuple[str, ...], __: Sides) -> Said:
    return ()


def _two(topic: Topic, about: Text, sides: Sides, say: Callable[[Service], Text]) -> Said:
    return ((topic, about, say(sides[0].service), say(sides[1].service)),)


# --- terms -------------------------------------------------------------------------------------------------------

_STEPS = {"decide": Text("作出决定", "decision"), "accept": Text("决定收不收", "acceptance")}
_KINDS = {"promised": Text("承诺期限", "promised term"), "statutory": Text("法定期限", "term laid down by law")}


def _terms(steps: tuple[str, ...], sides: Sides) -> Said:
    return _spans(steps[1], Text("", ""), [side.service.terms.get(steps[1]) for side in sides])


def _spans(name: str, where: Text, terms: list[Term | None]) -> Said:
    step = _STEPS.get(name, Text(name, name))
    for kind, label in _KINDS.items():
        about = Text(f"{where.zh}{step.zh}的{label.zh}", f"{where.en}{label.en.capitalize()} for the {step.en}")
        here, there = (_span(getattr(term, kind)) if term is not None else NOT_SET for term in terms)
        yield Topic.TERMS, about, here, there


def _span(text: str | None) -> Text:
    if not text:
        return NOT_SET
    span = Span.parse(text)
    return Text(span.text("zh"), span.text("en"))


def _situations(steps: tuple[str, ...], sides: Sides) -> Said:
    found = [next((s for s in side.service.situations if s.id == steps[1]), None) for side in sides]
    name = next(both(one.name) for one in found if one is not None)
    if None in found:
        here, there = (NONE if one is None else Text("有", "yes") for one in found)
        return ((Topic.RULES, Text(f"情形“{name.zh}”", f"The situation “{name.en}”"), here, there),)
    if "terms" not in steps:
        return ()
    terms = [(one.terms or {}) if one is not None else {} for one in found]
    where = Text(f"“{name.zh}”：", f"{name.en}: ")
    return [
        row for key in dict.fromkeys((*terms[0], *terms[1])) for row in _spans(key, where, [t.get(key) for t in terms])
    ]


# --- papers and questions ----------------------------------------------------------------------------------------

_NEED = {
    "required": Text("要交", "needed"),
    "optional": Text("可交可不交", "may be sent"),
    "later": Text("可以后补", "may follow later"),
}


def _material(steps: tuple[str, ...], sides: Sides) -> Said:
    found = [side.service.materials.get(steps[1]) for side in sides]
    name = next(both(one.name) for one in found if one is not None)
    here, there = (_paper(one, side.service) for one, side in zip(found, sides, strict=True))
    return ((Topic.MATERIALS, name, here, there),)


def _paper(material: Material | None, service: Service) -> Text:
    if material is None:
        return Text("不用交", "not needed")
    need = _NEED[material.need]
    if material.replaced_by is not None:
        at = both(material.replaced_by.name)
        need = Text(f"先到{at.zh}查，查到了不用交", f"looked up first ({at.en}); not needed where it is found")
    if not material.when:
        return need
    case = next((both(one.name) for one in service.situations if one.when == material.when), None)
    case = case or next((_NOT_BY_PROMISE for p in (service.promise,) if p and material.when == f"{p.by} = false"), None)
    return Text(f"{need.zh}（{case.zh}）", f"{need.en} ({case.en})") if case else _in_some_cases(need)


_NOT_BY_PROMISE = Text("没选告知承诺的", "without a promise")


def _in_some_cases(said: Text) -> Text:
    return Text(f"{said.zh}（看情况）", f"{said.en} (in some cases)")


def _promise(_: tuple[str, ...], sides: Sides) -> Said:
    """What a promise stands for, of the papers that are asked for in both places."""
    shared = set(sides[0].service.materials) & set(sides[1].service.materials)
    label = Text("可以用承诺代替的", "What a promise may stand for")
    yield from _two(Topic.MATERIALS, label, sides, lambda one: _promised(one, shared))
    after = Text("承诺不实，最长多久不能再选承诺", "After a false promise no other one for at most")
    if all(side.service.promise is not None for side in sides):
        yield from _two(Topic.MATERIALS, after, sides, lambda one: _years(one.promise.years if one.promise else 0))


def _promised(service: Service, shared: set[str]) -> Text:
    spared = service.promise.replaces if service.promise is not None else ()
    names = [both(service.materials[slug].name) for slug in spared if slug in shared]
    return joined(names) if names else NONE


def _fact(steps: tuple[str, ...], sides: Sides) -> Said:
    found = [side.service.facts.get(steps[1]) for side in sides]
    name = next(both(one.name) for one in found if one is not None)
    derived = any(one is not None and one.derive for one in found)
    topic = Topic.RULES if derived else Topic.FACTS
    here, there = (_asked(one, side) for one, side in zip(found, sides, strict=True))
    return ((topic, name, here, there),)


def _asked(fact: Fact | None, words: Wording) -> Text:
    if fact is None:
        return Text("不问", "not asked")
    if fact.derive:
        return words.expression(fact.derive)
    said = Text("要填", "asked") if fact.required else Text("可填可不填", "may be left blank")
    if fact.source is not None:
        at = both(fact.source.name)
        said = Text(f"先到{at.zh}查，查到了不用填", f"looked up first ({at.en}); not asked where it is found")
    limits = [
        Text(form.zh.format(amount(value, fact.unit).zh), form.en.format(amount(value, fact.unit).en))
        for form, value in ((_LEAST, fact.min), (_MOST, fact.max))
        if value is not None
    ]
    parts = [both(choice.name) for choice in fact.choices] or limits
    if parts:
        listed = joined(parts)
        said = Text(f"{said.zh}：{listed.zh}", f"{said.en}: {listed.en}")
    return _in_some_cases(said) if fact.when else said


_LEAST, _MOST = Text("至少{}", "at least {}"), Text("最多{}", "at most {}")


# --- rules -------------------------------------------------------------------------------------------------------


def _table(steps: tuple[str, ...], sides: Sides) -> Said:
    slug = "eligible" if steps[0] == "eligible" else steps[1]
    tables = [getattr(side.service, steps[0]) for side in sides]
    tables = tables if slug == "eligible" else [some.get(slug) for some in tables]
    label = next(side.tables[slug] for side in sides if slug in side.tables)
    rows = [list(_rows(table, side)) if table is not None else [] for table, side in zip(tables, sides, strict=True)]
    lines = [[_sentence(when, then) for when, then in some] for some in rows]
    if slug == "eligible":
        wins = [[when for when, then in some if then == ELIGIBLE_TEXT] for some in rows]
        lines = wins if wins[0] != wins[1] else lines
    pairs = (lines[0], lines[1]), (lines[1], lines[0])
    only = [[line for line in some if line not in other] for some, other in pairs]
    here, there = (_listed(some) for some in only)
    return ((Topic.RULES, label, here, there),)


def _rows(table: Table, words: Wording) -> Iterator[tuple[Text, Text]]:
    """Each row in words: its conditions, and what it comes to."""
    for row in table.rows:
        read = read_row(row, len(table.inputs), len(table.outputs) or 1)
        cells = [
            words.is_(name, str(cell).lower() if isinstance(cell, bool) else str(cell))
            for name, cell in zip(table.inputs, read.cells, strict=True)
            if cell != "-"
        ]
        yield joined(cells), _end(table, read.outputs, words)


def _end(table: Table, outputs: tuple[object, ...], words: Wording) -> Text:
    if not table.outputs:
        verdict = read_verdict(outputs[0]) if outputs else None
        return verdict.message if verdict is not None else shown_words(outputs)
    told: list[Text] = []
    for output, value in zip(table.outputs, outputs, strict=True):
        label = words.label(output.name)
        said = words.expression(value) if isinstance(value, str) else words.value(output.name, value)
        told.append(Text(f"{label.zh}{said.zh}", f"{label.en} {said.en}"))
    return joined(told)


def _sentence(when: Text, then: Text) -> Text:
    return Text(f"{when.zh}：{then.zh}", f"{when.en}: {then.en}") if when.zh else then


def _listed(rows: list[Text]) -> Text:
    return Text("；".join(row.zh for row in rows), "; ".join(row.en for row in rows)) if rows else NONE


def _conditions(_: tuple[str, ...], sides: Sides) -> Said:
    said = [[both(one) for one in side.service.conditions] for side in sides]
    here, there = (
        _listed([Text(one.zh.rstrip("；。"), one.en.rstrip(";.")) for one in some if one not in other])
        for some, other in ((said[0], said[1]), (said[1], said[0]))
    )
    return ((Topic.RULES, Text("谁能办", "Who can apply"), here, there),)


# --- the rest ----------------------------------------------------------------------------------------------------


def _fee(_: tuple[str, ...], sides: Sides) -> Said:
    return _two(Topic.FEE, TOPICS[Topic.FEE], sides, _charged)


def _charged(service: Service) -> Text:
    if not service.fee.charged:
        return Text("不收费", "free")
    standard = both(service.fee.standard)
    return Text(f"收费{'：' * bool(standard.zh)}{standard.zh}", f"charged{': ' * bool(standard.en)}{standard.en}")


def _visits(_: tuple[str, ...], sides: Sides) -> Said:
    return _two(Topic.VISITS, TOPICS[Topic.VISITS], sides, _times)


def _times(service: Service) -> Text:
    most = service.visits.max
    return Text(f"最多{most}次", f"at most {most}") if most else Text("一次都不用", "none")


def _result(_: tuple[str, ...], sides: Sides) -> Said:
    yield from _two(Topic.RESULT, Text("办好得到", "You receive"), sides, lambda one: both(one.result.name))
    yield from _two(Topic.RESULT, Text("有效期", "How long it holds"), sides, lambda one: _holds(one.result.valid))


def _holds(valid: Validity | None) -> Text:
    match valid:
        case Validity(years=int(years)):
            return _years(years)
        case Validity(months=int(months)):
            return Text(f"{months}个月", f"{months} month{'s' * (months > 1)}")
        case _:
            return Text("没有期限", "without end")


def _years(years: int) -> Text:
    return Text(f"{years}年", f"{years} year{'s' * (years > 1)}")


def _reach(_: tuple[str, ...], sides: Sides) -> Said:
    modes = Text("办理形式", "Ways to apply"), Text("在多大范围都能办", "Where it can be had")
    yield from _two(Topic.WAYS, modes[0], sides, lambda one: joined([shown_words(mode) for mode in one.reach.modes]))
    yield from _two(Topic.WAYS, modes[1], sides, lambda one: shown_words(one.reach.scope))


def _authority(_: tuple[str, ...], sides: Sides) -> Said:
    return _two(Topic.WAYS, Text("谁来决定", "Who decides"), sides, lambda one: both(one.authority.name))


def _law(steps: tuple[str, ...], sides: Sides) -> Said:
    cited = [{law.id: cite(law) for law in side.service.law} for side in sides]
    here, there = (
        joined([text for key, text in one.items() if key not in other]) if set(one) - set(other) else NONE
        for one, other in ((cited[0], cited[1]), (cited[1], cited[0]))
    )
    return ((Topic.LAW, Text("只有这一边引用的", "Cited on this side only"), here, there),) if len(steps) == 2 else ()


_DESCRIBE: dict[str, Callable[[tuple[str, ...], Sides], Said]] = {
    "terms": _terms,
    "situations": _situations,
    "materials": _material,
    "promise": _promise,
    "facts": _fact,
    "eligible": _table,
    "tables": _table,
    "amounts": _table,
    "conditions": _conditions,
    "fee": _fee,
    "visits": _visits,
    "result": _result,
    "reach": _reach,
    "authority": _authority,
    "law": _law,
}
_WHOLE = frozenset({"conditions", "law", "fee", "promise"})
"""What their describer tells completely: the rest of them is wording."""
_TOPICS: dict[str, Topic] = {
    "terms": Topic.TERMS,
    "special": Topic.TERMS,
    "situations": Topic.RULES,
    "materials": Topic.MATERIALS,
    "facts": Topic.FACTS,
    "parameters": Topic.RULES,
    "counts_on": Topic.RULES,
    "audience": Topic.RULES,
    "eligible": Topic.RULES,
    "tables": Topic.RULES,
    "amounts": Topic.RULES,
    "visits": Topic.VISITS,
    "in_person": Topic.VISITS,
    "result": Topic.RESULT,
}
