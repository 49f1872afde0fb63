"""What an opening of somebody's data says, and the trace without which nothing opened can be held.

政务数据共享条例 29 (use is recorded, three years at least), 个人信息保护法 6, 34, 44—50. A row concerns ONE person: who
else was part of the matter is never in it (an Estonian tracker once told people of a relative's sale: that is why).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.sharing.model import Purpose, Reader

T = TypeVar("T")

WINDOW: Final = timedelta(minutes=30)
"""The same official reading the same thing again within one half of an hour leaves one row, not one a reload."""


class Kind(StrEnum):
    """How data were opened."""

    LOOK_UP = "look-up"
    """A record of the state, for a matter."""
    CASE = "case"
    DOCUMENT = "document"
    COUNTER = "counter"
    """Found by number at a counter."""
    EXPORT = "export"
    CERTIFICATE = "certificate"
    """Shown to somebody, who checked it."""
    POPULATION = "population"
    """Compared with a policy among many others; no person saw it."""
    EMERGENCY = "emergency"
    """Outside of one's scope, for a reason, reviewed."""


KINDS: dict[Kind, Text] = {
    Kind.LOOK_UP: Text("查询", "Looked up"),
    Kind.CASE: Text("打开办件", "Opened the case"),
    Kind.DOCUMENT: Text("打开材料", "Opened a document"),
    Kind.COUNTER: Text("窗口核对身份", "Checked at the counter"),
    Kind.EXPORT: Text("导出", "Exported"),
    Kind.CERTIFICATE: Text("查验证照", "Checked a certificate"),
    Kind.POPULATION: Text("政策比对", "Compared with a policy"),
    Kind.EMERGENCY: Text("紧急查看", "Emergency access"),
}


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One person's record, opened by one reader for one purpose.

    `grant` is what it rests on: a data-sharing grant, the power of a post (`power:…`), an emergency (`emergency:…`),
    the reader's mandate (`mandate:…`), or `hosted:…` for what this installation keeps itself. `labels` say the fields
    in words, in the same order. `case` is the case's number where there is one, and `case_open` whether it was open.
    `own` is False where the matter is somebody else's: then the person is not told whose. `near` says what ties reader
    and person, for supervision. `delayed_by` names the rule by which the person sees it later.
    """

    person: str
    reader: Reader
    purpose: Purpose
    grant: str
    resource: str
    record: str
    fields: tuple[str, ...]
    kind: Kind
    at: datetime
    source: Text
    labels: tuple[Text, ...] = ()
    case: str = ""
    case_open: bool | None = None
    own: bool = True
    answered: bool = True
    near: str = ""
    delayed_by: str | None = None
    delayed_until: datetime | None = None
    """The day that was stated for it, never later than the rule allows; None: as long as the rule allows."""
    once: str | None = None
    """What makes it the same look as one just before, with its `WINDOW`; None: each is a row of its own."""

    def __post_init__(self) -> None:
        lacking = (
            "person" if not self.person
            else "reader" if not self.reader.id
            else "post" if self.reader.kind == "official" and not (self.reader.post and self.reader.body)
            else "purpose" if not (self.purpose.service and self.purpose.law.zh and self.purpose.law.en)
            else "matter" if not self.purpose.matter
            else "grant" if not self.grant
            else "fields" if not self.fields
            else ""
        )  # fmt: skip
        if lacking:
            raise refuse(
                "access-without-basis",
                "没有写明谁、为哪件事、凭什么，不能打开个人信息。",
                "Personal data are not opened without saying who, for which matter and on what basis.",
                place=lacking,
                law="个人信息保护法 6、34",
                status=403,
            )


def reader_of(actor: Actor) -> Reader:
    """Whoever reads, as they are at this moment."""
    return Reader(kind=actor.kind, id=actor.id, title=actor.post, post=actor.post, body=actor.body)


_KEY: Final = object()


class Trace:
    """Proof that an opening was written. Only `open_record` makes one; holding it is the licence to hold a value."""

    __slots__ = ("emergency", "persons")
    persons: frozenset[str]
    emergency: bool
    """Whether it rests on an emergency and on nothing else."""

    def __init__(self, key: object, persons: frozenset[str], *, emergency: bool = False) -> None:
        if key is not _KEY:
            raise TypeError("a trace is written by open_record, never made")
        self.persons = persons
        self.emergency = emergency

    def covers(self, person: str) -> bool:
        """Whether it is about this person."""
        return person in self.persons


def traced(opened: tuple[Opened, ...]) -> Trace:
    """For `record.py` alone: what was just committed."""
    emergency = any(one.kind is Kind.EMERGENCY for one in opened)
    return Trace(_KEY, frozenset(one.person for one in opened), emergency=emergency)


class Closed(Generic[T]):
    """A value of somebody's that nobody can hold before its opening was written."""

    __slots__ = ("_person", "_read")

    def __init__(self, person: str, read: Callable[[], T]) -> None:
        self._person = person
        self._read = read

    def open(self, trace: Trace) -> T:
        """The value. Raises ValueError for a trace of another person."""
        if not trace.covers(self._person):
            raise ValueError("this trace is about another person")
        return self._read()

    def __repr__(self) -> str:
        return "Closed()"
