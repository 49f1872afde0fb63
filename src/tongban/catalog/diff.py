"""What differs between two service files, said for the people it concerns: two versions, or two regions.

Every difference is a sentence. Where it can be said whether the applicant is better or worse off (a shorter term, one
paper less, one visit more), it is said; a changed rule is neither, because it depends on the person.
"""

from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from typing import Any, Literal, cast

import msgspec

from tongban.base.i18n import Text, words
from tongban.catalog.findings import Path, path_text
from tongban.catalog.model import Service
from tongban.terms import Span, TermError

Effect = Literal["better", "worse", "neutral"]


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One difference. `old` and `new` are as in the file (None where nothing is written)."""

    path: str
    text: Text
    effect: Effect
    old: Any = None
    new: Any = None


_NOTHING: tuple[Any, ...] = (None, "", [], {})
_KEYS = ("id", "value", "name", "kind", "from")
_TEXTUAL = frozenset({"conditions", "rows", "faq", "examples", "aliases", "modes", "themes", "audience", "shows"})
_LABELS: dict[str, Text] = {
    "version": Text("版本", "version"),
    "status": Text("状态", "status"),
    "name": Text("名称", "name"),
    "summary": Text("简介", "summary"),
    "basic_code": Text("基本编码", "basic code"),
    "kind": Text("事项类型", "kind"),
    "themes": Text("主题", "themes"),
    "aliases": Text("俗称", "aliases"),
    "valid_from": Text("生效日期", "start"),
    "valid_to": Text("截止日期", "end"),
    "law": Text("依据", "law"),
    "gist": Text("要点", "gist"),
    "competence": Text("由哪里办", "which place decides"),
    "audience": Text("服务对象", "audience"),
    "authority": Text("实施主体", "authority"),
    "regions": Text("适用地区", "regions"),
    "visits": Text("到现场次数", "visits"),
    "reach": Text("通办", "reach"),
    "modes": Text("办理形式", "ways to apply"),
    "scope": Text("通办范围", "scope"),
    "procedure": Text("办理流程", "procedure"),
    "terms": Text("期限", "terms"),
    "statutory": Text("法定期限", "statutory term"),
    "promised": Text("承诺期限", "promised term"),
    "extension": Text("延期", "extension"),
    "concerns": Text("与哪个办件有关", "which case it is about"),
    "special": Text("特别程序", "special procedures"),
    "situations": Text("情形", "situations"),
    "facts": Text("信息", "facts"),
    "source": Text("来源", "source"),
    "ask": Text("问法", "question"),
    "materials": Text("材料", "materials"),
    "need": Text("必要性", "need"),
    "replaced_by": Text("替代的共享记录", "record that replaces it"),
    "when": Text("适用条件", "condition"),
    "parameters": Text("参数", "parameters"),
    "periods": Text("时期", "period"),
    "values": Text("各类的数", "values"),
    "counts_on": Text("以哪天的法为准", "day whose law counts"),
    "tables": Text("规则表", "tables"),
    "eligible": Text("资格规则", "eligibility rules"),
    "amounts": Text("金额规则", "amount rules"),
    "rows": Text("规则行", "rows"),
    "conditions": Text("受理条件", "conditions"),
    "result": Text("审批结果", "result"),
    "fee": Text("收费", "fee"),
    "charged": Text("是否收费", "whether charged"),
    "faq": Text("常见问题", "questions"),
    "examples": Text("例子", "examples"),
    "ai": Text("人工智能", "AI"),
    "owner": Text("责任单位", "owner"),
    "decide": Text("作出决定", "decision"),
    "accept": Text("受理", "acceptance"),
    "visits.max": Text("到现场次数", "visits to an office"),
    "fee.charged": Text("是否收费", "fee charged"),
    "reach.modes": Text("办理形式", "ways to apply"),
    "reach.scope": Text("通办范围", "where it can be had"),
    "terms.decide.promised": Text("承诺期限", "promised term"),
    "terms.decide.statutory": Text("法定期限", "statutory term"),
    "eligible.rows": Text("资格规则", "eligibility rule"),
}


_ONE: dict[str, Text] = {
    "facts": Text("要填的信息", "question"),
    "materials": Text("材料", "material"),
    "situations": Text("情形", "situation"),
    "parameters": Text("参数", "parameter"),
}
_VALUES: dict[str, Text] = {
    "nationwide": Text("全国", "the whole country"),
    "province": Text("全省", "the province"),
    "city": Text("全市", "the city"),
    "county": Text("本县", "the county"),
    "online": Text("网上办", "online"),
    "counter": Text("窗口办", "at a counter"),
    "proxy-intake": Text("代收代办", "proxy intake"),
    "joint": Text("多地联办", "joint handling"),
    "required": Text("必要", "required"),
    "optional": Text("非必要", "optional"),
    "later": Text("可以后补", "may follow later"),
    "draft": Text("草稿", "draft"),
    "published": Text("已发布", "published"),
    "ended": Text("已停用", "ended"),
    "eligible": Text("符合", "eligible"),
    "not-yet": Text("暂不符合", "not yet"),
    "no": Text("不符合", "not eligible"),
    "ask-official": Text("由工作人员判断", "an official decides"),
    "not-needed": Text("不用办", "not needed"),
    "residence": Text("住的地方", "where one lives"),
    "household": Text("户口所在地", "where one is registered"),
    "insured": Text("参保的地方", "where one is insured"),
    "account": Text("账户所在地", "where the account is kept"),
    "site": Text("事情所在地", "where the site lies"),
    "seat": Text("住所地", "where the seat lies"),
    "work": Text("上班的地方", "where one works"),
    "choice": Text("自己选的地方", "where one chooses"),
}


def diff(old: Service, new: Service) -> list[Change]:
    """Every difference from `old` to `new`, in the order of the file."""
    return list(_walk((), _tree(old), _tree(new), Names(old, new)))


class Names:
    """What to call a part of the file: the file's own names for facts and materials, else the table above."""

    def __init__(self, old: Service, new: Service) -> None:
        self.own: dict[Path, Text] = {}
        for service in (old, new):
            for name, fact in service.facts.items():
                self.own["facts", name] = _text(fact.name)
            for name, parameter in service.parameters.items():
                self.own["parameters", name] = _text(parameter.name)
            for slug, material in service.materials.items():
                self.own["materials", slug] = _text(material.name)
            for situation in service.situations:
                self.own["situations", situation.id] = _text(situation.name)

    def of(self, path: Path) -> Text:
        """What a reader calls this part: its own name, or the last two steps on the way to it."""
        whole = _LABELS.get(path_text(path))
        if whole is not None:
            return whole
        steps = [self._step(path[: depth + 1]) for depth in range(len(path))]
        named = len(path) == 2 and path in self.own
        shown = steps[-1:] if named else steps[-2:]
        return Text("·".join(s.zh for s in shown), " · ".join(s.en for s in shown))

    def _step(self, path: tuple[str | int, ...]) -> Text:
        last = str(path[-1])
        return self.own.get(path) or _LABELS.get(last) or Text(last, last)


def _tree(value: Any) -> Any:
    """A file as plain data with every field, defaults too, under the names that files use."""
    match value:
        case Text():
            return {"zh": value.zh, "en": value.en}
        case msgspec.Struct():
            fields = msgspec.structs.fields(value)
            return {field.encode_name: _tree(getattr(value, field.name)) for field in fields}
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case dict():
            return {str(key): _tree(part) for key, part in cast("dict[Any, Any]", value).items()}
        case list() | tuple():
            return [_tree(part) for part in cast("list[Any]", value)]
        case _:
            return value


def _walk(path: Path, old: Any, new: Any, names: Names) -> Iterator[Change]:
    if old == new:
        return
    if _is_words(old) and _is_words(new):
        yield _changed(path, old, new, names)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(path, cast("dict[str, Any]", old), cast("dict[str, Any]", new), names)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(path, cast("list[Any]", old), cast("list[Any]", new), names)
    elif old in _NOTHING:
        yield _told(path, "added", None, new, names)
    elif new in _NOTHING:
        yield _told(path, "removed", old, None, names)
    else:
        yield _changed(path, old, new, names)


def _mappings(path: Path, old: dict[str, Any], new: dict[str, Any], names: Names) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        yield from _walk((*path, key), old.get(key), new.get(key), names)


def _lists(path: Path, old: list[Any], new: list[Any], names: Names) -> Iterator[Change]:
    keyed = None if path and path[-1] in _TEXTUAL else _key_of([*old, *new])
    if keyed is not None and all(len({i[keyed] for i in side}) == len(side) for side in (old, new)):
        yield from _mappings(path, {i[keyed]: i for i in old}, {i[keyed]: i for i in new}, names)
        return
    left = list(new)
    for item in old:
        if item in left:
            left.remove(item)
        else:
            yield _told(path, "removed", item, None, names)
    for item in left:
        yield _told(path, "added", None, item, names)


def _key_of(items: list[Any]) -> str | None:
    for key in _KEYS:
        if items and all(isinstance(item, dict) and isinstance(item.get(key), str) for item in items):
            return key
    return None


def _changed(path: Path, old: Any, new: Any, names: Names) -> Change:
    what = names.of(path)
    shown = [shown_words(value) for value in (old, new)]
    text = Text(
        f"{what.zh}由{shown[0].zh}改为{shown[1].zh}", f"{_capital(what.en)}: from {shown[0].en} to {shown[1].en}"
    )
    return Change(path_text(path), text, _effect(path, old, new), old, new)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(path: Path, how: Literal["added", "removed"], old: Any, new: Any, names: Names) -> Change:
    value = new if how == "added" else old
    what, shown = names.of(path), shown_words(value)
    zh, en = ("增加", "Added") if how == "added" else ("取消", "Removed")
    whole = len(path) == 2 and path[0] in _ONE
    kind = _ONE[str(path[0])] if whole else what
    shown = what if whole else shown
    text = Text(f"{zh}{kind.zh}：{shown.zh}", f"{en} {kind.en}: {shown.en}")
    return Change(path_text(path), text, _effect(path, old, new), old, new)


# --- better or worse ---------------------------------------------------------------------------------------------


def _effect(path: Path, old: Any, new: Any) -> Effect:
    for pattern, judge in _JUDGES:
        if len(pattern) == len(path) and all(p in ("*", step) for p, step in zip(pattern, path, strict=True)):
            return judge(old, new)
    return "neutral"


def _less_is_better(old: Any, new: Any) -> Effect:
    if old == new:
        return "neutral"
    return "better" if (new or 0) < (old or 0) else "worse"


def _shorter_is_better(old: Any, new: Any) -> Effect:
    if old is None or new is None:
        return "better" if old is None else "worse"
    try:
        before, after = Span.parse(old), Span.parse(new)
    except TermError:
        return "neutral"
    if before.rough_days == after.rough_days:
        return "neutral"
    return "better" if after.rough_days < before.rough_days else "worse"


def _having_is_better(old: Any, new: Any) -> Effect:
    return "better" if old in (None, "") else "worse" if new in (None, "") else "neutral"


def _having_is_worse(old: Any, new: Any) -> Effect:
    return _having_is_better(new, old)


def _paper(old: Any, new: Any) -> Effect:
    if _optional(old) and _optional(new):
        return "neutral"
    return _having_is_worse(None if _optional(old) else old, None if _optional(new) else new)


def _optional(material: Any) -> bool:
    return isinstance(material, dict) and bool({"optional"} & {cast("dict[str, Any]", material).get("need")})


def _question(old: Any, new: Any) -> Effect:
    return "neutral" if _derived(old) or _derived(new) else _having_is_worse(old, new)


def _derived(fact: Any) -> bool:
    return isinstance(fact, dict) and cast("dict[str, Any]", fact).get("derive", "") != ""


_NEEDS = {None: 2, "required": 2, "later": 1, "optional": 0}
_SCOPES = {None: 0, "county": 0, "city": 1, "province": 2, "nationwide": 3}


def _need(old: Any, new: Any) -> Effect:
    return _less_is_better(_NEEDS[old], _NEEDS[new])


def _scope(old: Any, new: Any) -> Effect:
    return _less_is_better(_SCOPES[new], _SCOPES[old])


def _no_fee(old: Any, new: Any) -> Effect:
    return _less_is_better(bool(old), bool(new))


_JUDGES: tuple[tuple[tuple[str, ...], Callable[[Any, Any], Effect]], ...] = (
    (("visits", "max"), _less_is_better),
    (("terms", "*", "promised"), _shorter_is_better),
    (("terms", "*", "statutory"), _shorter_is_better),
    (("situations", "*", "terms", "*", "promised"), _shorter_is_better),
    (("materials", "*"), _paper),
    (("materials", "*", "need"), _need),
    (("materials", "*", "replaced_by"), _having_is_better),
    (("facts", "*"), _question),
    (("facts", "*", "source"), _having_is_better),
    (("reach", "modes"), _having_is_better),
    (("reach", "scope"), _scope),
    (("fee", "charged"), _no_fee),
    (("valid_to",), _having_is_worse),
)


# --- showing values ----------------------------------------------------------------------------------------------


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"zh", "en"}


def _text(value: Any) -> Text:
    return Text(words(value, "zh"), words(value, "en"))


def shown_words(value: Any) -> Text:
    """A value of a file in words: as it is named there, or as people write it."""
    if _is_words(value):
        return Text(f"“{value['zh']}”", f"'{value['en']}'")
    if isinstance(value, str) and value in _VALUES:
        return _VALUES[value]
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if isinstance(value, str):
        try:
            span = Span.parse(value)
            return Text(span.text("zh"), span.text("en"))
        except TermError:
            return Text(f"“{value}”", f"'{value}'")
    if isinstance(value, dict):
        entry = cast("dict[str, Any]", value)
        named = next((entry[key] for key in ("name", "q", "at", "act", "ground") if key in entry), None)
        if named is not None:
            return shown_words(named)
        if set(entry) <= {"law", "note"}:
            return _joined([shown_words(part) for part in entry.values()])
        if len(entry) == 1:
            ((outcome, said),) = entry.items()
            return _joined([shown_words(outcome), shown_words(said)])
    if isinstance(value, list):
        return _joined([shown_words(part) for part in cast("list[Any]", value)])
    plain = msgspec.json.encode(value).decode()
    return Text(plain, plain) if len(plain) <= 160 else Text(f"{plain[:157]}…", f"{plain[:157]}…")


def _joined(parts: list[Text]) -> Text:
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))
