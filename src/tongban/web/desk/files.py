"""The files of a case: drawn page by page, and the original only for saving."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get

from tongban.base.errors import Refused, refuse
from tongban.web.desk import papers, previews
from tongban.web.desk.own_view import withheld
from tongban.web.desk.previews import Sheets, picture, sheets
from tongban.web.desk.staff import desk, official, region_names
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

SANDBOX = "default-src 'none'; sandbox"


@get("/desk/cases/{case:str}/documents/{document:str}")
async def show(site: Site, visitor: Visitor, case: str, document: str) -> Response[str]:
    """All pages of one file."""
    actor = official(visitor)
    file, data = await site.cases.document(actor, document, case=case)
    try:
        found = await sheets(file.type, data)
    except Refused:
        found = Sheets(0, 0)
    frame = desk(site, actor, "case")
    return page(site, visitor, "desk/document.html", desk=frame, case=case, file=file, sheets=found)


@get("/desk/cases/{case:str}/documents/{document:str}/original")
async def original(site: Site, visitor: Visitor, case: str, document: str) -> Response[bytes]:
    """The file itself, for saving: never shown by the browser under our address."""
    file, data = await site.cases.document(official(visitor), document, case=case)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "content-security-policy": SANDBOX,
            "cache-control": "private, no-store",
        },
    )


@get("/desk/cases/{case:str}/documents/{document:str}/{name:str}")
async def drawn(site: Site, visitor: Visitor, case: str, document: str, name: str, small: str = "") -> Response[Any]:
    """One page as a picture: `3.png`."""
    number, dot, kind = name.partition(".")
    if not (dot and kind == "png" and number.isascii() and number.isdigit() and len(number) < 4):
        raise refuse("no-such-page", "没有这一页", "There is no such page", status=404)
    file, data = await site.cases.document(official(visitor), document, case=case)
    png = await picture(file.type, data, int(number), small=bool(small))
    return Response(png, media_type="image/png", headers={"content-security-policy": SANDBOX})


@get("/desk/cases/{case:str}/documents/{document:str}/fields/{name:str}")
async def close_up(site: Site, visitor: Visitor, case: str, document: str, name: str) -> Response[Any]:
    """The place on a paper where a field was read, as a picture: `address.png`. Where it lies is what was read, never
    what the address says."""
    actor = official(visitor)
    field, dot, kind = name.partition(".")
    view = await site.cases.view(actor, case)
    file, data = await site.cases.document(actor, document, case=case)
    held = {one.call for one in await withheld(site, actor, view)}
    found = (await site.assist.precheck.of_case(view)).without(held)
    check = found.check(document, field) if (dot, kind) == (".", "png") else None
    if check is None or not check.parts:
        raise refuse("no-such-page", "没有这一页", "There is no such page", status=404)
    page = check.parts[0].page
    framed = [part.box for part in papers.marks(view, check, region_names(site)) if part.page == page]
    here = [part for part in check.parts if part.page == page]
    png = await previews.close_up(file.type, data, page + 1, papers.frame(here), framed)
    return Response(
        png,
        media_type="image/png",
        headers={"content-security-policy": SANDBOX, "cache-control": "private, no-store"},
    )


ROUTES = [show, original, drawn, close_up]
