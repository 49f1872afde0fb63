"""Cases to measure drafting on: every example of every service file, opened by the engine, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.cases import Applicant, Attachment, CaseState, CaseView, Command, Definition, Refusal, fold
from tongban.cases.decide import decide
from tongban.cases.loaded import Case
from tongban.cases.model import Office, Opening
from tongban.catalog import variant
from tongban.catalog.model import Example, Fact, FactType, Service
from tongban.catalog.procedure import Procedure
from tongban.org import Actor, Grant
from tongban.org.model import Person
from tongban.terms import Calendar

REGION = "990101"
PERSON = Person(id="p-example", name="周晓岚", home_region=REGION, level=2)
NUMBER = "11010519491231002X"
_PLAIN: dict[FactType, Any] = {
    FactType.TEXT: "周晓岚",
    FactType.LONG_TEXT: "卖菜",
    FactType.INTEGER: "1",
    FactType.NUMBER: "1",
    FactType.MONEY: "1",
    FactType.BOOLEAN: "true",
    FactType.DATE: "1990-01-01",
    FactType.ID_NUMBER: NUMBER,
    FactType.USCC: "91110000600037341L",
    FactType.PHONE: "13800000000",
    FactType.REGION: REGION,
    FactType.BANK_ACCOUNT: "6222020200112233445",
}
_PDF = (Attachment("990101-a", "a.pdf", "application/pdf", 10, "00"),)
_PICTURE = (Attachment("990101-b", "b.jpg", "image/jpeg", 10, "00"),)


def views(services: Iterable[Service], procedures: dict[str, Procedure]) -> Iterator[CaseView]:
    """Each example twice: with every paper filed, and with none. One that opens no case is left out."""
    calendar = Calendar.china()
    for service in services:
        for example in service.examples:
            for complete in (True, False):
                if (view := _opened(service, example, procedures, calendar, complete=complete)) is not None:
                    yield view


def _opened(
    service: Service, example: Example, procedures: dict[str, Procedure], calendar: Calendar, *, complete: bool
) -> CaseView | None:
    facts = _facts(service, example)
    found = variant(service, facts, example.on)
    definition = Definition(service, procedures[found.procedure], calendar, ZONE, found.terms)
    now = datetime.combine(example.on, time(9), ZONE)
    filed = {m.slug: list(_PDF if "pdf" in m.material.accepts else _PICTURE) for m in found.materials if complete}
    opening = Opening(
        f"{REGION}-261103-00000001",
        REGION,
        service.service,
        service.version,
        definition.procedure.procedure,
        definition.procedure.version,
        now.date(),
        Office("office", Text("清源区办事机构（演示）", "Qingyuan office (demonstration)")),
        Applicant(PERSON.id, PERSON.name, NUMBER),
    )
    actor = Actor.citizen(PERSON)
    says = {"facts": facts, "documents": filed}
    command = Command(definition.opens, actor, Grant(Text("本人", "in person"), ""), says, opening=opening)
    events = decide(definition, CaseState(), command, now)
    if isinstance(events, Refusal):
        return None
    case = Case(definition, fold(events), tuple(events))
    return CaseView(case, actor, True, now, lambda _: None, None)


def _facts(service: Service, example: Example) -> dict[str, str]:
    given = dict(example.given)
    for name in variant(service, given, example.on).unknown:
        given[name] = _plain(service.facts[name])
    return {name: str(value) for name, value in given.items()}


def _plain(fact: Fact) -> Any:
    return fact.choices[0].value if fact.type is FactType.ENUM else _PLAIN[fact.type]
