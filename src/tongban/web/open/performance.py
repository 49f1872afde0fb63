"""/open/performance: how bodies kept their dates, for everybody: figures, method, download, and what bodies answered.

The figures are those of a month's release, by body and service, and nothing else (`oversight.opendata.snapshot`).
"""

import asyncio
import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, Final

import msgspec
from litestar import Response, get

from tongban.base.i18n import Text
from tongban.base.page import Page, cursor, read_cursor
from tongban.catalog import cite
from tongban.oversight.abuse import BY_ID
from tongban.oversight.files import listed_indicators
from tongban.oversight.model import FLOOR, Indicator
from tongban.oversight.opendata import snapshot
from tongban.oversight.opendata.snapshot import Snapshot
from tongban.oversight.watching import figures
from tongban.oversight.watching.answers import TOLERATED
from tongban.oversight.watching.model import Answer
from tongban.oversight.watching.store import findings
from tongban.web.bodies import body_name
from tongban.web.desk.lists import service_names
from tongban.web.html import page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

MONTHS: Final = 12
ANSWERS: Final = 20
PROMISED: Final = "on-time-promised"
LEGAL: Final = "on-time-statutory"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A body, or one service of it, in a month: answers that it owed by a date and those given by the promised one; of
    those for which a law gives the time (`legal_answered`) those given by the law's date. Shares with the digits of the
    release, in percent. `service` is empty for the body as a whole; what the release does not show of the law is None.
    """

    body: str
    body_name: Text
    service: str
    service_name: Text
    answered: int
    promised: int
    legal_answered: int | None
    legal: int | None
    promised_share: Decimal | None
    legal_share: Decimal | None


class Shown(msgspec.Struct, frozen=True):
    """A released month, or the lack of one: its lines, body by body, each as a whole first, and by which formulas.

    `methods` are the two of the release itself: a formula that was changed since has another version.
    """

    months: list[str]
    month: str
    lines: list[Line]
    methods: tuple[Indicator, ...]


async def _shown(site: Site, month: str) -> Shown:
    return await asyncio.to_thread(_read, site, month)


def _read(site: Site, month: str) -> Shown:
    months = snapshot.months(site.settings.data_dir)[:MONTHS]
    chosen = month if month in months else next(iter(months), "")
    found = snapshot.of_month(site.settings.data_dir, chosen) if chosen else None
    return Shown(months, chosen, _lines(site, found) if found else [], _methods(found))


def _lines(site: Site, found: Snapshot) -> list[Line]:
    name = service_names(site)
    bodies, both = (found.groups(PROMISED, "body"), found.groups(PROMISED, "body", "service"))
    legal = {**found.groups(LEGAL, "body"), **found.groups(LEGAL, "body", "service")}
    return [
        Line(
            body=group[0],
            body_name=body_name(site, group[0]),
            service="".join(group[1:]),
            service_name=name(group[1]) if group[1:] else Text("全部事项", "all services"),
            answered=number.denominator,
            promised=number.numerator,
            legal_answered=by_law.denominator if (by_law := legal.get(group)) else None,
            legal=by_law.numerator if by_law else None,
            promised_share=number.value,
            legal_share=by_law.value if by_law else None,
        )
        for group, number in sorted({**bodies, **both}.items())
    ]


def _methods(found: Snapshot | None) -> tuple[Indicator, ...]:
    known = {one.indicator: one for one in listed_indicators()}
    return tuple((found and found.method(name)) or known[name] for name in (PROMISED, LEGAL))


@get("/open/performance")
async def performance(site: Site, visitor: Visitor, month: str = "", after: str | None = None) -> Response[str]:
    """The page. Raises Refused `bad-cursor` (400)."""
    shown, answers = await _shown(site, month), await _answers(site, after)
    return page(
        site,
        visitor,
        "open/performance.html",
        shown=shown,
        cite=cite,
        smallest=FLOOR,
        target=figures.TARGET * 100,
        answers=[(one, body_name(site, one.body), _about(site, one)) for one in answers.items],
        following=answers.next,
        tolerated=TOLERATED,
    )


async def _answers(site: Site, after: str | None) -> Page[Answer]:
    place = read_cursor(after, tuple[date, str]) if after else None
    found = await findings.answers(site.db, ANSWERS + 1, place)
    last = found[ANSWERS - 1] if len(found) > ANSWERS else None
    return Page(tuple(found[:ANSWERS]), cursor(last.ended, last.case_id) if last else None)


def _about(site: Site, one: Answer) -> Text:
    """What an answer is about, as far as everybody may know: the index and the service, never the case."""
    index = BY_ID[one.index].name if one.index in BY_ID else Text("办件督办", "supervision of work")
    if not one.service:
        return index
    service = service_names(site)(one.service)
    return Text(f"{index.zh}（{service.zh}）", f"{index.en} ({service.en})")


COLUMNS = ("month", "body", "body_name", "service", "service_name", "answered", "promised", "legal_answered", "legal")


@get("/open/performance.csv")
async def as_csv(site: Site, month: str = "") -> Response[str]:
    """The same figures as a table, UTF-8."""
    shown = await _shown(site, month)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in shown.lines:
        names = (one.body, one.body_name.zh, one.service, one.service_name.zh)
        writer.writerow((shown.month, *names, one.answered, one.promised, one.legal_answered, one.legal))
    return saved_file(out.getvalue(), f"performance-{shown.month}.csv", "text/csv; charset=utf-8")


@get("/open/performance.json")
async def as_json(site: Site, month: str = "") -> Response[bytes]:
    """The same figures with the indicators that they are, for programs."""
    shown = await _shown(site, month)
    said: dict[str, Any] = {
        "month": shown.month,
        "smallest_group": FLOOR,
        "methods": dict(zip(("promised", "legal"), shown.methods, strict=True)),
        "lines": shown.lines,
    }
    return Response(msgspec.json.encode(said), media_type="application/json")


ROUTES = [performance, as_csv, as_json]
