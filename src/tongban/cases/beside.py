"""What the engine asks of its surroundings: things known about a person or a case that are no part of the case.

The packages above answer; with nobody to ask, nothing is known. A question never sees more than a
number; `fits` alone sees what is said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.base.i18n import Text
from tongban.catalog.model import Service


def _no(_person: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that drew a business: its number, and who goes in which order (`post/official` with the name)."""

    draw: str
    inspectors: tuple[tuple[str, str], ...]


async def _not_drawn(_body: str, _service: str, _code: str) -> Drawn | None:
    return None


async def _nothing(_case: str) -> Text:
    return Text("", "")


def _nobody(_case: str, _service: Service) -> Text:
    return Text("", "")


def _fits(_service: str, _facts: Mapping[str, Any], _act: str, _says: Mapping[str, Any]) -> None:
    return


@dataclass(frozen=True, slots=True)
class Beside:
    """Who else is asked.

    people_only  whether a person wants only people to handle what they apply for (PIPL 24)
    contributed  the sentence on what registered uses of models contributed to a case, for the letter of its outcome;
                 empty if they did not
    invites      how a case of a service is rated once it has ended, for the letter with which it ends
    drawn        the draw by which a body inspects a business (body, service, code), if it was drawn
    fits         whether what an act says holds outside the case (service, facts, act, what it says); raises Refused
    """

    people_only: Callable[[str], bool] = _no
    contributed: Callable[[str], Awaitable[Text]] = _nothing
    invites: Callable[[str, Service], Text] = _nobody
    drawn: Callable[[str, str, str], Awaitable[Drawn | None]] = _not_drawn
    fits: Callable[[str, Mapping[str, Any], str, Mapping[str, Any]], None] = _fits
