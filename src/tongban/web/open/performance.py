"""/open/performance: how bodies kept their dates, for everybody: figures, method, download, and what bodies answered.

Counts of months that are over and of the running one, by body and service; what has fewer than ten cases is shown
together with others or not at all, so that nobody is found behind a number.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Final

import msgspec
from litestar import Response, get

from tongban.base.i18n import Text
from tongban.oversight.abuse import BY_ID
from tongban.oversight.watching import figures, store
from tongban.oversight.watching.answers import TOLERATED
from tongban.oversight.watching.method import METHODS, Name
from tongban.oversight.watching.model import Answer
from tongban.web.bodies import body_name
from tongban.web.desk.lists import service_names
from tongban.web.html import page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

MONTHS: Final = 12
SMALLEST: Final = figures.FEWEST
ANSWERS: Final = 50


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A body, or one service of it, in a month. Counts; `service` is empty for the body as a whole, and the last three
    are None where fewer than ten were owed by a date."""

    body: str
    body_name: Text
    service: str
    service_name: Text
    ended: int
    owed: int | None
    promised: int | None
    legal: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month to choose."""

    value: str
    first: date
    after: date


def months(today: date) -> list[Month]:
    """This month and those before it, the latest first."""
    found: list[Month] = []
    after = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for _ in range(MONTHS):
        first = (after - timedelta(days=1)).replace(day=1)
        found.append(Month(f"{first:%Y-%m}", first, after))
        after = first
    return found


async def lines(site: Site, month: Month) -> list[Line]:
    """Bodies and services with at least ten cases, bodies in the order of the register; small services are in their
    body's line alone. A service that would be the only one left out of its body's line is left out with another."""
    rows = await store.performance(site.db, month.first, month.after, site.watch.services())
    name = service_names(site)
    by_body: dict[str, list[Line]] = {}
    for row in rows:
        body = body_name(site, row["body"])
        line = Line(body_name=body, service_name=name(row["service"]), **dict(row))
        by_body.setdefault(row["body"], []).append(line)
    found: list[Line] = []
    for body, own in sorted(by_body.items()):
        whole = _together(body, own)
        if whole.ended >= SMALLEST:
            found += [_without_few(one) for one in (whole, *shown_lines(own))]
    return found


def _without_few(one: Line) -> Line:
    if (one.owed or 0) >= SMALLEST:
        return one
    return msgspec.structs.replace(one, owed=None, promised=None, legal=None)


def _together(body: str, own: list[Line]) -> Line:
    ended, owed, promised, legal = (
        sum(getattr(one, part) or 0 for one in own) for part in ("ended", "owed", "promised", "legal")
    )
    return Line(
        body=body,
        body_name=own[0].body_name,
        service="",
        service_name=Text("全部事项", "all services"),
        ended=ended,
        owed=owed,
        promised=promised,
        legal=legal,
    )


def shown_lines(own: list[Line]) -> list[Line]:
    """What is hidden must not follow from what is shown: the hidden ones have ten cases together, or none is hidden."""
    ranked = sorted(own, key=lambda one: (-one.ended, one.service))
    shown = [one for one in ranked if one.ended >= SMALLEST]
    hidden = sum(one.ended for one in ranked) - sum(one.ended for one in shown)
    while shown and 0 < hidden < SMALLEST:
        hidden += shown.pop().ended
    return shown


@get("/open/performance")
async def performance(site: Site, visitor: Visitor, month: str = "") -> Response[str]:
    """The page."""
    choices = months(site.today)
    chosen = _chosen(choices, month)
    found = await lines(site, chosen)
    return page(
        site,
        visitor,
        "open/performance.html",
        months=choices,
        chosen=chosen,
        bodies=_grouped(found),
        methods=[METHODS[name] for name in (Name.PROMISED, Name.LEGAL)],
        smallest=SMALLEST,
        target=figures.TARGET,
        answers=[(one, body_name(site, one.body), _about(site, one)) for one in await store.answers(site.db, ANSWERS)],
        tolerated=TOLERATED,
        share=_share,
    )


def _share(part: int | None, whole: int | None) -> figures.Share:
    return figures.Share(part or 0, whole or 0)


def _chosen(choices: list[Month], month: str) -> Month:
    return next((one for one in choices if one.value == month), choices[0])


def _grouped(found: list[Line]) -> list[tuple[Line, list[Line]]]:
    whole = [one for one in found if not one.service]
    return [(one, [part for part in found if part.service and part.body == one.body]) for one in whole]


def _about(site: Site, one: Answer) -> Text:
    """What an answer is about, as far as everybody may know: the index and the service, never the case."""
    index = BY_ID[one.index].name if one.index in BY_ID else Text("办件督办", "supervision of work")
    if not one.service:
        return index
    service = service_names(site)(one.service)
    return Text(f"{index.zh}（{service.zh}）", f"{index.en} ({service.en})")


COLUMNS = ("month", "body", "body_name", "service", "service_name", "ended", "owed", "promised", "legal")


@get("/open/performance.csv")
async def as_csv(site: Site, month: str = "") -> Response[str]:
    """The same figures as a table, UTF-8."""
    chosen = _chosen(months(site.today), month)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in await lines(site, chosen):
        names = (one.body, one.body_name.zh, one.service, one.service_name.zh)
        writer.writerow((chosen.value, *names, one.ended, one.owed, one.promised, one.legal))
    return saved_file(out.getvalue(), f"performance-{chosen.value}.csv", "text/csv; charset=utf-8")


@get("/open/performance.json")
async def as_json(site: Site, month: str = "") -> Response[bytes]:
    """The same figures with their method, for programs."""
    chosen = _chosen(months(site.today), month)
    methods = {name.value: METHODS[name] for name in (Name.PROMISED, Name.LEGAL)}
    said = {"month": chosen.value, "smallest_group": SMALLEST, "methods": methods, "lines": await lines(site, chosen)}
    return Response(msgspec.json.encode(said), media_type="application/json")


ROUTES = [performance, as_csv, as_json]
