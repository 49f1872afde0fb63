"""/open/performance: how bodies kept their dates, for everybody: figures, method, download, and what bodies answered.

The figures are those of a month's release, by body and service, and nothing else: which groups may be shown was decided
there once (`oversight.protecting`), and they do not move afterwards. Figures that move with each case would show, from
one day to the next, whether the one case between was late.
"""

import asyncio
import csv
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Response, get

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.oversight.abuse import BY_ID
from tongban.oversight.computing import value
from tongban.oversight.files import listed_indicators
from tongban.oversight.model import FLOOR, Indicator
from tongban.oversight.opendata.files import BETWEEN, FIGURE_COLUMNS, FIGURES, TOGETHER
from tongban.oversight.opendata.files import lines as lines_of
from tongban.oversight.opendata.making import released, releases_dir
from tongban.oversight.watching import figures, store
from tongban.oversight.watching.answers import TOLERATED
from tongban.oversight.watching.model import Answer
from tongban.web.bodies import body_name
from tongban.web.desk.lists import service_names
from tongban.web.html import page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

MONTHS: Final = 12
ANSWERS: Final = 50
PROMISED: Final = "on-time-promised"
LEGAL: Final = "on-time-statutory"
_CUTS: Final = ("body", TOGETHER.join(("body", "service")))


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A body, or one service of it, in a month: answers that it owed by a date, and those given by the promised and by
    the law's. `service` is empty for the body as a whole."""

    body: str
    body_name: Text
    service: str
    service_name: Text
    answered: int
    promised: int
    legal: int


@lru_cache(maxsize=MONTHS)
def _sums(folder: Path) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    """Of each body and service that a release shows both sums of each indicator; a release never changes."""
    found: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    try:
        for row in lines_of(folder / FIGURES, FIGURE_COLUMNS):
            if row["indicator"] in (PROMISED, LEGAL) and row["by"] in _CUTS:
                body, _, service = row["group"].partition(BETWEEN)
                sums = int(row["numerator"]), int(row["denominator"])
                found.setdefault((body, service), {})[row["indicator"]] = sums
    except (Refused, OSError, ValueError):
        return {}
    return found


def _months(site: Site) -> list[str]:
    """Released months, the latest first."""
    return released(site.settings.data_dir)[: -MONTHS - 1 : -1]


def _chosen(months: list[str], month: str) -> str:
    return month if month in months else next(iter(months), "")


async def _lines(site: Site, month: str) -> list[Line]:
    """Body by body, each as a whole first."""
    name = service_names(site)
    found = await asyncio.to_thread(_sums, releases_dir(site.settings.data_dir) / month) if month else {}
    return [
        Line(
            body=body,
            body_name=body_name(site, body),
            service=service,
            service_name=name(service) if service else Text("全部事项", "all services"),
            answered=sums[PROMISED][1],
            promised=sums[PROMISED][0],
            legal=sums[LEGAL][0],
        )
        for (body, service), sums in sorted(found.items())
        if sums.keys() == {PROMISED, LEGAL}
    ]


def _methods() -> list[Indicator]:
    known = {one.indicator: one for one in listed_indicators()}
    return [known[PROMISED], known[LEGAL]]


@get("/open/performance")
async def performance(site: Site, visitor: Visitor, month: str = "") -> Response[str]:
    """The page."""
    months = await asyncio.to_thread(_months, site)
    chosen = _chosen(months, month)
    return page(
        site,
        visitor,
        "open/performance.html",
        months=months,
        chosen=chosen,
        lines=await _lines(site, chosen),
        methods=_methods(),
        cite=cite,
        smallest=FLOOR,
        target=figures.TARGET * 100,
        shares=_shares,
        answers=[(one, body_name(site, one.body), _about(site, one)) for one in await store.answers(site.db, ANSWERS)],
        tolerated=TOLERATED,
    )


def _shares(line: Line) -> tuple[Decimal | None, Decimal | None]:
    """In time by the promised date and by the law's, in percent, with the digits of the release."""
    promised, legal = _methods()
    return value(promised, line.promised, line.answered), value(legal, line.legal, line.answered)


def _about(site: Site, one: Answer) -> Text:
    """What an answer is about, as far as everybody may know: the index and the service, never the case."""
    index = BY_ID[one.index].name if one.index in BY_ID else Text("办件督办", "supervision of work")
    if not one.service:
        return index
    service = service_names(site)(one.service)
    return Text(f"{index.zh}（{service.zh}）", f"{index.en} ({service.en})")


COLUMNS = ("month", "body", "body_name", "service", "service_name", "answered", "promised", "legal")


@get("/open/performance.csv")
async def as_csv(site: Site, month: str = "") -> Response[str]:
    """The same figures as a table, UTF-8."""
    chosen = _chosen(await asyncio.to_thread(_months, site), month)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in await _lines(site, chosen):
        names = (one.body, one.body_name.zh, one.service, one.service_name.zh)
        writer.writerow((chosen, *names, one.answered, one.promised, one.legal))
    return saved_file(out.getvalue(), f"performance-{chosen}.csv", "text/csv; charset=utf-8")


@get("/open/performance.json")
async def as_json(site: Site, month: str = "") -> Response[bytes]:
    """The same figures with the indicators that they are, for programs."""
    chosen = _chosen(await asyncio.to_thread(_months, site), month)
    said: dict[str, Any] = {
        "month": chosen,
        "smallest_group": FLOOR,
        "methods": dict(zip(("promised", "legal"), _methods(), strict=True)),
        "lines": await _lines(site, chosen),
    }
    return Response(msgspec.json.encode(said), media_type="application/json")


ROUTES = [performance, as_csv, as_json]
