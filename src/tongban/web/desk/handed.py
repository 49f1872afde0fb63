"""转出去的: what this official's bodies handed on; who has it now, since when, and the receipt that proves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.base.page import Page
from tongban.cases import handed
from tongban.cases.handed import Handed
from tongban.web.desk.lists import service_names
from tongban.web.desk.queue import Chip
from tongban.web.desk.staff import desk, official
from tongban.web.html import page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 30
Stands = Literal["", "waiting", "working", "ended"]
_STANDS: dict[Stands, Text] = {
    "": Text("全部", "All"),
    "waiting": Text("等对方接收", "To be taken over"),
    "working": Text("对方在办", "They work on it"),
    "ended": Text("已经办结", "Answered"),
}
_EMPTY: dict[Stands, Text] = {
    "": Text("本机关没有转出去的件。", "This body has handed nothing on."),
    "waiting": Text("没有等对方接收的件。", "Nothing waits to be taken over."),
    "working": Text("对方手里没有在办的件。", "The others have none in hand."),
    "ended": Text("转出去的件还没有办结的。", "None of what was handed on has been answered yet."),
}


@dataclass(frozen=True, slots=True)
class List:
    """The page: what waits, then what was taken over; the chips; where it goes on."""

    stands: str
    chips: tuple[Chip, ...]
    services: tuple[Chip, ...]
    waiting: Sequence[Handed]
    more_waiting: str
    taken: Sequence[Handed]
    more: str
    empty: Text


@get("/desk/handed")
async def listed(
    site: Site, visitor: Visitor, stands: str = "", service: str = "", after: str | None = None
) -> Response[str]:
    """What was handed on, with what waits to be taken over first."""
    actor, engine = official(visitor), site.cases.engine
    view: Stands = next((known for known in get_args(Stands) if known == stands), "")
    one = service[:60]
    waiting: Page[Handed] = Page(())
    taken: Page[Handed] = Page(())
    if view == "waiting" or (view == "" and after is None):
        waiting = await handed.leaving(engine, actor, after, ROWS, one)
    if view != "waiting":
        taken = await handed.handed_on(engine, actor, after, ROWS, view, one)
    slugs = sorted({row.slug for row in (*waiting.items, *taken.items)} | ({one} - {""}))
    name = service_names(site)
    return page(
        site,
        visitor,
        "desk/handed.html",
        desk=desk(site, actor, "handed"),
        list=List(
            view,
            tuple(Chip(words, _address(key, one), key == view) for key, words in _STANDS.items()),
            tuple(Chip(name(slug), _address(view, "" if slug == one else slug), slug == one) for slug in slugs),
            waiting.items,
            _address("waiting", one, waiting.next) if waiting.next else "",
            taken.items,
            _address(view, one, taken.next) if taken.next else "",
            _EMPTY[view],
        ),
    )


@get("/desk/handed/{case:str}/receipt")
async def receipt(site: Site, visitor: Visitor, case: str) -> Response[Any]:
    """The receipt that the receiving body signed, as a file: a compact JWS over the digest of all that went along."""
    signed = await handed.receipt(site.cases.engine, official(visitor), case)
    return saved_file(signed.encode(), f"{case}-custody.jws", "application/jose")


def _address(stands: str, service: str, after: str = "") -> str:
    parts = {"stands": stands, "service": service, "after": after}
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"/desk/handed?{query}" if query else "/desk/handed"


ROUTES = [listed, receipt]
