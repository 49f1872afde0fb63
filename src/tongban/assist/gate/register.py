"""No record, no run: what the register, the measurements and the switches say about a use on a day. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from tongban.assist.gate.reasons import abstain
from tongban.assist.measured import Measured, counts_for, expires, missed
from tongban.assist.model import Abstain
from tongban.assist.records import EVERYWHERE, Switched
from tongban.base.errors import Refused
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.use import Use
from tongban.org.entries import lineage


class Register:
    """An immutable snapshot. `permits` is a look-up: the answer for a use, region and day is worked out once."""

    def __init__(
        self, catalogue: Catalogue, measured: Mapping[str, Measured], switches: Iterable[Switched] = ()
    ) -> None:
        self._catalogue = catalogue
        self.measured = measured
        self._switches = tuple(switches)
        self._off = {(one.use, one.region): one for one in self._switches if one.state == "off"}
        self._answers: dict[tuple[str, str, date], Abstain | None] = {}

    def switched(self, switches: Iterable[Switched]) -> "Register":
        """The same with the switches as they stand now."""
        return Register(self._catalogue, self.measured, switches)

    def uses(self) -> tuple[Use, ...]:
        """Every use in the register, one version each."""
        return tuple(found for use in self._catalogue.uses() if (found := self.use(use.use)))

    def use(self, slug: str) -> Use | None:
        """The register entry of a use: its newest active version, or else its newest."""
        try:
            return self._catalogue.use(slug)
        except Refused:
            return None

    def permits(self, slug: str, region: str, today: date) -> Abstain | None:
        """None if it may run; otherwise why not."""
        key = slug, region, today
        if key not in self._answers:
            if len(self._answers) > _REMEMBERED:
                self._answers.clear()
            self._answers[key] = self._judge(slug, region, today)
        return self._answers[key]

    def off(self, slug: str, region: str) -> Switched | None:
        """The switch that keeps a use off in a region: its own, or one of the city, the province or everywhere.

        A region may only be stricter than those it lies in: switching on again takes back its own switch alone.
        """
        codes = (EVERYWHERE, *reversed([*lineage(region)]))
        return next((found for code in codes if (found := self._off.get((slug, code)))), None)

    def _judge(self, slug: str, region: str, today: date) -> Abstain | None:
        use = self.use(slug)
        if use is None:
            return abstain(slug, "not-registered")
        if use.status != "active":
            return abstain(slug, "not-active")
        reuse = self._catalogue.reuse(slug, region)
        if reuse is not None and reuse.switch == "off":
            return abstain(slug, "not-reused")
        if reuse is not None and today > reuse.review_by:
            return abstain(slug, "review-overdue", day=reuse.review_by)
        if switch := self.off(slug, region):
            return abstain(slug, "switched-off", reason=switch.why.strip().rstrip("。."))
        if today > use.review_by:
            return abstain(slug, "review-overdue", day=use.review_by)
        return self._quality(use, today)

    def _quality(self, use: Use, today: date) -> Abstain | None:
        measured = self.measured.get(use.use)
        if measured is None or not counts_for(use, measured):
            return abstain(use.use, "not-measured")
        if failed := missed(use, measured):
            return abstain(use.use, "below-threshold", metric=", ".join(one.metric for one in failed))
        if today > (last := expires(use, measured)):
            return abstain(use.use, "measurement-expired", day=last)
        return None


_REMEMBERED = 10_000
