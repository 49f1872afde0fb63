"""Why a file does not fit its type, in sentences: JSON Schema's errors, put for the person who wrote the file."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding, Path
from tongban.catalog.yaml_source import Source

Said = tuple[str, Text, Path, bool]
"""Code, sentence, path, and whether the place is the field's name rather than its value."""

_TYPES: dict[str, Text] = {
    "string": Text("文字（请用引号括起来）", "a text (put it in quotation marks)"),
    "integer": Text("整数", "a whole number"),
    "number": Text("数", "a number"),
    "boolean": Text("true 或 false", "true or false"),
    "array": Text("列表，如 [甲, 乙]", "a list such as [a, b]"),
    "object": Text("“字段: 值”的组合", "a mapping of `field: value`"),
    "null": Text("空", "nothing"),
    "date": Text("日期，如 2026-01-31", "a date such as 2026-01-31"),
}
_PATTERNS: dict[str, Text] = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": Text(
        "小写英文字母、数字和连字符，如 residence-permit", "lower-case letters, digits and hyphens: residence-permit"
    ),
    r"^[a-z][a-z0-9_]*$": Text(
        "小写英文字母、数字和下划线，如 birth_date", "lower-case letters, digits and underscores: birth_date"
    ),
    r"^[0-9]{12}$": Text("12位数字（GB/T 39554.1 基本编码）", "12 digits (basic code of GB/T 39554.1)"),
    r"^[0-9]{6}$": Text("6位数字的行政区划代码", "a region code of 6 digits"),
    r"^[0-9]+(\.[0-9]+)*$": Text('版本号，如 "1" 或 "2.1"', 'a version such as "1" or "2.1"'),
    r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$": Text(
        "“部门.资源”，如 police.population", "body.resource, such as police.population"
    ),
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": Text("字母、数字、点和连字符", "letters, digits, dots and hyphens"),
    r"^[a-z][a-z0-9-]*\.[a-z0-9-]+/[a-z0-9-]+#[a-z0-9_]+$": Text(
        "“部门.资源/记录#字段”，如 police.population/person#birth_date",
        "body.resource/record#field, such as police.population/person#birth_date",
    ),
    r"^sha256:[0-9a-f]{64}$": Text("sha256: 加64位十六进制", "sha256: and 64 hexadecimal digits"),
}


class Explainer:
    """Turns a source that does not convert into findings."""

    def __init__(self, schema: dict[str, Any]) -> None:
        schema = _with_dates(schema)
        checker = Draft202012Validator.TYPE_CHECKER.redefine("date", _is_date).redefine("array", _is_list)
        self._validator: Any = cast("Any", validators).extend(Draft202012Validator, type_checker=checker)(schema)

    def __call__(self, source: Source) -> list[Finding]:
        return [
            source.finding("error", code, text, source.position(path, key=key), path)
            for code, text, path, key in self.told(source.data)
        ]

    def told(self, data: Any) -> Iterator[Said]:
        """What is wrong with data in plain types, wherever they were read from."""
        for error in cast("Iterable[ValidationError]", self._validator.iter_errors(data)):
            yield from sentences(error)


def _is_date(_checker: Any, value: Any) -> bool:
    try:
        return isinstance(value, date) or (isinstance(value, str) and bool(date.fromisoformat(value)))
    except ValueError:
        return False


def _is_list(_checker: Any, value: Any) -> bool:
    return isinstance(value, list)


def _with_dates(schema: Any) -> Any:
    """The same schema for YAML's own dates, which JSON does not have."""
    if isinstance(schema, dict):
        part = cast("dict[str, Any]", schema)
        if part.get("format") == "date":
            return {"type": "date"}
        return {key: _with_dates(value) for key, value in part.items()}
    return [_with_dates(item) for item in cast("list[Any]", schema)] if isinstance(schema, list) else schema


def sentences(error: ValidationError) -> Iterator[Said]:
    """What is wrong, in words; one error of an `anyOf` may be several."""
    about_name = "propertyNames" in error.relative_schema_path
    sentence = _key_form if about_name else _SENTENCES.get(str(error.validator), _other)
    yield from sentence(error, tuple(error.absolute_path))


def _unknown_fields(error: ValidationError, path: Path) -> Iterator[Said]:
    known = list(cast("dict[str, Any]", error.schema).get("properties", {}))
    for name in cast("dict[str, Any]", error.instance):
        if name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        zh, en = (f"，是不是想写“{close[0]}”？", f"; did you mean '{close[0]}'?") if close else ("", "")
        if not close:
            zh, en = f"；可用的有 {'、'.join(known)}", f"; known are {', '.join(known)}"
        yield "unknown-field", Text(f"没有“{name}”这个字段{zh}", f"There is no field '{name}'{en}"), (*path, name), True


def _missing(error: ValidationError, path: Path) -> Iterator[Said]:
    instance = cast("dict[str, Any]", error.instance)
    for name in cast("list[str]", error.validator_value):
        if name not in instance:
            said = Text(f"缺少必填字段“{name}”", f"The required field '{name}' is missing")
            yield "missing-field", said, path, bool(path) and isinstance(path[-1], str)


def _wrong_type(error: ValidationError, path: Path) -> Iterator[Said]:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else cast("list[str]", wanted)
    said = Text(" 或 ".join(_TYPES[n].zh for n in names), " or ".join(_TYPES[n].en for n in names))
    yield "wrong-type", _wanted(said, error.instance), path, False


def _wanted(wanted: Text, found: Any) -> Text:
    shown = _shown(found)
    return Text(f"这里应当是{wanted.zh}，却是 {shown}", f"Expected {wanted.en}, found {shown}")


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _not_among(error: ValidationError, path: Path) -> Iterator[Said]:
    if path[-2:] == ("ai", "decide"):
        said = Text(
            "机器不能作决定，decide 只能写 never（个人信息保护法第24条）",
            "A machine does not decide; decide can only be never (Personal Information Protection Law, art. 24)",
        )
        yield "ai-decides", said, path, False
        return
    values = [str(v) for v in cast("list[Any]", error.validator_value)]
    close = difflib.get_close_matches(str(error.instance), values, n=1, cutoff=0.6)
    hint = (f"；是不是“{close[0]}”？", f"; did you mean '{close[0]}'?") if close else ("", "")
    text = Text(
        f"“{_shown(error.instance)}”不在可选值之内：{'、'.join(values)}{hint[0]}",
        f"'{_shown(error.instance)}' is not one of {', '.join(values)}{hint[1]}",
    )
    yield "value-not-allowed", text, path, False


def _constant(error: ValidationError, path: Path) -> Iterator[Said]:
    only = str(error.validator_value)
    yield "value-not-allowed", _wanted(Text(f"“{only}”", f"'{only}'"), error.instance), path, False


def _pattern(error: ValidationError, path: Path) -> Iterator[Said]:
    pattern = str(error.validator_value)
    wanted = _PATTERNS.get(pattern, Text(f"符合 {pattern} 的文字", f"a text matching {pattern}"))
    yield "wrong-form", _wanted(wanted, error.instance), path, False


def _bound(error: ValidationError, path: Path) -> Iterator[Said]:
    zh, en = _BOUNDS[str(error.validator)]
    limit = error.validator_value
    yield "out-of-bounds", Text(f"{zh} {limit}", f"{en} {limit}"), path, False


_BOUNDS: dict[str, tuple[str, str]] = {
    "maxLength": ("太长了，字符数最多", "Too long; at most this many characters:"),
    "minimum": ("太小了，最小是", "Too small; at least"),
    "maximum": ("太大了，最大是", "Too large; at most"),
    "minLength": ("太短了，字符数最少", "Too short; at least this many characters:"),
    "minItems": ("项数太少，最少", "Too few entries; at least"),
    "maxItems": ("项数太多，最多", "Too many entries; at most"),
    "maxProperties": ("项数太多，最多", "Too many entries; at most"),
}


def _branches(error: ValidationError, path: Path) -> Iterator[Said]:
    """Of several allowed shapes, the one that was meant is the one whose kind fits; its errors are told."""
    by_branch: dict[int, list[ValidationError]] = {}
    for child in error.context or []:
        by_branch.setdefault(int(child.schema_path[0]), []).append(child)
    here = len(error.absolute_path)
    fitting = [
        children
        for children in by_branch.values()
        if not any(c.validator == "type" and len(c.absolute_path) == here for c in children)
    ]
    if len(fitting) == 1:
        for child in fitting[0]:
            yield from sentences(child)
        return
    kinds = [
        "object" if "$ref" in branch else str(branch.get("type", "string"))
        for branch in cast("list[dict[str, Any]]", error.validator_value)
    ]
    shapes = [_TYPES.get(k, _TYPES["string"]) for k in kinds if k != "null"]
    said = Text(" 或 ".join(s.zh for s in shapes), " or ".join(s.en for s in shapes))
    yield "wrong-type", _wanted(said, error.instance), path, False


def _key_form(error: ValidationError, path: Path) -> Iterator[Said]:
    wanted = _PATTERNS.get(str(error.validator_value), Text("60个字符以内的名称", "a name of at most 60 characters"))
    name = str(error.instance)
    yield "wrong-name", _wanted(wanted, name), (*path, name), True


def _other(error: ValidationError, path: Path) -> Iterator[Said]:
    yield "invalid-value", Text(f"内容不符合要求：{error.message}", f"Not valid: {error.message}"), path, False


_SENTENCES: dict[str, Callable[[ValidationError, Path], Iterator[Said]]] = {
    "additionalProperties": _unknown_fields,
    "required": _missing,
    "type": _wrong_type,
    "enum": _not_among,
    "const": _constant,
    "pattern": _pattern,
    "anyOf": _branches,
    "oneOf": _branches,
    **dict.fromkeys(_BOUNDS, _bound),
}
