"""代办授权: who lets whom act for them, for what, until when, and how it ended."""

from datetime import datetime
from typing import Literal

import msgspec

from tongban.org.entries import ALL

Ground = Literal["consent", "guardian", "legal-representative", "agency"]
"""By what somebody acts for another: their own wish (民法典 165 [M]), guardianship (23, 27, 28 [M]), the office of a
legal representative (61 [M]), a post in the business (170 [M])."""
Confirmed = Literal["", "login", "code", "register", "counter", "appointment"]
"""How the agreement came: logged in as themselves, a one-time code sent to them, a register of the state, a document
checked at a counter, an appointment by the legal representative."""


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """代办授权: a person, or a business named by its code, lets another person act. Revocable; cannot be passed on.

    民法典 161—175 [M]: within its scope (162), by the agent themselves (169), until its end, withdrawal or death (173,
    175).
    """

    id: str
    from_party: str
    from_name: str
    to_person: str
    services: frozenset[str] = frozenset({ALL})
    acts: frozenset[str] = frozenset({ALL})
    since: datetime
    until: datetime
    revoked_at: datetime | None = None
    ground: Ground = "consent"
    asked_by: str = ""
    """Who asked for it, where it was not offered by the one who is represented."""
    confirmed_at: datetime | None = None
    """When the represented one, or who speaks for them by law, agreed; None while it only was asked for, and in
    those of before, which were all given by themselves."""
    how: Confirmed = ""
    under: str = ""
    """The mandate of the legal representative who appointed this agent: it ends with it."""
    rests_since: datetime | None = None
    """Since when the certificate that it rests on is suspended: it is worth nothing until that is restored."""
    ended_why: str = ""
    """A stable word: withdrawn, given-up, expired, of-age, register-changed, under-ended, died, blocked, declined."""

    @property
    def waits(self) -> bool:
        """Whether it was asked for and nobody has agreed yet."""
        return bool(self.asked_by) and self.confirmed_at is None

    def holds_at(self, now: datetime) -> bool:
        ended = self.revoked_at is not None and self.revoked_at <= now
        resting = self.rests_since is not None and self.rests_since <= now
        return not self.waits and not ended and not resting and self.since <= now < self.until

    def covers(self, service: str, act: str, now: datetime) -> bool:
        return (
            self.holds_at(now)
            and (ALL in self.services or service in self.services)
            and (ALL in self.acts or act in self.acts)
        )
