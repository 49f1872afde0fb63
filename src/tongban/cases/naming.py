"""Officials whom an act names for what comes next: the chair of a hearing, by who they are and not by a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.base.i18n import Text
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case
from tongban.cases.model import By
from tongban.catalog.procedure import Act
from tongban.org import store as people


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in a post of the body that owes the answer, present today."""

    post: str
    person: str
    name: str
    title: Text


async def colleagues(engine: Engine, found: Case) -> tuple[Colleague, ...]:
    """Whom the acts possible from here may name; nobody is looked up where no act names anybody."""
    acts = found.definition.procedure.acts.values()
    here = [act for act in acts if found.state.state in act.from_]
    if not any(field.type == "official" for act in here for field in act.says.values()):
        return ()
    return await _present(engine, found)


async def named(engine: Engine, found: Case, act: Act, says: Mapping[str, Any]) -> dict[str, By | None]:
    """The officials whom an act names by their post. A post outside the body, or an applicant's own relative, is None,
    which no act accepts."""
    wanted = {name: says[name] for name, field in act.says.items() if field.type == "official" and says.get(name)}
    if not wanted:
        return {}
    there = {one.post: one for one in await _present(engine, found)}
    return {name: _by(there.get(str(post)), found) for name, post in wanted.items()}


def _by(one: Colleague | None, found: Case) -> By | None:
    return one and By("official", one.person, one.name, one.post, found.state.office.id)


async def _present(engine: Engine, found: Case) -> tuple[Colleague, ...]:
    directory, case = engine.directory, found.state.case
    seats = [
        (post, person)
        for post in directory.posts_of(found.state.office.id)
        for person in directory.holders(post.id)
        if person != case.applicant.id and directory.tie(person, case.applicant.id) is None
    ]
    names = await people.names(engine.db, [person for _, person in seats])
    return tuple(Colleague(post.id, person, names.get(person, person), post.title) for post, person in seats)
