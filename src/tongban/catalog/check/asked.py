"""Rules about facts: who answers each, and that none is asked without need."""

from collections.abc import Iterator

from tongban.base.i18n import Text, words
from tongban.catalog.catalogue import superseded
from tongban.catalog.check.laws import tables
from tongban.catalog.check.registry import Said, View, compiled, service_lint
from tongban.catalog.model import FactType, Service
from tongban.catalog.tables import mentioned, read_row

_WHO = frozenset({FactType.PHONE, FactType.ID_NUMBER, FactType.USCC, FactType.BANK_ACCOUNT})
"""Facts that say who the person is, how to reach and how to pay them: a purpose of their own."""
_WHOLE_PARTS = frozenset({"no-outputs", "fact-cycle"})
"""Faults of a whole part of the file, told at its name."""
_IDENTITY = frozenset({"full_name", "name", "company_name", "applicant_name", "agent_name", "representative"})


@service_lint("expression", "error", "表达式要能读懂", "Expressions must compile", law="DMN 1.5 (FEEL)")
def expression(view: View[Service]) -> Iterator[Said]:
    for fault in compiled(view)[1]:
        whole = fault.code in _WHOLE_PARTS
        yield Said(fault.text, fault.path, fault.offset, key=whole, code=fault.code)


@service_lint(
    "fact-not-askable",
    "error",
    "没有来源答复时要能问本人",
    "A fact no record answers must be asked",
    law="国令第716号 7",
)
def fact_not_askable(view: View[Service]) -> Iterator[Said]:
    for name, fact in view.file.facts.items():
        if fact.derive and (fact.ask or fact.source is not None):
            text = Text(
                f"“{name}”是推算出来的，不用再写 ask 或 source", f"'{name}' is derived; it needs neither ask nor source"
            )
            yield Said(text, ("facts", name), key=True, severity="warning")
        elif not fact.derive and not fact.ask:
            text = Text(
                f"“{words(fact.name, 'zh')}”查不到时没法问本人，请写 ask",
                f"If no record has '{words(fact.name, 'en')}', nobody can ask the person; give ask",
            )
            yield Said(text, ("facts", name), key=True)


@service_lint("enum-choices", "error", "选择题要有选项，选项不重复", "An enum needs choices, each once")
def enum_choices(view: View[Service]) -> Iterator[Said]:
    for name, fact in view.file.facts.items():
        if fact.type is FactType.ENUM and not fact.choices:
            text = Text(f"“{name}”是选择题，却没有 choices", f"'{name}' is an enum without choices")
            yield Said(text, ("facts", name), key=True)
        if fact.type is not FactType.ENUM and fact.choices:
            text = Text(f"“{name}”不是选择题，choices 用不上", f"'{name}' is no enum; its choices have no use")
            yield Said(text, ("facts", name, "choices"), key=True, severity="warning")
        seen: set[str] = set()
        for index, choice in enumerate(fact.choices):
            if choice.value in seen:
                text = Text(f"选项“{choice.value}”重复", f"The choice '{choice.value}' is given twice")
                yield Said(text, ("facts", name, "choices", index, "value"))
            seen.add(choice.value)


_CHANGEABLE = frozenset(
    {FactType.BOOLEAN, FactType.ENUM, FactType.DATE, FactType.INTEGER, FactType.NUMBER, FactType.MONEY}
)
"""Facts of which “what would change the outcome” can name a value to reach. The others say who somebody is."""


@service_lint("fact-changes", "error", "怎么改变一项信息要写得对", "How a fact can change must fit the fact")
def fact_changes(view: View[Service]) -> Iterator[Said]:
    for name, fact in view.file.facts.items():
        if fact.changes and (fact.derive or fact.type not in _CHANGEABLE):
            text = Text(
                f"“{words(fact.name, 'zh')}”不是本人能改变的信息，不能写 changes",
                f"'{words(fact.name, 'en')}' is nothing that a person can change; it takes no changes",
            )
            yield Said(text, ("facts", name, "changes"))
        known = {choice.value for choice in fact.choices} if fact.type is FactType.ENUM else {True, False}
        for index, change in enumerate(fact.changes):
            for value in (*change.from_, *change.to):
                if value not in known:
                    text = Text(f"没有“{value}”这个答案", f"There is no answer '{value}'")
                    yield Said(text, ("facts", name, "changes", index))


@service_lint("bounds", "error", "最小值不能大于最大值", "The minimum may not exceed the maximum")
def bounds(view: View[Service]) -> Iterator[Said]:
    for name, fact in view.file.facts.items():
        if fact.min is not None and fact.max is not None and fact.min > fact.max:
            text = Text(
                f"最小值{fact.min}大于最大值{fact.max}", f"The minimum {fact.min} is above the maximum {fact.max}"
            )
            yield Said(text, ("facts", name, "min"))
    valid_to = view.file.valid_to
    if valid_to is not None and valid_to < view.file.valid_from:
        text = Text("截止日期早于生效日期", "It ends before it begins")
        yield Said(text, ("valid_to",))


def used_names(service: Service) -> set[str]:
    """Every name that a table, a condition, a material, a derived fact or the result makes use of."""
    used: set[str] = {*service.result.shows, service.result.closes or "", *(row.by for row in service.competence)}
    texts: list[str] = [situation.when for situation in service.situations]
    texts += [material.when for material in service.materials.values()]
    texts += [special.when for special in service.special]
    texts += [row.when for row in service.competence]
    for situation in service.situations:
        used.update(situation.result.shows if situation.result else ())
    for fact in service.facts.values():
        texts += [fact.when, fact.derive]
    for _, table in tables(service):
        texts += table.inputs
        for raw in table.rows:
            row = read_row(raw, len(table.inputs), len(table.outputs) or 1)
            texts += [cell for cell in (*row.cells, *row.outputs) if isinstance(cell, str)]
    texts += [service.counts_on, *(parameter.category for parameter in service.parameters.values())]
    for text in texts:
        used |= mentioned(text)
    return used


@service_lint(
    "fact-unused",
    "error",
    "用不着的信息不收集",
    "Nothing is asked that serves no purpose",
    law="个人信息保护法 6（凭记忆）",
)
def fact_unused(view: View[Service]) -> Iterator[Said]:
    used = used_names(view.file)
    for name, fact in view.file.facts.items():
        if name in used or fact.type in _WHO or name in _IDENTITY or fact.law:
            continue
        text = Text(
            f"“{words(fact.name, 'zh')}”没有任何规则、材料或结果用到；不需要就别问，法律要求登记的请写 law",
            f"No rule, material or result uses '{words(fact.name, 'en')}'; do not ask it, or name the law that"
            " requires it",
        )
        yield Said(text, ("facts", name), key=True)


@service_lint(
    "fact-known-elsewhere",
    "warning",
    "别的事项能查到的信息，这里也应当查",
    "What another service takes from a record should be taken here too",
    law="国令第716号 7",
)
def fact_known_elsewhere(view: View[Service]) -> Iterator[Said]:
    if superseded(view.file, (one for _, one in view.world.services)):
        return
    for name, fact in view.file.facts.items():
        if fact.source is not None or fact.derive or fact.law:
            continue
        known = view.world.records.get(f"fact:{name}:{fact.type.value}")
        if known is not None and known.service != view.file.service:
            text = Text(
                f"“{words(fact.name, 'zh')}”在“{known.service}”里是从 {known.source.at} 查的，这里却要本人填",
                f"'{words(fact.name, 'en')}' is taken from {known.source.at} in '{known.service}' but asked for here",
            )
            yield Said(text, ("facts", name), key=True)


@service_lint("result-shows", "error", "证照上印什么要写清楚", "A certificate says what it shows", law="行政许可法 39")
def result_shows(view: View[Service]) -> Iterator[Said]:
    service = view.file
    outputs = {o.name for _, table in tables(service) for o in table.outputs}
    named = [(("result",), service.result)]
    named += [(("situations", i, "result"), s.result) for i, s in enumerate(service.situations) if s.result is not None]
    for path, result in named:
        if result.form == "certificate" and not result.shows:
            yield Said(Text("证照没有写 shows（印哪些内容）", "The certificate has no shows"), path, key=True)
        closes = service.facts.get(result.closes) if result.closes else None
        if result.closes and (closes is None or closes.type not in ("id-number", "uscc")):
            text = Text(f"“{result.closes}”不是号码", f"'{result.closes}' is no identity number and no credit code")
            yield Said(text, (*path, "closes"))
        for index, name in enumerate(result.shows):
            if name not in service.facts and name not in outputs:
                text = Text(f"没有“{name}”这个信息", f"There is no fact or output '{name}'")
                yield Said(text, (*path, "shows", index))
