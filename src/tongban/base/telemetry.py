"""The log of the machine: JSON lines that an operator may read without learning anything about a person.

Safe by construction, not by care: there is no free text. A line is the name of an event and fields from a fixed list;
a value that is not a plain token, or that looks like an identity number, a phone number or an account, is not written.
What other libraries log loses its message and keeps its place in the code.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from tongban.base.clock import Clock, system_clock

FIELDS: Final = frozenset(
    {
        "act",
        "attempt",
        "body",
        "bytes",
        "case",
        "channel",
        "code",
        "count",
        "error",
        "job",
        "key",
        "level",
        "method",
        "ms",
        "pid",
        "port",
        "reason",
        "region",
        "request",
        "route",
        "seq",
        "service",
        "site",
        "status",
        "task",
        "version",
        "where",
    }
)
"""What a line may say. A person's name, number, phone, address, answer or document is not among it."""

REMOVED: Final = "[removed]"
_EVENT = re.compile(r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")
_TOKEN = re.compile(r"^[\x21-\x7e]{0,200}$")
_NUMBER_OF_A_PERSON = re.compile(r"\d{9,}|\d{17}[Xx]|@")

Value = str | int | float | bool | None
_request: ContextVar[str] = ContextVar("request", default="")


class Log:
    """Writes lines. `write` gets one line with its newline; the default is standard error."""

    def __init__(self, write: Callable[[str], object] | None = None, clock: Clock | None = None) -> None:
        self._write = write or sys.stderr.write
        self._clock = clock or system_clock()

    def event(self, name: str, **fields: Value) -> None:
        """Write one line. A field that is not allowed is left out and named under `left_out`; nothing is raised."""
        line: dict[str, object] = {
            "at": self._clock().astimezone(UTC).isoformat(timespec="milliseconds"),
            "event": name if _EVENT.match(name) else REMOVED,
        }
        if request := _request.get():
            line["request"] = request
        line |= {field: _safe(value) for field, value in fields.items() if field in FIELDS and value is not None}
        if left_out := sorted(field for field in fields if field not in FIELDS):
            line["left_out"] = left_out
        self._write(msgspec.json.encode(line).decode() + "\n")

    def error(self, name: str, error: BaseException, **fields: Value) -> None:
        """Write an unexpected error: its type and where it happened; never its message, which may quote a person."""
        self.event(name, error=type(error).__qualname__, where=_where(error.__traceback__), **fields)


@contextmanager
def request_id(value: str) -> Generator[None]:
    """Every line written inside carries this request id."""
    token = _request.set(value)
    try:
        yield
    finally:
        _request.reset(token)


class LibraryHandler(logging.Handler):
    """Sends what libraries log through `Log`: level, logger's name and place; never the message."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._log.event(
            "library",
            level=record.levelname.lower(),
            where=f"{record.name}:{record.lineno}",
            error=None if error is None else type(error).__qualname__,
        )


def take_over(log: Log) -> None:
    """Make `log` the only place where libraries' warnings and errors go."""
    logging.root.handlers[:] = [LibraryHandler(log)]
    logging.root.setLevel(logging.WARNING)


def _safe(value: Value) -> Value:
    if not isinstance(value, str):
        # A bare number can be an identity number as well as a count.
        return REMOVED if isinstance(value, int) and abs(value) >= 10**9 else value
    return value if _TOKEN.match(value) and not _NUMBER_OF_A_PERSON.search(value) else REMOVED


def _where(at: TracebackType | None) -> str:
    frames = traceback.extract_tb(at)[-3:]
    return "<".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)) or "?"
