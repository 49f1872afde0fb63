"""Rules about what services ask of the list: what is listed, and no more of it than their own rules use.

政务数据共享条例 20 (what is asked for is named), 25 (not beyond the scope). 个人信息保护法 6: the least that is needed.
Where a rule only compares a value with one line, whether it lies beyond the line is enough: the value stays where it
is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tongban import rules
from tongban.base.i18n import Text, words
from tongban.catalog.catalogue import superseded
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.check.laws import tables
from tongban.catalog.check.registry import Said
from tongban.catalog.compile import try_compile
from tongban.catalog.findings import Finding, Path, Severity
from tongban.catalog.load import Loaded
from tongban.catalog.model import FactType, Service, Source
from tongban.catalog.tables import Names, read_row
from tongban.rules.analysis import Stated, in_expression
from tongban.rules.feel.text import feel_text
from tongban.sharing.directory.model import Attribute, Sensitivity, Status
from tongban.sharing.directory.registered import DataDirectory, Held
from tongban.sharing.directory.words import STATUSES

_WHOLE = frozenset({FactType.BOOLEAN})
"""Types whose value is already the least answer."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One service under check, beside the list. `old` is a version that a later one has replaced: sealed history."""

    service: Service
    directory: DataDirectory
    old: bool = False


class AskingRule(NamedTuple):
    """One rule. `summary` says in a sentence what it demands; `law` is where that comes from."""

    code: str
    severity: Severity
    law: str
    summary: Text
    find: Callable[[Asking], Iterator[Said]]


def check_asking(loaded: Sequence[Loaded[Service]], directory: DataDirectory) -> Iterator[Finding]:
    """What these services ask of the list and should not, each at its place."""
    services = [one.value for one in loaded if one.value is not None]
    for one in loaded:
        if one.value is None:
            continue
        asking = Asking(one.value, directory, superseded(one.value, services))
        for rule in ASKING_RULES:
            for said in rule.find(asking):
                position = one.source.position(said.path, said.offset, key=said.key)
                severity = said.severity or rule.severity
                yield one.source.finding(severity, rule.code, said.text, position, said.path, rule.law)


def _sources(service: Service) -> Iterator[tuple[Path, Source]]:
    for name, fact in service.facts.items():
        if fact.source is not None:
            yield ("facts", name, "source", "at"), fact.source
    for slug, material in service.materials.items():
        if material.replaced_by is not None:
            yield ("materials", slug, "replaced_by", "at"), material.replaced_by


# --- what is not there to be asked -------------------------------------------------------------------------


def _not_in_directory(asking: Asking) -> Iterator[Said]:
    for path, source in _sources(asking.service):
        if source.resource == RESOURCE:
            continue  # described by its type file; `certificate-source` of the catalogue looks at it
        if asking.directory.at(source.at) is None:
            zh = f"数据共享清单里没有 {source.at}；请核对写法，或者请提供单位先列入清单"
            en = f"The list of data has no {source.at}; check how it is written, or have its owner list it first"
            yield Said(Text(zh, en), path)


def _not_listed(asking: Asking) -> Iterator[Said]:
    for path, source in _sources(asking.service):
        held = asking.directory.at(source.at)
        if held is None:
            continue
        name, status = held.resource.name, held.resource.status
        if status is not Status.LISTED:
            said = STATUSES[status]
            zh = f"“{name.zh}”{said.zh}，现在不能查"
            yield Said(Text(zh, f"“{name.en}”: {said.en.lower()}; it cannot be asked for now"), path)
        elif held.resource.attribute_of(held.item) is Attribute.NOT_SHARED:
            zh = f"“{name.zh}”的这一项不予共享，不能查"
            yield Said(Text(zh, f"This part of “{name.en}” is not shared and cannot be asked for"), path)


# --- no more than the rules use -----------------------------------------------------------------------------


class Cut(NamedTuple):
    """The one line that a service's rules draw through a value, as the test that would be enough."""

    op: str
    value: str

    @property
    def text(self) -> str:
        return f"{self.op} {self.value}"


def _least_answer(asking: Asking) -> Iterator[Said]:
    if asking.old:
        return
    service = asking.service
    for name, fact in service.facts.items():
        held = asking.directory.at(fact.source.at) if fact.source is not None else None
        if held is None or fact.type in _WHOLE or not _guarded(held):
            continue
        cut = only_cut(service, name)
        if cut is not None:
            zh = f"“{words(fact.name, 'zh')}”只用来和一条线比较，请只问是或否：{cut.text}"
            en = f"'{words(fact.name, 'en')}' is only compared with one line; ask yes or no instead: {cut.text}"
            yield Said(Text(zh, en), ("facts", name, "source"), key=True)


def _test_of_no_yes_or_no(asking: Asking) -> Iterator[Said]:
    for path, source in _sources(asking.service):
        fact = asking.service.facts.get(str(path[1])) if path[0] == "facts" else None
        if source.test and (fact is None or fact.type not in _WHOLE):
            zh = "写了 test，回答只有是或否：这一项要写成 boolean；材料不能用 test 代替"
            yield Said(
                Text(zh, "With a test only yes or no comes back: make it a boolean; no test replaces a paper"), path
            )


def _guarded(held: Held) -> bool:
    """Whether a value is worth keeping where it is: it is about a person, or shared on conditions only."""
    personal = held.element is not None and held.element.sensitivity is not Sensitivity.PUBLIC
    return personal or held.resource.attribute_of(held.item) is not Attribute.UNCONDITIONAL


def only_cut(service: Service, name: str) -> Cut | None:
    """The test that says all a service's rules want to know of a fact; None where they need more, or nothing.

    A fact that is shown on the result, calculated with, handed on, asked under another fact's condition by more than
    one line, or never used by a rule (an official reads it) needs the value.
    """
    shown = {*service.result.shows, *(s for one in service.situations if one.result for s in one.result.shows)}
    if name in shown or (service.concerns is not None and service.concerns.case == name):
        return None
    if try_compile(service)[0] is None:
        return None  # its formulas are told as wrong by the rules about services
    known = tuple(Names.of(service).types)
    stated: list[Stated] = []
    for text in _texts(service, name):
        try:
            node = rules.compile_expression(text, known).node
        except rules.RuleSyntaxError:
            return None  # a cell that only makes sense as a cell, such as `not(5)`
        found = [one for one in in_expression(node) if one.fact == name]
        if len(found) < len(re.findall(rf"\b{name}\b", text)):
            return None
        stated += found
    cuts = {_cut(one) for one in stated}
    return cuts.pop() if len(cuts) == 1 else None


def _cut(stated: Stated) -> Cut:
    match stated.above:
        case True:
            return Cut(">=", stated.text)
        case False:
            return Cut(">", stated.text)
        case None:
            return Cut("=", stated.text)


def _texts(service: Service, name: str) -> Iterator[str]:
    """Every expression that mentions a fact, cells under it written out as `fact in (cell)`."""
    whole = [service.counts_on, *(one.when for one in service.situations), *(one.when for one in service.special)]
    whole += [one.when for one in service.materials.values()]
    whole += [one.category for one in service.parameters.values()]
    for fact in service.facts.values():
        whole += [fact.when, fact.derive]
    for _, table in tables(service):
        whole += [column for column in table.inputs if column != name]
        for raw in table.rows:
            row = read_row(raw, len(table.inputs), len(table.outputs) or 1)
            whole += [cell for cell in row.outputs if isinstance(cell, str) and table.outputs]
            for column, cell in zip(table.inputs, row.cells, strict=False):
                if column == name and cell != "-":
                    yield f"{name} in ({cell if isinstance(cell, str) else feel_text(cell)})"
    mentioning = re.compile(rf"\b{name}\b")
    yield from (text for text in whole if mentioning.search(text))


ASKING_RULES = (
    AskingRule(
        "source-not-in-directory",
        "error",
        "政务数据共享条例 12、20",
        Text("要查的数据先要列入清单", "What is looked up is on the list of data"),
        _not_in_directory,
    ),
    AskingRule(
        "source-not-listed",
        "error",
        "政务数据共享条例 14、16",
        Text("没有发布、暂停或者不予共享的，不能查", "What is not published, suspended or withheld is not looked up"),
        _not_listed,
    ),
    AskingRule(
        "least-answer",
        "warning",
        "个人信息保护法 6",
        Text("能问是或否的，不要数值", "Where yes or no is enough, no value is asked for"),
        _least_answer,
    ),
    AskingRule(
        "test-answers-yes-or-no",
        "error",
        "个人信息保护法 6",
        Text("只问是或否的，答案是布尔值", "What is asked as yes or no is a boolean"),
        _test_of_no_yes_or_no,
    ),
)
