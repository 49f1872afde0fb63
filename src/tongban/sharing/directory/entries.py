"""Rules about entries of the list: what articles 13 to 16 ask, one function each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tongban.base.i18n import Text
from tongban.catalog.check.laws import doubled_laws, unnamed_acts, unread_laws
from tongban.catalog.check.registry import Said
from tongban.catalog.findings import Path, Severity
from tongban.catalog.model import Law, Level
from tongban.sharing.directory.model import WITHHOLDING, Attribute, Grade, Rank, Resource, Sensitivity, Status
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.directory.words import ATTRIBUTES, RANKS

_PASSED = frozenset({Status.LISTED, Status.SUSPENDED})
"""Standings that an entry only has once it was assessed, approved and published."""
_STRICTER = {Attribute.UNCONDITIONAL: 0, Attribute.CONDITIONAL: 1, Attribute.NOT_SHARED: 2}
_TITLES = {
    Rank.LAW: re.compile(r"(?<!办)法(（.*）)?$|法典$|决定$"),
    Rank.ADMINISTRATIVE_REGULATION: re.compile(r"(条例|规定|办法|细则)(（.*）)?$"),
}
"""How the titles of acts of a rank end; a State Council decision has no form of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry under check, beside the list that it is in."""

    resource: Resource
    directory: DataDirectory


class EntryRule(NamedTuple):
    """One rule. `summary` says in a sentence what it demands; `law` is where that comes from."""

    code: str
    severity: Severity
    law: str
    summary: Text
    find: Callable[[Entry], Iterator[Said]]


# --- the law that an entry cites ----------------------------------------------------------------------------


def _cited(resource: Resource) -> Iterator[tuple[Path, str]]:
    for index, condition in enumerate(resource.conditions):
        yield ("conditions", index, "law"), condition.law
    if resource.ground is not None:
        yield ("ground", "law"), resource.ground.law
    for name, record in resource.records.items():
        for field, item in record.elements.items():
            yield ("records", name, "elements", field, "law"), item.law
            yield ("records", name, "elements", field, "ground"), item.ground


def _law_undefined(entry: Entry) -> Iterator[Said]:
    known = {law.id for law in entry.resource.law}
    for path, law in _cited(entry.resource):
        if law and law not in known:
            has = "、".join(sorted(known)) or "无"
            zh = f"引用了“{law}”，但 law 里没有这一条；已有：{has}"
            yield Said(Text(zh, f"'{law}' is cited but not listed under law; listed are: {has}"), path)


def _law_twice(entry: Entry) -> Iterator[Said]:
    return doubled_laws(entry.resource.law)


def _law_from_memory(entry: Entry) -> Iterator[Said]:
    return unread_laws(entry.resource.law)


def _act_unnamed(entry: Entry) -> Iterator[Said]:
    return unnamed_acts(entry.resource.law)


def _act(entry: Entry, law: str) -> Law | None:
    return next((one for one in entry.resource.law if one.id == law), None)


# --- sharing attribute (art. 14, 15) ------------------------------------------------------------------------


def _withheld_without_basis(entry: Entry) -> Iterator[Said]:
    resource, ground = entry.resource, entry.resource.ground
    if resource.attribute is Attribute.NOT_SHARED:
        if ground is None:
            text = Text(
                "不予共享要写明理由和依据（ground）；没有依据的，不得列为不予共享",
                "What is not shared says why and by which law (ground); without one it may not be withheld",
            )
            yield Said(text, ("attribute",))
        elif ground.rank not in WITHHOLDING:
            zh = f"依据是{RANKS[ground.rank].zh}；只有法律、行政法规、国务院决定能作不予共享的依据"
            en = f"The ground is a {RANKS[ground.rank].en}; only a law, an administrative regulation or a decision of"
            yield Said(Text(zh, f"{en} the State Council can withhold data"), ("ground", "rank"))
        else:
            act, titled = _act(entry, ground.law), _TITLES.get(ground.rank)
            if act is not None and titled is not None and not titled.search(act.act):
                zh = f"《{act.act}》看名称不是{RANKS[ground.rank].zh}，请核对 rank"
                en = f"{act.act} is by its title no {RANKS[ground.rank].en}; check rank"
                yield Said(Text(zh, en), ("ground", "rank"))
    elif ground is not None:
        text = Text("只有不予共享才写 ground", "A ground is only for what is not shared")
        yield Said(text, ("ground",), key=True)
    for name, record in resource.records.items():
        for field, item in record.elements.items():
            withheld = item.attribute is Attribute.NOT_SHARED and resource.attribute is not Attribute.NOT_SHARED
            if withheld and not item.ground:
                text = Text("这一项不予共享，要写依据 ground", "This field is not shared; it needs its ground")
                yield Said(text, ("records", name, "elements", field), key=True)


def _conditions(entry: Entry) -> Iterator[Said]:
    resource = entry.resource
    if resource.attribute is Attribute.CONDITIONAL:
        if resource.scope is None:
            text = Text("有条件共享要写明共享范围 scope", "Conditional sharing says who may ask (scope)")
            yield Said(text, ("attribute",))
        if resource.use is None:
            text = Text("有条件共享要写明使用用途 use", "Conditional sharing says what for (use)")
            yield Said(text, ("attribute",))
    elif resource.conditions:
        said = ATTRIBUTES[resource.attribute]
        yield Said(
            Text(f"{said.zh}的不写使用条件", f"No conditions here: {said.en.lower()}"), ("conditions",), key=True
        )


def _invented_condition(entry: Entry) -> Iterator[Said]:
    for index, condition in enumerate(entry.resource.conditions):
        if not condition.law:
            text = Text(
                "这个使用条件没有依据；不得擅自增设共享条件，请写 law，或者删去",
                "This condition has no basis; bodies may not add conditions of their own. Give its law, or take it out",
            )
            yield Said(text, ("conditions", index))


def _mode_missing(entry: Entry) -> Iterator[Said]:
    if entry.resource.attribute is not Attribute.NOT_SHARED and not entry.resource.modes:
        yield Said(Text("没有写共享方式 modes", "How it is shared (modes) is missing"), ("attribute",))


def _field_looser(entry: Entry) -> Iterator[Said]:
    whole = entry.resource.attribute
    for name, record in entry.resource.records.items():
        for field, item in record.elements.items():
            if item.attribute is not None and _STRICTER[item.attribute] < _STRICTER[whole]:
                zh = f"单项的共享属性只能比整个资源（{ATTRIBUTES[whole].zh}）更严；要放宽，请拆成两项资源"
                en = "A field can only be stricter than the whole; for a looser one make a resource of its own"
                yield Said(Text(zh, en), ("records", name, "elements", field, "attribute"))


# --- assessed, approved, published (art. 13, 16) ------------------------------------------------------------


def _not_assessed(entry: Entry) -> Iterator[Said]:
    resource, assessment = entry.resource, entry.resource.assessment
    if resource.status not in _PASSED:
        return
    if assessment is None:
        text = Text(
            "列入清单以前要做保密风险和个人信息保护影响评估（assessment）",
            "Secrecy and privacy are assessed before an entry is listed (assessment)",
        )
        yield Said(text, ("status",))
    elif not assessment.passed:
        yield Said(Text("评估没有通过，不能列入", "It did not pass; it cannot be listed"), ("assessment", "passed"))


def _not_approved(entry: Entry) -> Iterator[Said]:
    resource = entry.resource
    if resource.status not in _PASSED:
        return
    if resource.approval is None:
        text = Text("列入清单以前要经部门负责人审核（approval）", "The head approves before it is listed (approval)")
        yield Said(text, ("status",))
    elif resource.assessment is not None and resource.approval.at < resource.assessment.done:
        text = Text("先评估，后审核", "The assessment comes before the approval")
        yield Said(text, ("approval", "at"))
    if resource.listed_on is None:
        yield Said(Text("没有写列入清单的日期 listed_on", "The day of listing (listed_on) is missing"), ("status",))
    elif resource.approval is not None and resource.listed_on < resource.approval.at:
        yield Said(Text("审核以前不能列入", "It cannot be listed before it is approved"), ("listed_on",))


def _owner_level(entry: Entry) -> Iterator[Said]:
    owner = entry.resource.owner
    region = owner.region
    level = (
        Level.NATION
        if region == "000000"
        else Level.PROVINCE
        if region.endswith("0000")
        else Level.CITY
        if region.endswith("00")
        else None
    )
    lower = {Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE}
    if owner.level is not level and not (level is None and owner.level in lower):
        text = Text(f"层级和行政区划代码 {region} 不一致", f"The level does not fit the region code {region}")
        yield Said(text, ("owner", "level"))


# --- what the data are --------------------------------------------------------------------------------------


def _items(entry: Entry) -> Iterator[tuple[Path, str, Sensitivity | None, str, Attribute]]:
    """Path, element, its sensitivity if the dictionary has it, law and attribute of every field."""
    for name, record in entry.resource.records.items():
        for field, item in record.elements.items():
            element = entry.directory.elements.get(item.element)
            path = ("records", name, "elements", field)
            sensitivity = element.sensitivity if element is not None else None
            yield path, item.element, sensitivity, item.law, entry.resource.attribute_of(item)


def _element_unknown(entry: Entry) -> Iterator[Said]:
    for path, element, sensitivity, _, _ in _items(entry):
        if sensitivity is None:
            zh = f"数据元字典里没有“{element}”；请先在 elements.yaml 里写清楚它是什么"
            en = f"The dictionary has no '{element}'; say in elements.yaml what it is"
            yield Said(Text(zh, en), (*path, "element"))


def _sensitive_without_law(entry: Entry) -> Iterator[Said]:
    for path, _, sensitivity, law, attribute in _items(entry):
        if sensitivity is not Sensitivity.SENSITIVE:
            continue
        if not law:
            text = Text(
                "敏感个人信息要写明依据哪条收集（law）",
                "Sensitive personal data say by which article they are kept (law)",
            )
            yield Said(text, path, key=True)
        if attribute is Attribute.UNCONDITIONAL:
            text = Text("敏感个人信息不能无条件共享", "Sensitive personal data cannot be shared without conditions")
            yield Said(text, path, key=True)


def _important_unconditional(entry: Entry) -> Iterator[Said]:
    if entry.resource.grade is not Grade.GENERAL and entry.resource.attribute is Attribute.UNCONDITIONAL:
        text = Text(
            "重要、核心数据无条件共享，请再想想", "Important or core data without conditions: please think again"
        )
        yield Said(text, ("grade",))


_SHARING = "政务数据共享条例"
ENTRY_RULES = (
    EntryRule("law-undefined", "error", "", Text("引用的法条要列明", "A cited law is listed"), _law_undefined),
    EntryRule("law-twice", "error", "", Text("法条编号不能重复", "A law id stands for one article"), _law_twice),
    EntryRule(
        "law-from-memory",
        "warning",
        "",
        Text("没核对过原文的法条要说明", "A law not read in its text says so"),
        _law_from_memory,
    ),
    EntryRule("act-unnamed", "warning", "", Text("法律文件要有英文名", "An act has an English name"), _act_unnamed),
    EntryRule(
        "withheld-without-basis",
        "error",
        f"{_SHARING} 14、15",
        Text("没有法律、行政法规、国务院决定作依据，不得不予共享", "Nothing is withheld without a ground of the law"),
        _withheld_without_basis,
    ),
    EntryRule(
        "conditions-unsaid",
        "error",
        f"{_SHARING} 15",
        Text("有条件共享写明范围和用途", "Conditional sharing says scope and use"),
        _conditions,
    ),
    EntryRule(
        "condition-invented",
        "error",
        f"{_SHARING} 15",
        Text("不得擅自增设共享条件", "No conditions of one's own"),
        _invented_condition,
    ),
    EntryRule("mode-missing", "error", f"{_SHARING} 13、22", Text("写明共享方式", "Says how"), _mode_missing),
    EntryRule("field-looser", "error", "", Text("单项不能比整体宽", "A field is not looser"), _field_looser),
    EntryRule(
        "not-assessed",
        "error",
        f"{_SHARING} 13；个人信息保护法 55、56",
        Text("先评估再列入", "Assessed before it is listed"),
        _not_assessed,
    ),
    EntryRule(
        "not-approved",
        "error",
        f"{_SHARING} 13、16",
        Text("先审核再列入", "Approved before it is listed"),
        _not_approved,
    ),
    EntryRule("owner-level", "error", "", Text("层级和代码一致", "Level and code agree"), _owner_level),
    EntryRule(
        "element-unknown",
        "error",
        f"{_SHARING} 13",
        Text("数据项都在字典里", "Every field is in the dictionary"),
        _element_unknown,
    ),
    EntryRule(
        "sensitive-without-law",
        "error",
        "个人信息保护法 28、34",
        Text("敏感个人信息要有依据", "Sensitive personal data have a basis"),
        _sensitive_without_law,
    ),
    EntryRule(
        "important-unconditional",
        "warning",
        "数据安全法 21",
        Text("重要数据慎重共享", "Important data are shared with care"),
        _important_unconditional,
    ),
)
