"""What holds for every procedure that is shipped, whatever people do and in whatever order."""

import typing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from case_world import APPLICANT, COUNTY, NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped_files import procedures, services

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.cases import clocks
from tongban.cases.decide import Command, decide, overdue, possible
from tongban.cases.definition import Definition
from tongban.cases.evolve import evolve, fold
from tongban.cases.model import (
    OWN_NAMES,
    ActorKind,
    Applicant,
    By,
    CaseState,
    Event,
    Move,
    Office,
    Opening,
    Own,
    Refusal,
)
from tongban.cases.projections import project
from tongban.cases.says import FILES_ACCEPTED, fields_of
from tongban.cases.trial import WHO_NAMES
from tongban.catalog.model import Material
from tongban.catalog.procedure import Act, Field, Who
from tongban.org import Actor, Grant, Role
from tongban.terms import Calendar

SERVICES, PROCEDURES = list(services().values()), procedures()
PAIRS = sorted(
    {
        (service.service, name)
        for service in SERVICES
        for name in (service.procedure, *(s.procedure for s in service.situations if s.procedure))
    }
)
GRANT = Grant(Text("依职权", "by office"), "")
OFFICES = (
    "intake",
    "examine",
    "decide",
    "head",
    "government-head",
    "superior",
    "asking",
    "asking-head",
    "sharing-authority",
    "common-superior",
)
SEVERAL = {"decide": 2, "asking-head": 2, "superior": 3}
"""A second look is by somebody who did nothing before it, and a superior may have done two things before one."""
PEOPLE = [
    APPLICANT,
    *(
        Actor(kind="official", id=f"o-{role}-{n}", name=role, post=role, body="b", roles=frozenset({role}))
        for role in OFFICES
        for n in range(SEVERAL.get(role, 1))
    ),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
MACHINES = frozenset({Who.CLOCK, Who.RULES})


def granted_to(actor: Actor) -> Grant:
    """What `org.may` would say to somebody with these roles."""
    return replace(GRANT, roles=frozenset(map(Role, actor.roles)))


def definition_of(service: str, procedure: str) -> Definition:
    found = next(one for one in SERVICES if one.service == service)
    return Definition(found, PROCEDURES[procedure], Calendar.china(), ZONE, found.terms)


def opened(definition: Definition) -> CaseState:
    """A case as if it had been submitted with nothing in it: walks do not care for answers."""
    procedure = definition.procedure
    opening = Opening(
        "990101-261103-00000001",
        COUNTY,
        definition.service.service,
        definition.service.version,
        procedure.procedure,
        procedure.version,
        NOW.date(),
        Office("b", Text("机关", "Body")),
        Applicant(APPLICANT.id, APPLICANT.name),
    )
    return CaseState(opening=opening)


def said(act: Act, definition: Definition) -> dict[str, Any]:
    """Something lawful for every field."""
    values: dict[str, Any] = {
        "text": "好",
        "long-text": "说明理由",
        "date": "2026-12-8",
        "integer": "3",
        "items": [next(iter(definition.service.materials), next(iter(definition.service.facts)))],
        "law": ["行政许可法第38条"],
        "body": "990101.housing",
        "facts": {},
        "documents": {},
    }
    return {
        name: field.choices[0][0] if field.type == "choice" else values[field.type]
        for name, field in act.says.items()
        if field.type not in ("facts", "documents")
    }


def start(definition: Definition) -> tuple[Event, ...]:
    """The opening event, made without the form's questions; what the rules open has the facts they open it with."""
    act = definition.procedure.acts[definition.opens]
    by_rules = set(act.who) == {Who.RULES}
    moves = tuple(
        Move("start", effect.term, NOW, 1)
        for effect in act.terms
        if effect.do == "start" and clocks.clock(definition, effect.term)
    )
    first = Event(
        seq=1,
        type=definition.opens,
        at=NOW,
        by=By("person", APPLICANT.id, APPLICANT.name),
        to=act.to,
        opening=opened(definition).opening,
        moves=moves,
        facts=dict(definition.service.examples[0].given) if by_rules else {},
    )
    return (first,)


@pytest.mark.parametrize(("service", "procedure"), PAIRS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_random_walk_never_raises_and_everything_ends(service: str, procedure: str, data: st.DataObject) -> None:
    definition = definition_of(service, procedure)
    events, now = start(definition), NOW
    for _ in range(14):
        state = fold(events)
        if definition.ended(state):
            break
        now += timedelta(hours=data.draw(st.sampled_from([1, 30, 200])))
        actor = data.draw(st.sampled_from(PEOPLE))
        name = data.draw(st.sampled_from(sorted(definition.procedure.acts)))
        act = definition.procedure.acts[name]
        granted = granted_to(actor)
        done = decide(definition, state, Command(name, actor, granted, said(act, definition)), now)
        if isinstance(done, Refusal):
            assert done.code
            assert all(problem.text.zh and problem.text.en for problem in done.problems)
            continue
        events = (*events, *done)
        _sound(definition, events)
    state = _finish(definition, events, now)
    assert definition.ended(state), (service, procedure, state.state)


def _sound(definition: Definition, events: tuple[Event, ...]) -> None:
    """Each event survives its JSON; replaying it gives the same state; rows can be made of it."""
    stored = msgspec.json.decode(msgspec.json.encode(events), type=tuple[Event, ...])
    assert fold(stored) == fold(events)
    rows = project(definition, fold(events), events)
    assert rows == project(definition, fold(stored), stored)
    for event in events:
        assert not (event.adverse and event.by.kind in ("clock", "rules"))


def _finish(definition: Definition, events: tuple[Event, ...], now: datetime) -> CaseState:
    """However the case stands, the people of its body can bring it to an end."""
    seen: set[str] = set()
    frontier = [(fold(events), now)]
    while frontier:
        state, at = frontier.pop(0)
        state = fold(overdue(definition, state, at), state)
        if definition.ended(state):
            return state
        if state.state in seen:
            continue
        seen.add(state.state)
        for name, act in definition.procedure.acts.items():
            if state.state not in act.from_ or not set(act.who) - MACHINES:
                continue
            for actor in PEOPLE:
                command = Command(name, actor, granted_to(actor), said(act, definition))
                done = decide(definition, state, command, at)
                if not isinstance(done, Refusal):
                    frontier.append((fold(done, state), at))
                    break
    return fold(events)


@pytest.mark.parametrize("procedure", sorted(PROCEDURES))
def test_nothing_adverse_is_open_to_a_machine(procedure: str) -> None:
    for name, act in PROCEDURES[procedure].acts.items():
        if act.adverse or act.decides == "adverse":
            assert not set(act.who) & MACHINES, name
            assert act.not_by, name


@pytest.mark.parametrize("kind", ["clock", "rules"])
@pytest.mark.parametrize("what", [{"adverse": True}, {"decides": "adverse"}])
def test_an_adverse_event_by_a_machine_cannot_even_be_read_from_a_forged_row(kind: ActorKind, what: Any) -> None:
    with pytest.raises(ValueError, match="human"):
        Event(seq=1, type="refuse", at=NOW, by=By(kind, kind, kind), to="refused", **what)
    forged = {"seq": 1, "type": "refuse", "at": NOW, "by": {"kind": kind, "id": "x", "name": "x"}, "to": "refused"}
    with pytest.raises((ValueError, msgspec.ValidationError)):
        msgspec.json.decode(msgspec.json.encode({**forged, **what}), type=Event)


def test_no_path_leads_from_a_suggestion_to_an_event() -> None:
    """A model is no kind of actor, and nothing here takes what a model produces."""
    assert set(typing.get_args(ActorKind)) == {"person", "official", "clock", "rules"}
    assert set(typing.get_args(typing.get_type_hints(Actor)["kind"])) == set(typing.get_args(ActorKind))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": "model", "id": "m", "name": "m"}, By)
    hints = typing.get_type_hints(decide)
    assert set(hints) == {"definition", "state", "command", "now", "return"}
    fields = typing.get_type_hints(Command, include_extras=True)
    assert not any("uggestion" in str(hint) for hint in fields.values())


def test_every_word_of_the_model_has_its_answer() -> None:
    """Tables over kinds are complete."""
    from tongban.cases import evolve as evolving
    from tongban.cases import says
    from tongban.cases.views import STAGE_NAMES
    from tongban.catalog.procedure import Stage

    assert set(OWN_NAMES) == set(Own) == set(evolving._OWN)
    assert set(WHO_NAMES) == set(Who)
    assert set(STAGE_NAMES) == set(Stage)
    kinds = typing.get_args(typing.get_type_hints(Field)["type"])
    assert set(says._READERS) == set(kinds)
    accepts = typing.get_args(typing.get_args(typing.get_type_hints(Material)["accepts"])[0])
    assert set(FILES_ACCEPTED) == set(accepts)


def test_a_history_with_a_gap_is_no_history() -> None:
    definition = definition_of(*PAIRS[0])
    (first,) = start(definition)
    with pytest.raises(ValueError, match="cannot follow"):
        evolve(fold([first]), msgspec.structs.replace(first, seq=3))
    with pytest.raises(ValueError, match="opens"):
        evolve(fold([first]), msgspec.structs.replace(first, seq=2))


@settings(max_examples=60, deadline=None)
@given(hours=st.integers(0, 24 * 90), step=st.integers(1, 24 * 20))
def test_the_clock_does_the_same_whether_it_looks_often_or_once(hours: int, step: int) -> None:
    definition = definition_of("food-licence", "licensing") if ("food-licence", "licensing") in PAIRS else None
    if definition is None:
        return
    end = NOW + timedelta(hours=hours)
    often, now = start(definition), NOW
    while now < end:
        now = min(now + timedelta(hours=step), end)
        often = (*often, *overdue(definition, fold(often), now))
    once = (*start(definition), *overdue(definition, fold(start(definition)), end))
    assert [event.type for event in often] == [event.type for event in once]
    dates = [
        [(t.clock.term, t.statutory.due) for t in clocks.running(definition, fold(events), end)]
        for events in (often, once)
    ]
    assert dates[0] == dates[1]


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=3), st.data())
def test_nonsense_is_refused_and_never_raises(junk: dict[str, Any], data: st.DataObject) -> None:
    definition = definition_of("food-licence", "licensing")
    state = fold(start(definition))
    name = data.draw(st.sampled_from(sorted(definition.procedure.acts)))
    act = definition.procedure.acts[name]
    known = {field: next(iter(junk.values()), None) for field in fields_of(act)}
    for actor in PEOPLE[:3]:
        for says in (junk, known, {**junk, **known}):
            done = decide(definition, state, Command(name, actor, granted_to(actor), says), NOW)
            assert isinstance(done, list | Refusal)


@pytest.mark.parametrize("actor", PEOPLE, ids=lambda actor: str(actor.id))
def test_what_decide_allows_is_offered(actor: Actor) -> None:
    def grant(_act: str) -> Grant:
        return granted_to(actor)

    for service, procedure in PAIRS:
        definition = definition_of(service, procedure)
        state = fold(start(definition))
        offered = {one.act for one in possible(definition, state, actor, grant, NOW)}
        for name, act in definition.procedure.acts.items():
            command = Command(name, actor, granted_to(actor), said(act, definition))
            if not isinstance(decide(definition, state, command, NOW), Refusal):
                assert name in offered, (procedure, name)
