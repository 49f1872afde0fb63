"""A digital project as the centre registers it, and what two of them have in common."""

from typing import Literal

import msgspec

from tongban.base.i18n import Text

Status = Literal["planned", "existing"]
STATUS: dict[Status, Text] = {"planned": Text("拟建", "planned"), "existing": Text("已建", "existing")}
PartName = Literal["function", "data", "services"]
PARTS: dict[PartName, Text] = {
    "function": Text("功能", "function"),
    "data": Text("数据", "data"),
    "services": Text("支撑的事项", "services"),
}


class Project(msgspec.Struct, frozen=True):
    """One project or system. `function` is in words; `data` and `services` are names or codes."""

    id: str
    name: str
    body: str
    status: Status
    function: str
    data: tuple[str, ...]
    services: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """How much of the first project the second already has, 0 to 1, and what that is, in the first one's words."""

    part: PartName
    share: float
    both: tuple[str, ...]
    only_first: tuple[str, ...]


class Overlap(msgspec.Struct, frozen=True):
    """Two projects that do the same. `first` is the planned one, or the one that is more contained in the other.

    `score` is the weighted mean of the parts that both have filled in; `text` says it in words.
    """

    first: str
    second: str
    score: float
    parts: tuple[Part, ...]
    text: Text
