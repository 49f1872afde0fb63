"""Lists of cases: those that stand open, and those that have ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tongban.base.database import Row
from tongban.base.i18n import Text
from tongban.org import store as people
from tongban.oversight.watching import figures
from tongban.oversight.watching.method import METHODS, Method, Name
from tongban.oversight.watching.store import ended, standing
from tongban.oversight.watching.turn import AMBER
from tongban.web.bodies import body_name
from tongban.web.console.behind.model import FIRST, OWN, ROWS, Line, Listing, Show, Wanted
from tongban.web.desk.lists import service_names
from tongban.web.desk.timebar import heat, left
from tongban.web.site import Site

_RUNGS = {
    "head": Text("本单位负责人", "head of the body"),
    "superior": Text("上级机关", "superior body"),
    "government-head": Text("本级政府负责人", "head of government"),
}


async def _due(site: Site, wanted: Wanted) -> list[Line]:
    now, name = site.clock(), service_names(site)
    amber = wanted.show is Show.AMBER
    after = wanted.after or (now if amber else FIRST[0], "")
    until = now + AMBER if amber else now
    rows = await standing.open_cases(site.db, wanted.bodies, wanted.services(site), until, after, ROWS + 1)
    holders = await people.names(site.db, [row["person"] for row in rows if row["person"]])
    return [
        Line(
            (row["due_at"], row["case_id"]),
            name(row["service"]),
            body_name(site, row["body"]),
            left(row["due_at"], now),
            row["case_id"],
            heat(row["due_at"], now),
            _rung(row, holders),
            "" if amber else f"/console/supervision/new?case={row['case_id']}&body={row['body']}",
        )
        for row in rows
    ]


def _rung(row: Row, holders: Mapping[str, str]) -> Text | None:
    if not row["rung"]:
        return None
    rung, person = _RUNGS[row["rung"]], holders.get(row["person"], "")
    return Text(f"{rung.zh} {person}".strip(), f"{rung.en} {person}".strip())


async def _open(site: Site, wanted: Wanted) -> list[Line]:
    now = site.clock()
    rows = await standing.waiting(site.db, wanted.bodies, wanted.services(site), wanted.after or FIRST, ROWS + 1)

    def said(row: Row) -> Text:
        due: datetime | None = row["due_at"]
        stands = left(due, now) if due else Text("没有期限", "no date")
        return Text(f"提交；{stands.zh}", f"submitted; {stands.en}")

    return _lines(site, rows, "opened_at", {row["case_id"]: said(row) for row in rows})


async def _opened(site: Site, wanted: Wanted) -> list[Line]:
    rows = await standing.opened_since(
        site.db,
        wanted.bodies,
        wanted.services(site),
        wanted.since(site, site.today),
        wanted.before(site),
        ROWS + 1,
    )
    return _lines(site, rows, "opened_at", dict.fromkeys((row["case_id"] for row in rows), _SUBMITTED))


_SUBMITTED = Text("提交", "submitted")


async def _in_state(site: Site, wanted: Wanted) -> list[Line]:
    rows = await standing.in_state(
        site.db, wanted.bodies, wanted.services(site), wanted.step, wanted.before(site), ROWS + 1
    )
    return _lines(site, rows, "opened_at", dict.fromkeys((row["case_id"] for row in rows), _SUBMITTED))


_WHICH: Mapping[Show, ended.Which] = {
    Show.ENDED: "all",
    Show.OWED: "owed",
    Show.IN_TIME: "in-time",
    Show.IN_LAW: "in-law",
    Show.PROMISED: "promised",
    Show.LEGAL: "legal",
    Show.CURED: "owed",
    Show.CURED_IN_TIME: "in-time",
    Show.CURED_LATE: "promised",
}


_CURES = (Show.CURED, Show.CURED_IN_TIME, Show.CURED_LATE)


async def _ended(site: Site, wanted: Wanted) -> list[Line]:
    cured = wanted.show in _CURES
    first = site.today.replace(day=1) if cured else figures.first_day(site.today)
    services = (figures.CURE,) if cured else wanted.services(site)
    rows = await ended.listed(
        site.db,
        _WHICH[wanted.show],
        wanted.bodies,
        services,
        wanted.since(site, first),
        wanted.before(site),
        ROWS + 1,
    )
    return _lines(site, rows, "ended_at", {row["case_id"]: _kept(row["promised"], row["legal"]) for row in rows})


def _lines(site: Site, rows: Sequence[Row], ordered_by: str, said: Mapping[str, Text]) -> list[Line]:
    name = service_names(site)

    def line(row: Any) -> Line:
        case = row["case_id"]
        return Line((row[ordered_by], case), name(row["service"]), body_name(site, row["body"]), said[case], case)

    return [line(row) for row in rows]


def _kept(promised: bool | None, legal: bool | None) -> Text:
    if legal is False:
        return Text("超过法定期限", "past the date of the law")
    if promised is False:
        return Text("超过承诺期限", "past the promised date")
    return Text("没有期限要守", "owed no date") if promised is None else Text("按时", "in time")


_STANDS = Method(
    Text("在办、等单位", "Open, waiting for a body"),
    Text(
        "还没办结、现在在等这个单位的办件。在等申请人、或者已经移到别处的不算。",
        "Cases that have not ended and wait for the body. Those that wait for their applicant, or went elsewhere, do"
        " not count.",
    ),
    OWN,
)
_STEP = Method(
    Text("现在到了这一步的", "What stands at this step now"),
    Text(
        "归这个单位答复、现在正在这一步的办件，不论什么时候提交，办结的也算。",
        "Cases that the body owes an answer to and that stand at this step, whenever they were submitted, ended too.",
    ),
    Text("政务数据共享条例21、22、26", "Government Data Sharing Regulations 21, 22, 26"),
)

LISTS: dict[Show, Listing] = {
    Show.RED: Listing(METHODS[Name.RED].name, METHODS[Name.RED], _due, climbs=True),
    Show.AMBER: Listing(METHODS[Name.AMBER].name, METHODS[Name.AMBER], _due, climbs=True),
    Show.OPEN: Listing(_STANDS.name, _STANDS, _open),
    Show.TODAY: Listing(Text("提交的", "Submitted"), METHODS[Name.TODAY], _opened, of_day=True),
    Show.ENDED: Listing(Text("近30天办结", "Ended in 30 days"), METHODS[Name.PROMISED], _ended, of_day=True),
    Show.OWED: Listing(
        Text("近30天办结、有期限的", "Ended in 30 days, owed by a date"), METHODS[Name.PROMISED], _ended, of_day=True
    ),
    Show.IN_TIME: Listing(
        Text("近30天按承诺办结", "Kept the promise in 30 days"), METHODS[Name.PROMISED], _ended, of_day=True
    ),
    Show.IN_LAW: Listing(
        Text("近30天按法定期限办结", "Kept the law's date in 30 days"), METHODS[Name.LEGAL], _ended, of_day=True
    ),
    Show.PROMISED: Listing(
        Text("近30天没按承诺办结", "Missed the promise in 30 days"), METHODS[Name.PROMISED], _ended, of_day=True
    ),
    Show.LEGAL: Listing(
        Text("近30天超过法定期限", "Missed the law's date in 30 days"), METHODS[Name.LEGAL], _ended, of_day=True
    ),
    Show.CURED: Listing(
        Text("本月办结的差评", "Bad ratings ended this month"), METHODS[Name.CURED], _ended, of_day=True
    ),
    Show.CURED_IN_TIME: Listing(
        Text("本月按时整改的差评", "Bad ratings put right in time this month"), METHODS[Name.CURED], _ended, of_day=True
    ),
    Show.CURED_LATE: Listing(
        Text("本月没按时整改的差评", "Bad ratings put right late this month"), METHODS[Name.CURED], _ended, of_day=True
    ),
    Show.STEP: Listing(_STEP.name, _STEP, _in_state),
}
