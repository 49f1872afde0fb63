"""Rules about how well a file serves its readers: two languages, citizens' words, examples that hold."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import PurePath
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from tongban import rules
from tongban.base.errors import Refused
from tongban.base.i18n import Text, words
from tongban.catalog.assess import Assessment, assess
from tongban.catalog.bundle import Bundle
from tongban.catalog.check.decisions import rulings
from tongban.catalog.check.registry import Said, View, compiled, service_lint
from tongban.catalog.compile import Same
from tongban.catalog.export import KIND_CODES
from tongban.catalog.findings import Path
from tongban.catalog.model import Example, Kind, Law, Service, Table, Words
from tongban.catalog.tables import RULED_OUTCOMES

FEWEST_ALIASES = 3


@cache
def _fields(struct: type) -> tuple[tuple[str, str, bool], ...]:
    """Of a part of a file: attribute, name in the file, and whether it holds words for people."""
    hints = get_type_hints(struct)
    return tuple((f.name, f.encode_name, _is_words(hints[f.name])) for f in msgspec.structs.fields(struct))


def _is_words(hint: Any) -> bool:
    if hint == Words:
        return True
    if get_origin(hint) in (Union, UnionType, tuple):
        return any(part == Words for part in get_args(hint)) or (
            get_origin(hint) is not tuple and {str, Text} <= set(get_args(hint))
        )
    return False


_CHINESE_ONLY = (Example, Law, Table)
"""Parts whose words are for those who write and review the file."""


def untranslated(value: Any, path: Path = ()) -> Iterator[Path]:
    """The places of words for people that are there in Chinese only."""
    if isinstance(value, msgspec.Struct):
        if isinstance(value, Text):
            return
        for attribute, name, is_words in _fields(type(value)):
            part = getattr(value, attribute)
            if is_words and not isinstance(value, _CHINESE_ONLY):
                for index, said in enumerate(_listed(part)):
                    if isinstance(said, str) and said:
                        yield (*path, name, index) if isinstance(part, tuple) else (*path, name)
            elif not isinstance(part, str):
                yield from untranslated(part, (*path, name))
    elif isinstance(value, dict):
        for key, part in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from untranslated(part, (*path, str(key)))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, tuple):
        for index, part in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from untranslated(part, (*path, index))


def _listed(part: Any) -> tuple[Any, ...]:
    return part if isinstance(part, tuple) else (part,)  # pyright: ignore[reportUnknownVariableType]


def only_chinese(file: Service | Bundle) -> Iterator[Said]:
    """What has to be said in English too before it is published."""
    for path in untranslated(file):
        text = Text("只有中文，请写成 {zh: …, en: …}", "Only in Chinese; write {zh: …, en: …}")
        yield Said(text, path, severity=None if file.status == "published" else "warning")


def few_aliases(file: Service | Bundle) -> Iterator[Said]:
    """Too few words of citizens."""
    if len(file.aliases) < FEWEST_ALIASES:
        text = Text(
            f"aliases 只有{len(file.aliases)}个，请写上百姓会怎么说，至少{FEWEST_ALIASES}个",
            f"Only {len(file.aliases)} aliases; add at least {FEWEST_ALIASES} of the words that people use",
        )
        yield Said(text, ("aliases",), key=True)


def misnamed(kind: str, source: str, slug: str, version: str) -> Iterator[Said]:
    """A file that lies under another name, or another version's, than its own."""
    named, at, other = PurePath(source).name.removesuffix(".yaml").removesuffix(".yml").partition("@")
    if named != slug:
        text = Text(
            f"文件名应当是 {slug}.yaml 或 {slug}@{version}.yaml",
            f"The file should be named {slug}.yaml or {slug}@{version}.yaml",
        )
        yield Said(text, (kind,))
    elif at and other != version:
        text = Text(
            f"文件名说是第{other}版，里面写的是第{version}版",
            f"The file's name says version {other}, its content says {version}",
        )
        yield Said(text, ("version",), severity="error")


@service_lint("english-missing", "error", "发布前要有英文", "Words for people come in Chinese and English")
def english_missing(view: View[Service]) -> Iterator[Said]:
    return only_chinese(view.file)


@service_lint(
    "aliases-few", "warning", "要有百姓自己的说法，搜得到才办得成", "Citizens' own words make a service findable"
)
def aliases_few(view: View[Service]) -> Iterator[Said]:
    return few_aliases(view.file)


@service_lint("file-name", "warning", "文件名和 service 一致", "The file is named after the service")
def file_name(view: View[Service]) -> Iterator[Said]:
    return misnamed("service", view.loaded.source.path, view.file.service, view.file.version)


@service_lint(
    "situation-always",
    "warning",
    "情形是分岔，只有一种就不用写",
    "A situation is a branch; what is always so is none",
)
def situation_always(view: View[Service]) -> Iterator[Said]:
    for index, situation in enumerate(view.file.situations):
        if situation.when.strip() == "true":
            text = Text("这个情形对所有人都成立，请删掉", "This situation holds for everybody; leave it out")
            yield Said(text, ("situations", index, "when"))


@service_lint(
    "code-kind", "warning", "基本编码的类型位要和事项类型一致", "The basic code carries the kind", law="GB/T 39554.1"
)
def code_kind(view: View[Service]) -> Iterator[Said]:
    wanted = KIND_CODES[view.file.kind]
    if view.file.basic_code[2:4] != wanted:
        text = Text(
            f"{view.file.kind.value}的基本编码第3、4位应当是{wanted}，这里是{view.file.basic_code[2:4]}",
            f"Digits 3 and 4 of a code of {view.file.kind.value} are {wanted}, not {view.file.basic_code[2:4]}",
        )
        yield Said(text, ("basic_code",))


@service_lint(
    "faq-missing", "error", "许可事项至少有一个常见问题", "A licensing service has an FAQ", law="事项质检规则 9"
)
def faq_missing(view: View[Service]) -> Iterator[Said]:
    if not view.file.faq:
        licensing = view.file.kind is Kind.LICENSING
        text = Text("没有常见问题 faq", "There is no faq")
        yield Said(text, (), severity=None if licensing else "warning")


@service_lint(
    "conditions-missing",
    "warning",
    "受理条件要用大白话写出来",
    "The conditions are told in plain words",
    law="国令第716号 5",
)
def conditions_missing(view: View[Service]) -> Iterator[Said]:
    if not view.file.conditions:
        yield Said(Text("没有写受理条件 conditions", "No conditions are given in plain words"), ())


_RESULT_NAMES = (
    (re.compile(r"证$|证书$|执照$"), frozenset({"certificate"}), "证照 certificate"),
    (re.compile(r"批复|批文|决定书$"), frozenset({"approval", "notice"}), "批文 approval"),
    (re.compile(r"回执$|备案表$"), frozenset({"filing-receipt", "notice", "certificate"}), "备案回执 filing-receipt"),
)


@service_lint(
    "result-form", "warning", "结果的名称和种类要一致", "The result's name and form agree", law="事项质检规则 2"
)
def result_form(view: View[Service]) -> Iterator[Said]:
    name = words(view.file.result.name, "zh")
    for pattern, forms, wanted in _RESULT_NAMES:
        if pattern.search(name) and view.file.result.form not in forms:
            text = Text(
                f"“{name}”看名字是{wanted}，form 却是 {view.file.result.form}",
                f"'{name}' sounds like {wanted.split()[-1]}, but its form is {view.file.result.form}",
            )
            yield Said(text, ("result", "form") if view.written(("result", "form")) else ("result",))


@service_lint("situations-twice", "error", "情形编号不能重复", "A situation's id stands for one situation")
def situations_twice(view: View[Service]) -> Iterator[Said]:
    seen: set[str] = set()
    for index, situation in enumerate(view.file.situations):
        if situation.id in seen:
            yield Said(
                Text(f"情形“{situation.id}”重复", f"The situation '{situation.id}' is given twice"),
                ("situations", index, "id"),
            )
        seen.add(situation.id)


@service_lint(
    "service-twice",
    "error",
    "同一层级不设两个一样的事项",
    "No two services that are the same at one level",
    law="国办函〔2020〕基本目录",
)
def service_twice(view: View[Service]) -> Iterator[Said]:
    for field_name in ("basic_code", "name"):
        others = view.world.duplicates.get(f"{field_name}:{view.loaded.source.path}", ())
        if others:
            zh = "基本编码相同" if field_name == "basic_code" else "名称几乎一样"
            en = "has the same basic code" if field_name == "basic_code" else "has nearly the same name"
            text = Text(f"和 {others[0]} {zh}，层级也相同", f"{others[0]} {en} at the same level")
            yield Said(text, (field_name,))


# --- examples ----------------------------------------------------------------------------------------------------


@service_lint("examples-missing", "error", "每个事项都要有可以跑的例子", "A service has examples that are run")
def examples_missing(view: View[Service]) -> Iterator[Said]:
    if not view.file.examples:
        text = Text("没有例子 examples；请写几个“给定……应得……”", "There are no examples; write some 'given …, then …'")
        yield Said(text, (), severity=None if view.file.status == "published" else "warning")


@service_lint("example-fails", "error", "例子要和规则一致", "What an example says must come out")
def example_fails(view: View[Service]) -> Iterator[Said]:
    if compiled(view)[0] is None:
        return
    for index, example in enumerate(view.file.examples):
        path: Path = ("examples", index)
        strange = [name for name in example.given if name not in view.file.facts]
        for name in strange:
            yield Said(Text(f"没有“{name}”这个信息", f"There is no fact '{name}'"), (*path, "given", name), key=True)
        if example.then not in (*RULED_OUTCOMES, "unknown"):
            allowed = "、".join((*RULED_OUTCOMES, "unknown"))
            text = Text(f"then 应当是 {allowed} 之一", f"then must be one of {allowed.replace('、', ', ')}")
            yield Said(text, (*path, "then"))
            continue
        yield from _differences(_ran(Same(view.file))[index], example, path)


@lru_cache(maxsize=16)
def _ran(key: Same) -> tuple[Assessment | Text, ...]:
    return tuple(_outcome_of(key.service, example) for example in key.service.examples)


def _outcome_of(service: Service, example: Example) -> Assessment | Text:
    """What the rules say about an example, or why they cannot."""
    try:
        return assess(service, example.given, example.on)
    except Refused as refusal:
        return refusal.problems[0].text
    except rules.RuleValueError as problem:
        return Text(f"给定的值不能用：{problem}", f"A given value cannot be used: {problem}")


def _differences(found: Assessment | Text, example: Example, path: Path) -> Iterator[Said]:
    if isinstance(found, Text):
        yield Said(found, (*path, "given"))
        return
    if found.outcome != example.then:
        waits = "、".join(found.unknown)
        zh, en = (f"（还缺 {waits}）", f" (still unknown: {waits})") if waits else ("", "")
        text = Text(
            f"应得 {example.then}，算出来是 {found.outcome}{zh}：{found.message.zh}",
            f"Expected {example.then}, but {found.outcome} came out{en}: {found.message.en}",
        )
        yield Said(text, (*path, "then"))
    came_out = {**found.variant.facts, **found.outputs}
    for name, wanted in example.with_.items():
        got = came_out.get(name)
        if rules.to_feel(got) != rules.to_feel(wanted):
            text = Text(f"“{name}”应为 {wanted}，算出来是 {got}", f"'{name}' should be {wanted}, but {got} came out")
            yield Said(text, (*path, "with", name))


@service_lint("row-without-example", "warning", "每一行规则都要有例子走到", "Every row is reached by an example")
def row_without_example(view: View[Service]) -> Iterator[Said]:
    made = compiled(view)[0]
    if made is None or not view.file.examples:
        return
    reached: dict[str, set[int]] = {}
    for found in _ran(Same(view.file)):
        for decision in () if isinstance(found, Text) else found.trace:
            reached.setdefault(decision.table.name, set()).update(decision.matched)
    for path, ruling in rulings(made):
        done = reached.get(ruling.table.name, set())
        missing = [n for n, row in enumerate(ruling.table.rows, start=1) if n not in done and not _says_nothing(row)]
        if missing:
            rows = "、".join(str(row) for row in missing)
            text = Text(f"没有例子走到第{rows}行", f"No example reaches row {rows.replace('、', ', ')}")
            yield Said(text, (*path, "rows", missing[0] - 1))


def _says_nothing(row: rules.Row) -> bool:
    """A row for those who are sent away before it matters, or that gives nothing."""
    return all(
        isinstance(output, rules.Literal) and output.value in (0, False, None, "not-needed") for output in row.outputs
    )
