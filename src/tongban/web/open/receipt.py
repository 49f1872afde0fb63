"""Checking a receipt in the browser alone: the page brings the log's keys and the words, and asks nobody afterwards."""

import base64
import hashlib
from importlib.resources import files

import msgspec
from litestar import Response, get

from tongban.ledger.faults import FAULTS
from tongban.ledger.receipts import BOTH_SUITES, LIMITS, NO_WITNESS, POINTS, VERDICTS
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

SCRIPTS = "sm2.js", "receipt.js"
"""In this order: the second uses the first."""


def _words() -> str:
    """Every sentence of the checker, in both languages."""
    return msgspec.json.encode(
        {
            "faults": {str(fault): text for fault, text in FAULTS.items()},
            "points": {str(point): text for point, text in POINTS.items()},
            "verdicts": {str(holds).lower(): text for holds, text in VERDICTS.items()},
            "unwitnessed": NO_WITNESS,
            "both": BOTH_SUITES,
        }
    ).decode()


def scripts() -> str:
    """The whole checker as one script."""
    static = files("tongban.web").joinpath("static")
    return "".join(static.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)


@get("/open/receipt")
async def check(site: Site, visitor: Visitor) -> Response[str]:
    """The page; with no script it says how else a receipt is checked."""
    policy = bytes(site.public_log.policy).decode()
    return page(site, visitor, "open/receipt.html", policy=policy, words=_words(), limits=LIMITS)


@get("/open/receipt/offline.html")
async def offline(site: Site, visitor: Visitor) -> Response[bytes]:
    """The same as one file to be kept: it has its script and its keys in it, and may call nobody."""
    script = scripts()
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = site.pages.render(
        visitor,
        "open/receipt_offline.html",
        policy=bytes(site.public_log.policy).decode(),
        words=_words(),
        limits=LIMITS,
        script=script,
        allowed=allowed,
    )
    headers = {
        "content-disposition": "attachment; filename=check-receipt.html",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(html.encode(), media_type="text/html", headers=headers)


ROUTES = [check, offline]
