"""/console/machines: how each AI use behaves and how officials use it; what narrowed itself, and taking it up again.

For supervising posts only: each sees the regions that their own body lies over, and officials' figures of the bodies
they supervise, nobody else's.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.assist.records import EVERYWHERE
from tongban.assist.watch.narrowing import AUTONOMY_NAMES, Autonomy, widened
from tongban.assist.watch.records import Round
from tongban.base.errors import Problem, Refused, refuse
from tongban.catalog.use import Use
from tongban.ledger.receipts import SUFFIX
from tongban.ledger.records import record_proof
from tongban.org import Actor, Role, visible
from tongban.org import store as people
from tongban.org.entries import lineage
from tongban.web.console import machine_words as words
from tongban.web.desk.staff import desk, official, region_names
from tongban.web.forms import Form
from tongban.web.html import go, page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor


def supervisor(visitor: Visitor) -> Actor:
    """Whoever supervises. Raises Refused: as `official`; `not-a-supervisor` (403) for any other post."""
    actor = official(visitor)
    if Role.SUPERVISE not in actor.roles:
        raise refuse(
            "not-a-supervisor",
            "这一页给监督岗位看。您对某条建议有看法，请在办件页上写明。",
            "This page is for supervising posts. What you think of a suggestion belongs on its case.",
            status=403,
        )
    return actor


@get("/console/machines")
async def machines(site: Site, visitor: Visitor) -> Response[str]:
    """Every use that is watched, with the regions in view."""
    actor = supervisor(visitor)
    watch, name = site.assist.watch, region_names(site)
    rounds = [one for one in await watch.rounds() if in_view(site, actor, one.region)]
    found: list[words.Machine] = []
    for use in _watched(site):
        own = [one for one in rounds if one.use == use.use]
        lines = (words.place(one, words.region_name(name, one.region), watch.level(use.use, one.region)) for one in own)
        found.append(words.Machine(use, tuple(lines)))
    changes = [
        words.change(one)
        for use in _watched(site)
        for one in await watch.changes(use.use, limit=20)
        if in_view(site, actor, one.region)
    ]
    changes.sort(key=lambda one: one.change.at, reverse=True)
    return page(
        site,
        visitor,
        "console/machines.html",
        desk=desk(site, actor, "machines"),
        machines=found,
        changes=changes[:12],
        narrowed=sum(one.level.tag != "ok" for machine in found for one in machine.places),
        suggested=sum(one.suggested for one in rounds),
        settled=sum(one.accepted + one.declined for one in rounds),
        region=partial(words.region_name, name),
        uses={use.use: use for use in _watched(site)},
    )


@get("/console/machines/{use:str}/{region:str}")
async def machine(site: Site, visitor: Visitor, use: str, region: str) -> Response[str]:
    """One use in one region: figures, groups, officials, history."""
    actor = supervisor(visitor)
    return await _machine(site, visitor, actor, use_in_view(site, actor, use, region), region)


@get("/console/machines/{use:str}/{region:str}/proof")
async def proof(site: Site, visitor: Visitor, use: str, region: str) -> Response[Any]:
    """That these figures stand in the public log just so, as a file. They are of everybody, with groups that a public
    page would hide: only for those who read them here.

    Raises Refused: `not-measured` (404), `record-not-ready` (503), `record-not-provable` (409).
    """
    use_in_view(site, supervisor(visitor), use, region)
    found = await site.assist.watch.committed(use, region)
    if found is None:
        raise refuse("not-measured", "这里还没有测过", "Nothing was measured here yet", status=404)
    file = await record_proof(site.db, "machine-score", *found)
    return saved_file(file, f"figures-{use}-{region}{SUFFIX}", "text/plain")


@post("/console/machines/{use:str}/{region:str}")
async def widen(site: Site, visitor: Visitor, form: Form, use: str, region: str) -> Response[str] | Response[None]:
    """Take it up again, with a reason that is published."""
    actor = supervisor(visitor)
    found = use_in_view(site, actor, use, region)
    sent = form.text("level")
    try:
        if sent not in {one.value for one in Autonomy}:
            raise refuse("level-missing", "请选恢复到哪一级", "Choose how far it may be used", place="level")
        await site.assist.watch.widen(actor, use, region, Autonomy(sent), form.text("why"))
    except Refused as refused:
        return await _machine(site, visitor, actor, found, region, refused.problems, refused.status)
    return go(f"/console/machines/{use}/{region}")


async def _machine(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    use: Use,
    region: str,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response[str]:
    watch, name = site.assist.watch, region_names(site)
    laid_down = use.watch
    if laid_down is None:
        raise AssertionError("a use without a watch has no page")
    rounds = [one for one in await watch.rounds(use.use) if one.region == region]
    found: Round | None = rounds[0] if rounds else None
    bodies = [body for body in visible(site.directory, actor).bodies if _lies_in(site, body, region)]
    officials = await watch.officials(use.use, bodies)
    names = await people.names(site.db, [one.person for one in officials])
    level = watch.level(use.use, region)
    steps = [(one, AUTONOMY_NAMES[one]) for one in Autonomy if widened(laid_down, level, one)]
    return page(
        site,
        visitor,
        "console/machine.html",
        status=status,
        desk=desk(site, actor, "machines"),
        use=use,
        watch=laid_down,
        region=region,
        where=words.region_name(name, region),
        level=words.Level.of(level),
        found=found,
        bars=words.bars(found.judged) if found else (),
        kin=words.kin(found.groups) if found else (),
        officials=[
            words.colleague(one, names.get(one.person, one.person), site.directory.body(one.body).name, laid_down)
            for one in officials
        ],
        changes=[words.change(one) for one in await watch.changes(use.use, region)],
        steps=steps if watch.supervises(actor, use.use, region) else [],
        problems=problems,
        address=f"/console/machines/{use.use}/{region}",
    )


def _watched(site: Site) -> list[Use]:
    return [use for use in site.assist.gate.register.uses() if use.watch is not None]


def use_in_view(site: Site, actor: Actor, use: str, region: str) -> Use:
    """A use that is watched, in a region that this supervisor oversees. Raises Refused `unknown-use` (404)."""
    found = next((one for one in _watched(site) if one.use == use), None)
    known = region == EVERYWHERE or any(one.code == region for one in site.directory.register.regions)
    if found is None or not known or not in_view(site, actor, region):
        raise refuse(
            "unknown-use", "没有这个算法应用，或者不归您监督。", "There is no such use, or it is not yours.", status=404
        )
    return found


def in_view(site: Site, actor: Actor, region: str) -> bool:
    """A body oversees its own region and those inside it; the province also what is counted nowhere in particular."""
    if region == EVERYWHERE:
        return site.directory.region(actor.region).level == "province"
    return actor.region in lineage(region)


def _lies_in(site: Site, body: str, region: str) -> bool:
    return region == EVERYWHERE or site.directory.body(body).region == region


ROUTES = [machines, machine, widen, proof]
