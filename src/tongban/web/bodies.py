"""What a body is called, wherever it is. No page is lost because one line of it names a body that is not ours."""

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.web.site import Site


def body_name(site: Site, body: str) -> Text:
    """The name in the register; of whoever is not in it the name as the owner of listed data, else the id itself."""
    if site.directory.has(body):
        return site.directory.body(body).name
    owners = (one.owner for one in site.sharing.directory.now.resources.values())
    return next((one.name for one in owners if one.id == body), Text(body, body))


def post_name(site: Site, post: str) -> Text:
    """The title of a post; of one that is no longer in the register its id."""
    try:
        return site.directory.post(post).title
    except Refused:
        return Text(post, post)
