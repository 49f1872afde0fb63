"""Ways to a department's data, all behind one protocol. Each is imported only where a node's file names it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from tongban.sharing.node.config import Files, Record, Rest, Source, Sql
from tongban.sharing.node.faults import Fault, SourceFault
from tongban.sharing.node.values import WrongType, typed


class Row(NamedTuple):
    """One record as the source has it: column (or path) → value, and how old it is where the source says."""

    values: Mapping[str, Any]
    as_of: datetime | None


class Found(NamedTuple):
    """What `look` sees of a declared record: the type of each column by its name, and what the operator should know."""

    columns: Mapping[str, str]
    warnings: tuple[str, ...] = ()


class Connector(Protocol):
    """A source of data. Only the columns it is given are ever asked for."""

    async def read(self, record: Record, subject: str, columns: tuple[str, ...]) -> Row | None:
        """The one row of `subject`; None if there is none. Raises `SourceFault`."""
        ...

    async def look(self, record: Record) -> Found:
        """Connects and says what the declared columns are, without reading a row. Raises `SourceFault`."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


def moment(raw: Any, zone: ZoneInfo) -> datetime | None:
    """How old a record is, as its source writes it. Raises `SourceFault`."""
    try:
        found = typed(raw, "datetime", zone)
    except WrongType:
        raise SourceFault(Fault.WRONG_TYPE, "as_of") from None
    return found if isinstance(found, datetime) else None


def connect(source: Source, folder: Path, zone: ZoneInfo, scratch: Path) -> Connector:
    """The connector for a source; nothing is opened before the first question. Paths are taken from `folder`.

    `scratch` is a folder of the node's own for copies of files in another form.
    """
    match source:
        case Sql():
            from tongban.sharing.node.connectors.sql import SqlConnector

            return SqlConnector(source, folder, zone)
        case Files():
            from tongban.sharing.node.connectors.files import FilesConnector

            return FilesConnector(source, folder, zone, scratch)
        case Rest():
            from tongban.sharing.node.connectors.rest import RestConnector

            return RestConnector(source, zone)
