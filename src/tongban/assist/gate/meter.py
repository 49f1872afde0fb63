"""What a call costs: a model port adds to the meter of the call it is made in."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Meter:
    """Millionths of a yuan, so that cents never round away."""

    micro: int = 0


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Generator[Meter]:
    """Everything spent inside the block, also by tasks it starts, is on this meter."""
    meter = Meter()
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def spend(micro: int) -> None:
    """Add to the call that is being made. Raises RuntimeError outside one: a model is reached through the gate only."""
    meter = _meter.get()
    if meter is None:
        raise RuntimeError("a model was called outside the gate")
    meter.micro += micro


def inside() -> bool:
    """Whether the gate is making a call."""
    return _meter.get() is not None
