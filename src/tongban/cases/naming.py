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
from tongban.org import Actor
from tongban.org import store as people


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in a post of the body whose act it is, present today."""

    post: str
    person: str
    name: str
    title: Text


async def colleagues(engine: Engine, found: Case, actor: Actor) -> tuple[Colleague, ...]:
    """Whom the acts possible from here may name for this official; nobody is looked up where no act names anybody."""
    acts = found.definition.procedure.acts.values()
    here = [act for act in acts if found.state.state in act.from_]
    if not any(field.type == "official" for act in here for field in act.says.values()):
        return ()
    return await _present(engine, found, _body(found, actor))


async def named(engine: Engine, found: Case, act: Act, says: Mapping[str, Any], actor: Actor) -> dict[str, By | None]:
    """The officials whom an act names by their post: of the body that owes the answer, or of one that takes part where
    that one acts. A post outside it, or an applicant's own relative, is None, which no act accepts."""
    wanted = {name: says[name] for name, field in act.says.items() if field.type == "official" and says.get(name)}
    if not wanted:
        return {}
    body = _body(found, actor)
    there = {one.post: one for one in await _present(engine, found, body)}
    return {name: _by(there.get(str(post)), body) for name, post in wanted.items()}


def _by(one: Colleague | None, body: str) -> By | None:
    return one and By("official", one.person, one.name, one.post, body)


def _body(found: Case, actor: Actor) -> str:
    """Whose officials somebody may name."""
    joins = any(office.id == actor.body for office in found.state.case.together)
    return actor.body if joins else found.state.office.id


async def _present(engine: Engine, found: Case, body: str) -> tuple[Colleague, ...]:
    directory, case = engine.directory, found.state.case
    parties = (case.applicant.id, *await people.represented_by(engine.db, case.applicant.id, engine.clock()))
    seats = [
        (post, person)
        for post in directory.posts_of(body)
        for person in directory.holders(post.id)
        if person not in parties and not any(directory.tie(person, party) for party in parties)
    ]
    names = await people.names(engine.db, [person for _, person in seats])
    return tuple(Colleague(post.id, person, names.get(person, person), post.title) for post, person in seats)
