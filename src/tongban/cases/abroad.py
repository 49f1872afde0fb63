"""Certificates of other installations on which cases here rest: looked at before they are taken, and followed while the
case is open.

How one stands is asked of its issuer's own list of status, which is fetched whole, so nobody learns whose certificate
it is. What becomes of it reaches the case like a change of one of ours (`cases.evidence`): its person is told, and
nothing is granted on it before an official has looked. A list that cannot be had for a day is such a change as well: of
what nobody can check nothing may be believed for longer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from tongban import certs
from tongban.base.errors import refuse
from tongban.cases import evidence
from tongban.cases.store import reliance
from tongban.cases.store.reliance import Change, Elsewhere, Standing
from tongban.certs import Status
from tongban.sharing import Listed, Shared

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

Ask: TypeAlias = Callable[[Listed], Awaitable[Status | None]]
"""How a certificate stands by its issuer's list, had and fresh; None where that cannot be known now."""

LONGEST: Final = timedelta(days=1)
"""As long as a list of status of ours may be used (`certs.statuslist.LASTS`)."""
_SEEN_EVERY: Final = timedelta(hours=1)
_MOST: Final = 500
_STANDINGS: Final[dict[Status, Standing]] = {
    Status.VALID: "valid",
    Status.SUSPENDED: "suspended",
    Status.INVALID: "revoked",
}


async def nobody(_listed: Listed) -> Status | None:
    """Where no other installation is known nothing can be asked."""
    return None


async def confirm(engine: Engine, records: Mapping[str, Shared]) -> None:
    """Before an application is taken in: what it brings of other installations holds by their lists at this moment.

    Raises `Refused`: `certificate-changed` (409), `certificate-unconfirmed` (503).
    """
    for item, record in records.items():
        if record.listed is None or not record.certificate:
            continue
        if await certs.store.get(engine.db, record.certificate) is not None:
            continue  # it is ours after all
        match await engine.abroad(record.listed):
            case Status.VALID:
                continue
            case None:
                raise refuse(
                    "certificate-unconfirmed",
                    f"现在查不到“{record.source.zh}”还有没有效，过一会儿再交；也可以改交别的材料。",
                    f"Whether “{record.source.en}” still holds cannot be asked now. Send it in a while, or bring "
                    "another paper instead.",
                    place=item,
                    status=503,
                )
            case _:
                raise refuse(
                    "certificate-changed",
                    f"“{record.source.zh}”已经被暂停、废止或者换过，不能再用，请换一样材料。",
                    f"“{record.source.en}” was suspended, revoked or replaced and cannot be used; bring another paper.",
                    place=item,
                    status=409,
                )


async def turn(engine: Engine) -> int:
    """Look at every one that open cases rest on, and tell the cases of what changed; how many changed."""
    now, changed, after = engine.clock(), 0, ("", "", "")
    while several := await reliance.elsewhere(engine.db, after, _MOST):
        for one in several:
            changed += await _look(engine, one, now)
        after = several[-1].certificate, several[-1].uri, several[-1].standing
    if changed:
        await evidence.turn(engine)
    return changed


async def _look(engine: Engine, one: Elsewhere, now: datetime) -> bool:
    """Whether it stands otherwise than when it was last looked at."""
    status = await engine.abroad(Listed(uri=one.uri, place=one.place))
    standing = _STANDINGS[status] if status is not None else _unseen(one, now)
    if standing != one.standing:
        return await reliance.seen(engine.db, one, standing, _change(one.standing, standing), now)
    if status is not None and now - one.seen_at >= _SEEN_EVERY:
        await reliance.seen(engine.db, one, standing, None, now)
    return False


def _unseen(one: Elsewhere, now: datetime) -> Standing:
    """Of what is known to hold no more, nothing better is believed because its list is away."""
    return "unknown" if one.standing == "valid" and now - one.seen_at >= LONGEST else one.standing


def _change(before: Standing, after: Standing) -> Change:
    if after == "valid":
        return "confirmed" if before == "unknown" else "restored"
    return after
