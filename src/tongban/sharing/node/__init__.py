"""The small service a department runs beside its own data: it answers verified questions from declared columns.

`config` reads its file, `connectors` reach the data, `answering` gives the least answer, `serving` puts it behind the
exchange, `checking` looks whether all stands where the file says.
"""

from collections.abc import Iterable
from importlib import import_module

from tongban.sharing.node.config import Files, NodeConfig, Rest, Sql

_LIBRARIES = {
    Sql: ("tongban.sharing.node.connectors.sql",),
    Files: ("duckdb", "tongban.sharing.node.connectors.files"),
    Rest: ("tongban.sharing.node.connectors.rest",),
}


def preload(configs: Iterable[NodeConfig]) -> None:
    """Load what these nodes will need, once, in the process that they are forked from: some libraries load their
    parts when they are first used, so they are used here, on nothing."""
    kinds = {type(source) for config in configs for source in config.sources.values()}
    for name in ("granian.server.embed", "tongban.sharing.node.serving", *(n for k in kinds for n in _LIBRARIES[k])):
        import_module(name)
    import_module("tongban.sharing.node.serving").client()
    if Sql in kinds:
        import_module("tongban.sharing.node.connectors.sql").rehearse()
