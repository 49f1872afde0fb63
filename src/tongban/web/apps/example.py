"""An example of a program that uses us, as one page (`static/example-app.js`): what a phone app or a mini-program does.

Only in a demonstration. It uses nothing but what any program can: the authorisation page, the tokens, the API.
"""

from litestar import Response, get

from tongban.base.errors import refuse
from tongban.org.apps import EXAMPLE
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/example-app")
async def example(site: Site, visitor: Visitor) -> Response[str]:
    """The program's only page."""
    if site.apps.find(EXAMPLE) is None:
        raise refuse("no-demo", "本站不是演示。", "This is no demonstration.", status=404)
    return page(site, visitor, "open/example_app.html", client=EXAMPLE, issuer=site.settings.address)


ROUTES = [example]
