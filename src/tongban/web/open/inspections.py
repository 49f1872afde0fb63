"""/open/inspections: which inspections there are, how often one may be inspected, and every draw, for everybody."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.catalog.model import Service, Table
from tongban.catalog.wording import Wording, joined
from tongban.oversight import draws
from tongban.web.bodies import body_name
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN = 20


@get("/open/inspections")
async def inspections(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """国办发〔2024〕54号 [S]: an inspection that is not published may be refused."""
    found = await draws.latest(site.db, None, after, _SHOWN)
    services = [one for one in site.catalogue.of_duty() if one.procedure == "inspection"]
    return page(
        site,
        visitor,
        "open/inspections.html",
        services=services,
        tables={one.service: [_told(one, table) for table in one.tables.values()] for one in services},
        laws={one.service: [cite(law) for law in one.law] for one in services},
        draws=[(one, body_name(site, one.body)) for one in found.items],
        following=found.next,
    )


class Told(NamedTuple):
    """A table of a service in words: its name, what it gives, and each row: when, how much, and a note of the file."""

    name: Text
    gives: Text
    rows: tuple[tuple[Text, str, str], ...]


def _told(service: Service, table: Table) -> Told:
    words, width = Wording.of(service), len(table.inputs)
    rows = tuple(
        (_when(words, table.inputs, row[:width]), str(row[width]), str(row[-1].get("note") or "")) for row in table.rows
    )
    return Told(_text(table.name), _text(table.outputs[0].label), rows)


def _when(words: Wording, inputs: Sequence[str], cells: Sequence[Any]) -> Text:
    said = [words.is_(name, _feel(cell)) for name, cell in zip(inputs, cells, strict=True) if cell != "-"]
    return joined(said, Text("，并且", "and")) if said else Text("都算", "always")


def _feel(cell: Any) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _text(words: Text | str) -> Text:
    return words if isinstance(words, Text) else Text(words, words)


ROUTES = [inspections]
