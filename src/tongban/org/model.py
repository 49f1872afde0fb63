"""Who there is: regions, bodies, posts, powers, people, and what links them.

Everything is a frozen value with one JSON form. Sources: GB/T 2260 (region codes), GB 32100 (codes of bodies), and for
powers 行政许可法 24 (delegation) and 26 (one window).
"""

from datetime import date
from enum import IntEnum, StrEnum
from typing import Literal

import msgspec

from tongban.base.i18n import Lang, Text
from tongban.org.agreements import Agreement
from tongban.org.entries import ALL, Covers, Dated, Entry
from tongban.org.mandate import Mandate
from tongban.org.moved import Delegation

Agreed = Literal["", "screen", "paper", "code"]
"""Present and read it on the screen, present and signed the print, or away and told a one-time code."""
TieKind = Literal["spouse", "parent-child", "sibling", "in-law", "interest"]


class RealName(IntEnum):
    """实名等级: how well we know who somebody is. Each service and step asks for a minimum."""

    ANONYMOUS = 0
    PHONE = 1
    CHECKED = 2
    """Name and identity number checked against the authority's register."""
    FACE = 3
    """And the face, or the national network identity (网证); voluntary, other means must stay."""
    BOUND = 4
    """And a key or certificate bound to the person."""


class Role(StrEnum):
    """What a post may do in a procedure; the words of procedure files."""

    INTAKE = "intake"
    EXAMINE = "examine"
    DECIDE = "decide"
    HEAD = "head"
    GOVERNMENT_HEAD = "government-head"
    SUPERIOR = "superior"
    SUPERVISE = "supervise"
    ASKING = "asking"
    """For the body that asked. This and the three below come from how a body stands to a case, never from a post."""
    ASKING_HEAD = "asking-head"
    SHARING_AUTHORITY = "sharing-authority"
    """政务数据共享主管部门 at the level of the body that owes the answer."""
    COMMON_SUPERIOR = "common-superior"
    """The one above both bodies (政务数据共享条例 28)."""
    JOINED = "joined"
    """For a body that takes part beside the one that owes the answer (行政许可法 26)."""


BY_STANDING = frozenset({Role.JOINED, Role.ASKING, Role.ASKING_HEAD, Role.SHARING_AUTHORITY, Role.COMMON_SUPERIOR})
"""Roles that no post has of itself."""
OUTSIDE = frozenset({Role.SUPERIOR, Role.SUPERVISE, Role.GOVERNMENT_HEAD}) | BY_STANDING
"""Roles that count towards other bodies than one's own."""


class Region(Entry, frozen=True, kw_only=True):
    """行政区划. A code that ended is kept for ever and never used again (GB/T 2260); its successors say what now."""

    code: str
    name: Text
    since: date = date(1949, 10, 1)
    until: date | None = None
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    @property
    def level(self) -> Literal["province", "city", "county"]:
        return "province" if self.code.endswith("0000") else "city" if self.code.endswith("00") else "county"

    def exists_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Contact(Entry, frozen=True, kw_only=True):
    """Where a body is found."""

    phone: str
    address: Text
    hours: Text


class Body(Entry, frozen=True, kw_only=True):
    """行政主体 or another body of the state. `parent` is its superior; `reconsideration` the body that reviews it."""

    id: str
    uscc: str
    name: Text
    kind: str
    region: str
    contact: Contact
    parent: str | None = None
    reconsideration: str | None = None
    court: Text = Text("有管辖权的人民法院", "the people's court with jurisdiction")
    administrative: bool = True
    """行政机关. A public institution or a society is none: no power of licensing is delegated to it (行政许可法 24)."""


class Post(Entry, frozen=True, kw_only=True):
    """岗位: what a person is allowed to do is a property of the post, never of the person."""

    id: str
    body: str
    title: Text
    roles: frozenset[Role]


class Holding(Dated, frozen=True, kw_only=True):
    """A person in a post."""

    id: str
    post: str
    person: str


class Absence(Dated, frozen=True, kw_only=True):
    """Leave: the post's powers rest, or are used by `cover` (代班), who acts under their own name."""

    id: str
    person: str
    cover: str = ""


class Power(Covers, frozen=True, kw_only=True):
    """职权: a body may do these acts for these services in these regions, by this law."""

    id: str
    body: str


class Window(Covers, frozen=True, kw_only=True):
    """综合窗口: one body receives and hands out for all bodies of its region (行政许可法 26)."""

    id: str
    body: str


class Relation(Entry, frozen=True, kw_only=True):
    """近亲属 and other ties that bar an official from somebody's case (公务员法 74—76; read second-hand, tag M)."""

    id: str
    one: str
    other: str
    kind: TieKind


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A natural person as far as logging in needs; what the state's registers know of them is not kept here."""

    id: str
    name: str
    id_number: str = ""
    phone: str = ""
    birth_date: date | None = None
    sex: Literal["male", "female", ""] = ""
    home_region: str = ""
    level: int = RealName.ANONYMOUS
    lang: Lang = "zh"

    def __repr__(self) -> str:
        """Nothing personal, wherever it may be printed."""
        return f"Person({self.id})"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something: a person, an official in a post, the clock or the rules. A model is none of these."""

    kind: Literal["person", "official", "clock", "rules"]
    id: str
    name: str
    post: str = ""
    body: str = ""
    region: str = ""
    roles: frozenset[str] = frozenset()
    level: int = RealName.ANONYMOUS
    on_behalf_of: str = ""
    mandate: Mandate | None = None
    lang: Lang = "zh"
    number: str = ""
    """A person's identity number, as far as it was checked."""
    agreed: Agreed = ""
    """帮办: how the person for whom an official enters something saw and confirmed it; the official never does."""

    def __repr__(self) -> str:
        """Nothing personal, wherever it may be printed."""
        return f"Actor({self.kind}, {self.id}, {self.post})"

    @classmethod
    def clock(cls) -> "Actor":
        """The law's time running out."""
        return cls(kind="clock", id="clock", name="期限 Clock")

    @classmethod
    def rules(cls) -> "Actor":
        """The rule engine: only what is favourable and fully determined."""
        return cls(kind="rules", id="rules", name="规则 Rules")

    @classmethod
    def citizen(cls, person: Person, mandate: Mandate | None = None) -> "Actor":
        """A person for themselves, or under a mandate for another. A mandate never raises the real-name level."""
        return cls(
            kind="person",
            id=person.id,
            name=person.name,
            region=person.home_region,
            level=person.level,
            on_behalf_of="" if mandate is None else mandate.from_party,
            mandate=mandate,
            lang=person.lang,
            number=person.id_number,
        )

    @classmethod
    def official(cls, person: Person, post: Post, body: Body) -> "Actor":
        """A person in a post."""
        return cls(
            kind="official",
            id=person.id,
            name=person.name,
            post=post.id,
            body=body.id,
            region=body.region,
            roles=frozenset(post.roles),
            level=person.level,
            lang=person.lang,
        )


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What an act is about, as far as authority is concerned."""

    region: str
    body: str
    service: str
    applicant: str = ""
    handlers: frozenset[str] = frozenset()
    """Officials who have acted on it."""
    barred: frozenset[str] = frozenset()
    """Officials who handled what it is about: they may read it, another handles it."""
    opens: bool = False
    """Whether the act opens it: whoever takes it in need not be the one that answers."""
    received_by: str = ""
    """The body that took the application in for `body`."""
    receiving: str = ""
    """The body to which it was handed on and which has not answered yet."""
    level: int = RealName.CHECKED
    """The least real-name level for acting on it as its applicant."""
    agents: frozenset[str] = frozenset()
    """Persons who have acted on it for its applicant: as officials they leave it to others (回避)."""
    in_person: frozenset[str] = frozenset()
    """须本人到场: acts that the law reserves to the person themselves (行政许可法 29)."""
    opened_on: date | None = None
    figures: tuple[tuple[str, int], ...] = ()
    """What a limit of a moved power asks for; filled only where the body has moved or received one."""
    together: frozenset[str] = frozenset()
    """Bodies that take part beside `body` (会同办理)."""


class Course(Dated, frozen=True, kw_only=True):
    """课程: what must have been learned before `acts` of `services` by posts with one of `roles` (empty: any).

    `months` is how long it holds, 0 for always; `how` is what to do to take it.
    """

    id: str
    name: Text
    hours: int
    months: int
    how: Text
    law: str = ""
    acts: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset({ALL})
    roles: frozenset[Role] = frozenset()

    def concerns(self, post: Post) -> bool:
        """Whether somebody in this post may come to need it."""
        return not self.roles or bool(self.roles & post.roles)

    def needed_for(self, post: Post, service: str, act: str, day: date) -> bool:
        """Whether it is needed for this act by somebody in this post."""
        covered = ALL in self.services or service in self.services
        return act in self.acts and covered and self.holds_on(day) and self.concerns(post)


class Class(Entry, frozen=True, kw_only=True):
    """一期培训: the sheet of who passed a course on a day."""

    id: str
    course: str
    passed_on: date
    persons: tuple[str, ...]


class House(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the register that officials enter about their own bodies while it is in use."""

    courses: tuple[Course, ...] = ()
    classes: tuple[Class, ...] = ()
    absences: tuple[Absence, ...] = ()


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything a `Directory` is built from."""

    regions: tuple[Region, ...] = ()
    bodies: tuple[Body, ...] = ()
    posts: tuple[Post, ...] = ()
    holdings: tuple[Holding, ...] = ()
    absences: tuple[Absence, ...] = ()
    powers: tuple[Power, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    windows: tuple[Window, ...] = ()
    relations: tuple[Relation, ...] = ()
    courses: tuple[Course, ...] = ()
    classes: tuple[Class, ...] = ()
    agreements: tuple[Agreement, ...] = ()
