"""What a source says after the application was handed in is put beside what the applicant said; it decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tongban.cases.definition import Judged
from tongban.cases.engine import Case, Engine
from tongban.cases.model import SAME, By, Event, Own
from tongban.org import Actor
from tongban.sharing import Shared


class LateRecords:
    """The cases, as far as late answers concern them (`tongban.sharing.retry.model.Late`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def wants(self, case: str, names: Collection[str]) -> frozenset[str]:
        """Facts that the applicant stated and materials that are not filed; nothing once the case has ended."""
        found = await self._engine.find(self._engine.db, case)
        return frozenset() if found is None else _wants(found, names)

    async def file(self, case: str, records: Mapping[str, Shared]) -> None:
        """Beside what was said, as an event of its own. The same again changes nothing."""
        digests = "+".join(sorted({record.digest for record in records.values()}))
        await self._engine.record(case, f"record:{case}:{digests}", lambda found: _event(found, records))


def _wants(case: Case, names: Collection[str]) -> frozenset[str]:
    if case.definition.ended(case.state):
        return frozenset()
    known = case.state.facts.keys() | set(Judged(case.definition, case.state).missing)
    return frozenset(name for name in names if name in known and name not in case.state.records)


def _event(case: Case, records: Mapping[str, Shared]) -> Event | None:
    wanted = _wants(case, records)
    if not wanted:
        return None
    found = {name: record for name, record in records.items() if name in wanted}
    said = case.state.facts
    same = [name for name, record in found.items() if name in said and str(said[name]) == str(record.value)]
    actor = Actor.clock()
    return Event(
        seq=case.state.seq + 1,
        type=Own.RECORDED,
        at=max(record.at for record in found.values()),
        by=By(actor.kind, actor.id, actor.name),
        to=SAME,
        payload={
            "same": same,
            "different": [name for name in found if name in said and name not in same],
            "papers": [name for name in found if name not in said],
        },
        records=found,
    )
