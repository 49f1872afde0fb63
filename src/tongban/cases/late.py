"""What a source says after the application was handed in is put beside what the applicant said; it decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tongban.base.i18n import LANGS, Text, words
from tongban.cases.definition import Judged
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case
from tongban.cases.model import SAME, By, Event, Letter, Own
from tongban.catalog.wording import joined
from tongban.org import Actor
from tongban.sharing import Shared
from tongban.sharing.retry.model import Correction


class LateRecords:
    """The cases, as far as late answers concern them (`tongban.sharing.retry.model.Late`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def wants(self, case: str, names: Collection[str]) -> frozenset[str]:
        """Facts that the applicant stated and materials that are not filed; nothing once the case has ended."""
        found = await self._engine.find(self._engine.db, case)
        return frozenset() if found is None else _wants(found, names)

    async def correction(self, case: str) -> Correction:
        """How a record-correction case stands; one that is not there corrects nothing."""
        found = await self._engine.find(self._engine.db, case)
        if found is None:
            return "left"
        end = found.definition.procedure.states[found.state.state].end
        return "open" if end is None else "corrected" if end == "favourable" else "left"

    async def file(self, case: str, records: Mapping[str, Shared], corrected: Mapping[str, str]) -> None:
        """Beside what was said, as an event of its own. The same again changes nothing."""
        digests = "+".join(sorted({record.digest for record in records.values()}))
        about = "+".join(sorted(set(corrected.values())))
        key = f"record:{case}:{digests}:{about}" if about else f"record:{case}:{digests}"
        await self._engine.record(case, key, lambda found: _event(found, records, corrected))


def _wants(case: Case, names: Collection[str]) -> frozenset[str]:
    if case.definition.ended(case.state):
        return frozenset()
    known = case.state.facts.keys() | set(Judged(case.definition, case.state).missing)
    return frozenset(name for name in names if name in known and name not in case.state.records)


def _event(case: Case, records: Mapping[str, Shared], corrected: Mapping[str, str]) -> Event | None:
    wanted = _wants(case, records)
    if not wanted:
        return None
    found = {name: record for name, record in records.items() if name in wanted}
    said = case.state.facts
    same = [name for name, record in found.items() if name in said and str(said[name]) == str(record.value)]
    asked = {name: correction for name, correction in corrected.items() if name in found}
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
            **({"corrected": asked} if asked else {}),
        },
        records=found,
        letter=_letter(case, asked, same) if asked else None,
    )


def _letter(case: Case, corrected: Mapping[str, str], same: Collection[str]) -> Letter:
    """The person said that a record is wrong: its source has corrected it, and it was looked up again."""
    opening = case.state.case
    names = joined([case.definition.label(name) for name in corrected])
    service = Text(*(words(case.definition.service.name, lang) for lang in LANGS))
    now = _AS_SAID if all(name in same for name in corrected) else _NOT_AS_SAID
    return Letter(
        to=opening.applicant.id,
        title=Text("更正后的记录已经重新查过", "The corrected record was looked up again"),
        body=_BODY.format(names=names, service=service, case=opening.case, now=now),
        notice="record-corrected",
    )


_BODY = Text(
    "您说不对的“{names}”，来源单位核实更正了，我们已经为您办的“{service}”（{case}）重新查过。{now}",
    "The source has corrected {names}, which you said was wrong; it was looked up again for {service} ({case}). {now}",
)
_AS_SAID = Text("现在和您填的一样，您不用再做什么。", "It now says what you said; there is nothing you need to do.")
_NOT_AS_SAID = Text(
    "现在记的和您填的还是不完全一样，由工作人员核对；打开这件办件可以看到两边各是什么。",
    "It still is not quite what you said; an official will check. Open the case to see both.",
)
