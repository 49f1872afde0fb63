"""Reading a JSON body: typed in one pass; if it does not fit, everything that is wrong with it at once.

The fast way is msgspec's decoder alone. Only a body that was refused is read again, against the JSON Schema of its
type, to name each field; so the price of good sentences is paid by bad requests.
"""

import json
import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec
from jsonschema import Draft202012Validator
from litestar import Request
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.explain import sentences

T = TypeVar("T")

MOST_PROBLEMS = 100
"""More than this many reasons help nobody."""
_BYTE = re.compile(r"\(byte (\d+)\)")
_NUL = b"\\u0000"
_AT = re.compile(r"at `\$\.?(.*?)`")


class Json(AbstractDTO[T]):
    """The body of a handler as its `data` type: `@post(..., dto=Json[Submission])`.

    Raises Refused: `wrong-content-type` (415), `malformed-json` (400, line and column), and for a body that does not
    fit its type the codes of `catalog.explain` (400), every field at once.
    """

    def decode_bytes(self, value: bytes) -> Any:
        request = cast("Request[Any, Any, Any]", self.asgi_connection)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise refuse(
                "wrong-content-type",
                "请用 Content-Type: application/json 发送 JSON",
                "Send JSON with Content-Type: application/json",
                place="Content-Type",
                status=415,
            )
        return read(value, self.model_type)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """There is no transfer model: the type is the form on the wire."""

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        schema_creator: Any,
    ) -> Reference | Schema:
        del handler_id
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        """None: nothing is renamed or left out."""
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        del field_definition
        return False


def read(raw: bytes, shape: type[T]) -> T:
    """`raw` as a `shape`. Raises Refused (400) as `Json` does."""
    try:
        value: T = _decoder(shape).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(*_faults(raw, shape, error), status=400) from None
    if _NUL in raw and (place := _nul(msgspec.json.decode(raw))) is not None:
        raise refuse(
            "wrong-character",
            "文字里有看不见的空字符（U+0000），请去掉",
            "A text contains the null character (U+0000); leave it out",
            place=place,
            status=400,
        )
    return value


@lru_cache(maxsize=200)
def _decoder(shape: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


@lru_cache(maxsize=200)
def _validator(shape: type[Any]) -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.schema(shape))


def _faults(raw: bytes, shape: type[Any], error: Exception) -> list[Problem]:
    """What is wrong: with the JSON, else with every field that does not fit."""
    try:
        data = msgspec.json.decode(raw)
    except msgspec.ValidationError:  # a number no computer keeps
        text = Text("有一个数太大或太长", "A number is too large or too long")
        return [Problem("number-out-of-range", text, _place_in(str(error)))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as odd:
        return [_malformed(raw, odd)]
    found: dict[Problem, None] = {}
    for one in cast("Any", _validator(shape)).iter_errors(data):
        found |= dict.fromkeys(_misfits(one))
        if len(found) >= MOST_PROBLEMS:
            break
    if found:
        return list(found)[:MOST_PROBLEMS]
    # What the schema cannot see is told as the decoder saw it.
    return [Problem("wrong-type", Text("这一项的内容不对", "This value does not fit"), _place_in(str(error)))]


def _misfits(error: Any) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    if error.validator != "required":
        yield from (Problem(code, text, place(at)) for code, text, at, _ in sentences(error))
        return
    for name in error.validator_value:
        if name not in error.instance:
            text = Text(f"缺少必填项“{name}”", f"The required field '{name}' is missing")
            yield Problem("missing-field", text, place((*path, name)))


def place(path: tuple[Any, ...]) -> str:
    """`facts.id_number`, `items[3]`; the body itself is empty."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    return out[:200]


def _place_in(message: str) -> str:
    found = _AT.search(message)
    return found[1].replace("[...]", "")[:200] if found else ""


def _malformed(raw: bytes, error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        return Problem("json-too-deep", Text("JSON 嵌套得太深", "The JSON is nested too deeply"), "line 1, column 1")
    if not raw.strip():
        text = Text("请求里没有 JSON 内容", "The request has no JSON body")
        return Problem("body-missing", text, "line 1, column 1")
    line, column = _where(raw, error)
    text = Text(f"第{line}行第{column}列不是正确的 JSON", f"This is not JSON at line {line}, column {column}")
    return Problem("malformed-json", text, f"line {line}, column {column}")


def _where(raw: bytes, error: Exception) -> tuple[int, int]:
    """Line and column, from 1, where the JSON stops being one. The standard library's reader points most exactly."""
    try:
        json.loads(raw.decode())
    except UnicodeDecodeError as bad:
        at = bad.start
    except json.JSONDecodeError as bad:
        return bad.lineno, bad.colno
    except RecursionError:
        at = 0
    else:
        found = _BYTE.search(str(error))
        at = min(int(found[1]), len(raw)) if found else len(raw)
    before = raw[:at].decode(errors="replace")
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


def _nul(value: Any, path: tuple[Any, ...] = ()) -> str | None:
    """The place of the first text with a null character, which PostgreSQL cannot keep."""
    match value:
        case str():
            return place(path) if "\0" in value else None
        case list():
            inside = enumerate(cast("list[Any]", value))
        case dict():
            names = cast("dict[str, Any]", value)
            if any("\0" in name for name in names):
                return place(path)
            inside = names.items()
        case _:
            return None
    return next((found for key, one in inside if (found := _nul(one, (*path, key))) is not None), None)
