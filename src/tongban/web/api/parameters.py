"""Parameters that several operations share, and what is said of one that does not fit."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from litestar.exceptions import ValidationException
from litestar.params import FromPath, HeaderParameter, QueryParameter

from tongban.base.errors import Problem, Refused, refuse
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
    "view": Text("todo、today、corrections 或 tasks", "todo, today, corrections or tasks"),
    "Idempotency-Key": Text("8到80个字母、数字或 . _ : -", "8 to 80 letters, digits or . _ : -"),
    "If-Match": Text('带引号的版本号，例如 "3"', 'a version in quotes, such as "3"'),
}
_NAMES = {"key": "Idempotency-Key", "version": "If-Match"}


def version_of(given: str) -> int:
    """The number in `If-Match`. Raises Refused (428 `version-missing`) if it was not sent."""
    if not given:
        raise refuse(
            "version-missing",
            "请用 If-Match 带上您看到的版本（办件的 ETag）",
            "Send If-Match with the version you saw (the ETag of the case)",
            place="If-Match",
            status=428,
        )
    return int(given.strip('"'))


def wrong(exc: ValidationException) -> Refused:
    """Parameters and headers that do not fit, every one at once."""
    found = cast("list[Mapping[str, Any]]", exc.extra if isinstance(exc.extra, list) else [])
    problems = [
        _problem(_NAMES.get(name, name)) for one in found if (name := str(one.get("key", "")).partition(".")[0])
    ]
    if not problems:
        problems = [Problem("wrong-parameter", Text("缺少参数，或者参数不对", "A parameter is missing or wrong"))]
    return Refused(*problems, status=400)


def _problem(name: str) -> Problem:
    expected = EXPECTED.get(name)
    text = Text("参数不对", "The parameter does not fit")
    if expected is not None:
        text = Text(f"{name} 应当是{expected.zh}", f"{name} must be {expected.en}")
    return Problem("wrong-parameter", text, name)


def key_of(given: str) -> str:
    """The idempotency key. Raises Refused (400 `key-missing`) if none was sent."""
    if not given:
        raise refuse(
            "key-missing",
            "请带 Idempotency-Key：8到80个字母、数字或 . _ : -，重发时不变",
            "Send Idempotency-Key: 8 to 80 letters, digits or . _ : -, the same when you send again",
            place="Idempotency-Key",
            status=400,
        )
    return given
