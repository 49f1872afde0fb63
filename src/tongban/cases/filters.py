"""What an official asks of the list of work."""

from typing import Literal

import msgspec


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
