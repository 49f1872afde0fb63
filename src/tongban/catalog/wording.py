"""Facts, values and cells of decision tables in the words of the file, as people say and write them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, assert_never, cast

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.model import Fact, FactType, Output, Service
from tongban.catalog.tables import APPLICATION_DATE, SITUATION, both, mentioned
from tongban.rules.feel.syntax import Compare, Op, RangeOf, Test

RegionName = Callable[[str], Text | None]
"""The name of a region by its code; None where it is not known."""

YES, NO, UNKNOWN = Text("是", "Yes"), Text("否", "No"), Text("不知道", "not known")
ANYTHING = Text("都可以", "anything")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December")  # fmt: skip
_UNITS = {"元": "yuan", "岁": "years", "个月": "months", "天": "days", "平方米": "m²", "人": "people", "本": "items",
          "吨标准煤": "tce", "千瓦时": "kWh", "小时": "hours"}  # fmt: skip
"""English for the units that files write."""
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_OWN_NAMES = {APPLICATION_DATE: Text("申请的日子", "Day of application"), SITUATION: Text("情形", "Situation")}
_SIGNS = ((" - ", " − "), (" * ", " × "), (" / ", " ÷ "))


def no_region(_: str) -> Text | None:
    """Where nobody knows the names of regions: the codes stand for themselves."""
    return None


def day_words(day: date) -> Text:
    """A date as people say it, with its year."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def joined(parts: Sequence[Text], last: Text | None = None) -> Text:
    """Several words as a list; `last` stands before the last one instead of a comma: 甲、乙或丙."""
    if last is None or len(parts) < 2:
        return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
    head = joined(parts[:-1])
    return Text(f"{head.zh}{last.zh}{parts[-1].zh}", f"{head.en} {last.en} {parts[-1].en}")


OR = Text("或", "or")


def amount(value: Any, unit: str = "") -> Text:
    """A number with its thousands separated and no needless zeros, and its unit."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{number:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Text(f"{text}{unit}", f"{text} {_UNITS.get(unit, unit)}".rstrip())


def said(fact: Fact, value: Any, region: RegionName) -> Text:
    """A value of a fact in words: the name of a choice or a region, a date as people say it, a number with its unit."""
    match fact.type:
        case FactType.BOOLEAN:
            return YES if value in (True, "true") else NO
        case FactType.ENUM:
            names = {choice.value: choice.name for choice in fact.choices}
            return both(names.get(str(value), str(value)))
        case FactType.REGION:
            return region(str(value)) or both(str(value))
        case FactType.DATE:
            return _day(value)
        case FactType.INTEGER | FactType.NUMBER | FactType.MONEY:
            return _amount(value, fact.unit or ("元" if fact.type is FactType.MONEY else ""))
        case (
            FactType.TEXT
            | FactType.LONG_TEXT
            | FactType.ID_NUMBER
            | FactType.USCC
            | FactType.PHONE
            | FactType.BANK_ACCOUNT
        ):
            return both(str(value))
        case _:
            assert_never(fact.type)


def _amount(value: Any, unit: str) -> Text:
    try:
        return amount(value, unit)
    except ArithmeticError:  # what was stored is no number; it is shown as it is
        return Text(f"{value}{unit}", f"{value} {_UNITS.get(unit, unit)}".rstrip())


def _day(value: Any) -> Text:
    try:
        return day_words(value if isinstance(value, date) else date.fromisoformat(str(value)))
    except ValueError:
        return both(str(value))


def plain_words(value: Any) -> Text:
    """A value of which only its type is known."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return YES if value else NO
        case Decimal() | int():
            return amount(value)
        case date():
            return day_words(value)
        case timedelta():
            return amount(value.days, "天")
        case list():
            return joined([plain_words(item) for item in cast("list[object]", value)])
        case _:
            return _duration(str(value))


def _duration(text: str) -> Text:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return Text(text, text)
    units = (("年", "years"), ("个月", "months"), ("天", "days"))
    parts = [(n, zh, en) for n, (zh, en) in zip(found.groups(), units, strict=True) if n]
    return Text("".join(f"{n}{zh}" for n, zh, _ in parts), " ".join(f"{n} {en}" for n, _, en in parts))


@dataclass(frozen=True)
class Wording:
    """The words of one service."""

    service: Service
    facts: Mapping[str, Fact]
    outputs: Mapping[str, Output]
    tables: Mapping[str, Text]
    region: RegionName = no_region

    @staticmethod
    def of(service: Service, region: RegionName = no_region) -> "Wording":
        tables = {**service.tables, **service.amounts}
        names = {slug: both(table.name) if table.name else Text(slug, slug) for slug, table in tables.items()}
        outputs = {output.name: output for table in tables.values() for output in table.outputs}
        return Wording(
            service, service.facts, outputs, {**names, "eligible": Text("申请条件", "The conditions")}, region
        )

    def label(self, name: str) -> Text:
        """What people call a fact, an output, or an expression over them."""
        if (fact := self.facts.get(name)) is not None:
            return both(fact.name)
        if (output := self.outputs.get(name)) is not None:
            return both(output.label or output.name)
        return _OWN_NAMES.get(name) or self.expression(name)

    def expression(self, text: str) -> Text:
        """A formula with the names that people know in it."""
        zh = en = text
        for name in sorted(mentioned(text), key=len, reverse=True):
            if name in self.facts or name in self.outputs or name in _OWN_NAMES:
                label = self.label(name)
                zh, en = (re.sub(rf"\b{name}\b", one, out) for one, out in ((label.zh, zh), (label.en, en)))
        for sign, shown in _SIGNS:
            zh, en = zh.replace(sign, shown), en.replace(sign, shown)
        return Text(zh, en)

    def value(self, name: str, value: Any) -> Text:
        """A value of the fact or output `name`, as FEEL or Python has it."""
        plain = rules.to_python(value)
        if plain is None:
            return UNKNOWN
        if (fact := self.facts.get(name)) is not None:
            return said(fact, plain, self.region)
        if name == SITUATION:
            return next((both(one.name) for one in self.service.situations if one.id == plain), plain_words(plain))
        output = self.outputs.get(name)
        if output is not None and isinstance(plain, Decimal | int) and not isinstance(plain, bool):
            return amount(plain, output.unit or ("元" if output.type == "money" else ""))
        return plain_words(plain)

    def quoted(self, name: str, value: Any) -> Text:
        """The same within a sentence: words that somebody chose or wrote stand in quotation marks, amounts do not."""
        words = self.value(name, value)
        wordy = isinstance(value, bool | str) and not self._is_day(name)
        return Text(f"“{words.zh}”", f"“{words.en}”") if wordy else words

    def _is_day(self, name: str) -> bool:
        fact = self.facts.get(name)
        return fact is not None and fact.type is FactType.DATE

    # --- cells ------------------------------------------------------------------------------------------------------

    def is_(self, name: str, cell: str) -> Text:
        """What a cell says of the fact `name`: “残疾等级”是“一级”或“二级”."""
        return self._sentence(name, cell, _IS)

    def must_be(self, name: str, cell: str) -> Text:
        """What a cell demands of the fact `name`: “周岁”要至少80岁."""
        return self._sentence(name, cell, _MUST)

    def _sentence(self, name: str, cell: str, verbs: "_Verbs") -> Text:
        label, tree = self.label(name), _parsed(cell).tree
        parts = [self._test(name, cell, test) for test in tree.tests]
        words = joined(parts, OR) if parts else ANYTHING
        plain = (bool(tree.tests) and isinstance(tree.tests[0], Compare)) or words.zh.startswith(_BARE)
        verb = verbs.not_ if tree.negated else verbs.bare if plain else verbs.is_
        return Text(f"“{label.zh}”{verb.zh}{words.zh}", f"“{label.en}” {verb.en} {words.en}")

    def _test(self, name: str, text: str, test: Test) -> Text:
        where = text[slice(*test.operand.at)]
        value, known = _constant(where)
        if isinstance(test, Compare):
            other = self.value(name, value) if known else self.expression(where)
            return (_DAYS if isinstance(value, rules.Date) else _THAN)[test.op].format(it=other)
        if isinstance(test.operand, RangeOf):
            return self._range(name, text, test.operand)
        if known:
            return Text("没有填", "left blank") if value is None else self.quoted(name, value)
        return self.expression(where.replace("?", name))

    def _range(self, name: str, text: str, node: RangeOf) -> Text:
        ends = [text[slice(*end.at)] for end in (node.low, node.high)]
        values = [_constant(end) for end in ends]
        words = [
            self.value(name, value) if known else self.expression(end)
            for end, (value, known) in zip(ends, values, strict=True)
        ]
        forms = _DAYS if isinstance(values[0][0], rules.Date) else _THAN
        first = forms[Op.AT_LEAST if node.low_closed else Op.GREATER].format(it=words[0])
        second = forms[Op.AT_MOST if node.high_closed else Op.LESS].format(it=words[1])
        return Text(f"{first.zh}、{second.zh}", f"{first.en} and {second.en}")


@dataclass(frozen=True, slots=True)
class _Verbs:
    """How a condition is put: with words, with an amount (至少80岁 needs no 是), and turned round."""

    is_: Text
    bare: Text
    not_: Text


_IS = _Verbs(Text("是", "is"), Text("", "is"), Text("不是", "is not"))
_MUST = _Verbs(Text("要是", "must be"), Text("要", "must be"), Text("不能是", "must not be"))
_BARE = ("至少", "超过", "最多", "不满")
_THAN: Mapping[Op, Text] = {
    Op.AT_LEAST: Text("至少{it}", "at least {it}"),
    Op.GREATER: Text("超过{it}", "more than {it}"),
    Op.AT_MOST: Text("最多{it}", "at most {it}"),
    Op.LESS: Text("不满{it}", "less than {it}"),
    Op.EQUAL: Text("{it}", "{it}"),
    Op.UNEQUAL: Text("不是{it}", "not {it}"),
}
"""不满 excludes the number itself (民法典 1259 [M]); 至少 and 最多 include it."""
_DAYS: Mapping[Op, Text] = {
    Op.AT_LEAST: Text("在{it}或以后", "on or after {it}"),
    Op.GREATER: Text("在{it}以后（不含当天）", "after {it}"),
    Op.AT_MOST: Text("在{it}或以前", "on or before {it}"),
    Op.LESS: Text("在{it}以前（不含当天）", "before {it}"),
    Op.EQUAL: Text("{it}", "{it}"),
    Op.UNEQUAL: Text("不是{it}", "not {it}"),
}


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> rules.Cell:
    return rules.compile_cell(text, sorted(mentioned(text)))


@lru_cache(maxsize=20_000)
def _constant(text: str) -> tuple[Any, bool]:
    """The value of a text that reads no fact, and whether it is one."""
    try:
        return rules.compile_expression(text, ()).evaluate({}), True
    except rules.RuleSyntaxError:
        return None, False
