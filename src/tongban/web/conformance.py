"""How far what bodies connect agrees with the dictionary, for the console and for each body's own desk."""

import asyncio
from datetime import timedelta

from tongban.base.errors import Refused
from tongban.oversight.registers.conformance import System, judged, read_nodes
from tongban.sharing.channel.centre import FILE, bodies_of
from tongban.sharing.node.config import NodeConfig
from tongban.sharing.retry import store
from tongban.web.site import Site


async def systems(site: Site) -> list[System]:
    """Every body, the lowest score first."""
    open_questions = await store.unanswered(site.db, site.clock() - timedelta(days=1))
    return await asyncio.to_thread(_judged, site, open_questions)


async def system_of(site: Site, body: str) -> System | None:
    """One body; None where it connects nothing."""
    return next((one for one in await systems(site) if one.body == body), None)


def _judged(site: Site, open_questions: dict[str, int]) -> list[System]:
    """A node's file that cannot be read is its own command's to tell (`tongban node check`); the rest is judged."""
    folder = site.settings.data_dir
    nodes: list[NodeConfig] = []
    try:
        nodes = read_nodes(folder)
    except Refused as refused:
        site.log.event("node-file-unread", code=refused.code)
    return judged(site.sharing.directory.now, nodes, bodies_of(folder / FILE), open_questions, site.today)
