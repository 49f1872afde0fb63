"""One point of a verification: whether it holds, and why not."""

import msgspec

from tongban.base.i18n import Text
from tongban.certs.faults import FAULTS, POINTS, Fault, Point


class Check(msgspec.Struct, frozen=True):
    """One point. `holds` is nothing when it could not be asked; `fault` says why it does not hold."""

    point: Point
    holds: bool | None
    text: Text
    fault: Fault | None = None


def passed(point: Point) -> Check:
    """The point holds."""
    return Check(point, True, POINTS[point])


def failed(point: Point, fault: Fault) -> Check:
    """The point does not hold, and why."""
    return Check(point, False, FAULTS[fault], fault)


def checked(point: Point, fault: Fault | None) -> Check:
    """The point, which holds where there is no fault."""
    return passed(point) if fault is None else failed(point, fault)
