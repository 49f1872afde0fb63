"""Parameters that several operations share, and what is said of one that does not fit."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from litestar import Request
from litestar.exceptions import ValidationException
from litestar.params import FromPath, HeaderParameter, QueryParameter

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text

KEY_FORM = r"^[A-Za-z0-9._:-]{8,80}$"

Path = FromPath[str]
Limit = Annotated[int, QueryParameter(ge=1, le=100, description="每页条数 items of a page")]
After = Annotated[
    str | None,
    QueryParameter(max_length=600, description="上一页的 next The `next` of the page before"),
]
Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=KEY_FORM,
        description="提交编号，重发时不变 One for each command, the same when it is sent again",
    ),
]
Version = Annotated[
    str,
    HeaderParameter(
        name="If-Match",
        pattern=r'^"[0-9]{1,9}"$',
        description="看到的版本 The version the act was decided on, in quotes, as the ETag of the case gave it",
    ),
]

EXPECTED: dict[str, Text] = {
    "limit": Text("1到100的整数", "a whole number from 1 to 100"),
    "after": Text("上一页返回的 next", "the `next` of the page before"),
    "q": Text("最多200个字", "at most 200 characters"),
    "theme": Text("主题名，例如 birth、school、residence", "a theme such as birth, school or residence"),
    "from": Text("六位行政区划代码", "the six digits of a region"),
    "to": Text("六位行政区划代码", "the six digits of a region"),
    "view": Text("todo、today、corrections 或 tasks", "todo, today, corrections or tasks"),
    "Idempotency-Key": Text("8到80个字母、数字或 . _ : -", "8 to 80 letters, digits or . _ : -"),
    "If-Match": Text('带引号的版本号，例如 "3"', 'a version in quotes, such as "3"'),
}
MISSING: dict[str, Problem] = {
    "Idempotency-Key": Problem(
        "key-missing",
        Text(
            "请带 Idempotency-Key：8到80个字母、数字或 . _ : -，重发时不变",
            "Send Idempotency-Key: 8 to 80 letters, digits or . _ : -, the same when you send again",
        ),
        "Idempotency-Key",
    ),
    "If-Match": Problem(
        "version-missing",
        Text(
            "请用 If-Match 带上您看到的版本（办件的 ETag）",
            "Send If-Match with the version you saw (the ETag of the case)",
        ),
        "If-Match",
    ),
}
_NAMES = {"key": "Idempotency-Key", "version": "If-Match"}


def version_of(given: str) -> int:
    """The number in `If-Match`."""
    return int(given.strip('"'))


def wrong(request: Request[Any, Any, Any], exc: ValidationException) -> Refused:
    """Parameters and headers that are missing or do not fit, every one at once: 400, or 428 if only `If-Match` is
    missing."""
    found = cast("list[Mapping[str, Any]]", exc.extra if isinstance(exc.extra, list) else [])
    keys = (str(one.get("key", "")).partition(".")[0] for one in found)
    problems = [_problem(_NAMES.get(key, key), request.headers) for key in keys if key]
    if not problems:
        problems = [Problem("wrong-parameter", Text("缺少参数，或者参数不对", "A parameter is missing or wrong"))]
    return Refused(*problems, status=428 if {one.code for one in problems} == {"version-missing"} else 400)


def _problem(name: str, headers: Mapping[str, str]) -> Problem:
    if name in MISSING and name.lower() not in headers:
        return MISSING[name]
    expected = EXPECTED.get(name)
    text = Text("参数不对", "The parameter does not fit")
    if expected is not None:
        text = Text(f"{name} 应当是{expected.zh}", f"{name} must be {expected.en}")
    return Problem("wrong-parameter", text, name)
