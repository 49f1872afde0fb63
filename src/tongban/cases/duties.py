"""依职权: what a body began of its own duty and has under way, and what it found when it inspected a business before.

The yearly limit and the points of risk of an inspection are rules of its service file; how often in twelve months and
what the last one found are the two facts of them that the cases themselves know, so that nobody types them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tongban.base.errors import refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant, By
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.store import lists
from tongban.cases.views import CaseView
from tongban.catalog.model import Audience, Service
from tongban.org import Actor, Directory

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

COUNTED = frozenset({"checked_this_year", "last_found", "draw", "inspectors_drawn"})
"""The facts of an inspection that `known` knows, so that they are not asked."""
_INSPECTION = "inspection"
_OWN, _JOINING = ("inspector_one", "inspector_two"), ("joining_one", "joining_two")
_SENDS: Mapping[str, tuple[str, str]] = {
    "send": _OWN,
    "replace-inspectors": _OWN,
    "agree-visit": _JOINING,
    "replace-own": _JOINING,
}
"""The acts by which a body sends somebody, with the fields that name them."""
_REPLACES = frozenset({"replace-inspectors", "replace-own"})
_ON_SITE = ("arrive", "record-finding")
_NEXT = "、"
_YEAR = timedelta(days=365)
_MOST = 400
"""Inspections looked at: more than one a day would be its own scandal."""
_UNCOUNTED = frozenset({"complaint", "follow-up"})
"""Causes that the limit does not count (国办发〔2024〕54号 [S])."""


def of_duty(view: CaseView) -> bool:
    """Whether a body began the case itself, so that nobody applied and nothing is asked for in it."""
    return view.loaded.definition.service.audience == (Audience.GOVERNMENT,)


async def under_way(engine: Engine, actor: Actor, services: list[str], after: str | None, limit: int) -> Page[CaseRow]:
    """Open cases of these services that the actor's own body leads, soonest due first.

    Raises Refused (`bad-cursor`, 400).
    """
    place = read_cursor(after, tuple[datetime, str]) if after else lists.FIRST
    rows = await lists.of_services(engine.db, services, [actor.body] if actor.body else [], place, limit + 1)
    following = cursor(rows[limit - 1].due_at, rows[limit - 1].case_id) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), following)


async def known(
    engine: Engine, actor: Actor, service: str, facts: Mapping[str, Any], whose: Applicant | None
) -> Mapping[str, Any]:
    """The facts of an inspection with what the cases count themselves in the place of whatever was said of it.

    Raises Refused `not-the-inspected` (422) where the case would be of another than the business that is named.
    """
    if actor.kind != "official" or not engine.directory.has(actor.body):
        return facts
    region = engine.directory.body(actor.body).region
    found = next((one for one in engine.catalogue.of_duty(region=region) if one.service == service), None)
    if found is None or found.procedure != _INSPECTION:
        return facts
    said = {name: value for name, value in facts.items() if name not in COUNTED}
    code = str(facts.get("uscc") or "").upper()
    if whose is None or whose.id.upper() != code:
        raise refuse(
            "not-the-inspected",
            "办件要记在被检查的那一家名下：写明它的统一社会信用代码。",
            "The case is that of the business that is inspected: give its credit code.",
            place="uscc",
            status=422,
        )
    counted = await earlier(engine, actor, found, code)
    return {**said, **counted, **await _drawn(engine, actor, found, code, facts.get("cause") == "random")}


async def _drawn(engine: Engine, actor: Actor, service: Service, code: str, random: bool) -> dict[str, str]:
    """For an inspection by chance, the draw and who goes, as the facts of the service take them."""
    if not random or "draw" not in service.facts:
        return {}
    drawn = await engine.beside.drawn(actor.body, service.service, code)
    if drawn is None:
        raise refuse(
            "not-drawn",
            "这一家没有抽到。随机抽查只查抽到的；要查它，写明别的理由。",
            "This business was not drawn. By chance only who was drawn is inspected; give another reason.",
            place="cause",
            law="优化营商环境条例 54",
            status=409,
        )
    rows = await lists.mine(engine.db, code, (FAR, ""), _MOST, (service.service,))
    for row in rows:
        state = (await engine.load(row.case_id)).state
        if state.facts.get("draw") == drawn.draw and state.state != "called-off":
            raise refuse(
                "drawn-once",
                "这一次抽到的已经提过检查，一次抽到只查一次。",
                "An inspection by this draw was begun already; a draw is for one.",
                place="cause",
                status=409,
            )
    said = _NEXT.join(f"{place} {name}" for place, name in drawn.inspectors)
    return {"draw": drawn.draw, "inspectors_drawn": said}


def sent(engine: Engine, found: Case, act: str, says: Mapping[str, Any]) -> None:
    """Whether those whom a body sends to inspect may be: two, with their certificate, and after a draw the drawn ones
    of that body; of these whoever is not here or may not go that day is passed over.

    `says` holds the officials who were named. Raises Refused: `two-inspectors`, `no-certificate`, `not-as-drawn` (422).
    """
    two = _SENDS.get(act, ())
    if found.state.case.procedure != _INSPECTION:
        return
    named = [one for one in map(says.get, two) if isinstance(one, By)]
    if not two or len(named) != len(two):
        return  # which field is wrong is said by the act itself
    if named[0].id == named[1].id:
        raise refuse("two-inspectors", "要两个人，不能是同一个人。", "Two people are needed.", place=two[1], status=422)
    day, service = engine.clock().astimezone(engine.zone).date(), found.state.case.service
    for place, one in zip(two, named, strict=True):
        if not _may_go(engine.directory, service, one.post, one.id, day):
            raise refuse(
                "no-certificate",
                f"{one.name}没有有效的行政执法证或者没学完现场核查，不能去。",
                f"{one.name} holds no valid enforcement certificate or has not finished the course; they cannot go.",
                place=place,
                law="行政处罚法 42",
                status=422,
            )
    listed = [one.partition(" ") for one in str(found.state.facts.get("inspectors_drawn") or "").split(_NEXT) if one]
    own = {post.id for post in engine.directory.posts_of(named[0].body)}  # a post that was done away with is nobody's
    drawn = [one for one in listed if _post_and_person(one[0])[0] in own]
    able = [one for one in drawn if _may_go(engine.directory, service, *_post_and_person(one[0]), day)]
    first, wanted = able[: len(two)], {f"{one.post}/{one.id}" for one in named}
    fits = not drawn or wanted <= {one[0] for one in drawn} if act in _REPLACES else {one[0] for one in first} <= wanted
    if not fits:
        names = "、".join(f"{name}（{place.partition('/')[0]}）" for place, _, name in first or drawn)
        raise refuse(
            "not-as-drawn",
            f"派的人也是抽的：{names}；今天不在岗的已经跳过。要回避的，派出以后用“换人”，写明理由，在抽到的人里换。",
            f"Who goes was drawn too: {names}; whoever is not here today is passed over. Whoever must not go is"
            " replaced afterwards, with the reason, among those that were drawn.",
            place=two[0],
            law="优化营商环境条例 54",
            status=422,
        )


def _may_go(directory: Directory, service: str, post: str, person: str, day: date) -> bool:
    """Whether somebody is in this post that day and has what an inspection needs."""
    return person in directory.holders(post, day) and not any(
        directory.training.stands_against(person, directory.post(post), service, do, day) for do in _ON_SITE
    )


def _post_and_person(place: str) -> tuple[str, str]:
    post, _, person = place.partition("/")
    return post, person


async def earlier(engine: Engine, actor: Actor, service: Service, code: str) -> dict[str, str]:
    """`checked_this_year` and `last_found` of a business, as the facts of the service take them, from the cases of the
    actor's own body."""
    now = engine.clock()
    rows = await lists.mine(engine.db, code, (FAR, ""), _MOST, (service.service,))
    ours = [row for row in rows if row.body == actor.body]
    counted, last = 0, "none"
    for row in ours:
        found = await engine.load(row.case_id)
        came = found.state.last("arrive") is not None
        if came and last == "none" and not row.open:
            last = "to-put-right" if found.state.last("order") else "passed"
        if row.opened_at > now - _YEAR and found.state.state != "called-off":
            counted += str(found.state.facts.get("cause", "")) not in _UNCOUNTED
    return {"checked_this_year": str(counted), "last_found": last}
