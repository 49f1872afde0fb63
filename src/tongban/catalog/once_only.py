"""How much one service asks of a person: with nothing shared, and with its sources answering (政务数据共享条例 19).

Counted for a typical applicant of each situation: the first example of the file that may have what is applied for, with
the situation it comes to. One question that must be answered is one, one paper that must be brought is one. What is
worked out from other answers (`derive`) is no question, what may be left empty or out is not counted, and neither is
consent to a look-up, which is asked once whatever it covers. Situations in which nothing has to be applied for have no
applicant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tongban.base.i18n import Text
from tongban.catalog.assess import assess
from tongban.catalog.model import Service, Source, Words
from tongban.catalog.tables import both
from tongban.catalog.variant import Variant

_WHOLE = Text("所有人", "Everybody")


@dataclass(frozen=True, slots=True)
class Thing:
    """One question or one paper. `source` is the record that answers instead, if there is one."""

    name: Words
    paper: bool
    source: Source | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """A typical applicant of one situation, and all that they would have to answer and bring with nothing shared."""

    situation: Words
    things: tuple[Thing, ...]

    @property
    def alone(self) -> int:
        """Questions and papers with nothing shared."""
        return len(self.things)

    @property
    def left(self) -> tuple[Thing, ...]:
        """What is still asked where every source answers."""
        return tuple(thing for thing in self.things if thing.source is None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service asks, or several together."""

    applicants: tuple[Applicant, ...]

    @property
    def alone(self) -> int:
        """Over all its situations, with nothing shared."""
        return sum(one.alone for one in self.applicants)

    @property
    def shared(self) -> int:
        """The same with the sources answering."""
        return sum(len(one.left) for one in self.applicants)

    @property
    def fall(self) -> float:
        """The share that is no longer asked, 0 to 1; 0 where there is nothing to ask."""
        return 1 - self.shared / self.alone if self.alone else 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures, and applicant by applicant what is still asked."""
        return {
            "alone": self.alone,
            "shared": self.shared,
            "fall": round(self.fall, 4),
            "applicants": [
                {
                    "situation": _said(one.situation),
                    "alone": one.alone,
                    "shared": len(one.left),
                    "left": [{"name": _said(thing.name), "paper": thing.paper} for thing in one.left],
                }
                for one in self.applicants
            ],
        }


def asked(service: Service) -> Asked:
    """What a typical applicant of each situation of the service must answer and bring. Pure.

    Raises Refused if the service does not compile.
    """
    typical: dict[str, tuple[bool, Applicant]] = {}
    for example in service.examples:
        found = assess(service, example.given, example.on)
        if found.outcome not in ("eligible", "ask-official"):
            continue
        chosen, sure = found.variant.situation, found.outcome == "eligible"
        if chosen is None and not sure:
            continue  # nobody knows yet which situation it is
        key = chosen.id if chosen else ""
        if key not in typical or (sure and not typical[key][0]):
            typical[key] = (sure, Applicant(chosen.name if chosen else _WHOLE, _things(found.variant)))
    order = {situation.id: at for at, situation in enumerate(service.situations)}
    return Asked(tuple(typical[key][1] for key in sorted(typical, key=lambda key: order.get(key, -1))))


def together(several: Iterable[Asked]) -> Asked:
    """The same count over several services: every situation of each weighs the same."""
    return Asked(tuple(applicant for one in several for applicant in one.applicants))


def _said(said: Words) -> dict[str, str]:
    text = both(said)
    return {"zh": text.zh, "en": text.en}


def _things(variant: Variant) -> tuple[Thing, ...]:
    facts = [question.fact for question in (*variant.questions, *variant.open_questions) if question.fact.required]
    papers = [need.material for need in variant.materials if need.material.need != "optional"]
    return (
        *(Thing(fact.name, paper=False, source=fact.source) for fact in facts),
        *(Thing(paper.name, paper=True, source=paper.replaced_by) for paper in papers),
    )
