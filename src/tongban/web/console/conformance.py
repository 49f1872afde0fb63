"""/console/conformance: each body's score with every finding, and the formula; for other posts the own body's."""

import asyncio
from datetime import timedelta
from functools import partial

from litestar import Response, get

from tongban.base.errors import Refused
from tongban.org import visible
from tongban.oversight.registers.conformance import System, judged, read_nodes, weights
from tongban.sharing.channel.centre import FILE, bodies_of
from tongban.sharing.node.config import NodeConfig
from tongban.sharing.retry import store
from tongban.web.bodies import body_name
from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/console/conformance")
async def conformance(site: Site, visitor: Visitor) -> Response[str]:
    """The lowest score first."""
    actor = official(visitor)
    frame = desk(site, actor, "conformance")
    bodies = {actor.body, *(visible(site.directory, actor).bodies if frame.supervises else ())}
    open_questions = await store.unanswered(site.db, site.clock() - timedelta(days=1))
    systems = await asyncio.to_thread(_judged, site, open_questions)
    return page(
        site,
        visitor,
        "console/conformance.html",
        desk=frame,
        systems=[one for one in systems if one.body in bodies],
        weights=weights(),
        body_name=partial(body_name, site),
    )


def _judged(site: Site, open_questions: dict[str, int]) -> list[System]:
    """A node's file that cannot be read is its own command's to tell (`tongban node check`); the rest is judged."""
    folder = site.settings.data_dir
    nodes: list[NodeConfig] = []
    try:
        nodes = read_nodes(folder)
    except Refused as refused:
        site.log.event("node-file-unread", code=refused.code)
    return judged(site.sharing.directory.now, nodes, bodies_of(folder / FILE), open_questions, site.today)


ROUTES = [conformance]
