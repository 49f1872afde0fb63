"""A grant: what one body lets the cases of one service see of its records, why, under which law and until when.

政务数据共享条例 20 (a request names basis, scene, scope, mode and time), 25 (never beyond the scope), 27 (suspension).
Least privilege by construction: what no grant names is not given, and a grant names fields, never "everything".
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.sharing.channel.model import AllowedTest, Test

Asked: TypeAlias = Test | AllowedTest
"""A comparison somebody wants to ask: field, operator and value."""


class Mode(StrEnum):
    """共享方式 (art. 22)."""

    INTERFACE = "interface"
    BATCH = "batch"
    FILE = "file"


MODES: dict[Mode, Text] = {
    Mode.INTERFACE: Text("服务接口", "interface"),
    Mode.BATCH: Text("批量交换", "batch exchange"),
    Mode.FILE: Text("文件下载", "file download"),
}


class Suspension(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """暂停共享权限 (art. 27): at once, with reasons; `rectify_by` is the day by which it is to be put right."""

    at: datetime
    by: str
    reasons: str
    rectify_by: date | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """终止 before its day: given back, or ended by the provider with a reason (art. 25, 27)."""

    at: datetime
    by: str
    reasons: str


What = Literal["given", "suspended", "resumed", "ended"]
"""What can happen to a grant."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a grant. `event` names what made it (`case#seq`), so that it happens once."""

    event: str
    at: datetime
    by: str
    reasons: str = ""


class Standing(StrEnum):
    """Where a grant stands on a day; derived, never stored."""

    COMING = "coming"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ENDED = "ended"


STANDINGS: dict[Standing, Text] = {
    Standing.COMING: Text("还没开始", "Not begun yet"),
    Standing.IN_FORCE: Text("使用中", "In use"),
    Standing.SUSPENDED: Text("已暂停", "Suspended"),
    Standing.EXPIRED: Text("已到期", "Expired"),
    Standing.ENDED: Text("已终止", "Ended"),
}


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """共享授权. `since` and `until` are days in the installation's zone, both inclusive.

    `provider` is the body that owns the resource; `consumer` a kind of body (`hr`),
    one body (`990101.hr`) or a member's code. `service` is
    the slug of the service whose cases may use it, `case` the request it came from (empty: agreed before the platform).
    """

    id: str
    resource: str
    record: str
    fields: tuple[str, ...]
    tests: tuple[AllowedTest, ...] = ()
    provider: str
    consumer: str
    service: str
    purpose: Text
    law: Text
    mode: Mode = Mode.INTERFACE
    since: date
    until: date
    suspended: Suspension | None = None
    ended: Ending | None = None
    case: str = ""

    def standing(self, day: date) -> Standing:
        """Where it stands on a day."""
        if self.ended is not None:
            return Standing.ENDED
        if day > self.until:
            return Standing.EXPIRED
        if day < self.since:
            return Standing.COMING
        return Standing.SUSPENDED if self.suspended else Standing.IN_FORCE

    def reaches(self, fields: Collection[str], tests: Collection[Asked] = ()) -> bool:
        """Whether everything asked for lies inside. Who may see a field may also compare it."""
        return set(fields) <= set(self.fields) and all(self._lets(test) for test in tests)

    def _lets(self, test: Asked) -> bool:
        return test.field in self.fields or any(one.allows(test) for one in self.tests)


def covering(
    grants: Sequence[Grant],
    resource: str,
    record: str,
    fields: Collection[str],
    service: str,
    day: date,
    *,
    tests: Collection[Asked] = (),
    consumers: Collection[str] = (),
) -> Grant:
    """The one grant under which all of `fields` and `tests` of a record may be asked for, on a day, for a service.

    Raises Refused (403): `no-grant`, `grant-expired` (also ended), `grant-suspended`, `field-outside-grant`. One grant
    must cover the whole question: two that only do so together are two questions. `consumers` are what the asker is
    called (kind of body, id of the body, member code); left out, the service alone says who may.
    """
    about = [
        one
        for one in grants
        if (one.resource, one.record, one.service) == (resource, record, service)
        and (not consumers or one.consumer in consumers)
        and one.standing(day) is not Standing.COMING
    ]
    if not about:
        raise _no_grant(resource, record)
    fitting = [one for one in about if one.reaches(fields, tests)]
    live = next((one for one in fitting if one.standing(day) is Standing.IN_FORCE), None)
    if live is not None:
        return live
    if not fitting:
        raise _outside(sorted({*fields, *(test.field for test in tests)} - _reached(about)), resource, record)
    raise _not_now(max(fitting, key=lambda one: (one.suspended is not None, one.until)), day)


def _reached(grants: Sequence[Grant]) -> set[str]:
    return {field for one in grants for field in one.fields}


def _no_grant(resource: str, record: str) -> Refused:
    return refuse(
        "no-grant",
        "没有共享授权，不能查这项数据。请先向数据提供单位提出共享申请。",
        "There is no grant for this. Ask the body that provides the data first.",
        place=f"{resource}/{record}",
        law="政务数据共享条例 20",
        status=403,
    )


def _outside(fields: Sequence[str], resource: str, record: str) -> Refused:
    named = "、".join(fields)
    return refuse(
        "field-outside-grant",
        f"授权里没有“{named}”，只能查授权写明的数据项。",
        f"The grant does not reach {', '.join(fields) or 'this comparison'}; only what it names may be asked for.",
        place=f"{resource}/{record}",
        law="政务数据共享条例 25",
        status=403,
    )


def _not_now(grant: Grant, day: date) -> Refused:
    standing = grant.standing(day)
    match standing:
        case Standing.SUSPENDED:
            return refuse(
                "grant-suspended",
                "这项共享授权已经暂停，整改恢复以前不能查。",
                "This grant is suspended and cannot be used until it is resumed.",
                place=grant.id,
                law="政务数据共享条例 27",
                status=403,
            )
        case Standing.EXPIRED | Standing.ENDED | Standing.IN_FORCE | Standing.COMING:
            return refuse(
                "grant-expired",
                f"这项共享授权的使用时限是{grant.until.isoformat()}，已经到期或者提前终止。还需要的，请重新申请。",
                f"This grant ran until {grant.until.isoformat()} and is over. If it is still needed, ask again.",
                place=grant.id,
                law="政务数据共享条例 20、25",
                status=403,
            )
        case _:
            assert_never(standing)
