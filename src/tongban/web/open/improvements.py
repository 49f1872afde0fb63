"""/open/improvements: what many people said of a service, by when its owner promised to change it, and what changed.

The service, the part, about how many, dates and what differs between two versions; no words of anybody.
"""

from typing import Any

import msgspec
from litestar import Response, get

from tongban.voice.improvements.model import STANDINGS, Improvement, people
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
        items=[_told(site, one) for one in found.items],
        following=found.next,
        effects=EFFECTS,
        threshold=site.voice.improvements.threshold,
    )


@get("/open/improvements.json", media_type="application/json")
async def for_programs(site: Site, after: str = "") -> Response[bytes]:
    """The same for programs."""
    found = await site.voice.improvements.listed(after or None, _PAGE)
    told = {"items": [_plain(site, one) for one in found.items], "next": found.next}
    body = msgspec.json.format(msgspec.json.encode(told), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


def _told(site: Site, one: Improvement) -> dict[str, Any]:
    voice = site.voice.improvements
    standing = one.standing(site.today)
    return {
        "one": one,
        "service": service_names(site)(one.service),
        "part": voice.part(one),
        "body": body_name(site, one.body),
        "people": people(one.said_by),
        "standing": standing,
        "standing_words": STANDINGS[standing],
        "changes": voice.changes(one),
    }


def _plain(site: Site, one: Improvement) -> dict[str, Any]:
    told = _told(site, one)
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
        "standing": told["standing"],
        "ended_on": one.ended_on,
        "version_before": one.version,
        "version_after": one.linked or None,
        "changes": [{"text": each.text, "effect": each.effect} for each in told["changes"]],
    }


ROUTES = [improvements, for_programs]
