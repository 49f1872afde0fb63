"""Why a command is not carried out: what `decide` answers, and what the engine answers for a reason of its own."""

import msgspec

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text


class Refusal(msgspec.Struct, frozen=True):
    """Why an act is not carried out: every reason at once, each with a stable code, the place and the law."""

    problems: tuple[Problem, ...]
    status: int = 422

    @property
    def code(self) -> str:
        return self.problems[0].code

    def error(self) -> Refused:
        """The same as an exception, for the shell."""
        return Refused(*self.problems, status=self.status)


def refusal(code: str, zh: str, en: str, *, place: str = "", law: str = "", status: int = 422) -> Refusal:
    """A refusal with one reason."""
    return Refusal((Problem(code, Text(zh, en), place, law),), status)


def unknown_case() -> Refused:
    """404: not there, or hidden; both look the same."""
    return refuse(
        "unknown-case", "没有这个办件，或者不归您看。", "There is no such case, or it is not yours to see.", status=404
    )


def key_reused() -> Refused:
    """422: the idempotency key has been used for something else."""
    return refuse(
        "key-reused",
        "这个提交编号已经用于另一项内容，请重新打开页面再提交。",
        "This idempotency key was used for something else. Please reload and send again.",
        place="key",
        status=422,
    )


def busy() -> Refused:
    """409: others were quicker several times."""
    return refuse(
        "stale-version",
        "这个办件正有别人在办，请刷新后再试。",
        "Others are working on this case right now. Please reload and try again.",
        place="version",
        status=409,
    )
