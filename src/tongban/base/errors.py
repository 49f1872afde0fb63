"""What can go wrong, said so that a person can act on it: a stable code, the place, and what to do (RFC 9457)."""

from typing import Any

import msgspec

from tongban.base.i18n import Text


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding. `place` is where to look: a field name, `file:line:column`, or an article."""

    code: str
    text: Text
    place: str = ""
    law: str = ""


class Refused(Exception):
    """An act or a request that is not carried out, with every reason at once.

    `status` is the HTTP status that fits: 400 malformed, 401 not logged in, 403 not allowed, 404 not found,
    409 the case has moved on, 413 too large, 415 wrong kind of file, 422 understood but wrong, 429 too many.
    """

    def __init__(self, *problems: Problem, status: int = 422, **extra: Any) -> None:
        if not problems:
            raise ValueError("a refusal needs at least one reason")
        super().__init__(problems[0].text.en)
        self.problems = problems
        self.status = status
        self.extra = extra

    @property
    def code(self) -> str:
        """The first reason's stable code."""
        return self.problems[0].code


def refuse(code: str, zh: str, en: str, *, place: str = "", law: str = "", status: int = 422) -> Refused:
    """A refusal with one reason."""
    return Refused(Problem(code, Text(zh, en), place, law), status=status)
