"""A case whose result lets somebody act for another: a guardian, a legal representative (民法典 23, 27, 28, 61 [M]).

The mandate is written in the transaction that issues the result, so neither stands without the other.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tongban.base.database import Connection
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import birth_date, person_id
from tongban.cases.acting import LONGEST, of_age
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.cases.moving import values_of
from tongban.cases.store import personal
from tongban.org import Mandate, Person, store
from tongban.org.mandate import Confirmed, Ground
from tongban.org.store import mandates as rows

_YEARS = timedelta(days=5 * 366)
"""After which a registered standing is looked at anew: the platform's own bound."""


def given(definition: Definition, state: CaseState, event: Event, zone: ZoneInfo) -> Also:
    """Write the mandate that the case's result is. Raises Refused at once: `of-age`; inside the transaction
    `name-differs`."""
    case, kind, facts = state.case, definition.service.result.mandate, values_of(state)
    acts = definition.procedure.acts
    deciding = next((done for done in reversed(state.acts) if done.type in acts and acts[done.type].decides), None)
    how: Confirmed = "register" if deciding and deciding.by.kind == "rules" else "counter"
    if kind == "legal-representative":
        uscc, name = str(facts["uscc"]), str(facts["business_name"])

        async def represent(connection: Connection) -> None:
            made = _mandate(case.case, uscc, name, case.applicant.id, event.at, event.at + _YEARS, how, kind)
            await rows.save_mandates(connection, [made])

        return represent
    child = facts.get("ward") == "child"
    name, number = (str(facts[f"{'child' if child else 'adult'}_{part}"]) for part in ("name", "number"))
    until = _until(birth_date(number), zone) if child else event.at + LONGEST
    if until <= event.at:
        raise refuse(
            "of-age",
            "他已经满18岁，请他自己登录后授权给您。",
            "They are of age; let them log in and give you a mandate.",
            place="child_number",
            law="民法典 17",
        )

    async def guard(connection: Connection) -> None:
        ward = await _ward(connection, name, number)
        made = _mandate(case.case, ward, name, case.applicant.id, event.at, until, how, "guardian")
        await rows.save_mandates(connection, [made])
        body = _TOLD.format(guardian=Text(case.applicant.name, case.applicant.name))
        await personal.tell(connection, ward, body, _TITLE, event.at)

    return guard


def _until(born: date | None, zone: ZoneInfo) -> datetime:
    if born is None:
        raise refuse(
            "bad-id-number", "身份证号码不对，请核对。", "The number is wrong; please check.", place="child_number"
        )
    return datetime.combine(of_age(born), time(), zone)


def _mandate(
    case: str, party: str, name: str, holder: str, since: datetime, until: datetime, how: Confirmed, ground: Ground
) -> Mandate:
    return Mandate(
        id=f"m-{case}",
        from_party=party,
        from_name=name,
        to_person=holder,
        since=since,
        until=until,
        confirmed_at=since,
        how=how,
        ground=ground,
    )


async def _ward(connection: Connection, name: str, number: str) -> str:
    """Our number for the ward; made where they have never been here."""
    await store.lock_identity(connection, "id-number", number)
    known = await store.person_with_number(connection, number)
    if known is not None:
        if known.name != name:
            raise refuse(
                "name-differs",
                "这个身份证号码登记的是另一个姓名，请核对。",
                "This number is registered under another name; please check.",
                place="name",
            )
        return known.id
    person = Person(id=person_id(), name=name, id_number=number, birth_date=birth_date(number))
    await store.save_people(connection, [person])
    return person.id


_TITLE = Text("您的监护人可以替您办事了", "Your guardian may act for you")
_TOLD = Text(
    "{guardian}作为您的监护人，可以替您办事；满18岁或者监护结束时自动停止。办过什么，您都能看到。",
    "{guardian} may act for you as your guardian until you are of age; you see everything that is done.",
)
