"""The call that the gate is making: what it costs, and whose names must not leave with it.

A model port finds it in its context, so that a model cannot be reached but through the gate.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Meter:
    """`micro` is in millionths of a yuan, so that cents never round away; `names` are masked in whatever is sent."""

    micro: int = 0
    names: tuple[str, ...] = ()


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered(names: Iterable[str] = ()) -> Generator[Meter]:
    """Everything spent inside the block, also by tasks it starts, is on this meter."""
    meter = Meter(names=tuple(names))
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def current() -> Meter:
    """The meter of the call that is being made. Raises RuntimeError outside one."""
    meter = _meter.get()
    if meter is None:
        raise RuntimeError("a model was called outside the gate")
    return meter


def spend(micro: int) -> None:
    """Add to the call that is being made. Raises RuntimeError outside one."""
    current().micro += micro
