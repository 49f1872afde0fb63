"""通办协议: what the bodies of one place do for those of another (国办发〔2020〕35号)."""

from datetime import date
from enum import StrEnum

from tongban.base.i18n import Text
from tongban.org.entries import ALL, Dated, lineage


class AgreementMode(StrEnum):
    """What is agreed."""

    PROXY_INTAKE = "proxy-intake"
    """异地代收代办: a counter takes applications in for the other place's bodies, which decide."""
    TAKE_OVER = "take-over"
    """What is handed on is taken over at once, without being looked at first."""
    EQUAL = "equal"
    """无差别办理: the body of the place where one applies decides as if it were the other's."""


class Agreement(Dated, frozen=True, kw_only=True):
    """What bodies of `from_regions` do for services of the bodies of `to_regions`. Only once published."""

    id: str
    name: Text
    services: frozenset[str]
    from_regions: frozenset[str]
    to_regions: frozenset[str]
    mode: AgreementMode
    law: str
    published_on: date | None = None

    def covers(self, service: str, here: str, there: str, day: date) -> bool:
        """Whether it holds that day for a service of `there` that is asked for in `here`."""
        return (
            self.published_on is not None
            and self.published_on <= day
            and self.holds_on(day)
            and (ALL in self.services or service in self.services)
            and self._between(frozenset(lineage(here)) & self.from_regions, frozenset(lineage(there)) & self.to_regions)
        )

    def _between(self, here: frozenset[str], there: frozenset[str]) -> bool:
        """Whether these are two parties to it. What several places agree on is nothing about one of them alone; what is
        agreed of one place only holds everywhere in it."""
        alone = self.from_regions == self.to_regions and len(self.from_regions) == 1
        return any(one != other or alone for one in here for other in there)
