"""The left column: rows in groups by deadline, with the chips that narrow it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tongban.base.i18n import Text
from tongban.base.page import Page
from tongban.cases import FAR, CaseRow
from tongban.web.desk.timebar import Heat, heat, left

TAGS: dict[str, Text] = {
    "counter": Text("窗口收件", "at the counter"),
    "correction": Text("等补正", "awaiting correction"),
    "corrected": Text("已补正", "corrected"),
    "escalated": Text("督办", "escalated"),
    "undelivered": Text("通知未送达", "notice not delivered"),
    "people-only": Text("只由人来办", "people only"),
    "certificate-changed": Text("依据的证照有变化", "a certificate changed"),
    "questioned": Text("有人请复看", "a human look is asked"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the list."""

    id: str
    service: Text
    applicant: Text
    state: Text
    left: Text
    heat: Heat
    short: str
    tags: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that fall due in the same stretch of time."""

    title: Text
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """One way of narrowing the list."""

    name: Text
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the list is narrowed to, as it stands in the address."""

    list: str = ""
    due: str = ""
    service: str = ""
    search: str = ""

    def query(self, **changes: str) -> str:
        """The address's query for this view; empty parts are left out."""
        parts = {"list": self.list, "due": self.due, "service": self.service, "q": self.search} | changes
        kept = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class Queue:
    """The column."""

    title: Text
    order: Text
    chips: tuple[Chip, ...]
    groups: tuple[Group, ...]
    more: str
    empty: Text
    query: str
    """Carried along when a case is opened, so that the next one comes from the same list."""
    tasks: tuple[Row, ...] = ()
    """What other bodies' cases and overdue ones wait for, told at the top of what is to do: minutes may count."""

    @property
    def first(self) -> Row | None:
        """The most urgent case."""
        return self.groups[0].rows[0] if self.groups else None

    @property
    def order_of_rows(self) -> tuple[str, ...]:
        """Case numbers from top to bottom."""
        return tuple(row.id for group in self.groups for row in group.rows)

    def beside(self, case: str) -> tuple[str, str]:
        """The case before and the case after one; empty where there is none."""
        order = self.order_of_rows
        if case not in order:
            return "", order[0] if order else ""
        at = order.index(case)
        return (order[at - 1] if at else ""), (order[at + 1] if at + 1 < len(order) else "")


_TITLES: dict[str, tuple[Text, Text]] = {
    "": (Text("待我办", "To do"), Text("按到期时间排", "by deadline")),
    "waiting": (Text("等申请人补正", "Waiting for applicants"), Text("按到期时间排", "by deadline")),
    "urged": (Text("督办、会同", "Escalated, joint"), Text("先来的在前", "oldest first")),
}
_EMPTY = Text("这里没有要办的件。", "There is nothing here.")
_EMPTY_TODO = Text(
    "这里没有要办的件。督办的、会同别的机关办的，在“督办、会同”里。",
    "There is nothing here. What was escalated or is handled jointly with other bodies is under Escalated, joint.",
)
_NOT_FOUND = Text("没有这样的办件号，请核对后再查。", "No case has such a number; please check it.")


def build(
    page: Page[CaseRow],
    narrowed: Narrowed,
    now: datetime,
    zone: ZoneInfo,
    service_name: Callable[[str], Text],
    who: Callable[[CaseRow], Text],
    services: Sequence[str],
    *,
    urged: bool,
) -> Queue:
    """The column for one page of rows. `services` are those this official has power over."""
    title, order = _TITLES.get(narrowed.list, _TITLES[""])
    if narrowed.search:
        title, order = Text(f"查找“{narrowed.search}”", f"Search: {narrowed.search}"), Text("", "")
    return Queue(
        title=title,
        order=order,
        chips=tuple(_chips(narrowed, services, service_name, urged=urged)),
        groups=tuple(_groups(page.items, now, zone, service_name, who)),
        more=f"/desk{narrowed.query(after=page.next)}" if page.next else "",
        empty=_NOT_FOUND if narrowed.search else _EMPTY_TODO if urged and not narrowed.list else _EMPTY,
        query=narrowed.query(),
    )


def _chips(
    narrowed: Narrowed, services: Sequence[str], service_name: Callable[[str], Text], *, urged: bool
) -> Iterable[Chip]:
    plain = not (narrowed.due or narrowed.service or narrowed.list or narrowed.search)
    yield Chip(Text("全部", "All"), "/desk", plain)
    yield Chip(Text("今天到期", "Due today"), "/desk?due=today", narrowed.due == "today")
    yield Chip(Text("补正回来", "Corrected"), "/desk?due=corrected", narrowed.due == "corrected")
    if urged:
        yield Chip(Text("督办、会同", "Escalated, joint"), "/desk?list=urged", narrowed.list == "urged")
    for service in services:
        yield Chip(service_name(service), f"/desk?{urlencode({'service': service})}", narrowed.service == service)


def _groups(
    rows: Iterable[CaseRow],
    now: datetime,
    zone: ZoneInfo,
    service_name: Callable[[str], Text],
    who: Callable[[CaseRow], Text],
) -> Iterable[Group]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(_group(row.due_at, now, zone), []).append(_row(row, now, service_name, who))
    for number in sorted(found):
        yield Group(_GROUPS[number], tuple(found[number]))


_GROUPS: tuple[Text, ...] = (
    Text("已经逾期", "Overdue"),
    Text("今天到期", "Due today"),
    Text("明天到期", "Due tomorrow"),
    Text("七天内", "Within a week"),
    Text("更晚", "Later"),
    Text("计时暂停", "Clock paused"),
)


def _group(due: datetime, now: datetime, zone: ZoneInfo) -> int:
    if due >= FAR:
        return 5
    if due < now:
        return 0
    days = (due.astimezone(zone).date() - now.astimezone(zone).date()) // timedelta(days=1)
    return 1 if days == 0 else 2 if days == 1 else 3 if days <= 7 else 4


def _row(row: CaseRow, now: datetime, service_name: Callable[[str], Text], who: Callable[[CaseRow], Text]) -> Row:
    paused = row.due_at >= FAR
    return Row(
        id=row.case_id,
        service=service_name(row.service),
        applicant=who(row),
        state=row.state_name,
        left=Text("计时暂停", "Clock paused") if paused else left(row.due_at, now),
        heat="still" if paused else heat(row.due_at, now),
        short=row.case_id.partition("-")[2],
        tags=tuple(TAGS[label] for label in row.labels if label in TAGS),
    )


def task_rows(
    rows: Iterable[CaseRow], now: datetime, service_name: Callable[[str], Text], who: Callable[[CaseRow], Text]
) -> tuple[Row, ...]:
    """Tasks as lines, what is due first at the top."""
    return tuple(_row(row, now, service_name, who) for row in sorted(rows, key=lambda row: row.due_at))


@dataclass(frozen=True, slots=True)
class Ended:
    """One case that has ended."""

    id: str
    service: Text
    applicant: Text
    state: Text
    at: datetime


def ended(row: CaseRow, service_name: Callable[[str], Text], who: Callable[[CaseRow], Text]) -> Ended:
    """A line of the list of what is done."""
    return Ended(
        id=row.case_id,
        service=service_name(row.service),
        applicant=who(row),
        state=row.state_name,
        at=row.updated_at,
    )
