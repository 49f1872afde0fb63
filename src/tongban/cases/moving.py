"""A case about a power that moves: delegated, concentrated or moved down, changed, ended; published with the act.

Nothing but an act of a case (and the demonstration's seed) makes or changes a move, so each has a body that decided, a
head who approved it, a notice, and a history (行政许可法 24, 25). The register's entry is the publication: the open
page reads it, and nothing takes effect before the day it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any, Literal, cast

import msgspec

from tongban import certs
from tongban.base.database import Connection
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.cases.batch import Also
from tongban.cases.model import Applicant, CaseState, Opening
from tongban.catalog.model import Service
from tongban.org import Competence, Delegation, Directory, Register, store
from tongban.org.moved import Limit, MoveKind

SERVICE = "power-delegation"
"""The service by which a body delegates, or asks that powers be concentrated or moved down."""
_LAW = "行政许可法 24"
_PARTS = re.compile(r"[\s,，、;；]+")


# --- which move counts for a case -----------------------------------------------------------------------------------


def figures(directory: Directory, body: str, service: str, values: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """What the limits on a body's moved powers ask for, rounded up; what is not known or no figure is left out."""
    found: list[tuple[str, int]] = []
    for fact in sorted(directory.moved.figures(body, service)):
        try:
            whole = Decimal(str(values.get(fact, ""))).to_integral_value(ROUND_CEILING)
            found.append((fact, int(whole)))
        except (InvalidOperation, ValueError, OverflowError):
            continue
    return tuple(found)


def competence(directory: Directory, service: Service, region: str, values: Mapping[str, Any]) -> Competence:
    """The body that answers for a service in a region, moved powers counted in. Raises Refused: as the directory's."""
    kind, level = service.authority.body, service.authority.level
    held = directory.competence(kind, level, region)
    if not directory.moved.given_by(held.body.id):
        return held
    known = dict(figures(directory, held.body.id, service.service, values))
    return directory.competence(kind, level, region, service.service, known)


def values_of(state: CaseState) -> dict[str, Any]:
    """What a case says of each fact, records first."""
    return {**state.facts, **{name: record.value for name, record in state.records.items()}}


def moved_by(directory: Directory, office: str, service: str, region: str, day: date, values: Mapping[str, Any]) -> str:
    """The move by which an office answers in another body's place, in its own name; "" where it is its own power."""
    known = dict(figures(directory, office, service, values))
    held = (one for one in directory.moved.held_by(office) if one.own_name)
    return next((one.id for one in held if one.reaches(service, "*", region, day, None, known)), "")


def exercised(state: CaseState, directory: Directory) -> certs.Exercised | None:
    """Who exercised the power that a certificate rests on, where it is not simply its issuer's own."""
    case = state.case
    deciding = next((done for done in reversed(state.acts) if done.delegation and done.by.kind == "official"), None)
    move = directory.moved.named(deciding.delegation if deciding else case.moved_by)
    if move is None:
        return None
    body = directory.body(move.to_body)
    return certs.Exercised(body=body.id, name=body.name, words=directory.signature(move))


# --- what an application for a move says -----------------------------------------------------------------------------


def opened(service: str, says: Mapping[str, Any], applicant: Applicant, directory: Directory, day: date) -> None:
    """Refuse at once what could never be published. Raises Refused: as `Directory.check_move`, `unknown-delegation`,
    `delegation-past`, `not-your-act`."""
    if service != SERVICE:
        return
    said = says.get("facts")
    facts: Mapping[str, Any] = cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}
    if not directory.has(applicant.id):
        raise refuse(
            "not-your-act", "只有机关可以委托职权。", "Only a body delegates its powers.", status=403, law=_LAW
        )
    directory.check_move(_move(facts, "new", applicant.id, directory, day))


def _move(facts: Mapping[str, Any], case: str, giver: str, directory: Directory, day: date) -> Delegation:
    """The entry as it would stand after the act of this day. Nothing begins before it is published."""
    change = str(facts.get("change", ""))
    before = _before(facts, giver, directory) if change in ("change", "end") else None
    if change == "end" and before is not None:
        until = max(day, _day(facts, "until") or day)
        if before.until is not None:
            until = min(until, before.until)
        return msgspec.structs.replace(before, until=until, ended_why=_text(facts, "why"), case=case)
    services = _parts(facts, "services")
    if not services or (change == "make" and not facts.get("kind")):
        raise refuse(
            "delegation-content-missing",
            "请写明是哪一种、转给谁、哪些事项。",
            "Say which kind it is, to which body, and for which services.",
            place="services" if not services else "kind",
            law=_LAW,
        )
    since, until = max(day, _day(facts, "since") or day), _day(facts, "until")
    kind = MoveKind(str(facts.get("kind") or MoveKind.DELEGATED))
    return Delegation(
        id=before.id if before else f"move.{case}",
        from_body=giver,
        to_body=str(facts.get("to_body") or ""),
        kind=kind,
        services=frozenset(services),
        acts=frozenset(_parts(facts, "acts") or ("*",)),
        regions=frozenset(_parts(facts, "regions") or (directory.body(giver).region,)),
        since=before.since if before else since,
        until=until,
        law=str(facts.get("law") or _LAW),
        published_on=day,
        notice=_text(facts, "notice", "notice_en"),
        decision=_text(facts, "decision"),
        decided_by=str(facts.get("decided_by") or ""),
        approved_by=_text(facts, "approved_by"),
        limits=_limits(facts),
        running=cast("Literal['finish', 'return']", str(facts.get("running") or "return")),
        case=case,
    )


def _before(facts: Mapping[str, Any], giver: str, directory: Directory) -> Delegation:
    named = str(facts.get("delegation") or "").strip()
    found = directory.moved.named(named)
    if found is None or found.from_body != giver:
        raise refuse(
            "unknown-delegation",
            "没有这一项，或者不是本机关转出去的。编号在公开的清单里。",
            "There is no such delegation of this body. Its number stands in the open list.",
            place="delegation",
            status=404,
        )
    return found


def _limits(facts: Mapping[str, Any]) -> tuple[Limit, ...]:
    fact, most = str(facts.get("limit_fact") or "").strip(), facts.get("limit_at_most")
    return (Limit(fact=fact, at_most=int(str(most))),) if fact and most not in (None, "") else ()


def _parts(facts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _PARTS.split(str(facts.get(name) or "")) if part))


def _text(facts: Mapping[str, Any], name: str, english: str = "") -> Text:
    zh = str(facts.get(name) or "").strip()
    return Text(zh, str(facts.get(english) or "").strip() or zh)


def _day(facts: Mapping[str, Any], name: str) -> date | None:
    said = facts.get(name)
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:  # said with everything else that cannot be read
        return None


# --- the act that publishes it ---------------------------------------------------------------------------------------


def effect(state: CaseState, directory: Directory, day: date) -> Also:
    """What the approving act writes beside the event. Raises Refused at once: `not-the-deciding-body`, and as
    `opened`; inside the transaction `delegation-changed` where another act was quicker."""
    case = state.case
    move = _move(state.facts, case.case, case.applicant.id, directory, day)
    _decided_by_whom_it_must(case, move)
    directory.check_move(move)
    stood = directory.moved.named(move.id)

    async def publish(connection: Connection) -> None:
        now = {one.id: one for one in await store.delegations(connection)}
        if now.get(move.id) != stood:
            raise refuse(
                "delegation-changed",
                "这一项刚刚被另一件改过，请刷新后再办。",
                "This was changed by another case a moment ago; reload and look again.",
                status=409,
            )
        await store.save(connection, Register(delegations=(move,)))

    return publish


def _decided_by_whom_it_must(case: Opening, move: Delegation) -> None:
    """委托、下放 by the body that holds the power; 集中 by the provincial government (行政许可法 24, 25)."""
    decides = move.decided_by if move.kind is MoveKind.CONCENTRATED else move.from_body
    if case.office.id != decides:
        raise refuse(
            "not-the-deciding-body",
            "委托、下放由有这项职权的机关决定；集中行使由省人民政府决定。",
            "The body that holds the power decides to delegate it or move it down; powers are concentrated by the "
            "provincial government.",
            law="行政许可法 24、25",
            status=403,
        )


def deciding_body(facts: Mapping[str, Any], giver: str) -> str:
    """The body that the case belongs to."""
    concentrated = facts.get("kind") == MoveKind.CONCENTRATED and facts.get("change") != "end"
    return str(facts.get("decided_by") or giver) if concentrated else giver
