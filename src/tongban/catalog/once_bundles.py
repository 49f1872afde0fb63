"""How much all services ask where what belongs to one matter (一件事) is applied for together, through its one form.

Beside `once_only`, which counts each service as if it were applied for alone. A part that the applicant asks for is
counted once in its bundle for one applicant, the one of its situations that has least to answer and bring; the form of
the bundle is counted with every question that it can put, its own included. What another person answers for a bundle
(a parent, a partner, an employee) is no part of the form and stays counted alone. So nothing falls by being left out.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tongban.catalog.bundle_count import typical
from tongban.catalog.composing import Composed
from tongban.catalog.model import Service
from tongban.catalog.once_only import asked, together


@dataclass(frozen=True, slots=True)
class AskedTogether:
    """Questions and papers of all services and bundles: with nothing shared and all apart, and as it is now."""

    alone: int
    shared: int
    bundles: int

    @property
    def fall(self) -> float:
        """The share that is no longer asked, 0 to 1; 0 where there is nothing to ask."""
        return 1 - self.shared / self.alone if self.alone else 0.0

    def as_json(self) -> dict[str, int | float]:
        return {"alone": self.alone, "shared": self.shared, "fall": round(self.fall, 4), "bundles": self.bundles}


def through_bundles(services: Collection[Service], bundles: Collection[Composed]) -> AskedTogether:
    """The count over `services`, the parts of `bundles` through their forms. Pure. Raises Refused as `asked` does."""
    parts = {
        service.service: service
        for one in bundles
        for part, service in one.members.items()
        if one.bundle.parts[part].by is None
    }
    apart = together(asked(service) for service in services if service.service not in parts)
    least = [min((one.alone for one in asked(service).applicants), default=0) for service in parts.values()]
    forms = [typical(one).together for one in bundles]
    return AskedTogether(
        alone=apart.alone + sum(least),
        shared=apart.shared + sum(form.questions + form.papers for form in forms),
        bundles=len(forms),
    )
