"""How much a bundle asks of a person against its services one by one: forms, questions, papers, visits.

One question that is put to the person is one; what a record of the state answers, what another part gives and what is
worked out is none. The services one by one are counted with the same records answering, so that the difference is the
bundle's alone and not that of shared data (`catalog.once_only` counts that). So what the form settles (`Same.asked`) is
counted against the bundle: once in its form, and not for the parts that alone would find it in a record.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.base.i18n import words
from tongban.catalog.composing import Composed, Key


@dataclass(frozen=True, slots=True)
class Burden:
    """What a person has to do."""

    forms: int
    questions: int
    papers: int
    visits: int

    def as_json(self) -> dict[str, int]:
        return {"forms": self.forms, "questions": self.questions, "papers": self.papers, "visits": self.visits}


@dataclass(frozen=True, slots=True)
class Counted:
    """The services one by one, and together. `repeated` are questions that the one form puts more than once."""

    alone: Burden
    together: Burden
    repeated: int

    def as_json(self) -> dict[str, Any]:
        return {"alone": self.alone.as_json(), "together": self.together.as_json(), "repeated": self.repeated}


@dataclass(frozen=True, slots=True)
class Given:
    """What one part was told and handed by the person: names in its own file."""

    facts: Collection[str]
    papers: Collection[str]


def counted(composed: Composed, given: Mapping[str, Given], own: Collection[str] = ()) -> Counted:
    """The count for what was really said, part by part; `own` are the questions of the bundle itself that were put."""
    facts = [(part, name) for part, one in given.items() for name in one.facts if (part, name) in composed.names]
    papers = [(part, name) for part, one in given.items() for name in one.papers if (part, name) in composed.papers]
    asked = list(dict.fromkeys([*own, *(composed.names[key] for key in facts)]))
    alone = [key for key in facts if not _settled(composed, key)]
    filed = {composed.papers[key] for key in papers}
    visits = [composed.members[part].visits.max for part in given]
    return Counted(
        alone=Burden(len(given), len(alone), len(papers), sum(visits)),
        together=Burden(1, len(asked), len(filed), max(visits, default=0)),
        repeated=_repeated(composed, asked),
    )


def typical(composed: Composed) -> Counted:
    """The count for somebody who needs every part, with every record that is asked answering and all questions put."""
    given: dict[str, Given] = {}
    for part, service in composed.members.items():
        if composed.bundle.parts[part].by is None:
            facts = {name for (of, name) in composed.names if of == part}
            papers = {name for (of, name) in composed.papers if of == part}
            put = {name for name in facts if service.facts[name].source is None or _settled(composed, (part, name))}
            given[part] = Given(
                [name for name in put if service.facts[name].required],
                [name for name in papers if service.materials[name].replaced_by is None],
            )
    return counted(composed, given, _own(composed))


def _settled(composed: Composed, key: Key) -> bool:
    """Whether the form asks what this part alone would have looked up."""
    part, name = key
    merged = composed.service.facts[composed.names[key]]
    return merged.source is None and composed.members[part].facts[name].source is not None


def _own(composed: Composed) -> list[str]:
    """The questions that the bundle adds: its own, and who else is invited."""
    merged = set(composed.names.values())
    return [name for name, fact in composed.service.facts.items() if name not in merged and not fact.derive]


def _repeated(composed: Composed, asked: Collection[str]) -> int:
    """Questions of the one form that would have the same answer as another: the same words, or the same record."""
    facts = [composed.service.facts[name] for name in asked]
    said = Counter(words(fact.ask, "zh") for fact in facts)
    read = Counter((fact.source.at, fact.source.test) for fact in facts if fact.source)
    return sum(count - 1 for count in (*said.values(), *read.values()))
