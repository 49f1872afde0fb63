"""From a template and its values to a response."""

from typing import Any
from urllib.parse import quote

from litestar import Response

from tongban.web.site import Site
from tongban.web.visitor import Visitor, local


def page(site: Site, visitor: Visitor, template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A page in the reader's language."""
    html = site.pages.render(visitor, template, **values)
    return Response(html, status_code=status, media_type="text/html; charset=utf-8")


def go(address: str) -> Response[None]:
    """On to another page of this site after something was done (303: reloading does not repeat it)."""
    return Response(None, status_code=303, headers={"location": local(address)})


def saved_file(data: Any, name: str, media_type: str) -> Response[Any]:
    """A file to be saved. Never displayed as a page of ours, whatever it holds."""
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type=media_type, headers=headers)
