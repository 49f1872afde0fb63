"""Who carries parcels: an interface for any post service, and the one of the demonstration, which carries nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from tongban.base.clock import Clock
from tongban.base.i18n import Text


class Stage(StrEnum):
    """Where a parcel is."""

    ASKED = "asked"
    HANDED = "handed"
    UNDER_WAY = "under-way"
    DELIVERED = "delivered"
    RETURNED = "returned"


STAGES: Mapping[Stage, Text] = {
    Stage.ASKED: Text("等办好以后寄出", "To be posted once it is ready"),
    Stage.HANDED: Text("已交给快递", "Handed to the carrier"),
    Stage.UNDER_WAY: Text("在路上", "Under way"),
    Stage.DELIVERED: Text("已送到", "Delivered"),
    Stage.RETURNED: Text("没送到，退回大厅了", "Not delivered; back at the hall"),
}


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where to, as the person said."""

    name: str
    phone: str
    address: str


class Tracked(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier says: one of the last four stages, and since when."""

    stage: Stage
    at: datetime


class Carrier(Protocol):
    """A post service. Both raise Refused (503) while it does not answer."""

    async def send(self, to: Address, reference: str) -> str:
        """Take a parcel; the carrier's number. The same `reference` again is the same parcel."""
        ...

    async def track(self, number: str) -> Tracked:
        """Where it is."""
        ...


class DemonstrationCarrier:
    """Delivers on the second day; what goes to an address with 查无此人 in it comes back on the third."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def send(self, to: Address, reference: str) -> str:
        end = "R" if "查无此人" in to.address else "D"
        return f"DEMO-{reference.rpartition('-')[2]}-{end}{int(self._clock().timestamp())}"

    async def track(self, number: str) -> Tracked:
        said = number.rpartition("-")[2]
        sent = datetime.fromtimestamp(int(said[1:]), UTC)
        last = (Stage.RETURNED, timedelta(days=3)) if said[0] == "R" else (Stage.DELIVERED, timedelta(days=2))
        past = [
            (stage, sent + after)
            for stage, after in ((Stage.HANDED, timedelta(0)), (Stage.UNDER_WAY, timedelta(hours=4)), last)
            if sent + after <= self._clock()
        ]
        stage, at = past[-1] if past else (Stage.HANDED, sent)
        return Tracked(stage=stage, at=at)
