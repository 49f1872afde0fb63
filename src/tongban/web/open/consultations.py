"""/open/consultations: what people are asked, what they said, and what came of it. Nothing of any voter."""

from dataclasses import dataclass

import msgspec
from litestar import Response, get

from tongban.voice.participation.changes import EFFECTS, matter
from tongban.voice.participation.groups.model import FEWEST_VOTERS
from tongban.voice.participation.model import FEWEST_SHOWN, GROUNDS, OUTCOMES, Ground, Results
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

WIDTH, HEIGHT, EDGE = 640, 300, 66


@dataclass(frozen=True, slots=True)
class Bubble:
    """One group in the picture: its middle and radius in the picture's units."""

    name: str
    size: int
    x: int
    y: int
    r: int


def bubbles(results: Results | None) -> tuple[Bubble, ...]:
    """The groups as circles: further apart where they vote less alike, larger where they are more people."""
    if results is None or not results.camps:
        return ()
    camps = results.camps
    left, low = min(camp.x for camp in camps), min(camp.y for camp in camps)
    span = max(max(camp.x for camp in camps) - left, max(camp.y for camp in camps) - low) or 1.0
    flat = (max(camp.y for camp in camps) - low) / span
    most = max(camp.size for camp in camps)

    def across(value: float) -> int:
        return round(EDGE + (value - left) / span * (WIDTH - 2 * EDGE))

    def down(value: float) -> int:
        return round(HEIGHT / 2 + ((value - low) / span - flat / 2) * (HEIGHT - 2 * EDGE))

    return tuple(
        Bubble(camp.name, camp.size, across(camp.x), down(camp.y), round(30 + 28 * (camp.size / most) ** 0.5))
        for camp in camps
    )


@get("/open/consultations")
async def listed(site: Site, visitor: Visitor, after: str = "") -> Response[str]:
    """Those that are open first, then those that were."""
    found = await site.participation.consultations.page(after=after)
    now = site.clock()
    return page(
        site,
        visitor,
        "open/consultations.html",
        items=found.items,
        next=found.next,
        bodies={one.body: site.directory.body(one.body).name for one in found.items},
        open={one.id for one in found.items if one.open_at(now)},
        today=site.today,
    )


@get("/open/consultations/{consultation:str}")
async def results(site: Site, visitor: Visitor, consultation: str) -> Response[str]:
    """What was said, in groups and altogether, and what the body made of it."""
    rooms = site.participation.consultations
    one = await rooms.one(consultation)
    statements = await rooms.statements(one)
    return page(
        site,
        visitor,
        "open/consultation.html",
        one=one,
        found=rooms.published(one, statements),
        open=rooms.open_now(one),
        voters=await rooms.voters(one),
        fewest=FEWEST_VOTERS,
        least=FEWEST_SHOWN,
        body=site.directory.body(one.body).name,
        matter=matter(site.catalogue, one),
        effects=EFFECTS,
        statements={each.number: each for each in statements},
        removed=[each for each in statements if each.removed],
        grounds={str(ground): GROUNDS[ground] for ground in Ground},
        outcomes=OUTCOMES,
        bubbles=bubbles(one.results),
        width=WIDTH,
        height=HEIGHT,
        today=site.today,
    )


@get("/open/consultations/{consultation:str}/results.json")
async def for_programs(site: Site, consultation: str) -> Response[bytes]:
    """The same for programs."""
    rooms = site.participation.consultations
    one = await rooms.one(consultation)
    told = {
        "id": one.id,
        "region": one.region,
        "body": one.body,
        "title": one.title,
        "about": f"{one.subject}@{one.version}",
        "opened_at": one.opened_at,
        "closes_at": one.closes_at,
        "report_by": one.report_by,
        "closed_at": one.closed_at,
        "results": rooms.published(one, await rooms.statements(one)),
        "report": one.report and {"at": one.report.at, "summary": one.report.summary, "answers": one.report.answers,
                                  "resulted": one.report.resulted},
    }  # fmt: skip
    body = msgspec.json.format(msgspec.json.encode(told), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


ROUTES = [listed, results, for_programs]
