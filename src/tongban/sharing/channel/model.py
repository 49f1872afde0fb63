"""What one body asks another, what comes back, and who may ask at all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal, Protocol
from uuid import UUID

import msgspec

from tongban.base.i18n import Text
from tongban.base.keys import PublicKey

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Scalar = str | int | float | bool
"""What a field is compared with: a date is written `2026-11-25`."""


class Test(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A least answer: is `field` `op` `value`? Only true, false or unknown comes back, under `name`."""

    __test__: ClassVar[bool] = False  # pytest takes a class of this name for tests

    name: str
    field: str
    op: Operator
    value: Scalar

    @staticmethod
    def read(name: str, field: str, text: str) -> Test:
        """What a service file writes of a source: `>= 12`. The schema of files has checked its form."""
        op, _, value = text.partition(" ")
        return msgspec.convert({"name": name, "field": field, "op": op, "value": msgspec.json.decode(value)}, Test)


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question about one subject to one record of one resource: some fields, some tests, or both.

    `subject` is the natural key, an identity number or a social credit code; never a person id of ours, which means
    nothing to anybody else.
    """

    resource: str
    record: str
    subject: str
    fields: tuple[str, ...] = ()
    tests: tuple[Test, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the record says. `found` is false where it has no such subject; a test is None where the field is empty.

    `as_of` is how old the record is. `digest` is the SHA-256 of the signed answer as it came (hexadecimal), for the
    provenance of the fact; the channel fills it in and it is never sent.
    """

    found: bool
    values: dict[str, Any] = {}
    tests: dict[str, bool | None] = {}
    as_of: datetime | None = None
    digest: str = ""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A question on its way, with everything that the other side checks and writes down.

    `grant` is the grant it rests on, `service` the code of the member asked, `purpose` reads `service-slug; 法条`,
    `case` is a draft or a case, `user` a pseudonym of who asks. `key` is the idempotency key: whoever asks again
    because no answer came sends the same `message_id` and `key`.
    """

    query: Query
    grant: str
    service: str
    purpose: str
    case: str
    user: str
    message_id: UUID
    """Version 7 (RFC 9562): its time says how long the answer is kept for a repetition."""
    key: str


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """Any message on its way: to which record of the member it goes, its body, and what its signed head says.

    `grant` is what it rests on (a grant of shared data, an agreement between regions); the rest is as in `Sent`.
    """

    resource: str
    record: str
    body: bytes
    grant: str
    purpose: str
    case: str
    user: str
    message_id: UUID
    key: str


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that takes part. `code` is `instance/class/uscc/subsystem`, as in X-Road: `LJ/GOV/<uscc>/hr`.

    `body` is its id in the organisation directory, `node` the base address of its node ("" if it only asks), `keys`
    the public keys it signs with: two while one replaces the other.
    """

    code: str
    name: Text
    body: str
    node: str = ""
    keys: tuple[PublicKey, ...] = ()


class AllowedTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A test that a grant allows. `value` None allows any value, which a patient asker turns into the field itself:

    fit only where the value moves with the day, such as a date of birth compared with the day somebody turns 18.
    """

    field: str
    op: Operator
    value: Scalar | None = None

    def allows(self, test: Test | AllowedTest) -> bool:
        """Whether this very comparison may be asked; 12 and "12" are not the same, nor are 1 and true."""
        same = self.value is None or (type(self.value) is type(test.value) and self.value == test.value)
        return self.field == test.field and self.op == test.op and same


class Right(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grant in force, as the registry tells it to nodes. Everything that is not written here is refused.

    `client` and `provider` are codes of members. Who may see a field may also compare it. `purpose` is the slug of the
    service whose cases may use it.
    `since` and `until` are its first and its last day, in the zone of the law.
    """

    grant: str
    client: str
    provider: str
    resource: str
    record: str
    fields: tuple[str, ...]
    tests: tuple[AllowedTest, ...] = ()
    purpose: str
    law: str
    since: date
    until: date

    method: ClassVar[str] = "POST"

    @property
    def path(self) -> str:
        """The one canonical path it opens. There are no patterns: a wildcard is where paths are smuggled through."""
        return path_of(self.provider, self.resource, self.record)

    def allows(self, test: Test | AllowedTest) -> bool:
        """Whether this comparison may be asked."""
        return test.field in self.fields or any(one.allows(test) for one in self.tests)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A verified question, as the side of the data sees it: who asks, on which right, what for, for whom."""

    member: Member
    right: Right
    purpose: str
    law: str
    case: str
    user: str
    message_id: UUID
    at: datetime


class Channel(Protocol):
    """A way to a member: x1 over HTTP, X-Road's REST face, or files."""

    async def ask(self, member: Member, sent: Sent) -> Answer:
        """Put the question and verify the answer.

        Raises `Refused` with the other side's stable code (`no-grant`, `field-outside-grant` …), or with a code of
        the way itself: `source-away` (nothing came back), `answer-not-genuine` (what came back is not theirs).
        """
        ...


def path_of(provider: str, resource: str, record: str) -> str:
    """The path of a record at its provider's node: `/x1/LJ/GOV/<uscc>/hr/hr.insurance/member`."""
    return f"/x1/{provider}/{resource}/{record}"
