"""The way from a wish to the body that can fulfil it: directory of members, grant, channel.

Where nobody else holds a record, it lies in this installation's own tables: then there is no way, and none is needed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

import msgspec

from tongban.base.errors import Refused
from tongban.base.ids import uscc_problem
from tongban.catalog.model import Service
from tongban.sharing.channel.model import Channel, Member
from tongban.sharing.grants import Grant, covering
from tongban.sharing.model import Purpose
from tongban.sharing.retry.model import Wish, least, whole

HERE = frozenset({"login.account"})
"""Resources that are this platform's own, wherever it runs."""


class Subject(msgspec.Struct, frozen=True):
    """Whom a question is about, as every register knows them: by identity number or by social credit code."""

    kind: Literal["id-number", "uscc"]
    number: str


def subject(person: str, id_number: str) -> Subject | None:
    """The natural key of an applicant: of a business its own code, of a person the identity number, if there is one."""
    if uscc_problem(person) is None:
        return Subject("uscc", person)
    return Subject("id-number", id_number) if id_number else None


@dataclass(frozen=True, slots=True)
class Asker:
    """For whose cases something is asked: a service, and everything that the body answering for it is called."""

    service: str
    called: frozenset[str]

    @staticmethod
    def of(service: Service, purpose: Purpose) -> "Asker":
        """A grant to all bodies of the kind counts, and one to this body; one to another body does not."""
        return Asker(service.service, frozenset({service.authority.body, purpose.body} - {""}))


@dataclass(frozen=True, slots=True)
class Way:
    """How one record is reached: under which grant, at which member. `member` is None for a record kept here."""

    grant: str
    member: Member | None


async def _nothing_to_carry() -> tuple[int, int]:
    return 0, 0


Held: TypeAlias = Callable[[str, str], Awaitable[Mapping[str, Any] | None]]
"""A person's certificate of a type that holds now, as a record (`catalog.certificate_type.OF_EVERY`); None: none."""


async def _no_certificates(_person: str, _type: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who can be asked and over which channel. Without members everything lies here, as on the first day anywhere."""

    channel: Channel | None = None
    members: Mapping[str, Member] = field(default_factory=dict[str, Member])
    """By the body that can be reached and provides."""
    carry: Callable[[], Awaitable[tuple[int, int]]] = _nothing_to_carry
    """Packs and takes in what goes by files; the files written and the answers that came."""
    held: Held = _no_certificates
    """The certificates that this installation issued; they are records of its own."""

    def way(
        self, grants: Sequence[Grant], resource: str, record: str, wishes: Sequence[Wish], asker: Asker, day: date
    ) -> Way:
        """Raises Refused, as `covering`: without a grant nothing is read, except what was never anybody else's."""
        if resource in HERE:
            return Way("", None)
        try:
            grant = covering(
                grants, resource, record, whole(wishes), asker.service, day, tests=least(wishes), consumers=asker.called
            )
        except Refused as refused:
            if refused.code == "no-grant" and not self.members:
                return Way("", None)
            raise
        return Way(grant.id, self.members.get(grant.provider) if self.channel else None)
