"""Sessions: an opaque token in the browser, its hash in the database, two ends to its life.

A session ends when it has been idle for too long, and in any case after its longest life; official posts end sooner.
A log-in always makes a new token, so a token that was planted before the log-in is worth nothing. A mandate that is
withdrawn stops at once, because it is read with the session.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.org import store
from tongban.org.directory import Directory
from tongban.org.model import Actor, Person

CITIZEN_IDLE = timedelta(hours=2)
CITIZEN_LONGEST = timedelta(hours=12)
OFFICIAL_IDLE = timedelta(minutes=30)
OFFICIAL_LONGEST = timedelta(hours=10)
KIOSK = "kiosk:"
"""A session's method at a machine that strangers share, before the service whose draft it is for."""
KIOSK_IDLE = timedelta(minutes=5)
KIOSK_LONGEST = timedelta(minutes=40)
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds. `token` is only known when it has just been opened."""

    actor: Actor
    person: Person
    csrf: bytes
    """The secret behind the CSRF tokens of this session's forms."""
    expires_at: datetime
    token: str = ""
    method: str = ""
    """How they showed who they are, as when it was opened."""


async def log_in(
    db: Database,
    directory: Directory,
    person: Person,
    *,
    method: str,
    level: int,
    now: datetime,
    post: str = "",
    mandate: str = "",
) -> Session:
    """Open a session for a person, for a person in one of their posts, or under a mandate they hold.

    `method` says how they showed who they are, such as `oidc` or `demo`; `level` the real-name level that gave.
    Raises `Refused`: `post-not-held`, `mandate-not-valid`.
    """
    if post and not directory.holds(person.id, post, now.date()):
        raise refuse("post-not-held", "您不在这个岗位上。", "You do not hold this post.", place="post", status=403)
    given = next((m for m in await store.mandates_to(db, person.id, now) if m.id == mandate), None)
    if mandate and given is None:
        raise refuse(
            "mandate-not-valid",
            "这份代办授权已到期或被撤回。",
            "This mandate has ended or was withdrawn.",
            place="mandate",
            status=403,
        )
    token, csrf = secrets.token_urlsafe(32), secrets.token_bytes(32)
    kiosk = method.startswith(KIOSK)
    expires_at = now + (KIOSK_LONGEST if kiosk else OFFICIAL_LONGEST if post else CITIZEN_LONGEST)
    await store.save_session(
        db,
        _hash(token),
        person_id=person.id,
        post=post,
        mandate=mandate or None,
        level=level,
        method=method,
        csrf=csrf,
        now=now,
        expires_at=expires_at,
    )
    session = await find(db, directory, token, now)
    if session is None:
        raise RuntimeError("a session that was just opened does not hold")
    return Session(session.actor, session.person, csrf, expires_at, token, method)


async def log_in_demo(
    db: Database, directory: Directory, person_id: str, now: datetime, *, post: str = "", mandate: str = ""
) -> Session:
    """Log in by choosing a person of the demonstration. Only for an installation in demonstration mode.

    Raises `Refused`: `unknown-person`, and as `log_in`.
    """
    person = await store.person(db, person_id)
    if person is None:
        raise refuse("unknown-person", "没有这个演示人物。", "There is no such person.", place="person", status=404)
    return await log_in(db, directory, person, method="demo", level=person.level, now=now, post=post, mandate=mandate)


async def find(db: Database, directory: Directory, token: str, now: datetime) -> Session | None:
    """The session of a token; None if there is none, it has ended, or the post or mandate is over. One query."""
    if not token or len(token) > 100:
        return None
    key = _hash(token)
    row = await store.session(db, key)
    if row is None or now >= row.expires_at or now >= row.seen_at + _idle(row.post, row.method):
        return None
    if row.post:
        if not directory.holds(row.person.id, row.post, now.date()):
            return None
        post = directory.post(row.post)
        actor = Actor.official(row.person, post, directory.body(post.body))
    else:
        if row.mandate is not None and not row.mandate.holds_at(now):
            return None
        actor = Actor.citizen(row.person, row.mandate)
    if now - row.seen_at >= _TOUCH_EVERY:
        await store.touch_session(db, key, now)
    return Session(actor, row.person, row.csrf, row.expires_at, method=row.method)


def _idle(post: str, method: str) -> timedelta:
    return KIOSK_IDLE if method.startswith(KIOSK) else OFFICIAL_IDLE if post else CITIZEN_IDLE


async def log_out(db: Database, token: str) -> None:
    """End this session."""
    await store.end_session(db, _hash(token))


async def log_out_everywhere(db: Database, person_id: str) -> None:
    """End every session of a person."""
    await store.end_sessions(db, person_id)


async def sweep(db: Database, now: datetime) -> None:
    """Forget what has ended; run now and then."""
    await store.forget_expired(db, now, CITIZEN_IDLE)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
