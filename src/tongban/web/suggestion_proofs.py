"""That a suggestion of an algorithm stands in the public log, for whoever is told of it on the page of its case."""

from typing import Any

from litestar import Response, get

from tongban.cases import CaseView
from tongban.ledger.receipts import SUFFIX
from tongban.ledger.records import record_proof
from tongban.web.desk.staff import official
from tongban.web.html import saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor


async def _file(site: Site, view: CaseView, call: str) -> Response[Any]:
    """Raises Refused: `unknown-suggestion` (404), `record-not-ready` (503), `record-not-provable` (409)."""
    key, said = await site.assist.account.committed(view, call)
    file = await record_proof(site.db, "machine", key, said)
    return saved_file(file, f"suggestion-{view.case}{SUFFIX}", "text/plain")


@get("/cases/{case:str}/suggestions/{call:str}/proof")
async def for_applicant(site: Site, visitor: Visitor, case: str, call: str) -> Response[Any]:
    """For the person whose case it is."""
    return await _file(site, await site.cases.view(visitor.citizen(), case), call)


@get("/desk/cases/{case:str}/suggestions/{call:str}/proof")
async def for_official(site: Site, visitor: Visitor, case: str, call: str) -> Response[Any]:
    """For an official who has the case; not while a view of their own is asked for first."""
    return await _file(site, await site.cases.view(official(visitor), case), call)


ROUTES = [for_applicant, for_official]
