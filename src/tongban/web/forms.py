"""What a person sent with a form: texts and files, read once, within limits, with nothing of it kept in the process.

The framework's own form parser is used for files only: for ordinary forms it remembers the last thousand bodies,
and what people write to their government is not to be remembered by a web server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from tongban.base.errors import Refused, refuse

MAX_FIELDS = 500
_NUL = dict.fromkeys([0])


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form, in the order they were sent."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    files: Mapping[str, Sequence[UploadFile]] = field(default_factory=dict[str, Sequence[UploadFile]])

    def text(self, name: str, default: str = "") -> str:
        """The first value of a field, without white space around it."""
        found = self.values.get(name)
        return found[0].strip() if found else default

    def number(self, name: str) -> int | None:
        """A whole number we put there ourselves; None where it is not one."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def all(self, name: str) -> list[str]:
        """Every value of a field (ticked boxes)."""
        return list(self.values.get(name, ()))

    def boxes(self, name: str) -> list[str]:
        """The three boxes of a date."""
        return [self.text(f"{name}.{part}") for part in ("year", "month", "day")]

    def day(self, name: str) -> date:
        """A day that was chosen in one box. Raises Refused (`field-missing`, 422)."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise refuse(
                "field-missing", "请选哪天，像2026-12-01。", "Choose a day, such as 2026-12-01.", place=name, status=422
            ) from None

    def file(self, name: str) -> UploadFile | None:
        """The chosen file, if one was chosen."""
        found = self.files.get(name)
        return found[0] if found else None


async def read(request: Request[Any, Any, Any]) -> Form:
    """The form of a request; an empty one where there is none. Raises ClientException (400) for a malformed one.

    The body's size is limited by the route before anything of it is read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    match kind:
        case "application/x-www-form-urlencoded":
            return _urlencoded(await request.body())
        case "multipart/form-data":
            return await _parted(request)
        case _:
            return Form()


def _urlencoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError as error:
        raise ClientException("malformed form") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value.translate(_NUL))
    return Form(values)


async def _parted(request: Request[Any, Any, Any]) -> Form:
    try:
        return _multipart(await request.form())
    except (UnicodeDecodeError, LookupError) as error:  # a field that is not text, or claims an unknown character set
        raise ClientException("malformed form") from error


def _multipart(parts: Any) -> Form:
    values: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in parts.multi_items():
        if not isinstance(value, UploadFile):
            values.setdefault(name, []).append(str(value).translate(_NUL))
        elif value.filename:
            files.setdefault(name, []).append(value)
    return Form(values, files)


def of(request: Request[Any, Any, Any]) -> Form:
    """The form read before the handler, for handlers that ask for `form`."""
    return request.scope["state"].get("form") or Form()


def refused(error: Refused) -> list[Any]:
    """The problems of a refusal that a form can show; anything that is not about the form is raised again."""
    if error.status not in (400, 409, 413, 415, 422):
        raise error
    return list(error.problems)
