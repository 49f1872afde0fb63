"""随机选派: who inspects is drawn by the same later leaf as whom they inspect (优化营商环境条例 54 [M]).

Could be drawn: whoever holds the role and every course that an inspection needs, the enforcement certificate among
them, when the draw is announced (行政处罚法 42 [M]). Each has SHA-256 over leaf, the business's code, a slash and their
place (`post/official`) as their number for this business; the two smallest of each body that comes go. Whoever has a
tie to the business is passed over (回避).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.cases.beside import Drawn
from tongban.catalog.model import Service
from tongban.org import Directory, Role
from tongban.org import store as people
from tongban.oversight.draws import store

ACTS = ("arrive", "record-finding")
"""What an inspector does on the spot."""


def eligible(directory: Directory, body: str, service: Service, day: date) -> tuple[str, ...]:
    """The places (`post/official`) of a body that may inspect on a day."""
    return tuple(
        sorted(
            f"{post.id}/{person}"
            for post in directory.posts_of(body)
            if Role.EXAMINE in post.roles
            for person in directory.holders(post.id, day)
            if not any(directory.training.stands_against(person, post, service.service, act, day) for act in ACTS)
        )
    )


def joining(directory: Directory, body: str, service: Service, day: date) -> tuple[str, ...]:
    """The same of the bodies of this body's region that may have to come too. Which of them do depends on the business,
    which nobody knows yet."""
    kinds = {one.body for one in service.together}
    found = (one.id for one in directory.bodies_in([directory.body(body).region]) if one.kind in kinds)
    return tuple(place for one in sorted(found) if one != body for place in eligible(directory, one, service, day))


def order(seed: bytes, code: str, places: Iterable[str]) -> tuple[str, ...]:
    """Who goes to a business, the first two of each body first; anybody works it out from the leaf and the published
    places."""
    return tuple(sorted(places, key=lambda place: hashlib.sha256(seed + f"{code.upper()}/{place}".encode()).digest()))


async def of_business(
    db: Database, directory: Directory, clock: Clock, body: str, service: str, code: str
) -> Drawn | None:
    """The latest draw of a body that drew this business, and who goes in which order: whoever has a registered tie to
    the business or to whoever represents it by law is passed over."""
    found = await store.drew(db, body, service, code)
    if found is None:
        return None
    parties = (code, *await people.represented_by(db, code, clock()))
    places = [
        one
        for one in order(found.seed, code, found.inspectors)
        if not any(directory.tie(_person(one), party) for party in parties)
    ]
    names = await people.names(db, [_person(one) for one in places])
    return Drawn(found.id, tuple((one, names.get(_person(one), _person(one))) for one in places))


def _person(place: str) -> str:
    return place.partition("/")[2]
