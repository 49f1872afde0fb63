"""数据共享: what this body may see of others' records and others of its, and the requests behind it.

A grant is changed by the acts of its case and by nothing else, so each line leads there. Another body's grant is 404.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.cases import between, correspondence
from tongban.cases.granting import GRANT, KEEPING
from tongban.cases.projections import FAR, CaseRow
from tongban.catalog.wording import joined
from tongban.ledger.receipts import SUFFIX
from tongban.ledger.records import record_proof
from tongban.org import Actor, Role
from tongban.sharing.channel.model import AllowedTest
from tongban.sharing.grants import Grant, Standing, store
from tongban.sharing.grants.model import MODES, STANDINGS, What
from tongban.sharing.store import Reads
from tongban.web.bodies import body_name
from tongban.web.conformance import system_of
from tongban.web.desk.asking import in_name_of
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form
from tongban.web.html import go, page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
SOON = timedelta(days=30)
"""How long before its last day a grant is said to end."""

TONES: dict[Standing, str] = {
    Standing.COMING: "mute",
    Standing.IN_FORCE: "ok",
    Standing.SUSPENDED: "seal",
    Standing.EXPIRED: "mute",
    Standing.ENDED: "mute",
}
CHANGES: dict[What, Text] = {
    "given": Text("给予授权", "Given"),
    "suspended": Text("暂停", "Suspended"),
    "resumed": Text("恢复", "Resumed"),
    "ended": Text("终止", "Ended"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A grant in a list. `soon` when it is in force and ends within `SOON`."""

    grant: Grant
    resource: Text
    other: Text
    """The body, or kind of body, at the other end."""
    service: Text
    state: Text
    tone: str
    soon: bool

    used: datetime | None
    """When somebody last looked under it."""
    record: Text
    fields: Text
    tests: Text


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in a list."""

    case: str
    service: Text
    state: Text
    other: Text
    due: datetime | None
    late: bool
    mine: bool


@get("/desk/sharing")
async def sharing(
    site: Site,
    visitor: Visitor,
    after: str | None = None,
    held_after: str | None = None,
    asked_after: str | None = None,
) -> Response[str]:
    """What waits for this official, what is held, what is given, what was asked for."""
    actor = official(visitor)
    held, more_held = await _some(store.taken_by, site, _called(site, actor), held_after)
    given, more_given = await _some(store.given_by, site, _watched(site, actor), after)
    soon = site.clock() + SOON  # a yearly check that is far off does not press
    waiting = [row for row in await between.waiting_asking(site.cases.engine, actor) if row.due_at <= soon]
    waiting += [row for row in await between.waiting_above(site.cases.engine, actor) if row not in waiting]
    ending = await store.ending(site.db, _called(site, actor), site.today, site.today + SOON)
    asked = await site.cases.asked(actor, after=asked_after, limit=ROWS)
    return page(
        site,
        visitor,
        "desk/sharing.html",
        desk=desk(site, actor, "sharing"),
        waiting=[_asked(site, row, actor) for row in waiting],
        ending=await _lines(site, ending, own=False),
        held=await _lines(site, held, own=False),
        given=await _lines(site, given, own=True),
        conformance=await system_of(site, actor.body),
        unread=await correspondence.unread(site.cases.engine, actor),
        watches=len(_watched(site, actor)) > 1,
        asked=[_asked(site, row, actor) for row in asked.items],
        more_given=f"/desk/sharing?after={more_given}" if more_given else "",
        more_held=f"/desk/sharing?held_after={more_held}" if more_held else "",
        more_asked=f"/desk/sharing?asked_after={asked.next}" if asked.next else "",
    )


@get("/desk/sharing/grants/{grant:str}")
async def grant(site: Site, visitor: Visitor, grant: str) -> Response[str]:
    """One grant and everything that happened to it: for both ends, and for the sharing authority of the provider."""
    actor = official(visitor)
    found = await _seen(site, actor, grant)
    own = found.provider == actor.body
    (line,) = await _lines(site, [found], own=own)
    return page(
        site,
        visitor,
        "desk/grant.html",
        desk=desk(site, actor, "sharing"),
        line=line,
        own=own,
        above=_above(site, actor, found),
        keeps=_may_keep(site, actor, found),
        key=secrets.token_urlsafe(12),
        provider=body_name(site, found.provider),
        consumer=consumer(site, found),
        mode=MODES[found.mode],
        changes=[(at, CHANGES[what], reasons) for at, what, _, reasons in await store.changes(site.db, found.id)],
    )


@get("/desk/sharing/grants/{grant:str}/proof")
async def proof(site: Site, visitor: Visitor, grant: str) -> Response[Any]:
    """That a grant stands in the public log just so, as a file, for whoever may see the grant.

    Raises Refused: `record-not-ready` (503), `record-not-provable` (409) where it was changed since it was given.
    """
    found = await _seen(site, official(visitor), grant)
    said = await store.committed(site.db, found.id) or ""
    file = await record_proof(site.db, "grant", found.id, said)
    return saved_file(file, f"grant{SUFFIX}", "text/plain")


@post("/desk/sharing/grants/{grant:str}")
async def keep(site: Site, visitor: Visitor, grant: str, form: Form) -> Response[Any]:
    """Open the case in which a grant is suspended, resumed and ended that came of no request."""
    actor = official(visitor)
    found = await _seen(site, actor, grant)
    if not _may_keep(site, actor, found):
        raise refuse(
            "not-the-provider",
            "由数据提供单位的审批岗、负责人，或者同级数字政务中心立案。",
            "Deciders and heads of the body that provides the data, or of its sharing authority, open this.",
            law="政务数据共享条例 27",
            status=403,
        )
    holder = holder_of(site, found)
    view = await site.cases.submit(
        actor,
        KEEPING,
        {GRANT: found.id},
        region=site.directory.body(found.provider).region,
        key=form.text("key"),
        applicant=in_name_of(site, holder),
        owed_by=found.provider,
    )
    return go(f"/desk/cases/{view.case}")


async def _seen(site: Site, actor: Actor, grant: str) -> Grant:
    """A grant that this official may see. Raises Refused (`unknown-grant`, 404), also for what is others' alone."""
    found = await store.one(site.db, grant)
    if found is None or not (
        found.provider == actor.body or found.consumer in _called(site, actor) or _above(site, actor, found)
    ):
        raise refuse("unknown-grant", "没有这项授权，或者不归您看。", "There is no such grant here.", status=404)
    return found


def _above(site: Site, actor: Actor, grant: Grant) -> bool:
    """Whether this is the sharing authority of the provider's level (政务数据共享条例 8, 27)."""
    return _is_authority(site, actor, grant.provider)


def _may_keep(site: Site, actor: Actor, grant: Grant) -> bool:
    mine = grant.provider == actor.body or _above(site, actor, grant)
    decides = bool({Role.DECIDE, Role.HEAD} & actor.roles)
    return mine and decides and not grant.case and grant.ended is None


def holder_of(site: Site, grant: Grant) -> str:
    """The body that answers for the use of a grant: its consumer; of a grant to all bodies of a kind the one of the
    provider's region, else the highest there is."""
    directory = site.directory
    if directory.has(grant.consumer):
        return grant.consumer
    region = directory.body(grant.provider).region
    alike = [one for one in directory.register.bodies if one.kind == grant.consumer]
    return next((one.id for one in alike if one.region == region), alike[0].id if alike else grant.provider)


async def _some(
    listed: Callable[[Reads, Sequence[str], tuple[date, str] | None, int], Awaitable[list[Grant]]],
    site: Site,
    whose: Sequence[str],
    after: str | None,
) -> tuple[Sequence[Grant], str | None]:
    """One page of grants, and where the next begins."""
    place = read_cursor(after, tuple[date, str]) if after else None
    rows = await listed(site.db, whose, place, ROWS + 1)
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    return rows[:ROWS], cursor(last.until, last.id) if last else None


def _watched(site: Site, actor: Actor) -> list[str]:
    """This body, and where it is the sharing authority the bodies whose grants it may suspend."""
    bodies = (one.id for one in site.directory.register.bodies)
    return [actor.body, *(one for one in bodies if one != actor.body and _is_authority(site, actor, one))]


def _is_authority(site: Site, actor: Actor, provider: str) -> bool:
    authority = site.directory.sharing_authority(provider) if site.directory.has(provider) else None
    return authority is not None and authority.id == actor.body


def _called(site: Site, actor: Actor) -> list[str]:
    """What a grant may call this body."""
    return [actor.body, site.directory.body(actor.body).kind]


def consumer(site: Site, grant: Grant) -> Text:
    """Who holds it: a body, or every body of a kind."""
    kind = (one for one in site.directory.register.bodies if one.kind == grant.consumer)
    own = None if site.directory.has(grant.consumer) else next(kind, None)
    if own is None:
        return body_name(site, grant.consumer)
    where = site.directory.region(own.region).name
    bare = Text(own.name.zh.removeprefix(where.zh), own.name.en.removesuffix(f" of {where.en}"))
    return Text("各级{kind}", "{kind}, at every level").format(kind=bare)


async def _lines(site: Site, grants: Sequence[Grant], *, own: bool) -> list[Line]:
    used = await store.last_used(site.db, [one.id for one in grants])
    return [_line(site, one, used.get(one.id), own=own) for one in grants]


def _line(site: Site, grant: Grant, used: datetime | None, *, own: bool) -> Line:
    standing = grant.standing(site.today)
    listed = site.cases.engine.listed(grant.resource)

    def named(field: str) -> Text:
        code = field or grant.record
        return Text(code, code) if listed is None else listed.named(grant.record, field)

    return Line(
        grant=grant,
        resource=Text(grant.resource, grant.resource) if listed is None else listed.name,
        other=consumer(site, grant) if own else body_name(site, grant.provider),
        service=_service(site, grant.service),
        state=STANDINGS[standing],
        tone=TONES[standing],
        used=used,
        soon=standing is Standing.IN_FORCE and grant.until - site.today <= SOON,
        record=named(""),
        fields=joined([named(field) for field in grant.fields]),
        tests=joined([_test(one, named(one.field)) for one in grant.tests]),
    )


def _test(test: AllowedTest, field: Text) -> Text:
    value = "…" if test.value is None else str(test.value)
    return Text(f"{field.zh} {test.op} {value}", f"{field.en} {test.op} {value}")


def _service(site: Site, slug: str) -> Text:
    known = {one.service for one in site.catalogue.services()}
    return service_names(site)(slug) if slug in known else Text(slug, slug)


def _asked(site: Site, row: CaseRow, actor: Actor) -> Asked:
    mine = row.applicant == actor.body
    other = row.body if mine else row.applicant
    return Asked(
        case=row.case_id,
        service=service_names(site)(row.service),
        state=row.state_name,
        other=site.directory.body(other).name if site.directory.has(other) else Text(row.applicant_name, "a person"),
        due=None if row.due_at == FAR else row.due_at,
        late=row.open and row.due_at < site.clock(),
        mine=mine,
    )


ROUTES = [sharing, grant, keep, proof]
