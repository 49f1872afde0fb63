"""/open/improvements: what many people said of a service, by when its owner promised to change it, and what changed.

The service, the part, about how many, dates and what differs between two versions; no words of anybody.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, get

from tongban.voice.improvements.model import CAREFUL, PHASES, STANDINGS, Improvement, Month, people, phase
from tongban.voice.participation.changes import EFFECTS
from tongban.web.bodies import body_name
from tongban.web.desk.lists import service_names
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_PAGE = 20


@get("/open/improvements")
async def improvements(site: Site, visitor: Visitor, after: str = "") -> Response[str]:
    """The latest first."""
    found = await site.voice.improvements.listed(after or None, _PAGE)
    return page(
        site,
        visitor,
        "open/improvements.html",
        items=await _told(site, found.items),
        following=found.next,
        effects=EFFECTS,
        careful=CAREFUL,
        threshold=site.voice.improvements.threshold,
    )


@get("/open/improvements.json", media_type="application/json")
async def for_programs(site: Site, after: str = "") -> Response[bytes]:
    """The same for programs."""
    found = await site.voice.improvements.listed(after or None, _PAGE)
    told = {"items": [_plain(one) for one in await _told(site, found.items)], "next": found.next}
    body = msgspec.json.format(msgspec.json.encode(told), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


async def _told(site: Site, shown: Sequence[Improvement]) -> list[dict[str, Any]]:
    months = await site.voice.improvements.months(shown)
    return [_one(site, one, months.get(one.case_id, ())) for one in shown]


def _one(site: Site, one: Improvement, months: Sequence[Month]) -> dict[str, Any]:
    voice = site.voice.improvements
    standing = one.standing(site.today)
    changed = voice.changed_on(one)
    return {
        "one": one,
        "service": service_names(site)(one.service),
        "part": voice.part(one),
        "body": body_name(site, one.body),
        "people": people(one.said_by),
        "standing": standing,
        "standing_words": STANDINGS[standing],
        "late": one.late(site.today),
        "changes": voice.changes(one),
        "elsewhere": voice.elsewhere(one),
        "in_force": changed,
        "months": [(each.month, people(each.people), PHASES[phase(each.month, changed)]) for each in months],
        "after": any(phase(each.month, changed) == "after" for each in months),
    }


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    one: Improvement = told["one"]
    return {
        "service": one.service,
        "name": told["service"],
        "part": one.cause,
        "part_name": told["part"],
        "said_by": told["people"],
        "body": one.body,
        "opened_on": one.opened_on,
        "answer_by": one.answer_by,
        "promised_by": one.promised_by,
        "first_promised": one.first_promised,
        "moves": one.moves,
        "late": told["late"],
        "standing": told["standing"],
        "ended_on": one.ended_on,
        "version_before": one.version,
        "version_after": one.linked or None,
        "in_force_from": told["in_force"],
        "part_unchanged": told["elsewhere"],
        "changes": [{"text": each.text, "effect": each.effect} for each in told["changes"]],
        "months": [
            {"month": f"{month:%Y-%m}", "said_by": said, "phase": phase} for month, said, phase in told["months"]
        ],
        "months_note": CAREFUL,
    }


ROUTES = [improvements, for_programs]
