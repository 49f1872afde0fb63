"""What an official asks of the list of work."""

from typing import Literal

import msgspec

from tongban.cases.store import lists
from tongban.org import Actor, Scope


class QueueFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of an official's work.

    `view`: `todo` waits for the official's roles; `today` the same, due by the end of today; `corrections` waits for
    the applicant; `tasks` are overdue cases to see to and letters that reached nobody; `done` has ended, the latest
    first. `label` is one of a row's labels; `search` is a case number or its beginning.
    """

    view: Literal["todo", "today", "corrections", "tasks", "done"] = "todo"
    service: str | None = None
    label: str | None = None
    search: str = ""


def desk_of(actor: Actor, scope: Scope, *, corrections: bool) -> lists.Desk:
    """What waits for an official: by their roles in their own body and where it is the delegate (行政许可法 24), at the
    one window in others (26)."""
    window = ("intake",) if "intake" in actor.roles else ()
    return lists.Desk(
        bodies=scope.bodies,
        lent=scope.lent,
        own=actor.body,
        own_waits=("applicant",) if corrections else tuple(sorted(actor.roles)),
        other_waits=("applicant",) if corrections and window else window,
    )
