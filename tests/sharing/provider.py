"""A body that answers, or does not: an in-process end of the exchange whose faults a test chooses."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from tongban.base.clock import ZONE
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.sharing.channel.model import Answer, Member, Sent
from tongban.sharing.exchange import Exchange
from tongban.sharing.least import passes

AS_OF = datetime(2026, 10, 1, tzinfo=ZONE)
Fault = Callable[[Sent], None]


class Provider:
    """Answers from `records` (subject, then `resource/record`, then fields); `down` and `slow` are resources."""

    def __init__(self, records: dict[str, dict[str, dict[str, Any]]]) -> None:
        self.records = records
        self.down: set[str] = set()
        self.slow: set[str] = set()
        self.asked: list[Sent] = []
        self.refuses: dict[str, str] = {}

    async def ask(self, member: Member, sent: Sent) -> Answer:
        self.asked.append(sent)
        query = sent.query
        if query.resource in self.slow:
            await asyncio.Event().wait()
        if query.resource in self.down:
            raise refuse("source-away", "连不上", "Not reachable")
        if code := self.refuses.get(query.resource):
            raise refuse(code, "不能查。", "Not allowed.")
        record = self.records.get(query.subject, {}).get(f"{query.resource}/{query.record}")
        if record is None:
            return Answer(found=False)
        values = {field: record[field] for field in query.fields if field in record}
        tests = {test.name: passes(record.get(test.field), test) for test in query.tests}
        return Answer(
            found=True,
            values=values,
            tests=tests,
            as_of=AS_OF,
            digest=hashlib.sha256(msgspec.json.encode(values)).hexdigest(),
        )


def exchange(provider: Provider, *bodies: str) -> Exchange:
    """An exchange on which these bodies are members, all answered by one provider."""
    members = {
        body: Member(code=f"LJ/GOV/{n}/{body.rpartition('.')[2]}", name=Text(body, body), body=body, node="http://n")
        for n, body in enumerate(bodies)
    }
    return Exchange(provider, members)
