"""A node's answer to one verified question: only what is declared, compared where the data are, masked when it leaves.

Whether the asker may ask at all has been settled by the channel (member, right, purpose). What is declared here is
the department's own second lock: it holds even if the registry were wrong.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tongban.base.errors import Refused
from tongban.base.telemetry import Log
from tongban.sharing.channel.model import Answer, Asked, Query, Test
from tongban.sharing.node.config import Field, NodeConfig, Record
from tongban.sharing.node.connectors import Connector, Row, connect
from tongban.sharing.node.faults import Fault, SourceFault, refusal
from tongban.sharing.node.values import TooLong, Value, WrongType, holds, shown, typed

_SUBJECT = re.compile(r"[0-9A-Z]{15,18}", re.ASCII)
_MOST_FIELDS = 100


class Node:
    """The answering side of a node: its declared records and the connectors to them. Close with `close`."""

    def __init__(self, config: NodeConfig, folder: Path, log: Log | None = None) -> None:
        self.config = config
        self._log = log or Log()
        self._zone = ZoneInfo(config.zone)
        scratch = folder / config.data / "copies"
        self.connectors: Mapping[str, Connector] = {
            name: connect(source, folder, self._zone, scratch / name) for name, source in config.sources.items()
        }

    async def answer(self, query: Query, asked: Asked) -> Answer:  # noqa: ARG002 -- the channel's signature
        """The answer. Raises `Refused` with a stable code of `faults.Fault`; nothing else."""
        record = self.config.record(query.resource, query.record)
        place = f"{query.resource}/{query.record}"
        if record is None:
            raise refusal(Fault.RESOURCE_NOT_HERE, place)
        self._permit(query, record)
        wanted = dict.fromkeys((*query.fields, *(test.field for test in query.tests)))
        columns = tuple(dict.fromkeys(record.fields[name].column for name in wanted))
        try:
            row = await self.connectors[record.source].read(record, query.subject, columns)
            if row is None:
                return Answer(found=False)
            return self._told(query, record, row, {name: self._value(name, record, row) for name in wanted})
        except SourceFault as fault:
            self._log.event("source-fault", code=fault.fault, service=place, reason=fault.detail.replace(" ", "-"))
            raise refusal(fault.fault, place) from None
        except Refused:
            raise
        except Exception as error:
            self._log.error("source-failed", error, service=place)
            raise refusal(Fault.SOURCE_UNREADABLE, place) from None

    async def close(self) -> None:
        """Let go of every source."""
        for connector in self.connectors.values():
            await connector.close()

    def _permit(self, query: Query, record: Record) -> None:
        if not query.fields and not query.tests:
            raise refusal(Fault.NOTHING_ASKED)
        if not _SUBJECT.fullmatch(query.subject):
            raise refusal(Fault.SUBJECT_MALFORMED)
        if len(query.fields) + len(query.tests) > _MOST_FIELDS:
            raise refusal(Fault.FIELD_NOT_DECLARED)
        may = record.may_leave()
        for name in query.fields:
            if name not in record.fields:
                raise refusal(Fault.FIELD_NOT_DECLARED, name)
            if name not in may:
                raise refusal(Fault.FIELD_DOES_NOT_LEAVE, name)
        for test in query.tests:
            _permit_test(test, record)

    def _value(self, name: str, record: Record, row: Row) -> Value | None:
        field = record.fields[name]
        try:
            return typed(row.values[field.column], field.type, self._zone)
        except WrongType:
            raise SourceFault(Fault.WRONG_TYPE, f"{name} is no {field.type}") from None
        except TooLong:
            raise SourceFault(Fault.TOO_LARGE, name) from None

    def _told(self, query: Query, record: Record, row: Row, values: Mapping[str, Value | None]) -> Answer:
        told: dict[str, Any] = {}
        for name in query.fields:
            value = values[name]
            told[name] = None if value is None else shown(value, record.fields[name].mask)
        truths = {test.name: self._truth(test, record.fields[test.field], values[test.field]) for test in query.tests}
        return Answer(found=True, values=told, tests=truths, as_of=row.as_of)

    def _truth(self, test: Test, field: Field, value: Value | None) -> bool | None:
        return holds(value, test.op, test.value, field.type, self._zone)


def _permit_test(test: Test, record: Record) -> None:
    field = record.fields.get(test.field)
    if field is None:
        raise refusal(Fault.FIELD_NOT_DECLARED, test.field)
    if not any(allowed.allows(test) for allowed in record.tests):
        raise refusal(Fault.TEST_NOT_ALLOWED, test.field)
    try:
        holds(None, test.op, test.value, field.type, ZoneInfo("UTC"))
    except WrongType:
        raise refusal(Fault.TEST_MALFORMED, test.field) from None


def open_node(config: NodeConfig, folder: Path, log: Log | None = None) -> Node:
    """A node's answers: give its `answer` to the channel's provider side. Paths are taken from `folder`.

    Raises `Refused` for a secret that is not there; sources themselves are opened with the first question.
    """
    return Node(config, folder, log)
