"""A draw in two steps: first it is announced, then the public log's next leaf decides.

The leaf is a hash over a salted commitment that does not exist when the draw is announced, it is signed into the log
with all that came before, and anybody can read it there. Who is drawn follows from it alone: every business has the
hash of leaf and code as its number, and the smallest numbers are drawn. So a business works out for itself whether it
was, from what is published and its own code; nobody else's code is published. An announced draw cannot be taken back,
and all of them are listed, so that none is tried again until it pleases. It is among businesses that were there when it
was announced: whoever knows the leaf cannot add one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec

from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.store import lists
from tongban.catalog.model import Service
from tongban.ledger.log import PublicLog
from tongban.ledger.tiles import HASH, WIDTH, TileId
from tongban.org import Actor
from tongban.oversight.draws import store
from tongban.oversight.draws.model import Draw

FEWEST = 2
"""Inspectors that an inspection takes."""
MOST = 200
"""Businesses in one draw."""


def rank(seed: bytes, code: str) -> bytes:
    """The number of a business in a draw: SHA-256 over the leaf's 32 bytes and its code in capitals."""
    return hashlib.sha256(seed + code.upper().encode()).digest()


def chosen(seed: bytes, codes: Iterable[str], wanted: int) -> tuple[str, ...]:
    """The codes that are drawn: the smallest numbers, so that the order they come in and doubles do not matter."""
    return tuple(sorted({code.upper() for code in codes}, key=lambda code: rank(seed, code))[:wanted])


async def announce(
    db: Database,
    log: PublicLog,
    actor: Actor,
    region: str,
    service: Service,
    wanted: int,
    inspectors: tuple[str, ...],
    joining: tuple[str, ...],
    now: datetime,
) -> Draw:
    """Announce a draw of `wanted` businesses for one's own body; the next leaf of the log will decide which, and who of
    `inspectors`, and of `joining` for the bodies that take part, goes to each.

    Raises Refused `draw-number` (422), `too-few-inspectors`, `draw-open` (409) while one is announced and not drawn,
    `log-not-begun` (409).
    """
    if not 1 <= wanted <= MOST:
        raise refuse("draw-number", f"一次抽1到{MOST}家。", f"Draw between 1 and {MOST}.", place="wanted", status=422)
    if len(inspectors) < FEWEST:
        raise refuse(
            "too-few-inspectors",
            f"有执法证、今天在岗的检查人员不到{FEWEST}人，抽不了。请先办证，或者请上级来查。",
            f"Fewer than {FEWEST} officials hold the enforcement certificate and are here today; nobody can be drawn.",
            law="行政处罚法 42",
            status=409,
        )
    head = await log.head()
    if head is None:
        raise refuse(
            "log-not-begun",
            "公开日志还没有开始，等几分钟再试。",
            "The public log has not begun; try again in a few minutes.",
            status=409,
        )
    made = Draw(
        region=region,
        body=actor.body,
        id=secrets.token_hex(8),
        service=service.service,
        wanted=wanted,
        leaf=head.size,
        announced_at=now,
        announced_by=actor.id,
        inspectors=(*inspectors, *joining),
    )
    if not await store.announce(db, made):
        raise refuse(
            "draw-open",
            "已经公布的那一次还没有抽，先把它抽完。",
            "The draw that is announced has not been made; make that one first.",
            status=409,
        )
    return made


async def draw(db: Database, log: PublicLog, actor: Actor, number: str, now: datetime) -> Draw:
    """Make an announced draw of one's own body; again gives the same.

    Raises Refused `unknown-draw` (404), `draw-too-early` (409) while the leaf is not in the log that everybody sees.
    """
    found = await store.get(db, actor.body, number)
    if found is None:
        raise refuse("unknown-draw", "没有这一次抽查。", "There is no such draw.", status=404)
    if found.drawn_at is not None:
        return found
    seed = await _leaf(log, found.leaf)
    if seed is None:
        raise refuse(
            "draw-too-early",
            "公开日志里还没有那一条，有新的办件进展以后就有了，过一会儿再抽。",
            "That leaf is not in the public log yet; it comes with the next step of any case. Try again shortly.",
            status=409,
        )
    codes = await lists.businesses_of(db, actor.body, found.announced_at)
    drawn = chosen(seed, codes, found.wanted)
    made = msgspec.structs.replace(
        found,
        seed=seed,
        drawn_at=now,
        among=len({code.upper() for code in codes}),
        limit=rank(seed, drawn[-1]) if drawn else b"",
        drawn=drawn,
    )
    await store.drawn(db, made)
    return await store.get(db, actor.body, number) or made


async def latest(db: Database, bodies: list[str] | None, after: str | None, limit: int) -> Page[Draw]:
    """Draws of these bodies, or of all, the newest first. Raises Refused (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[datetime, str]) if after else None
    rows = await store.latest(db, bodies, place, limit + 1)
    following = cursor(rows[limit - 1].announced_at, rows[limit - 1].id) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), following)


async def _leaf(log: PublicLog, number: int) -> bytes | None:
    """The hash of a leaf of the log that everybody is shown."""
    place, at = divmod(number, WIDTH)
    data = await log.file(TileId(0, place).path(at + 1))
    return data[at * HASH : (at + 1) * HASH] if data else None
