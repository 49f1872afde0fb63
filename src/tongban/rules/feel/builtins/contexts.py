"""Built-in functions on contexts (DMN 1.5, 10.3.4.6)."""

from __future__ import annotations

from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import Value, is_context, type_name


@builtin("get value(m: context, key: string)")
def get_value(context: dict[str, Value], key: str) -> Value:
    if key not in context:
        raise Undefined(Code.NO_SUCH_ENTRY, key[:40])
    return context[key]


@builtin("get entries(m: context)")
def get_entries(context: dict[str, Value]) -> Value:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def context_of(entries: list[Value]) -> Value:
    """The context of entries such as `{key: "a", value: 1}`; two of one key make it null."""
    result: dict[str, Value] = {}
    for entry in map(_context, entries):
        key = entry.get("key")
        if not isinstance(key, str) or "value" not in entry:
            raise Undefined(Code.NO_SUCH_ENTRY, "key, value")
        if key in result:
            raise Undefined(Code.DUPLICATE_NAME, key[:40])
        result[key] = entry["value"]
    return result


@builtin("context put(context: context, key: string, value: any)")
def context_put(context: dict[str, Value], key: str, value: Value) -> Value:
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_below(context: dict[str, Value], keys: list[Value], value: Value) -> Value:
    """The context with `value` at the end of a way of keys, all but the last of which lead to contexts."""
    if not keys:
        raise Undefined(Code.OUT_OF_RANGE)
    result = dict(context)
    inner = result
    for key in keys[:-1]:
        name = _key(key)
        inner[name] = dict(_context(inner.get(name)))
        inner = _context(inner[name])
    inner[_key(keys[-1])] = value
    return result


@builtin("context merge(contexts: list)")
def context_merge(contexts: list[Value]) -> Value:
    """All entries in one context; a later one of the same key takes the place of an earlier one."""
    result: dict[str, Value] = {}
    for context in contexts:
        result |= _context(context)
    return result


def _context(value: Value) -> dict[str, Value]:
    if not is_context(value):
        raise Undefined(Code.WRONG_TYPE, "entry", "context", type_name(value))
    return value


def _key(value: Value) -> str:
    if not isinstance(value, str):
        raise Undefined(Code.WRONG_TYPE, "key", "string", type_name(value))
    return value
