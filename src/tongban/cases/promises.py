"""告知承诺: who may commit in plain words instead of handing in a paper, and the memory of a promise that was false.

浙江省保障“最多跑一次”改革规定 14: what was promised is verified within 60 working days; who promised falsely is not
offered it again. The verification is a state of the same case with a clock of its own
(`procedures/informed-promise.yaml`), so it cannot be forgotten. The memory is asked one question only, by
`may_promise`, and by nothing else: a person who once promised falsely applies with papers as everybody may, and no
other service learns of it.
"""

from __future__ import annotations

from datetime import datetime

from tongban.base.database import Connection, Database
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.cases.store import promises as store
from tongban.cases.store.promises import Broken
from tongban.catalog.model import Service
from tongban.catalog.wording import day_words
from tongban.terms import add_months

REPAIR = "promise-repair"
"""The service by which a person has the memory corrected, or ended after they put things right (信用修复)."""
_LAW = "浙江省保障“最多跑一次”改革规定 14"


def relied_on(definition: Definition) -> bool:
    """Whether a case of this procedure rests on a promise instead of papers."""
    return any(act.promise == "broken" for act in definition.procedure.acts.values())


async def may_promise(db: Database | Connection, service: Service, person: str, now: datetime) -> None:
    """Raises Refused (`promise-not-offered`, 409) with the case, the law, for how long, and what can be done."""
    standing = [one for one in await store.of_person(db, person) if one.stands(now)]
    if not standing:
        return
    last = max(standing, key=lambda one: one.until)
    until = day_words(last.until)
    raise refuse(
        "promise-not-offered",
        f"办件{last.case_id}的承诺查实不真实，{until.zh}以前不能再选告知承诺。请改选“交材料”，照样可以办；"
        "已经改正的，可以申请信用修复，记错了可以要求更正。",
        f"The promise in case {last.case_id} was found to be untrue, so until {until.en} no promise can stand for "
        "papers. Please choose to send the papers; the service is open to you as before. If you have put things right "
        "you can ask for repair, and if the record is wrong for its correction.",
        place=service.promise.by if service.promise else "",
        law=_LAW,
        status=409,
    )


async def remembered(db: Database | Connection, person: str) -> tuple[Broken, ...]:
    """Everything that is remembered of a person, ended ones too, for that person's own page."""
    return await store.of_person(db, person)


def effect(definition: Definition, state: CaseState, event: Event) -> Also:
    """What an act does to the memory, in the transaction that writes the act."""
    match event.promise:
        case "broken":
            return _begin(definition, state, event)
        case _:
            return _end(state, event)


def _begin(definition: Definition, state: CaseState, event: Event) -> Also:
    case, promise = state.case, definition.service.promise
    day = definition.local(event.at)
    until = add_months(day, 12 * (promise.years if promise else 1))
    broken = Broken(
        person=case.applicant.id,
        case_id=case.case,
        region=case.region,
        service=case.service,
        since=event.at,
        until=until,
    )

    async def remember(connection: Connection) -> None:
        await store.remember(connection, broken)

    return remember


def _end(state: CaseState, event: Event) -> Also:
    case = state.case
    if case.about is None:
        raise ValueError("a promise is repaired in a case about the one in which it was broken")
    about = case.about.case

    async def end(connection: Connection) -> None:
        if not await store.end(connection, case.applicant.id, about, case.case, event.at):
            raise refuse(
                "nothing-remembered",
                "这个办件没有留下承诺不真实的记录，不用修复。",
                "No false promise is remembered of that case; there is nothing to repair.",
                place="case_number",
                status=409,
            )

    return end


LIMITS = Text(
    "这条记录只用来决定您能不能再选告知承诺，不作别的用，也不给别的事项看；最长三年。",
    "This record decides only whether you can choose a promise again. It is used for nothing else, no other service "
    "sees it, and it lasts three years at most.",
)
"""What the page of a person says of the memory."""
