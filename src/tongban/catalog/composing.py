"""From a bundle and its services to one form: the same meaning asked once, under one name, with one question.

Two questions mean the same when the same record of the state would answer them, when two files ask them in the same
words under the same name, or when the bundle says so. What looks alike and is not declared is a fault, never a guess.
The one form is itself a service file in memory, so drafts, records, questions and checks work on it as on any other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from tongban import rules
from tongban.base.i18n import Text, words
from tongban.catalog.answers import reads_alike
from tongban.catalog.bundle import Bundle
from tongban.catalog.bundle_parts import part_faults
from tongban.catalog.findings import Path
from tongban.catalog.model import (
    Fact,
    FactType,
    Kind,
    Law,
    Material,
    Reach,
    Result,
    Service,
    Source,
    Table,
    Visits,
)
from tongban.catalog.renaming import renamed
from tongban.catalog.tables import APPLICATION_DATE, Fault

Key = tuple[str, str]
"""Part and name in its file."""


@dataclass(frozen=True)
class Composed:
    """A bundle with its services, and the one form.

    names   of every question that the one form asks: (part, fact) → its name there; `papers` the same for materials
    """

    bundle: Bundle
    members: Mapping[str, Service]
    service: Service
    names: Mapping[Key, str]
    papers: Mapping[Key, str]

    def of_part(self, part: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Of what the one form holds (answers, records, files), what one part needs, under its own names."""
        return {name: values[one] for name, one in self._own[part] if one in values}

    def read_of(self, part: str, read: Mapping[str, Any]) -> dict[str, Any]:
        """Of the answers that the one form has read, those that one part reads in the same way, under its own names."""
        return {name: read[one] for name, one in self._alike[part] if one in read}

    @cached_property
    def _alike(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The names of each part with those of the form, where what the form reads is what the part would read."""
        return {
            part: tuple(
                (name, one)
                for name, one in own
                if name in service.facts and reads_alike(service.facts[name], self.service.facts[one])
            )
            for part, service in self.members.items()
            for own in (self._own[part],)
        }

    @cached_property
    def _own(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The names of each part with those of the form: each case that is opened asks four times for each part."""
        every = {**self.names, **self.papers}.items()
        return {part: tuple((name, one) for (of, name), one in every if of == part) for part in self.members}

    def parts_of(self, name: str) -> tuple[str, ...]:
        """The parts that a question or a paper of the one form is for."""
        own = {**self.names, **self.papers}
        return tuple(dict.fromkeys(part for (part, _), one in own.items() if one == name))

    def askers(self, wanted: Mapping[str, Source]) -> dict[str, dict[str, str]]:
        """For sources of the one form, the part on whose ground each is asked: part → {name there: name in the form}.

        A record is read for the service that the law lets read it, so each is asked once, for the first part.
        """
        own = {**self.names, **self.papers}
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for one, source in wanted.items():
            for (part, name), merged in own.items():
                mine = _source(self.members[part], name) if merged == one else None
                if mine is not None and (mine.at, mine.test) == (source.at, source.test):
                    found[part][name] = one
                    break
        return dict(found)


def _source(service: Service, name: str) -> Source | None:
    fact, material = service.facts.get(name), service.materials.get(name)
    return fact.source if fact else material.replaced_by if material else None


def compose(bundle: Bundle, service_of: Callable[[str], Service | None]) -> tuple[Composed | None, tuple[Fault, ...]]:
    """The one form, or every fault: `bundle-service`, `bundle-part`, `bundle-cycle`, `bundle-takes`, `bundle-same`,
    `bundle-conflict`, `bundle-types`, `bundle-condition`, `bundle-role`."""
    work = _Work(bundle, service_of)
    composed = work.compose()
    return (None if work.faults else composed), tuple(work.faults)


class _Work:
    def __init__(self, bundle: Bundle, service_of: Callable[[str], Service | None]) -> None:
        self.bundle = bundle
        self.faults: list[Fault] = []
        self.members: dict[str, Service] = {}
        for part, member in bundle.parts.items():
            found = service_of(member.service)
            if found is None:
                self._fault(
                    "bundle-service",
                    f"没有“{member.service}”这个事项",
                    f"There is no service '{member.service}'",
                    "parts",
                    part,
                    "service",
                )
            else:
                self.members[part] = found

    def _fault(self, code: str, zh: str, en: str, *path: str | int, offset: int = 0) -> None:
        where: Path = tuple(path)
        self.faults.append(Fault(code, Text(zh, en), where, offset))

    def compose(self) -> Composed | None:
        self.faults += part_faults(self.bundle, self.members)
        if self.faults:
            return None
        facts = {
            (part, name): fact
            for part, service in self._asking()
            for name, fact in service.facts.items()
            if not fact.derive and name not in self.bundle.parts[part].takes
        }
        papers = {(part, slug): one for part, service in self._asking() for slug, one in service.materials.items()}
        self._declared({**facts, **papers})
        names, paper_names = self._named(facts), self._named(papers)
        merged = self._facts(facts, names)
        materials = self._materials(papers, paper_names, names)
        self._conditions(merged)
        self._told(merged)
        service = self._service({**self._derived(names), **merged}, materials)
        return Composed(self.bundle, self.members, service, names, paper_names)

    def _told(self, merged: Mapping[str, Fact]) -> None:
        """What an invited person is told has to be asked in the one form."""
        for role, spec in self.bundle.roles.items():
            for index, name in enumerate(spec.tells):
                if name not in merged:
                    self._fault(
                        "bundle-role",
                        f"这张表不问“{name}”，没有可以告诉对方的",
                        f"The form does not ask '{name}'; there is nothing to tell",
                        "roles",
                        role,
                        "tells",
                        index,
                    )

    def _asking(self) -> Iterable[tuple[str, Service]]:
        """The parts that the one form asks for; what another person completes asks that person."""
        return [(part, service) for part, service in self.members.items() if self.bundle.parts[part].by is None]

    # --- what means the same ----------------------------------------------------------------------------------------

    def _declared(self, known: Mapping[Key, Fact | Material]) -> None:
        seen: dict[Key, int] = {}
        for index, same in enumerate(self.bundle.same):
            for at, of in enumerate(same.of):
                key = _key(of)
                place = ("same", index, "of", at)
                if key not in known:
                    self._fault("bundle-same", f"表里不问“{of}”", f"The form does not ask '{of}'", *place)
                elif key in seen:
                    self._fault(
                        "bundle-same",
                        f"“{of}”已经归到“{self.bundle.same[seen[key]].as_}”了",
                        f"'{of}' already belongs to '{self.bundle.same[seen[key]].as_}'",
                        *place,
                    )
                seen[key] = index

    def _named(self, known: Mapping[Key, Any]) -> dict[Key, str]:
        """One name for each meaning."""
        names: dict[Key, str] = {}
        for same in self.bundle.same:
            names |= {key: same.as_ for key in map(_key, same.of) if key in known}
        by_source: dict[tuple[str, str], str] = {
            names_of: name for key, name in names.items() if (names_of := _place(known[key]))
        }
        by_name: dict[str, list[Key]] = defaultdict(list)
        for key, one in known.items():
            part, name = key
            place = _place(one)
            if key in names:
                continue
            if place and place in by_source:
                names[key] = by_source[place]
                continue
            free = name if name not in self.bundle.apart else f"{part.replace('-', '_')}_{name}"
            for other in by_name[free]:
                if not _alike(known[other], one):
                    self._conflict(other, key)
            by_name[free].append(key)
            names[key] = free
            if place:
                by_source.setdefault(place, free)
        taken = {same.as_ for same in self.bundle.same} | self.bundle.asks.keys()
        for name, keys in by_name.items():
            if name in taken:
                self._fault(
                    "bundle-conflict",
                    f"“{name}”已经是合并后的名字，“{keys[0][0]}”里也叫这个名字：写进 same，或者列入 apart",
                    f"'{name}' is a merged question and another in '{keys[0][0]}': add it to same or to apart",
                    "parts",
                    keys[0][0],
                )
        return names

    def _conflict(self, one: Key, other: Key) -> None:
        name = other[1]
        self._fault(
            "bundle-conflict",
            f"“{one[0]}”和“{other[0]}”都有“{name}”，问法或来源不一样：意思相同的写进 same，不同的把它列入 apart",
            f"'{one[0]}' and '{other[0]}' both have '{name}' with other words or another source: "
            "declare them the same, or list the name under apart",
            "parts",
            other[0],
        )

    # --- the one form ------------------------------------------------------------------------------------------------

    def _facts(self, known: Mapping[Key, Fact], names: Mapping[Key, str]) -> dict[str, Fact]:
        declared = {same.as_: (index, same) for index, same in enumerate(self.bundle.same)}
        merged: dict[str, Fact] = dict(self.bundle.asks)
        for name, keys in _groups(names).items():
            ones = [known[key] for key in keys]
            index, same = declared.get(name, (None, None))
            settled = same is not None and same.asked
            lead = ones[0] if settled else next((one for one in ones if one.source), ones[0])
            where = ("parts", keys[0][0]) if index is None else ("same", index)
            if len({one.type for one in ones}) > 1 or len({_values(one) for one in ones}) > 1:
                self._fault(
                    "bundle-types",
                    f"合并成“{name}”的几题类型或选项不一样：{'、'.join(map('.'.join, keys))}",
                    f"The questions merged as '{name}' have different types or choices",
                    *where,
                )
            at_least = [one.min for one in ones if one.min is not None]
            at_most = [one.max for one in ones if one.max is not None]
            merged[name] = msgspec.structs.replace(
                lead,
                name=(same.name if same else "") or lead.name,
                ask=(same.ask if same else "") or next((one.ask for one in ones if one.ask), ""),
                hint="" if same and same.ask else lead.hint,
                when=self._any([self._when(key, known[key].when, names) for key in keys]),
                required=any(one.required for one in ones),
                min=max(at_least) if at_least else None,
                max=min(at_most) if at_most else None,
                max_length=min(one.max_length for one in ones),
                not_future=any(one.not_future for one in ones),
                source=None if settled else _cited(lead.source, next(key[0] for key in keys if known[key] is lead)),
                law=next((f"{key[0]}.{known[key].law}" for key in keys if known[key].law), ""),
                changes=(),
            )
        for role, spec in self.bundle.roles.items():
            stem = role.replace("-", "_")
            zh, en = words(spec.name, "zh"), words(spec.name, "en")
            merged[f"{stem}_name"] = Fact(
                type=FactType.TEXT,
                name=Text(f"{zh}的姓名", f"Name of {en}"),
                ask=Text(f"{zh}叫什么名字？", f"What is the name of {en}?"),
                max_length=50,
                when=spec.when,
            )
            merged[f"{stem}_number"] = Fact(
                type=FactType.ID_NUMBER,
                name=Text(f"{zh}的身份证号码", f"Identity number of {en}"),
                ask=Text(f"{zh}的身份证号码是多少？", f"What is the identity number of {en}?"),
                hint=Text("只有这个号码的本人登录以后，才能接受邀请。", "Only the person of this number can accept."),
                when=spec.when,
            )
        return merged

    def _materials(
        self, known: Mapping[Key, Material], names: Mapping[Key, str], facts: Mapping[Key, str]
    ) -> dict[str, Material]:
        merged: dict[str, Material] = {}
        for name, keys in _groups(names).items():
            ones = [known[key] for key in keys]
            lead = next((one for one in ones if one.replaced_by), ones[0])
            needs = {one.need for one in ones}
            merged[name] = msgspec.structs.replace(
                lead,
                need=next(need for need in ("required", "later", "optional") if need in needs),
                when=self._any([self._when(key, known[key].when, facts, "materials") for key in keys]),
                replaced_by=_cited(lead.replaced_by, next(key[0] for key in keys if known[key] is lead)),
                law=next((f"{key[0]}.{known[key].law}" for key in keys if known[key].law), ""),
            )
        return merged

    def _when(self, key: Key, own: str, names: Mapping[Key, str], part_of: str = "facts") -> str:
        """When one question of one part is asked: when the part applies and its own file asks."""
        part, name = key
        member = self.bundle.parts[part]
        try:
            mine = renamed(own, self._vocabulary(part, names)) if own else ""
        except rules.RuleSyntaxError as problem:
            self._fault(
                "bundle-condition",
                f"“{part}”的“{name}”什么时候要，取决于表里没有的东西：{problem.zh}",
                f"Whether '{name}' of '{part}' is needed depends on what the form does not have: {problem.en}",
                "parts",
                part,
                part_of,
            )
            return ""
        steers = names.get(key) in _read(member.when)  # what decides whether the part applies is asked before that
        both = [text for text in ("" if steers else member.when, mine) if text]
        return both[0] if len(both) == 1 else " and ".join(f"({text})" for text in both)

    @staticmethod
    def _any(texts: list[str]) -> str:
        distinct = list(dict.fromkeys(texts))
        if "" in distinct:
            return ""
        return distinct[0] if len(distinct) == 1 else " or ".join(f"({text})" for text in distinct)

    def _vocabulary(self, part: str, names: Mapping[Key, str]) -> dict[str, str]:
        """What expressions of one part may read here: its questions, what is worked out from them, the day."""
        own = {name: one for (of, name), one in names.items() if of == part}
        derived = {name: _derived(part, name) for name, fact in self.members[part].facts.items() if fact.derive}
        return {**own, **derived, APPLICATION_DATE: APPLICATION_DATE}

    def _derived(self, names: Mapping[Key, str]) -> dict[str, Fact]:
        """What the parts work out and their conditions may read; what needs more than the form has is left out."""
        found: dict[str, Fact] = {}
        for part, service in self._asking():
            vocabulary = self._vocabulary(part, names)
            lost: set[str] = set()
            for name, fact in service.facts.items():
                if not fact.derive:
                    continue
                try:
                    text = renamed(fact.derive, {old: new for old, new in vocabulary.items() if old not in lost})
                except rules.RuleSyntaxError:
                    lost.add(name)
                    continue
                found[vocabulary[name]] = msgspec.structs.replace(fact, derive=text, when="", law="", changes=())
        return found

    def _conditions(self, facts: Mapping[str, Fact]) -> None:
        """What the bundle itself says in FEEL."""
        names = [*facts, *self._all_derived(), APPLICATION_DATE]
        said: list[tuple[str, tuple[str, ...]]] = [
            *((member.when, ("parts", part, "when")) for part, member in self.bundle.parts.items()),
            *((role.when, ("roles", name, "when")) for name, role in self.bundle.roles.items()),
        ]
        for text, path in said:
            try:
                rules.compile_expression(text or "true", names)
            except rules.RuleSyntaxError as problem:
                self._fault("bundle-condition", problem.zh, problem.en, *path, offset=problem.position)
        for part, member in self.bundle.parts.items():
            if member.where and (member.where not in facts or facts[member.where].type is not FactType.REGION):
                self._fault(
                    "bundle-part",
                    f"“{member.where}”不是表里问的地区",
                    f"'{member.where}' is no region that the form asks",
                    "parts",
                    part,
                    "where",
                )

    def _all_derived(self) -> Iterable[str]:
        return [
            _derived(part, name)
            for part, service in self._asking()
            for name, fact in service.facts.items()
            if fact.derive
        ]

    def _service(self, facts: dict[str, Fact], materials: dict[str, Material]) -> Service:
        bundle, members = self.bundle, self.members
        visits = max((service.visits for service in members.values()), key=lambda one: one.max)
        needed = [part for part, service in members.items() if service.visits is visits]
        law = [*bundle.law]
        for part, service in members.items():
            law += [msgspec.structs.replace(one, id=f"{part}.{one.id}") for one in service.law]
        return Service(
            service=bundle.bundle,
            version=bundle.version,
            status=bundle.status,
            name=bundle.name,
            summary=bundle.summary,
            basic_code=bundle.basic_code,
            kind=Kind.PUBLIC_SERVICE,
            themes=bundle.themes,
            aliases=bundle.aliases,
            valid_from=bundle.valid_from,
            valid_to=bundle.valid_to,
            law=tuple(law),
            audience=bundle.audience,
            authority=bundle.lead,
            visits=Visits(max=visits.max, reason=visits.reason, law=f"{needed[0]}.{visits.law}" if visits.law else ""),
            reach=Reach(modes=("online", "counter"), scope="province"),
            procedure=bundle.procedure,
            terms={"decide": bundle.term},
            facts=facts,
            materials=materials,
            eligible=Table(hit="first", inputs=(APPLICATION_DATE,), rows=(("-", "eligible", {"law": _first(law)}),)),
            conditions=bundle.conditions,
            result=Result(certificate="bundle-result", name=Text("各项的结果", "The results of the parts")),
            faq=bundle.faq,
            owner=bundle.owner,
        )


def _read(when: str) -> frozenset[str]:
    """The words of a condition, its names among them."""
    return frozenset(re.findall(r"[a-z][a-z0-9_]*", when))


def _first(law: Iterable[Law]) -> str:
    return next((one.id for one in law), "")


def _key(at: str) -> Key:
    part, _, name = at.partition(".")
    return part, name


def _derived(part: str, name: str) -> str:
    return f"{part.replace('-', '_')}_{name}"


def _groups(names: Mapping[Key, str]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = defaultdict(list)
    for key, name in names.items():
        found[name].append(key)
    return found


def _place(one: Fact | Material) -> tuple[str, str] | None:
    source = one.source if isinstance(one, Fact) else one.replaced_by
    return None if source is None else (source.at, source.test)


def _alike(one: Any, other: Any) -> bool:
    """Whether two files under one name ask the same: in the same words, from the same place or from none."""
    same_words = words(one.name, "zh") == words(other.name, "zh")
    places = {_place(one), _place(other)}
    if isinstance(one, Fact) and isinstance(other, Fact):
        return one.type is other.type and _values(one) == _values(other) and same_words and len(places) == 1
    return same_words and len(places) == 1


def _values(fact: Fact) -> tuple[str, ...]:
    return tuple(choice.value for choice in fact.choices)


def _cited(source: Source | None, part: str) -> Source | None:
    if source is None or not source.law:
        return source
    return msgspec.structs.replace(source, law=f"{part}.{source.law}")
