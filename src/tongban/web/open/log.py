"""The public log for everybody: what it is, and its files for auditors and witnesses (C2SP tlog-tiles)."""

from litestar import Response, get

from tongban.base.errors import Refused, refuse
from tongban.ledger.log import PREFIX
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_FOREVER = {"cache-control": "public, max-age=31536000, immutable", "access-control-allow-origin": "*"}
_NOW = {"cache-control": "public, max-age=1", "access-control-allow-origin": "*"}
_ANYBODY = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}


@get(PREFIX)
async def about(site: Site, visitor: Visitor) -> Response[str]:
    """What the log is, how large it is, and how anybody checks it."""
    log = site.public_log
    return page(site, visitor, "open/log.html", log=log, shown=await log.shown(), address=site.settings.address)


@get(f"{PREFIX}/checkpoint")
async def checkpoint(site: Site) -> Response[bytes]:
    """The newest checkpoint that enough witnesses have signed. Raises Refused (404) before the first."""
    head = await site.public_log.head()
    if head is None or not head.published:
        raise _nothing()
    return Response(head.published.encode(), media_type="text/plain", headers=_NOW)


@get(f"{PREFIX}/policy.json")
async def policy(site: Site) -> Response[bytes]:
    """The keys of the log and its witnesses, to be kept by whoever checks."""
    return Response(bytes(site.public_log.policy), media_type="application/json", headers=_ANYBODY)


@get(f"{PREFIX}/tile/{{path:path}}")
async def tile(site: Site, path: str) -> Response[bytes]:
    """A tile or a bundle of entries; it never changes. Raises Refused (404)."""
    data = await site.public_log.file(f"tile/{path.lstrip('/')}")
    if data is None:
        raise _nothing()
    return Response(data, media_type="application/octet-stream", headers=_FOREVER)


def _nothing() -> Refused:
    return refuse("not-in-the-log", "日志里没有这个文件", "The log has no such file", status=404)


ROUTES = [about, checkpoint, policy, tile]
