"""/console/training: per body, who lacks a training that their post needs, who is away, and whose work nobody sees.

For supervising posts: of the bodies they supervise. Figures and posts; a name only stands in the person's own record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.org import Directory, visible
from tongban.org.model import Course, Post
from tongban.web.console.machines import supervisor
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "course": Text("课程保存了，马上生效。", "The course is saved and counts from now on."),
    "sheet": Text("名单登记了，马上生效。", "The sheet is entered and counts from now on."),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One course in one body: how many need it, how many have it, and the posts that do not."""

    id: str
    body: Text
    course: Course
    needed: int
    missing: tuple[Post, ...]
    expired: tuple[Post, ...]

    @property
    def held(self) -> int:
        return self.needed - len(self.missing) - len(self.expired)


@get("/console/training")
async def training(site: Site, visitor: Visitor, said: str = "") -> Response[str]:
    """The gaps first, the widest at the top; then what is unattended."""
    actor = supervisor(visitor)
    directory, today = site.directory, site.today
    bodies = visible(directory, actor).bodies
    rows = [gap for body in bodies for gap in _gaps(directory, body, today)]
    open_ = sorted((row for row in rows if row.held < row.needed), key=lambda row: row.held - row.needed)
    unattended = [(directory.body(body).name, post) for body in bodies for post in directory.unattended(body, today)]
    return page(
        site,
        visitor,
        "console/training.html",
        desk=desk(site, actor, "training-watch"),
        gaps=open_,
        needed=sum(row.needed for row in rows),
        held=sum(row.held for row in rows),
        courses=list(directory.training.courses.values()),
        unattended=unattended,
        said=_SAID.get(said),
    )


def _gaps(directory: Directory, body: str, today: date) -> Iterator[Gap]:
    for course in directory.training.courses.values():
        found = [
            (post, directory.training.standing(person, course, today).gap)
            for post in directory.posts_of(body)
            if course.concerns(post)
            for person in directory.holders(post.id, today)
        ]
        if found:
            yield Gap(
                body,
                directory.body(body).name,
                course,
                len(found),
                tuple(post for post, gap in found if gap == "missing"),
                tuple(post for post, gap in found if gap == "expired"),
            )


ROUTES = [training]
