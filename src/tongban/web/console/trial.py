"""One trial of changed rules at a time, in a thread of its own, over the installation's people."""

import asyncio
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Lock

from tongban.base.config import Settings
from tongban.base.errors import refuse
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.outreach import demo_people
from tongban.outreach.turn import changed
from tongban.outreach.what_if import Comparison, compare

DEMO_PEOPLE = 200_000
running = Lock()
"""Held while this process tries something out: a trial uses all that DuckDB is given."""


def has_people(settings: Settings) -> bool:
    """Whether there is a population to try on."""
    return settings.people_file is not None or settings.demo


async def run(
    settings: Settings, policy: Policy, service: Service, values: Mapping[str, Decimal], day: date
) -> Comparison:
    """The comparison of the service in force with a changed one; nothing of it is kept.

    Raises Refused: `what-if-busy` (503) while another trial runs; those of `changed` and `compare` (422).
    """
    new = changed(service, values)
    return await asyncio.to_thread(_alone, settings, policy, service, new, day)


def _alone(settings: Settings, policy: Policy, service: Service, new: Service, day: date) -> Comparison:
    # taken and given back in the thread itself: a reader who leaves does not end a trial that has begun
    if not running.acquire(blocking=False):
        raise refuse(
            "what-if-busy",
            "有人正在试算，请过几秒再试一次",
            "Somebody else is trying out a change; try again in a few seconds",
            status=503,
        )
    try:
        return compare(policy, service, new, _people(settings), day)
    finally:
        running.release()


def _people(settings: Settings) -> Path:
    return settings.people_file or demo_people.keep(settings.data_dir, DEMO_PEOPLE)
