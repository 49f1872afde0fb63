"""The demonstration's provinces, 岚江 and 云泽: invented regions, bodies, posts and people, made from data files.

Codes lie in the unassigned 99xxxx and 98xxxx ranges; check characters are computed, so every number has a valid shape
and belongs to nobody. An installation is one province; 岚江 unless it is told otherwise.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tongban.base.database import Database
from tongban.base.i18n import Lang, Text
from tongban.base.ids import birth_date, id_number_check, is_male, uscc_check
from tongban.org import store
from tongban.org.agreements import Agreement
from tongban.org.demo.provinces import PROFILES, Province
from tongban.org.entries import ALL, lineage
from tongban.org.mandate import Mandate
from tongban.org.model import (
    Body,
    Class,
    Contact,
    Course,
    Holding,
    Person,
    Post,
    Power,
    Region,
    Register,
    Relation,
    Role,
    TieKind,
    Window,
)
from tongban.org.moved import Delegation

_HERE = Path(__file__).parent
_COUNTIES = frozenset({"county", "city", "province"})
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2036, 1, 1, tzinfo=UTC)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _PostKind(_File, frozen=True):
    zh: str
    en: str
    roles: frozenset[Role]
    kinds: frozenset[str] = frozenset()
    levels: frozenset[str] = _COUNTIES
    added: int = 0
    """Came later, and how much later; such posts stand after all that were there, so that nobody's name changes."""


class _Bodies(_File, frozen=True):
    kinds: dict[str, Text]
    hours: Text
    address: Text
    court: Text
    posts: dict[str, _PostKind]
    added: frozenset[str] = frozenset()
    """Kinds that came later; they stand after all others, so that nobody's name changes."""
    only: dict[str, tuple[str, ...]] = {}
    """Kinds that only these regions have."""
    not_administrative: frozenset[str] = frozenset()


class _Citizen(_File, frozen=True):
    id: str
    name: str
    number: str
    phone: str
    level: int
    about: Text
    lang: Lang = "zh"


class _Business(_File, frozen=True):
    name: str
    uscc: str
    to: str


class _Seat(_File, frozen=True):
    region: str
    kind: str
    post: str

    @property
    def id(self) -> str:
        return f"{self.region}.{self.kind}.{self.post}"


class _Tie(_File, frozen=True):
    one: str
    official: _Seat
    kind: TieKind


class _People(_File, frozen=True):
    citizens: tuple[_Citizen, ...]
    businesses: tuple[_Business, ...]
    relations: tuple[_Tie, ...]
    featured: tuple[_Seat, ...]
    surnames: str
    given: tuple[str, ...]


class _Learning(_File, frozen=True):
    held: date
    long_ago: date
    courses: tuple[Course, ...]
    missing: dict[str, tuple[_Seat, ...]] = {}
    late: dict[str, tuple[_Seat, ...]] = {}
    """Who passed it so long ago that it no longer holds."""


@dataclass(frozen=True, slots=True)
class Login:
    """A line of the log-in page: who one may be. `post` and `mandate` go into `sessions.log_in_demo`."""

    person: str
    name: str
    about: Text
    post: str = ""
    mandate: str = ""


@cache
def register(province: Province = Province.LAN) -> Register:
    """Regions, bodies, posts, powers and who holds what."""
    regions = msgspec.convert(_read(PROFILES[province].folder / "regions.yaml"), tuple[Region, ...])
    made = msgspec.convert(_read(_HERE / "bodies.yaml"), _Bodies)
    living = [region for region in regions if region.until is None]
    known = {region.code: region for region in regions}
    bodies = tuple(
        _body(made, kind, n, known, region)
        for added in (False, True)
        for region in living
        for n, kind in enumerate(made.kinds)
        if (kind in made.added) is added and region.code in made.only.get(kind, (region.code,))
    )
    posts = tuple(
        post
        for added in sorted({kind.added for kind in made.posts.values()})
        for body in bodies
        for post in _posts(made, body, known[body.region], added)
    )
    return Register(
        regions=regions,
        bodies=bodies,
        posts=posts,
        holdings=tuple(Holding(id=f"h.{post.id}", post=post.id, person=official_id(post.id)) for post in posts),
        powers=tuple(
            Power(
                id=f"power.{body.id}",
                body=body.id,
                services=frozenset({ALL}),
                regions=frozenset({body.region}),
                law="权责清单（演示）",
            )
            for body in bodies
        ),
        windows=tuple(
            Window(
                id=f"window.{body.region}",
                body=body.id,
                services=frozenset({ALL}),
                regions=frozenset({body.region}),
                law="行政许可法 26",
            )
            for body in bodies
            if body.kind == "service-centre"
        ),
        delegations=moves() if province is Province.LAN else (),
        courses=_learning().courses,
        classes=_classes(posts),
        relations=tuple(
            Relation(
                id=f"tie.{tie.one}.{tie.official.id}",
                one=tie.one,
                other=official_id(tie.official.id),
                kind=tie.kind,
            )
            for tie in _people(province).relations
        ),
        agreements=agreements() if province is Province.LAN else (),
    )


@cache
def _learning() -> _Learning:
    return msgspec.convert(_read(_HERE / "training.yaml"), _Learning)


def _classes(posts: tuple[Post, ...]) -> tuple[Class, ...]:
    """One sheet for each course: everybody whose post may need it, but for those the file names."""
    learning = _learning()
    sheets: list[Class] = []
    for course in learning.courses:
        needed = [post.id for post in posts if course.concerns(post)]
        late = {seat.id for seat in learning.late.get(course.id, ())} & set(needed)
        absent = {seat.id for seat in learning.missing.get(course.id, ())} | late
        days = ((learning.held, [post for post in needed if post not in absent]), (learning.long_ago, sorted(late)))
        sheets += [
            Class(id=f"{course.id}.{day}", course=course.id, passed_on=day, persons=tuple(map(official_id, there)))
            for day, there in days
            if there
        ]
    return tuple(sheets)


def known_of(province: Province) -> Register:
    """What another installation knows of a province: its regions and bodies, nobody in them and no power over them."""
    whole = register(province)
    return Register(regions=whole.regions, bodies=whole.bodies)


@cache
def agreements() -> tuple[Agreement, ...]:
    """What the bodies of one city do for those of the other (国办发〔2020〕35号)."""
    return msgspec.convert(_read(_HERE / "agreements.yaml"), tuple[Agreement, ...])


@cache
def moves() -> tuple[Delegation, ...]:
    """Powers that moved: one delegated, one bureau with one seal, one moved down."""
    return msgspec.convert(_read(_HERE / "moves.yaml"), tuple[Delegation, ...])


@cache
def beside(province: Province, others: tuple[Province, ...]) -> Register:
    """The register of an installation that has others beside it."""
    between = msgspec.convert(_read(_HERE / "between.yaml"), tuple[Agreement, ...])
    parts = (*map(known_of, others), register(province), Register(agreements=between))
    return Register(
        **{kind: tuple(entry for part in parts for entry in getattr(part, kind)) for kind in Register.__struct_fields__}
    )


@cache
def citizens(province: Province = Province.LAN) -> tuple[Person, ...]:
    """The invented citizens."""
    return tuple(_citizen(citizen) for citizen in _people(province).citizens)


@cache
def officials(province: Province = Province.LAN) -> tuple[Person, ...]:
    """One invented person for each post."""
    people = _people(province)
    made: list[Person] = []
    for n, post in enumerate(register(province).posts):
        # Two lengths without a common factor: every pair comes once before any comes again.
        name = people.surnames[n % len(people.surnames)] + people.given[n % len(people.given)]
        made.append(Person(id=official_id(post.id), name=name, level=4))
    return tuple(made)


@cache
def mandates(province: Province = Province.LAN) -> tuple[Mandate, ...]:
    """Who acts for the invented businesses."""
    return tuple(
        Mandate(
            id=f"m-{business.to.removeprefix('p-')}",
            from_party=_uscc(business.uscc),
            from_name=business.name,
            to_person=business.to,
            since=_SINCE,
            until=_UNTIL,
            ground="legal-representative",
        )
        for business in _people(province).businesses
    )


@cache
def logins(province: Province = Province.LAN) -> tuple[Login, ...]:
    """Everybody the log-in page offers: citizens, those who act for a business, officials."""
    people, reg = _people(province), register(province)
    names = {person.id: person.name for person in (*citizens(province), *officials(province))}
    posts = {post.id: post for post in reg.posts}
    bodies = {body.id: body for body in reg.bodies}
    found = [Login(citizen.id, citizen.name, citizen.about) for citizen in people.citizens]
    for mandate in mandates(province):
        about = Text(f"代表{mandate.from_name}", f"for {mandate.from_name}")
        found.append(Login(mandate.to_person, names[mandate.to_person], about, mandate=mandate.id))
    for seat in people.featured:
        post = posts[seat.id]
        about = Text("{body} · {title}", "{title}, {body}").format(body=bodies[post.body].name, title=post.title)
        found.append(Login(official_id(post.id), names[official_id(post.id)], about, post=post.id))
    return tuple(found)


def post_id(region: str, kind: str, post: str) -> str:
    """The id of a post, such as `990101.police.examiner`."""
    return _Seat(region, kind, post).id


async def seed(db: Database, province: Province = Province.LAN, others: tuple[Province, ...] = ()) -> None:
    """Put a province into the database, and what it knows of the `others` beside it; again is harmless.

    What officials enter and end themselves (courses, sheets, powers that moved) is added once and theirs from then on.
    """
    whole = beside(province, others) if others else register(province)
    theirs = Register(courses=whole.courses, classes=whole.classes, delegations=whole.delegations)
    async with db.transaction() as connection:
        await store.save(connection, msgspec.structs.replace(whole, courses=(), classes=(), delegations=()))
        await store.add(connection, theirs)
        await store.save_people(connection, (*citizens(province), *officials(province)))
        await store.save_mandates(connection, mandates(province))


def _body(made: _Bodies, kind: str, n: int, known: dict[str, Region], region: Region) -> Body:
    outer = next((code for code in list(lineage(region.code))[1:]), None)
    government = f"{region.code}.government"
    above = None if outer is None or kind in made.only else f"{outer}.{kind}"
    full = _full_name(known, region.code)
    where = known[region.code].name
    is_government = kind == "government"
    return Body(
        id=f"{region.code}.{kind}",
        uscc=_body_uscc(region.code, n),
        name=made.kinds[kind].format(region=full),
        kind=kind,
        region=region.code,
        contact=Contact(
            phone=f"000-{region.code[2:]}{n:02d}00",
            address=made.address.format(region=where, number=n + 1),
            hours=made.hours,
        ),
        parent=above,
        # Departments are reviewed by the government of their own level, a government by the one above (行政复议法 24).
        reconsideration=above if is_government else government,
        court=made.court.format(region=full),
        administrative=kind not in made.not_administrative,
    )


def _posts(made: _Bodies, body: Body, region: Region, added: int) -> list[Post]:
    return [
        Post(id=f"{body.id}.{slug}", body=body.id, title=Text(kind.zh, kind.en), roles=kind.roles)
        for slug, kind in made.posts.items()
        if kind.added == added and region.level in kind.levels and (not kind.kinds or body.kind in kind.kinds)
    ]


def _full_name(known: dict[str, Region], code: str) -> Text:
    """Cities and their districts by the names people use: 岚江市清源区, but 岚江省 for the province itself."""
    inner = [known[c].name for c in lineage(code) if not (c.endswith("0000") and c != code)]
    return Text("".join(name.zh for name in reversed(inner)), ", ".join(name.en for name in inner))


def _citizen(citizen: _Citizen) -> Person:
    number = citizen.number + id_number_check(citizen.number)
    born: date | None = birth_date(number)
    return Person(
        id=citizen.id,
        name=citizen.name,
        id_number=number,
        phone=citizen.phone,
        birth_date=born,
        sex="male" if is_male(number) else "female",
        home_region=number[:6],
        level=citizen.level,
        lang=citizen.lang,
    )


def official_id(post: str) -> str:
    """Whoever holds a post."""
    return f"o-{post}"


def _body_uscc(region: str, n: int) -> str:
    """A code of the shape 11 + region + organisation code (GB 11714) + check; 11 is a body of the state."""
    stem = f"9{region[2:]}{n:03d}"
    rest = 11 - sum(int(d) * w for d, w in zip(stem, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return _uscc(f"11{region}{stem}{'0' if rest == 11 else 'X' if rest == 10 else rest}")


def _uscc(stem: str) -> str:
    """The code with its last character; a stem of 16 gets a plain 17th."""
    full = stem.ljust(17, "1")
    return full + uscc_check(full)


@cache
def _people(province: Province) -> _People:
    return msgspec.convert(_read(PROFILES[province].folder / "people.yaml"), _People)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
