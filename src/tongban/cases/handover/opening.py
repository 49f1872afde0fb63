"""Opening a case that another installation hands over: what was said and shown there is not asked again here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import birth_date, id_number_problem, is_male, person_id
from tongban.cases.batch import Also
from tongban.cases.documents import document_id, file_name
from tongban.cases.engine import Engine
from tongban.cases.handover.model import CaseMessage, Paper, Who
from tongban.cases.handover.standing import Origin
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant, Attachment, Event, Refusal
from tongban.cases.opening import digest
from tongban.cases.refusals import busy
from tongban.cases.store import personal
from tongban.cases.store.history import Key
from tongban.org import Actor, Grant, Person
from tongban.org import store as people
from tongban.sharing.channel.provider import Proved

_TRIES: Final = 5
_ISSUER: Final = "x1:"
"""Before the code of the member that says who somebody is, where an identity provider would stand."""


async def person_of(engine: Engine, proved: Proved, who: Who) -> Person:
    """The person with this identity number, made on the word of the sender if nobody here has it yet.

    That it is their word is kept beside the person. Raises `Refused`: `id-number-…`, `name-does-not-fit` (422).
    """
    if problem := id_number_problem(who.number):
        raise refuse(problem.code, problem.text.zh, problem.text.en, place="number")
    found = await people.person_with_number(engine.db, who.number)
    if found is not None:
        if found.name != who.name:
            raise refuse(
                "name-does-not-fit",
                "这个身份证号码在本地登记的姓名不一样，请核对。",
                "Here this identity number belongs to another name; please compare them.",
                place="name",
            )
        return found
    made = Person(
        id=person_id(),
        name=who.name,
        id_number=who.number,
        phone=who.phone,
        birth_date=birth_date(who.number),
        sex="male" if is_male(who.number) else "female",
        home_region=who.number[:6],
        level=who.level,
        lang=who.lang,
    )
    async with engine.db.transaction() as connection:
        await people.save_people(connection, (made,))
        await people.save_identity(connection, f"{_ISSUER}{proved.client.code}", made.id, made.id)
    return made


async def open_case(
    engine: Engine,
    proved: Proved,
    message: UUID,
    said: CaseMessage,
    remember: Callable[[str, str], Also],
) -> Case:
    """Open it, and remember the message in the same transaction.

    Raises `Refused`: whatever stands in the way of the application here, and `papers-missing` (409).
    """
    person = await person_of(engine, proved, said.who)
    region = engine.directory.current(said.region).code
    documents = await _papers(engine, region, person.id, said)
    actor = Actor.citizen(person)
    says: dict[str, Any] = {"facts": said.facts, "documents": documents}
    origin = Origin(
        installation=proved.client.code,
        name=proved.client.name,
        office=said.origin.id,
        office_name=said.origin.name,
        message=str(message),
        number=said.number,
        applied_at=said.applied_at,
        agreement=proved.purpose.grant,
        level=said.who.level,
    )
    grant = Grant(_chain(proved, said), proved.purpose.law)
    key = Key(proved.client.code, f"handover:{message}", digest("open", {}, said.number, said.service))
    for _ in range(_TRIES):
        begun = await engine.begin(
            actor,
            said.service,
            says,
            region=region,
            applicant=Applicant(person.id, person.name, person.id_number),
            records=said.records,
            people_only=said.people_only,
            owed_by=said.to.id,
            grant=grant,
            origin=origin,
        )
        if isinstance(begun.decided, Refusal):
            raise begun.decided.error()
        opening, events = begun.opening, _counted(tuple(begun.decided), said)
        if done := await engine.commit(begun.before, events, key, also=remember(opening.case, person.id)):
            return done
    raise busy()


def _counted(events: tuple[Event, ...], said: CaseMessage) -> tuple[Event, ...]:
    """Terms that start with the opening count from the day of application: a hand-over costs the person nothing."""
    first, *rest = events
    moves = tuple(
        msgspec.structs.replace(move, origin=move.origin or said.applied_at) if move.do == "start" else move
        for move in first.moves
    )
    return (msgspec.structs.replace(first, moves=moves), *rest)


def _chain(proved: Proved, said: CaseMessage) -> Text:
    """By what right it is opened in the person's name."""
    return Text(
        f"申请人在{proved.client.name.zh}提出，由{said.origin.name.zh}移送（协议{proved.purpose.grant}）",
        f"Applied for in {proved.client.name.en}, handed over by {said.origin.name.en}"
        f" (agreement {proved.purpose.grant})",
    )


async def _papers(engine: Engine, region: str, person: str, said: CaseMessage) -> dict[str, list[Attachment]]:
    """The papers that came before, under the materials that name them. Raises `Refused` (`papers-missing`, 409)."""
    filed: dict[str, list[Attachment]] = {}
    for material, papers in said.documents.items():
        filed[material] = [await _paper(engine, region, person, paper) for paper in papers]
    return filed


async def _paper(engine: Engine, region: str, person: str, paper: Paper) -> Attachment:
    wanted = document_id(region, person, paper.sha256)
    here = (await personal.documents(engine.db, person, [wanted])).get(wanted)
    if here is None:
        raise refuse(
            "papers-missing",
            f"材料“{file_name(paper.name)}”还没有收到，请先发材料。",
            f"The paper “{file_name(paper.name)}” has not arrived; send the papers first.",
            place="documents",
            status=409,
        )
    return here
