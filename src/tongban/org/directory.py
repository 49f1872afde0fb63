"""The register as one immutable snapshot, indexed for the questions that are asked on every request."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from tongban.base.clock import Clock, system_clock
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org.agreements import Agreement, AgreementMode
from tongban.org.entries import lineage
from tongban.org.leave import Away
from tongban.org.model import Body, Holding, House, Post, Power, Region, Register, Relation, Window
from tongban.org.move_checks import problems as move_problems
from tongban.org.moved import MEANINGS, Delegation, Moved
from tongban.org.training import Training

K = TypeVar("K")
V = TypeVar("V")

GOVERNMENT = "government"
"""The kind of body that is a people's government; it heads and reviews the bodies of its region."""
SHARING_AUTHORITY = "digital-centre"
"""The kind of body that looks after data sharing in its region (政务数据共享主管部门)."""

_WITHIN_COUNTY = frozenset({"county", "township", "village"})


@dataclass(frozen=True, slots=True)
class Competence:
    """Which body owes the answer, and why it is this one."""

    body: Body
    reason: Text
    moved_by: str = ""
    """The move by which it is this one."""


@dataclass(frozen=True, slots=True)
class Remedies:
    """Where a decision of a body can be contested (行政许可法 38, 行政复议法 20 and 22)."""

    reconsideration: Text
    reconsideration_contact: Text
    court: Text


@dataclass(frozen=True, slots=True)
class Directory:
    """Build with `Directory.build`, or `store.load` from the database; replaced whole when the register changes."""

    register: Register
    clock: Clock
    _regions: Mapping[str, Region]
    _bodies: Mapping[str, Body]
    _posts: Mapping[str, Post]
    _competent: Mapping[tuple[str, str], Body]
    _posts_of: Mapping[str, tuple[Post, ...]]
    _holdings_of_post: Mapping[str, tuple[Holding, ...]]
    _holdings_of_person: Mapping[str, tuple[Holding, ...]]
    away: Away
    """Leave and cover as they stand now; a head of a body enters them (`org.house`)."""
    _powers: Mapping[str, tuple[Power, ...]]
    moved: Moved
    """委托、集中、下放 as they stand now: the one part of a directory that an act of a case changes."""
    _windows: Mapping[str, tuple[Window, ...]]
    _ties: Mapping[frozenset[str], Relation]
    training: Training
    abroad: list[Callable[[str], str]] = field(default_factory=list[Callable[[str], str]], compare=False, repr=False)
    """What knows which other installation answers for a region, where there are any."""
    standing: dict[Any, Any] = field(default_factory=dict[Any, Any], compare=False, repr=False)
    """Answers that depend on this snapshot alone, remembered: of `org.may`, who is competent, where to contest."""

    @classmethod
    def build(cls, register: Register, clock: Clock | None = None) -> "Directory":
        """Index the register. Raises `Refused` with every entry that names what is not there or must not be."""
        directory = cls(
            register,
            clock or system_clock(),
            _by(register.regions, lambda r: r.code),
            _by(register.bodies, lambda b: b.id),
            _by(register.posts, lambda p: p.id),
            _by(register.bodies, lambda b: (b.kind, b.region)),
            _group(register.posts, lambda p: p.body),
            _group(register.holdings, lambda h: h.post),
            _group(register.holdings, lambda h: h.person),
            Away(register.absences),
            _group(register.powers, lambda p: p.body),
            Moved(register.delegations),
            _group(register.windows, lambda w: w.body),
            _by(register.relations, lambda r: frozenset({r.one, r.other})),
            Training(register.courses, register.classes),
        )
        if problems := list(directory._problems()):
            raise Refused(*problems, status=500)
        return directory

    def body(self, body_id: str) -> Body:
        """A body. Raises `Refused` (`unknown-body`)."""
        return _or_unknown(self._bodies, body_id, "unknown-body", "没有这个机关。", "There is no such body.")

    def region(self, code: str) -> Region:
        """A region, also one that has ended. Raises `Refused` (`unknown-region`)."""
        return _or_unknown(
            self._regions, code, "unknown-region", "没有这个行政区划代码。", "There is no region with this code."
        )

    def post(self, post_id: str) -> Post:
        """A post. Raises `Refused` (`unknown-post`)."""
        return _or_unknown(self._posts, post_id, "unknown-post", "没有这个岗位。", "There is no such post.")

    def regions(self, within: str = "") -> list[Region]:
        """Regions directly inside `within`; the provinces without it. Only those that exist today, by code."""
        today = self.today()
        inside = [r for r in self._regions.values() if _parent(r.code) == within and r.exists_on(today)]
        return sorted(inside, key=lambda r: r.code)

    def region_name(self, code: str) -> Text:
        """The full name from the province down: 岚江省岚江市清源区."""
        names = [self._regions[c].name for c in lineage(code) if c in self._regions]
        return Text("".join(n.zh for n in reversed(names)), ", ".join(n.en for n in names))

    def installation(self, region: str) -> str:
        """The other installation whose bodies answer for a region, by its code as a member; empty for our own."""
        return next(filter(None, (ask(region) for ask in self.abroad)), "")

    def today(self) -> date:
        return self.clock().date()

    def current(self, code: str) -> Region:
        """The region, or the one that followed it. Raises `Refused` (`unknown-region`, `region-divided`)."""
        region = self.region(code)
        while not region.exists_on(self.today()):
            if len(region.successors) != 1:
                raise refuse(
                    "region-divided",
                    f"{region.name.zh}（{code}）已撤销，请选择现在的区县。",
                    f"{region.name.en} ({code}) no longer exists; choose the region it became.",
                    place="region",
                )
            region = self.region(region.successors[0])
        return region

    def take_moves(self, moves: Iterable[Delegation]) -> None:
        """Know these moved powers from now on; every holder of this directory sees them at once."""
        self.moved.take(moves)
        self.standing.clear()

    @property
    def house(self) -> House:
        """What officials have entered, as it was taken last."""
        return House(
            courses=tuple(self.training.courses.values()), classes=self.training.classes, absences=self.away.everything
        )

    def take_house(self, house: House) -> None:
        """Know these courses, class sheets and leave from now on."""
        self.training.take(house.courses, house.classes)
        self.away.take(house.absences)
        self.standing.clear()

    def check_move(self, one: Delegation) -> None:
        """Raises `Refused` with everything that speaks against a move beside those there are."""
        others = tuple(move for move in self.moved.everything if move.id != one.id)
        missing = [
            *self._missing(self._bodies, one.from_body, "from_body"),
            *self._missing(self._bodies, one.to_body, "to_body"),
        ]
        before = {(p.code, p.place) for p in move_problems(self._bodies, self._powers, others)}
        found = (*missing, *move_problems(self._bodies, self._powers, (*others, one)))
        if wrong := [problem for problem in found if (problem.code, problem.place) not in before]:
            raise Refused(*wrong)

    def competent(
        self, kind: str, level: str, region: str, service: str = "", figures: Mapping[str, int] = MappingProxyType({})
    ) -> Body:
        """The body of this kind that decides at this level for somebody in this region; see `competence`."""
        return self.competence(kind, level, region, service, figures).body

    def competence(
        self, kind: str, level: str, region: str, service: str = "", figures: Mapping[str, int] = MappingProxyType({})
    ) -> Competence:
        """The competent body with the reason.

        `level` is a word of service files. A township's or village's service is owed by the county's body, which
        answers for its offices there. Where `service` has moved to another body that acts in its own name, that one is
        competent; `figures` are what limits of such a move ask for. Raises `Refused` (`no-competent-body`,
        `unknown-region`, `region-divided`).
        """
        found = self._by_table(kind, level, region)
        move = self.own_name_move(found.body.id, service, region, figures) if service else None
        if move is None:
            return found
        body, meaning = self.body(move.to_body), MEANINGS[move.kind]
        reason = Text(
            "由{body}以自己的名义办理：{giver}的这项职权已经{kind}（{decision}）。",
            "{body} is competent in its own name: the power of {giver} has been {kind} ({decision}).",
        ).format(body=body.name, giver=found.body.name, kind=meaning.name, decision=move.decision)
        return Competence(body, reason, move.id)

    def own_name_move(self, body: str, service: str, region: str, figures: Mapping[str, int]) -> Delegation | None:
        """The move by which another body owes the answer in this one's place today."""
        day = self.today()
        return next(
            (
                one
                for one in self.moved.given_by(body)
                if one.own_name and one.reaches(service, "*", region, day, None, figures)
            ),
            None,
        )

    def signature(self, move: Delegation) -> Text:
        """What letters, decisions and certificates say of a power that moved."""
        giver, taker = self.body(move.from_body), self.body(move.to_body)
        return MEANINGS[move.kind].signature.format(giver=giver.name, taker=taker.name, decision=move.decision)

    def _by_table(self, kind: str, level: str, region: str) -> Competence:
        here = self.current(region)
        wanted = "county" if level in _WITHIN_COUNTY else level
        known = ("by-table", kind, wanted, here.code)
        if (found := self.standing.get(known)) is not None:
            return found
        code = next((c for c in lineage(here.code) if self._level(c) == wanted), None)
        body = None if code is None else self._competent.get((kind, code))
        if body is None:
            raise refuse(
                "no-competent-body",
                f"在{here.name.zh}没有找到办这件事的机关，请选择到区县。",
                f"No body in {here.name.en} is competent for this; choose a county or district.",
                place="region",
            )
        reason = Text(
            "由{region}的{body}办理，因为这个事项由{level}行使。",
            "{body} is competent: the service is exercised at the {level} of {region}.",
        ).format(region=self.region(body.region).name, body=body.name, level=_LEVEL_NAMES[wanted])
        return self.standing.setdefault(known, Competence(body, reason))

    def posts_of(self, body_id: str) -> tuple[Post, ...]:
        """The posts of a body."""
        return self._posts_of.get(body_id, ())

    def holders(self, post_id: str, day: date | None = None) -> list[str]:
        """Persons in a post who are not on leave that day, and who cover for those that are."""
        on = day or self.today()
        here = [holding.person for holding in self._holdings_of_post.get(post_id, ()) if holding.holds_on(on)]
        covers = [cover for person in here for cover in self.away.covers(person, on)]
        return list(dict.fromkeys([*(one for one in here if not self.absent(one, on)), *covers]))

    def holder_of(self, post_id: str) -> str:
        """Whose post it is today, here or on leave; "" if nobody's."""
        today = self.today()
        return next((one.person for one in self._holdings_of_post.get(post_id, ()) if one.holds_on(today)), "")

    def posts_held(self, person: str, day: date | None = None) -> list[Post]:
        """The posts a person holds that day, and those in which they stand in for somebody on leave (代班)."""
        on = day or self.today()
        away = self.away.covered_by(person, on)
        held = [h.post for one in (person, *away) for h in self._holdings_of_person.get(one, ()) if h.holds_on(on)]
        return [self.post(post) for post in dict.fromkeys(held)]

    def holds(self, person: str, post: str, day: date) -> bool:
        """Whether it is their post that day, or that of somebody on leave for whom they stand in."""
        if any(h.post == post and h.holds_on(day) for h in self._holdings_of_person.get(person, ())):
            return True
        away = (h.person for h in self._holdings_of_post.get(post, ()) if h.holds_on(day))
        return any(person in self.away.covers(one, day) for one in away)

    def stands_in_for(self, person: str, post: str, day: date) -> str:
        """For whom somebody uses this post today; empty if it is their own."""
        if any(h.post == post and h.holds_on(day) for h in self._holdings_of_person.get(person, ())):
            return ""
        away = (h.person for h in self._holdings_of_post.get(post, ()) if h.holds_on(day))
        return next((one for one in away if person in self.away.covers(one, day)), "")

    def unattended(self, body_id: str, day: date | None = None) -> list[Post]:
        """Posts of a body whose work would wait unseen: nobody in them is here, nobody covers, and no other post of the
        body with all of their roles has somebody."""
        on = day or self.today()
        manned = [post for post in self.posts_of(body_id) if self.holders(post.id, on)]
        return [
            post
            for post in self.posts_of(body_id)
            if post not in manned and not any(post.roles <= other.roles for other in manned)
        ]

    def absent(self, person: str, day: date) -> bool:
        """Whether a person is on leave that day."""
        return self.away.absent(person, day)

    def superiors(self, body_id: str) -> list[Body]:
        """The bodies above, nearest first."""
        found: list[Body] = []
        parent = self.body(body_id).parent
        while parent is not None:
            found.append(self.body(parent))
            parent = found[-1].parent
        return found

    def has(self, body_id: str) -> bool:
        """Whether this is the id of a body, and not of a person."""
        return body_id in self._bodies

    def here(self, body_id: str) -> bool:
        """Whether this is a body that works in this installation; a neighbour's are in the register as well."""
        return self.has(body_id) and not self.installation(self.body(body_id).region)

    def around(self, *body_ids: str) -> str | None:
        """The smallest region that all of these bodies lie in; None where there is none."""
        regions = [list(lineage(self.body(body_id).region)) for body_id in body_ids]
        return next((code for code in regions[0] if all(code in others for others in regions[1:])), None)

    def sharing_authority(self, *body_ids: str) -> Body | None:
        """政务数据共享主管部门 of one body's own level, or the common one of several (政务数据共享条例 8, 28)."""
        region = self.around(*body_ids)
        return None if region is None else self._competent.get((SHARING_AUTHORITY, region))

    def government(self, region: str) -> Body | None:
        """The people's government of a region."""
        return self._competent.get((GOVERNMENT, region))

    def bodies_in(self, codes: Iterable[str]) -> list[Body]:
        """Every body in these regions and in the regions inside them."""
        wanted = frozenset(codes)
        return [b for b in self._bodies.values() if not wanted.isdisjoint(lineage(b.region))]

    def bodies_of(self, kind: str) -> list[Body]:
        """Every body of a kind, in the order of the register."""
        return [body for body in self._bodies.values() if body.kind == kind]

    def remedies(self, body_id: str) -> Remedies:
        """Where to contest a decision of this body."""
        known = ("remedies", body_id)
        if (found := self.standing.get(known)) is None:
            found = self.standing.setdefault(known, self._remedies(body_id))
        return found

    def _remedies(self, body_id: str) -> Remedies:
        body = self.body(body_id)
        reviewer = self._bodies.get(body.reconsideration or "")
        if reviewer is None:
            unnamed = Text("上一级行政机关", "the administrative body above it")
            return Remedies(unnamed, Text("", ""), body.court)
        where = Text("{address}，电话{phone}", "{address}, phone {phone}")
        contact = where.format(address=reviewer.contact.address, phone=reviewer.contact.phone)
        return Remedies(reviewer.name, contact, body.court)

    def powers_of(self, body_id: str) -> tuple[Power, ...]:
        return self._powers.get(body_id, ())

    def windows_of(self, body_id: str) -> tuple[Window, ...]:
        return self._windows.get(body_id, ())

    def agreement(self, mode: AgreementMode, service: str, here: str, there: str, day: date) -> Agreement | None:
        """The agreement by which bodies of `here` do this for those of `there` that day, if there is one."""
        agreements = self.register.agreements
        return next((a for a in agreements if a.mode is mode and a.covers(service, here, there, day)), None)

    def above_both(self, one: str, other: str) -> Body | None:
        """The nearest body that is above both, else the government of the smallest region both lie in."""
        above = {body.id for body in self.superiors(other)}
        common = next((body for body in self.superiors(one) if body.id in above), None)
        around = None if common else self.around(one, other)
        return common or (self.government(around) if around else None)

    def tie(self, one: str, other: str) -> Relation | None:
        """What bars these two from deciding on each other; None if nothing does."""
        return self._ties.get(frozenset({one, other}))

    def _level(self, code: str) -> str | None:
        region = self._regions.get(code)
        return None if region is None else region.level

    def _problems(self) -> Iterable[Problem]:
        for region in self._regions.values():
            for successor in (*region.successors, *region.predecessors):
                yield from self._missing(self._regions, successor, f"region {region.code}")
        for body in self._bodies.values():
            yield from self._missing(self._regions, body.region, f"body {body.id}")
            for other in filter(None, (body.parent, body.reconsideration)):
                yield from self._missing(self._bodies, other, f"body {body.id}")
        for post in self._posts.values():
            yield from self._missing(self._bodies, post.body, f"post {post.id}")
        for holding in self.register.holdings:
            yield from self._missing(self._posts, holding.post, f"holding {holding.id}")
        for power in self.register.powers:
            yield from self._missing(self._bodies, power.body, f"power {power.id}")
        for sheet in self.register.classes:
            yield from self._missing(self.training.courses, sheet.course, f"class {sheet.id}")
        for move in self.register.delegations:
            yield from self._missing(self._bodies, move.from_body, f"delegation {move.id}")
            yield from self._missing(self._bodies, move.to_body, f"delegation {move.id}")
        yield from move_problems(self._bodies, self._powers, self.register.delegations)

    @staticmethod
    def _missing(known: Mapping[str, object], name: str, place: str) -> Iterable[Problem]:
        if name not in known:
            yield Problem(
                "register-names-nothing",
                Text(f"登记簿里没有“{name}”。", f"The register has no “{name}”."),
                place,
            )


_LEVEL_NAMES: dict[str, Text] = {
    "county": Text("县（区）级", "county"),
    "city": Text("市级", "city"),
    "province": Text("省级", "province"),
    "nation": Text("国家", "nation"),
}


def _parent(code: str) -> str:
    outer = list(lineage(code))[1:]
    return outer[0] if outer else ""


def _by(entries: Iterable[V], key: Callable[[V], K]) -> Mapping[K, V]:
    return MappingProxyType({key(entry): entry for entry in entries})


def _group(entries: Iterable[V], key: Callable[[V], K]) -> Mapping[K, tuple[V, ...]]:
    found: defaultdict[K, list[V]] = defaultdict(list)
    for entry in entries:
        found[key(entry)].append(entry)
    return MappingProxyType({k: tuple(v) for k, v in found.items()})


def _or_unknown(known: Mapping[K, V], key: K, code: str, zh: str, en: str) -> V:
    try:
        return known[key]
    except KeyError:
        raise refuse(code, zh, en, place=code.removeprefix("unknown-"), status=404) from None
