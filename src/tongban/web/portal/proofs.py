"""The receipt of one's case as a file: the whole history with its proof from the public log."""

from typing import Any

from litestar import Response, get

from tongban.base.errors import refuse
from tongban.cases.receipts import receipt_of
from tongban.ledger.receipts import SUFFIX
from tongban.web.html import saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/cases/{case:str}/proof")
async def proof(site: Site, visitor: Visitor, case: str, until: int | None = None) -> Response[Any]:
    """The receipt, up to event `until` or to the last that the log has. Raises Refused (`receipt-not-ready`, 503)."""
    view = await site.cases.view(visitor.citizen(), case)
    last = view.state.seq if until is None else max(1, min(until, view.state.seq))
    found = await receipt_of(site.db, case, last)
    if found is None:
        raise refuse(
            "receipt-not-ready",
            "回执还在做，几秒钟以后再来下载。办件已经收到，不受影响。",
            "The receipt is still being made; come back in a few seconds. Your case is not affected.",
            status=503,
        )
    return saved_file(found.file, f"{case}-{found.seq}{SUFFIX}", "text/plain")


ROUTES = [proof]
