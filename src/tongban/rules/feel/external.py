"""Foreign functions by a closed list: the Java methods that models commonly name, written again in Python.

DMN (1.5, 10.3.2.13.3) lets a function name a Java class and a method signature. No Java runs here and nothing is ever
loaded: a signature on the list below has its meaning in this file, and every other one is refused with its name.
Java's binary arithmetic is kept (a `double` is a Python float), so results are numbers as Java prints them.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .errors import Code, Undefined
from .signature import bind
from .text import plain_text
from .types import ANY, FunctionType
from .values import FunctionValue, Value, is_context, number, type_name

if TYPE_CHECKING:
    from .frame import Frame
    from .syntax import Formal

MAX_WIDTH = 100
"""Characters that one place of `String.format` may be padded to, and digits behind a point."""


# --- Java's types -----------------------------------------------------------------------------------------


def _wrong(value: Value, java: str) -> Undefined:
    return Undefined(Code.WRONG_TYPE, "argument", java, type_name(value))


def _whole(bits: int, java: str) -> Callable[[Value], int]:
    def convert(value: Value) -> int:
        if not isinstance(value, Decimal) or value != value.to_integral_value():
            raise _wrong(value, java)
        if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise Undefined(Code.OUT_OF_RANGE)
        return int(value)

    return convert


def _double(value: Value) -> float:
    if not isinstance(value, Decimal):
        raise _wrong(value, "double")
    return float(value)


def _single(value: Value) -> float:
    return _as_single(_double(value))


def _as_single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        raise Undefined(Code.OUT_OF_RANGE) from None


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise _wrong(value, "String")
    return value


def _char(value: Value) -> str:
    if not isinstance(value, str) or len(value) != 1:
        raise _wrong(value, "char")
    return value


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, "boolean")
    return value


def _object(value: Value) -> Value:
    return value


_ARGUMENTS: dict[str, Callable[[Value], Any]] = {
    "double": _double,
    "float": _single,
    "long": _whole(64, "long"),
    "int": _whole(32, "int"),
    "short": _whole(16, "short"),
    "byte": _whole(8, "byte"),
    "char": _char,
    "boolean": _truth,
    "java.lang.String": _text,
    "java.lang.Object": _object,
}
_VARIADIC = "[Ljava.lang.Object;"


def _from_double(result: float) -> Value:
    return number(repr(result))


def _from_single(result: float) -> Value:
    """The shortest decimal that reads back as the same `float`, which is what Java prints."""
    near = _as_single(result)
    digits = next(text for places in range(1, 18) if _as_single(float(text := f"{near:.{places}g}")) == near)
    return number(digits)


_RESULTS: dict[str, Callable[[Any], Value]] = {
    "double": _from_double,
    "float": _from_single,
    **dict.fromkeys(("long", "int", "short", "byte"), number),
    "java.lang.String": str,
    "boolean": bool,
}


# --- the list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Method:
    arguments: tuple[str, ...]
    result: str
    run: Callable[..., Any]


def _nearest(value: float) -> int:
    """`Math.round`: halves go up."""
    return math.floor(value + 0.5)


def _parse_whole(java: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,19}", text, re.ASCII):
            raise Undefined(Code.NOT_A_VALUE, text[:40], java)
        return _ARGUMENTS[java](Decimal(text))

    return parse


def _parse_float(text: str) -> float:
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?\s*", text, re.ASCII):
        raise Undefined(Code.NOT_A_VALUE, text[:40], "double")
    return float(text.strip().rstrip("dDfF"))


def _says_true(text: str) -> bool:
    return text.lower() == "true"


def _floor_mod(dividend: int, divisor: int) -> int:
    return dividend % divisor


def _sum(left: float, right: float) -> float:
    return left + right


_PLACE = re.compile(r"%(?:(%|n)|([-+0,]*)(\d*)(?:\.(\d+))?([sdf]))")


def _format(pattern: str, *values: Value) -> str:
    """`String.format` for `%s`, `%d`, `%f`, `%n` and `%%`, with width, precision and the flags `-+0,`."""
    remaining = iter(values)

    def place(found: re.Match[str]) -> str:
        plain, flags, width, places, kind = found.groups()
        if plain:
            return "%" if plain == "%" else "\n"
        if int(width or 0) > MAX_WIDTH or int(places or 0) > MAX_WIDTH:
            raise Undefined(Code.OUT_OF_RANGE)
        try:
            return _pad(_shown(next(remaining), kind, places, flags), flags, int(width or 0))
        except StopIteration:
            raise Undefined(Code.WRONG_ARGUMENTS, "String.format", pattern[:40]) from None

    if "%" in _PLACE.sub("", pattern):
        raise Undefined(Code.NOT_A_VALUE, pattern[:40], "format")
    return _PLACE.sub(place, pattern)


def _shown(value: Value, kind: str, places: str | None, flags: str) -> str:
    if kind == "s":
        return plain_text(value)[: int(places) if places else None]
    if not isinstance(value, Decimal) or (kind == "d" and value != value.to_integral_value()):
        raise _wrong(value, f"%{kind}")
    sign = "+" if "+" in flags else ""
    grouped = "," if "," in flags else ""
    return format(int(value), f"{sign}{grouped}d") if kind == "d" else format(value, f"{sign}{grouped}.{places or 6}f")


def _pad(text: str, flags: str, width: int) -> str:
    if "-" in flags:
        return text.ljust(width)
    return text.zfill(width) if "0" in flags else text.rjust(width)


def _methods() -> dict[tuple[str, str], _Method]:
    found: dict[tuple[str, str], _Method] = {}

    def allow(java_class: str, name: str, arguments: Sequence[str], result: str, run: Callable[..., Any]) -> None:
        found[f"java.lang.{java_class}", f"{name}({','.join(arguments)})"] = _Method(tuple(arguments), result, run)

    real: dict[str, Callable[[float], float]] = {
        **{name: getattr(math, name) for name in ("sqrt", "cbrt", "exp", "expm1", "log", "log10", "log1p")},
        **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")},
        "floor": lambda value: float(math.floor(value)),
        "ceil": lambda value: float(math.ceil(value)),
        "rint": lambda value: float(round(value)),
        "toRadians": math.radians,
        "toDegrees": math.degrees,
        "signum": lambda value: math.copysign(1.0, value) if value else value,
    }
    for name, run in real.items():
        allow("Math", name, ["double"], "double", run)
    for name, pair in {"pow": math.pow, "atan2": math.atan2, "hypot": math.hypot}.items():
        allow("Math", name, ["double", "double"], "double", pair)
    for kind in ("double", "float", "long", "int"):
        allow("Math", "abs", [kind], kind, abs)
        allow("Math", "max", [kind, kind], kind, max)
        allow("Math", "min", [kind, kind], kind, min)
    for kind in ("long", "int"):
        allow("Math", "floorMod", [kind, kind], kind, _floor_mod)
    allow("Math", "round", ["double"], "long", _nearest)
    allow("Math", "round", ["float"], "int", _nearest)
    wholes = {"Integer": "int", "Long": "long", "Short": "short", "Byte": "byte"}
    for owner, kind in (*wholes.items(), ("Double", "double"), ("Float", "float")):
        parse = _parse_whole(kind) if owner in wholes else _parse_float
        parser = "parseInt" if owner == "Integer" else f"parse{owner}"
        allow(owner, "valueOf", ["java.lang.String"], kind, parse)
        allow(owner, parser, ["java.lang.String"], kind, parse)
        allow(owner, "valueOf", [kind], kind, _object)
        if owner not in ("Short", "Byte"):
            allow(owner, "max", [kind, kind], kind, max)
            allow(owner, "min", [kind, kind], kind, min)
            allow(owner, "sum", [kind, kind], kind, _sum)
    allow("Boolean", "valueOf", ["java.lang.String"], "boolean", _says_true)
    for kind in ("char", "boolean", "int", "long", "java.lang.Object"):
        shown: Callable[[Any], str] = plain_text if kind == "java.lang.Object" else _value_of
        allow("String", "valueOf", [kind], "java.lang.String", shown)
    for kind in ("double", "float"):
        allow("String", "valueOf", [kind], "java.lang.String", str)
    allow("String", "format", ["java.lang.String", _VARIADIC], "java.lang.String", _format)
    return found


def _value_of(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


METHODS = _methods()
"""The Java methods that may be called, by class and by signature without spaces."""


def java_function(java_class: str, signature: str, formals: Sequence[Formal]) -> FunctionValue:
    """The function that a Java class and a method signature name.

    Raises `Undefined` if it is not on the list, or takes another number of arguments than there are `formals`.
    """
    method = METHODS.get((java_class, "".join(signature.split())))
    if method is None:
        raise Undefined(Code.NOT_ON_THE_LIST, f"{java_class}.{signature}"[:100])
    parameters = tuple((formal.name, formal.type) for formal in formals)
    variadic = _VARIADIC in method.arguments
    if len(method.arguments) != len(formals) and not (variadic and len(formals) >= len(method.arguments) - 1):
        raise Undefined(Code.WRONG_ARGUMENTS, signature[:40], f"({', '.join(name for name, _ in parameters)})")

    def run(frame: Frame, arguments: Sequence[Value], names: Sequence[str]) -> Value:
        frame.step()
        values = bind(signature, parameters, arguments, names)
        kinds = [kind for kind in method.arguments if kind != _VARIADIC]
        kinds += ["java.lang.Object"] * (len(values) - len(kinds))
        taken = [_ARGUMENTS[kind](value) for kind, value in zip(kinds, values, strict=True)]
        try:
            return _RESULTS[method.result](method.run(*taken))
        except (ArithmeticError, ValueError):
            raise Undefined(Code.OUT_OF_RANGE) from None

    return FunctionValue(signature, FunctionType(parameters, ANY), run)


def external_function(body: Mapping[str, Value], formals: Sequence[Formal]) -> FunctionValue:
    """The function of `external {java: {class: …, method signature: …}}`. Raises `Undefined` if it is not allowed."""
    java = body.get("java", body)
    found = [java.get(key) for key in ("class", "method signature")] if is_context(java) else []
    if len(found) != len([text for text in found if isinstance(text, str)]) or not found:
        raise Undefined(Code.NOT_ON_THE_LIST, ", ".join(body)[:40])
    java_class, signature = map(str, found)
    return java_function(java_class, signature, formals)
