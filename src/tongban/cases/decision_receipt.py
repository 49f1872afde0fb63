"""The receipt of a decision: what it was made of, by whom, under which authority, and what can be done about it.

It holds all that the rules read, so that anybody with the published service files decides again from it alone and
must come to the same outcome and digest. It is signed as a statement (`base.statements`), made anew whenever its owner
asks, and kept nowhere: what is in it is in the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import letters
from tongban.cases.definition import Definition, Judged
from tongban.cases.evolve import fold
from tongban.cases.model import CaseState, Event
from tongban.cases.redecide import decided_event
from tongban.catalog import cite
from tongban.catalog.replay import compact

KIND: Final = "tongban-decision-receipt/1"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every part of a receipt: an unknown field is a fault, for it would be signed and not shown."""


class Input(_Part, frozen=True, kw_only=True):
    """A fact that some rule read, and where it is from: the applicant, or a record of the state.

    `source`, `as_of`, `read_at`, `resource` and `digest` are the record's (`sharing.Shared`); `record_says` is what it
    says where the applicant said something else, which then counted.
    """

    name: str
    label: Text
    value: Any
    from_: Literal["applicant", "record"] = msgspec.field(name="from")
    source: Text | None = None
    as_of: datetime | None = None
    read_at: datetime | None = None
    resource: str = ""
    digest: str = ""
    record_says: Any = None


class Table(_Part, frozen=True, kw_only=True):
    """The rows of one table that matched, counted from 1, and the articles that they cite."""

    table: str
    rows: tuple[int, ...]
    law: tuple[Text, ...]


class Decided(_Part, frozen=True, kw_only=True):
    """Who decided what, when, and by which chain of authority from the grant down. `body` answers for it, also where
    the rules decided and no official did."""

    seq: int
    act: str
    name: Text
    outcome: Literal["favourable", "adverse"]
    at: datetime
    by: Literal["official", "rules", "clock", "person"]
    official: str
    post: Text
    body: Text
    authority: Text
    law: Text
    in_name_of: Text | None = None


class Suggested(_Part, frozen=True, kw_only=True):
    """What a registered use suggested, and whether people followed it."""

    use: str
    name: Text
    at: datetime
    said: Text
    followed: Literal["accepted", "declined", "open"]
    by: Text
    reason: str


class Machine(_Part, frozen=True, kw_only=True):
    """What machines did, in the words of the page of the case."""

    summary: Text
    suggestions: tuple[Suggested, ...] = ()


class Remedies(_Part, frozen=True, kw_only=True):
    """What can be done against it, where, and until which day; `words` is as the letter has it."""

    reconsideration_at: Text
    reconsideration_by: date
    sue_at: Text
    sue_by: date
    words: Text


class DecisionReceipt(_Part, frozen=True, kw_only=True):
    """What is signed. `rules` is the decision of the rules as the case keeps it (`catalog.replay.compact`)."""

    case: str
    region: str
    demo: bool
    applicant: str
    service: Text
    procedure: str
    procedure_version: str
    day: date
    """The day of application: the law of this day counted."""
    inputs: tuple[Input, ...]
    rules: dict[str, Any]
    message: Text
    """What the rules say, in words."""
    outputs: dict[str, Any]
    tables: tuple[Table, ...]
    law: tuple[Text, ...]
    kept: bool
    """Whether the finding was kept when it was decided; cases of before that was done are worked out anew."""
    decided: Decided
    machine: Machine
    remedies: Remedies | None
    """None while the decision about which it is has not been made itself."""


@dataclass(frozen=True, slots=True)
class Names:
    """How people know bodies and posts, by id."""

    body: Callable[[str], Text]
    post: Callable[[str], Text]


def decision_receipt(
    definition: Definition,
    events: tuple[Event, ...],
    state: CaseState,
    machine: Machine,
    names: Names,
    *,
    demo: bool,
) -> DecisionReceipt:
    """The receipt of the decision that stands. Raises `Refused` (`not-decided`, 409)."""
    event = decided_event(events, state)
    if event is None or event.decides is None:
        raise refuse(
            "not-decided",
            "这个办件还没有作出决定，所以还没有决定凭据。作出决定以后再来下载。",
            "This case has not been decided yet, so there is no receipt of a decision. Come back when it is.",
            place="case",
            status=409,
        )
    then = fold(one for one in events if one.seq <= event.seq)
    judged = Judged(definition, then)
    found = judged.assessment
    rules = event.judged or compact(found)
    laws = {law.id: cite(law) for law in definition.service.law}
    case = state.case
    return DecisionReceipt(
        case=case.number,
        region=case.region,
        demo=demo,
        applicant=case.applicant.name,
        service=Text(*(words(definition.service.name, lang) for lang in LANGS)),
        procedure=case.procedure,
        procedure_version=case.procedure_version,
        day=case.day,
        inputs=tuple(_inputs(definition, then, rules["inputs"])),
        rules=rules,
        message=found.message,
        outputs=found.as_json()["outputs"],
        tables=tuple(
            Table(
                table=one.table.name,
                rows=tuple(one.matched),
                law=tuple(laws[law] for law in one.laws if law in laws),
            )
            for one in found.trace
        ),
        law=tuple(cite(law) for law in found.laws),
        kept=bool(event.judged),
        decided=_decided(definition, then, event, event.decides, names),
        machine=machine,
        remedies=_remedies(definition, then, event.at),
    )


def _inputs(definition: Definition, then: CaseState, read: dict[str, Any]) -> Iterator[Input]:
    for name, value in read.items():
        record, said = then.records.get(name), then.facts.get(name)
        agrees = record is not None and (said is None or str(said) == str(record.value))
        yield Input(
            name=name,
            label=definition.label(name),
            value=value,
            from_="record" if agrees else "applicant",
            source=record.source if record else None,
            as_of=record.as_of if record else None,
            read_at=record.at if record else None,
            resource=record.resource if record else "",
            digest=record.digest if record else "",
            record_says=record.value if record and not agrees else None,
        )


def _decided(
    definition: Definition, then: CaseState, event: Event, outcome: Literal["favourable", "adverse"], names: Names
) -> Decided:
    by = event.by
    return Decided(
        seq=event.seq,
        act=event.type,
        name=definition.procedure.acts[event.type].name,
        outcome=outcome,
        at=event.at,
        by=by.kind,
        official=by.name if by.kind == "official" else "",
        post=names.post(by.post) if by.post else Text("", ""),
        body=names.body(by.body) if by.body else then.office.name,
        authority=event.authority,
        law=definition.cite(event.law),
        in_name_of=names.body(event.in_name_of) if event.in_name_of else None,
    )


def _remedies(definition: Definition, then: CaseState, at: datetime) -> Remedies | None:
    found = letters.open_remedies(definition, then, at)
    if found is None:
        return None
    return Remedies(
        reconsideration_at=found.reconsideration_at,
        reconsideration_by=found.reconsideration_by,
        sue_at=found.sue_at,
        sue_by=found.sue_by,
        words=letters.remedies(definition, then, at),
    )
