"""/desk/training: what an official has learned, until when it holds, what is missing and how to get it."""

from litestar import Response, get

from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/training")
async def training(site: Site, visitor: Visitor) -> Response[str]:
    """One's own record, and whose work one does while they are away."""
    actor = official(visitor)
    directory, today = site.directory, site.today
    posts = directory.posts_held(actor.id, today)
    records = list(directory.training.of(actor.id, posts, today))
    covers = [post for post in posts if directory.stands_in_for(actor.id, post.id, today)]
    return page(site, visitor, "desk/training.html", desk=desk(site, actor, "training"), records=records, covers=covers)


ROUTES = [training]
