"""A case about shared data: who owns the record it names, and what its acts do to the grant, in the same transaction.

Nothing but an act of a case (and the demonstration's seed) makes or changes a grant, so each grant has a request, a
person who agreed, and a history that nobody can rewrite (政务数据共享条例 20 to 27).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import msgspec

from tongban.base.database import Connection
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.catalog import parse_fact
from tongban.catalog.model import Service
from tongban.org import Directory
from tongban.sharing.channel.model import AllowedTest
from tongban.sharing.grants import Grant, Mode, Shelf, Suspension, store
from tongban.sharing.grants.listed import Listed, unknown_resource
from tongban.sharing.grants.model import Change, Ending

KEEPING, GRANT = "data-grant", "grant"
"""The service by which a grant without a request is suspended, resumed and ended, and its fact that names the grant."""
ATTRIBUTE, RECORD, FIELDS, TESTS, UNTIL = "attribute", "record", "fields", "tests", "until"
"""Facts of a service whose `authority.owner_of` names a resource; those it has are checked against the directory."""

_PARTS = re.compile(r"[\s,，、;；]+")
_TEST = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*(=|!=|<=|>=|<|>)\s*(.{1,60}?)\s*$")


def opened(service: Service, says: Mapping[str, Any], listed: Shelf, day: date) -> tuple[Mapping[str, Any], str]:
    """What is said at the opening, as the directory has it, and the body that owns the record; "" where none is named.

    The sharing attribute is the directory's, whatever was said. Raises Refused: `unknown-resource`, `unknown-record`,
    `field-not-listed`, `fields-missing`, `test-unreadable`, `not-shared`, `until-past`.
    """
    named = service.authority.owner_of
    if named is None:
        return says, ""
    said = says.get("facts")
    facts = dict(cast("Mapping[str, Any]", said)) if isinstance(said, Mapping) else {}
    resource = str(facts.get(named) or "").strip()
    found = listed(resource)
    if found is None:
        raise unknown_resource(resource)
    facts[named] = resource
    if FIELDS in service.facts:
        facts |= _wanted(found, facts, named)
    elif "field" in service.facts:
        found.fields(str(facts.get(RECORD) or "").strip(), (str(facts.get("field") or "").strip(),))
    if UNTIL in service.facts:
        _lies_ahead(service, facts.get(UNTIL), day)
    facts = {name: value for name, value in facts.items() if value != ""}
    return {**says, "facts": facts}, found.owner


def _wanted(found: Listed, facts: Mapping[str, Any], place: str) -> dict[str, Any]:
    """What is asked for, as the directory lists it."""
    record, wanted = str(facts.get(RECORD) or "").strip(), parts(str(facts.get(FIELDS) or ""))
    tests = read_tests(str(facts.get(TESTS) or ""))
    named = (*wanted, *(test.field for test in tests))
    found.fields(record, named)
    attribute = found.attribute_of(record, named)
    if attribute == "not-shared" or not found.open:
        raise refuse(
            "not-shared",
            "这项数据依法不予共享或者已经暂停，清单里写着理由和依据。",
            "These data are not shared, or not at present; the directory gives the reason and the law.",
            place=place,
            law="政务数据共享条例 14、15",
        )
    return {
        RECORD: record,
        FIELDS: "、".join(found.fields(record, wanted)) if wanted else "",
        TESTS: write_tests(tests),
        ATTRIBUTE: attribute,
    }


def _lies_ahead(service: Service, until: Any, day: date) -> None:
    try:
        last = parse_fact(service.facts[UNTIL], until, field=UNTIL)
    except Refused:  # what cannot be read is said with everything else that cannot
        return
    if last is not None and date.fromisoformat(str(last)) <= day:
        raise refuse(
            "until-past",
            "使用时限要在今天以后，请写用到哪一天",
            "The last day of use lies after today; say until when you need it",
            place=UNTIL,
            law="政务数据共享条例 20",
        )


def parts(text: str) -> tuple[str, ...]:
    """Names as people write them one after the other, each once."""
    return tuple(dict.fromkeys(part for part in _PARTS.split(text) if part))


def read_tests(text: str) -> tuple[AllowedTest, ...]:
    """`months_paid >= 12`, one a line. Raises Refused (`test-unreadable`)."""
    found: list[AllowedTest] = []
    for line in filter(str.strip, re.split(r"[\n;；]", text)):
        match = _TEST.match(line)
        if match is None:
            raise refuse(
                "test-unreadable",
                f"看不懂“{line.strip()[:60]}”；请写成 months_paid >= 12 这样，一行一个",
                f"“{line.strip()[:60]}” cannot be read; write one a line, like months_paid >= 12",
                place=TESTS,
            )
        field, op, value = match.groups()
        found.append(msgspec.convert({"field": field, "op": op, "value": _value(value)}, AllowedTest))
    return tuple(dict.fromkeys(found))


def write_tests(tests: tuple[AllowedTest, ...]) -> str:
    """The same lines again."""
    return "\n".join(f"{one.field} {one.op} {_word(one.value)}" for one in tests)


def _value(text: str) -> Any:
    known: dict[str, Any] = {"true": True, "false": False}
    if text in known:
        return known[text]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else text


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def grant_id(case: str) -> str:
    """The grant that comes of a request: one each."""
    return f"g.{case}"


def kept(after: CaseState, new: Sequence[Event]) -> list[Also]:
    """A case by which a grant is kept that came of no request: it is that grant's only case from its opening on.

    Raises Refused (`grant-not-to-be-kept`, 409) inside the transaction: another body's, over, or with a case already.
    """
    if after.case.service != KEEPING or new[0].opening is None:
        return []

    async def take_up(connection: Connection) -> None:
        grant, case = str(after.facts[GRANT]), after.case
        if not await store.take_up(connection, grant, case.office.id, case.case):
            raise refuse(
                "grant-not-to-be-kept",
                "这项授权已经有办件、已经终止，或者不是本单位给的。请从“数据共享”打开它。",
                "This grant has a case already, is over, or is not of this body. Open it under Shared data.",
                place=GRANT,
                law="政务数据共享条例 27",
                status=409,
            )

    return [take_up]


def granted(definition: Definition, state: CaseState, event: Event, directory: Directory) -> Also:
    """What an event does to the grant of its case. Raises Refused at once where what was agreed cannot be given:
    `field-outside-request`, `until-outside-request`."""
    case = state.case
    change = Change(
        event=f"{case.case}#{event.seq}", at=event.at, by=event.by.id, reasons=str(event.payload.get("reasons", ""))
    )
    grant = str(state.facts[GRANT]) if case.service == KEEPING else grant_id(case.case)
    match event.grant:
        case "give":
            new = _grant(definition, state, event, directory)

            async def give(connection: Connection) -> None:
                if await store.one(connection, grant) is None:
                    await store.give(connection, new, change)
                else:  # suspended in dispute: what was settled lifts it
                    await store.change(connection, grant, "resumed", change, None)

            return give
        case "suspend":
            by = event.payload.get("rectify_by")
            day = date.fromisoformat(str(by)) if by else None
            said = Suspension(at=event.at, by=change.by, reasons=change.reasons, rectify_by=day)
            return lambda connection: store.change(connection, grant, "suspended", change, msgspec.to_builtins(said))
        case "resume":
            return lambda connection: store.change(connection, grant, "resumed", change, None)
        case "end":
            over = Ending(at=event.at, by=change.by, reasons=change.reasons)
            return lambda connection: store.change(connection, grant, "ended", change, msgspec.to_builtins(over))
        case None:
            raise ValueError("the event does nothing to a grant")


def _grant(definition: Definition, state: CaseState, event: Event, directory: Directory) -> Grant:
    """As it was asked for, or less: the provider may narrow fields and time, never widen them."""
    facts, case = state.facts, state.case
    asked = parts(str(facts.get(FIELDS, "")))
    fields = parts(str(event.payload.get(FIELDS, ""))) or asked
    if extra := [field for field in fields if field not in asked]:
        raise refuse(
            "field-outside-request",
            f"对方没有申请“{'、'.join(extra)}”，只能同意申请里有的数据项",
            f"{', '.join(extra)} was not asked for; agree to what was asked for, or less",
            place=FIELDS,
            law="政务数据共享条例 20",
        )
    day, wanted = definition.local(event.at), date.fromisoformat(str(facts[UNTIL]))
    until = date.fromisoformat(str(event.payload.get(UNTIL) or wanted))
    if not day <= until <= wanted:
        raise refuse(
            "until-outside-request",
            f"使用时限要在今天和申请的{wanted.isoformat()}之间",
            f"The last day lies between today and the {wanted.isoformat()} that was asked for",
            place=UNTIL,
            law="政务数据共享条例 20",
        )
    scene, basis = str(facts.get("scene", "")), str(facts.get("basis", ""))
    asking = directory.body(case.applicant.id).name
    return Grant(
        id=grant_id(case.case),
        resource=str(facts["resource"]),
        record=str(facts[RECORD]),
        fields=fields,
        tests=read_tests(str(facts.get(TESTS, ""))),
        provider=state.office.id,
        consumer=case.applicant.id,
        service=str(facts["for_service"]),
        purpose=Text(f"{asking.zh}：{scene}", f"{asking.en}: {scene}"),
        law=Text(*(words(basis, lang) for lang in LANGS)),
        mode=Mode(str(facts["mode"])),
        since=day,
        until=until,
        case=case.case,
    )
