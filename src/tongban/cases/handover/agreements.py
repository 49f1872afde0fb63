"""Between which installations cases go, and on what: the cards of the others and the agreements between regions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.cases.model import CaseState, Office
from tongban.sharing.channel.neighbours import Neighbours


class Agreed(Protocol):
    """An agreement between regions, as far as a hand-over rests on it (`org.model.Agreement`)."""

    @property
    def id(self) -> str: ...

    @property
    def law(self) -> str: ...

    def covers(self, service: str, here: str, there: str, day: date) -> bool:
        """Whether it holds that day for a service of `there` that is asked for in `here`."""
        ...


@dataclass(frozen=True, slots=True)
class Between:
    """What is known of other installations."""

    neighbours: Neighbours
    agreed: Callable[[], Sequence[Agreed]]

    def code(self, region: str) -> str:
        """The other installation whose bodies answer for a region, by its code as a member; empty for our own."""
        card = self.neighbours.of_region(region)
        return card.member.code if card else ""

    def agreement(self, service: str, one: str, other: str, day: date) -> Agreed:
        """What a hand-over between two regions rests on. Raises `Refused` (`no-agreement`, 403)."""
        found = next((a for a in self.agreed() if _lets(a, service, one, other, day)), None)
        if found is None:
            raise no_agreement()
        return found

    def named(self, agreement: str, service: str, one: str, other: str, day: date) -> Agreed:
        """The same, of the agreement that the other side names."""
        found = next((a for a in self.agreed() if a.id == agreement), None)
        if found is None or not _lets(found, service, one, other, day):
            raise no_agreement()
        return found

    def of(self, state: CaseState, office: Office, day: date) -> str:
        """By its id, for a case that is handed on to `office`."""
        return self.agreement(state.case.service, state.place, office.id[:6], day).id


def _lets(agreement: Agreed, service: str, one: str, other: str, day: date) -> bool:
    """Either way: what goes there may come back."""
    return agreement.covers(service, one, other, day) or agreement.covers(service, other, one, day)


def no_agreement() -> Exception:
    """Nothing lets this case go there."""
    text = Text(
        "两地之间没有办理这个事项的跨省通办协议，或者协议不在有效期内。",
        "No agreement in force between the two regions lets cases of this service go there.",
    )
    return refuse("no-agreement", text.zh, text.en, place="service", law="国办发〔2020〕35号", status=403)
