"""One small world for the case engine: a county, four bodies, their people, one permit, one applicant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.cases.decide import Command, decide, overdue
from tongban.cases.decision_receipt import Machine, Names
from tongban.cases.definition import Definition
from tongban.cases.evolve import fold
from tongban.cases.model import Applicant, CaseState, Event, Office, Opening, Refusal
from tongban.org import Actor, Body, Directory, Grant, Person, Post, Power, Region, Register, Role
from tongban.org.model import Contact, Holding

NOTHING = Machine(summary=Text("没有机器替您办这件事。", "No machine handled this case."))
NAMES = Names(lambda body: Text(f"机构 {body}", body), lambda post: Text(f"岗位 {post}", post))
FILES = Path(__file__).parent / "files"
ROOT = Path(__file__).parents[2]
COUNTY, OTHER = "990101", "990102"
FACTS = {"full_name": "周晓岚", "id_number": "11010519491231002X", "sells": "toys", "since": "2026-12-1", "metres": "3"}

_NOWHERE = Contact(phone="0999-12345", address=Text("清源大道1号", "1 Qingyuan Road"), hours=Text("9-17", "9-17"))
_POSTS: dict[str, tuple[str, set[Role]]] = {
    "clerk": ("market", {Role.INTAKE}),
    "examiner": ("market", {Role.EXAMINE}),
    "approver": ("market", {Role.DECIDE}),
    "second": ("market", {Role.DECIDE}),
    "head": ("market", {Role.HEAD}),
    "superior": ("city-market", {Role.SUPERIOR}),
    "mayor": ("government", {Role.GOVERNMENT_HEAD}),
    "stranger": ("other-market", {Role.INTAKE, Role.EXAMINE, Role.DECIDE, Role.HEAD}),
}


def register(kinds: tuple[str, ...] = ("market",)) -> Register:
    """The register: `kinds` of bodies are all played by the one county office."""
    market = Body(
        id="market",
        uscc="11990101MB0000001A",
        name=Text("清源区市场监管局（演示）", "Qingyuan Market Regulator (demo)"),
        kind=kinds[0],
        region=COUNTY,
        contact=_NOWHERE,
        parent="city-market",
        reconsideration="government",
    )
    city = Body(
        id="city-market",
        uscc="11990100MB0000002A",
        name=Text("岚江市市场监管局（演示）", "City Market Regulator (demo)"),
        kind=kinds[0],
        region="990100",
        contact=_NOWHERE,
    )
    government = Body(
        id="government",
        uscc="11990101MB0000003A",
        name=Text("清源区人民政府（演示）", "Government of Qingyuan (demo)"),
        kind="government",
        region=COUNTY,
        contact=_NOWHERE,
    )
    other = Body(
        id="other-market",
        uscc="11990102MB0000004A",
        name=Text("河西区市场监管局（演示）", "Hexi Market Regulator (demo)"),
        kind=kinds[0],
        region=OTHER,
        contact=_NOWHERE,
    )
    return Register(
        regions=(
            Region(code="990000", name=Text("岚江省", "Lanjiang")),
            Region(code="990100", name=Text("岚江市", "Lanjiang City")),
            Region(code=COUNTY, name=Text("清源区", "Qingyuan")),
            Region(code=OTHER, name=Text("河西区", "Hexi")),
        ),
        bodies=(market, city, government, other),
        posts=tuple(
            Post(id=name, body=body, title=Text(f"{name}岗", name), roles=frozenset(roles))
            for name, (body, roles) in _POSTS.items()
        ),
        holdings=tuple(Holding(id=f"h-{name}", post=name, person=f"o-{name}") for name in _POSTS),
        powers=tuple(
            Power(
                id=f"p-{body}", body=body, services=frozenset({"*"}), regions=frozenset({region}), law="行政许可法 22"
            )
            for body, region in (("market", COUNTY), ("other-market", OTHER))
        ),
    )


def official(directory: Directory, post: str) -> Actor:
    """Whoever holds this post."""
    found = directory.post(post)
    person = Person(id=f"o-{post}", name=f"{post}甲", level=3)
    return Actor.official(person, found, directory.body(found.body))


APPLICANT = Actor.citizen(Person(id="p-zhou", name="周晓岚", home_region=COUNTY, level=2))
NEIGHBOUR = Actor.citizen(Person(id="p-other", name="邻居", home_region=COUNTY, level=2))


NOW = datetime(2026, 11, 3, 9, 0, tzinfo=ZONE)


@dataclass(frozen=True)
class Story:
    """A case told act by act, without a database."""

    definition: Definition
    events: tuple[Event, ...] = ()
    now: datetime = NOW

    @property
    def state(self) -> CaseState:
        return fold(self.events)

    def at(self, month: int, day: int, hour: int = 9) -> "Story":
        return replace(self, now=datetime(2026, month, day, hour, tzinfo=ZONE))

    def try_(self, who: str, act: str, **says: Any) -> list[Event] | Refusal:
        """Do an act as `person`, or as the holder of a post (its roles count)."""
        roles = _POSTS.get(who, ("", set[Role]()))[1]
        actor = (
            APPLICANT
            if who == "person"
            else Actor(kind="official", id=f"o-{who}", name=who, post=who, body="market", roles=frozenset(roles))
        )
        grant = Grant(Text("依职权", "by office"), "", roles=frozenset(roles))
        return decide(self.definition, self.state, Command(act, actor, grant, says), self.now)

    def do(self, who: str, act: str, **says: Any) -> "Story":
        done = self.try_(who, act, **says)
        assert not isinstance(done, Refusal), [problem.text.zh for problem in done.problems]
        return replace(self, events=(*self.events, *done))

    def wait(self) -> "Story":
        """Let the clock do what is due."""
        return replace(self, events=(*self.events, *overdue(self.definition, self.state, self.now)))

    def refused(self, who: str, act: str, **says: Any) -> str:
        """The code of the refusal."""
        done = self.try_(who, act, **says)
        assert isinstance(done, Refusal), [event.type for event in done]
        return done.code

    def open(self, facts: Mapping[str, Any] = FACTS) -> "Story":
        opening = Opening(
            "990101-261103-00000001",
            COUNTY,
            self.definition.service.service,
            self.definition.service.version,
            self.definition.procedure.procedure,
            self.definition.procedure.version,
            self.now.date(),
            Office("market", Text("清源区市场监管局（演示）", "Qingyuan Market Regulator (demo)")),
            Applicant("p-zhou", "周晓岚", "11010519491231002X"),
        )
        grant = Grant(Text("本人办理", "in person"), "")
        command = Command(self.definition.opens, APPLICANT, grant, {"facts": facts}, opening=opening)
        done = decide(self.definition, CaseState(), command, self.now)
        assert not isinstance(done, Refusal), [problem.text.zh for problem in done.problems]
        return replace(self, events=tuple(done))


Officials = Callable[[str], Actor]
