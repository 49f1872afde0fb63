"""The catalogue of an installation: an immutable snapshot of its files, with the versions of each side by side."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from tongban.base.clock import Clock, system_clock
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Lang, words
from tongban.catalog.bundle import Bundle
from tongban.catalog.certificate_type import CertificateType, results
from tongban.catalog.composing import Composed, compose
from tongban.catalog.findings import Finding
from tongban.catalog.listed import ListedItem, read_listed
from tongban.catalog.load import load_file, stamp
from tongban.catalog.model import Audience, Service, Words
from tongban.catalog.paper import Paper
from tongban.catalog.policy import Policy
from tongban.catalog.procedure import Procedure
from tongban.catalog.search import Index
from tongban.catalog.use import Use
from tongban.catalog.watching import Reuse

T = TypeVar("T", Service, Procedure, Use, Reuse, Policy, Paper, Bundle, CertificateType)
Folders = Path | Sequence[Path]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: a service that can be applied for, or a listed item (草稿) that cannot yet.

    coverage   share of the query's words that it has; low score and low coverage together mean: not sure
    matched    the stretches of the query that were found in it
    """

    service: Service | None
    listed: ListedItem | None
    score: float
    coverage: float
    matched: tuple[str, ...]

    @property
    def name(self) -> Words:
        if self.service is not None:
            return self.service.name
        return self.listed.name if self.listed else ""


@dataclass(frozen=True, slots=True)
class _Versions(Generic[T]):
    """All versions of the files of one kind: slug to versions, the newest first."""

    noun: str
    zh: str
    by_slug: Mapping[str, tuple[T, ...]]

    def get(self, slug: str, version: str | None, choose: Callable[[T], bool]) -> T:
        versions = self.by_slug.get(slug)
        if versions is None:
            raise refuse(
                f"unknown-{self.noun}",
                f"没有“{slug}”这个{self.zh}，请从目录或搜索进入",
                f"There is no {self.noun} '{slug}'; please come from the list or the search",
                place=self.noun,
                status=404,
            )
        if version is None:
            return next((file for file in versions if choose(file)), versions[0])
        found = next((file for file in versions if file.version == version), None)
        if found is None:
            raise refuse(
                "unknown-version",
                f"“{slug}”没有第{version}版",
                f"There is no version {version} of '{slug}'",
                place=f"{self.noun}.version",
                status=404,
            )
        return found


class Catalogue:
    """An immutable snapshot: load a new one when files change. `problems` are the findings of files left out."""

    def __init__(
        self,
        services: Iterable[Service],
        procedures: Iterable[Procedure],
        uses: Iterable[Use] = (),
        policies: Iterable[Policy] = (),
        *,
        papers: Iterable[Paper] = (),
        bundles: Iterable[Bundle] = (),
        certificate_types: Iterable[CertificateType] = (),
        reuses: Iterable[Reuse] = (),
        listed: Iterable[ListedItem] = (),
        problems: Iterable[Finding] = (),
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or system_clock()
        self._services: _Versions[Service] = _Versions("service", "事项", _group(services, lambda s: s.service))
        self._procedures: _Versions[Procedure] = _Versions(
            "procedure", "流程", _group(procedures, lambda p: p.procedure)
        )
        self._uses: _Versions[Use] = _Versions("use", "算法应用", _group(uses, lambda u: u.use))
        self._policies: _Versions[Policy] = _Versions("policy", "政策", _group(policies, lambda p: p.policy))
        self._reuses = {(one.reuse.use, one.region): one for one in reuses}
        self._papers: _Versions[Paper] = _Versions("paper", "材料类型", _group(papers, lambda p: p.paper))
        self._bundles: _Versions[Bundle] = _Versions("service", "事项", _group(bundles, lambda b: b.bundle))
        self._types = {one.certificate: one for one in certificate_types}
        self._composed: dict[tuple[int, ...], Composed] = {}
        self._listed = tuple(listed)
        self.problems = tuple(problems)
        self._all = tuple(s for versions in self._services.by_slug.values() for s in versions)
        self._index: dict[Lang, Index] = {}

    @classmethod
    def load(
        cls,
        services: Folders,
        procedures: Folders,
        uses: Folders = (),
        policies: Folders = (),
        *,
        papers: Folders = (),
        bundles: Folders = (),
        certificate_types: Folders = (),
        drafts: Path | None = None,
        clock: Clock | None = None,
    ) -> "Catalogue":
        """The snapshot of the files in these folders (`*.yaml`); a later folder's file replaces the same version.

        A file with errors is left out and told in `problems`: one bad file does not close the office. Never raises for
        what is in the files.
        """
        problems: list[Finding] = []
        items: list[ListedItem] = []
        if drafts is not None and drafts.is_dir():
            items, problems = read_listed(drafts)
        return cls(
            read_files(services, Service, problems),
            read_files(procedures, Procedure, problems),
            read_files(uses, Use, problems),
            read_files(policies, Policy, problems),
            papers=read_files(papers, Paper, problems),
            bundles=read_files(bundles, Bundle, problems),
            certificate_types=read_files(certificate_types, CertificateType, problems),
            reuses=read_files(uses, Reuse, []),
            listed=items,
            problems=problems,
            clock=clock,
        )

    @property
    def today(self) -> date:
        """The day in the zone of the clock."""
        return self._clock().date()

    # --- services -----------------------------------------------------------------------------------------------

    def services(self, on: date | None = None, *, region: str | None = None) -> tuple[Service, ...]:
        """The services that can be applied for on a day (default today), one version each, in the order of files.

        What only concerns bodies of the state, such as a supervision opened by itself, nobody applies for: `of_duty`.

        `region` leaves out files that are for other regions; a file for the region replaces the general one. Without
        it the general files are meant.
        """
        return tuple(one for one in self._on(on, region) if one.audience != (Audience.GOVERNMENT,))

    def of_duty(self, on: date | None = None, *, region: str | None = None) -> tuple[Service, ...]:
        """The services that bodies of the state begin themselves or of one another (依职权), as `services` gives the
        others."""
        return tuple(one for one in self._on(on, region) if one.audience == (Audience.GOVERNMENT,))

    def _on(self, on: date | None, region: str | None) -> Iterator[Service]:
        day, known = on or self.today, self._clock()
        found = (self._in_force(versions, day, known, region) for versions in self._services.by_slug.values())
        return (one for one in found if one is not None)

    def service(
        self, slug: str, version: str | None = None, *, on: date | None = None, region: str | None = None
    ) -> Service:
        """A service: that version, or the one in force on a day (default today), or else its newest.

        A region's own file goes before the general one where `region` says which; without it the general one is
        meant. A bundle is found like a service: as the one form of its parts. Raises Refused `unknown-service` or
        `unknown-version` (404), `bundle-broken` (409).
        """
        if slug in self._bundles.by_slug:
            return self.composed(slug, version, on=on).service
        found = None
        if version is None:
            found = self._in_force(self._services.by_slug.get(slug, ()), on or self.today, self._clock(), region)
        return found or self._services.get(slug, version, lambda service: not service.regions)

    def version(self, slug: str, *, on: date, known: datetime | None = None, region: str | None = None) -> Service:
        """The text of the law that governs a day, as it was known at a moment (default now): two times, for a
        correction that is published later holds for days gone by, and yet nobody could have known it then.

        Versions that are no longer open for applications (`ended`) still govern their days. Raises Refused
        `unknown-service`, or `no-version` (404) where the day was under no version known at that moment.
        """
        moment = known or self._clock()
        held = [one for one in self.versions(slug) if governs(one, on) and was_known(one, moment)]
        found = nearest([one for one in held if region is None or applies_in(one, region)], region)
        if found is None:
            raise refuse(
                "no-version",
                f"{on}这天没有管“{slug}”的版本（按{moment:%Y-%m-%d %H:%M}所知）",
                f"No version of '{slug}' governs {on}, as known on {moment:%Y-%m-%d %H:%M}",
                place="service.version",
                status=404,
            )
        return found

    def versions(self, slug: str) -> tuple[Service, ...]:
        """All versions of a service, the newest first. Raises Refused `unknown-service` (404).

        Those of a bundle are the one form of each of its versions, with the parts as they are today.
        """
        if slug in self._bundles.by_slug:
            return tuple(self.composed(slug, one.version).service for one in self._bundles.by_slug[slug])
        self._services.get(slug, None, lambda _: True)
        return self._services.by_slug[slug]

    def regional(self, slug: str, *, on: date | None = None) -> tuple[str, ...]:
        """The codes of the regions that have a file of their own for a service on a day (default today)."""
        day, known = on or self.today, self._clock()
        held = (one for one in self._services.by_slug.get(slug, ()) if in_force(one, day, known))
        return tuple(sorted({code for one in held for code in one.regions}))

    # --- bundles ------------------------------------------------------------------------------------------------

    def bundles(self, on: date | None = None) -> tuple[Bundle, ...]:
        """The bundles that can be applied for on a day (default today), by name."""
        day = on or self.today
        found = ((b for b in versions if _open(b, day)) for versions in self._bundles.by_slug.values())
        return tuple(sorted((one for some in found for one in list(some)[:1]), key=lambda one: one.bundle))

    def is_bundle(self, slug: str) -> bool:
        """Whether this is the name of a bundle."""
        return slug in self._bundles.by_slug

    def composed(self, slug: str, version: str | None = None, *, on: date | None = None) -> Composed:
        """A bundle with its parts in the versions of a day (default today), and their one form.

        Raises Refused `unknown-service`, `unknown-version` (404), `bundle-broken` (409) where they do not fit together.
        """
        day = on or self.today
        bundle = self._bundles.get(slug, version, lambda one: _open(one, day))
        parts = {member.service: self._part(member.service, day) for member in bundle.parts.values()}
        key = (id(bundle), *(id(parts[slug]) for slug in sorted(parts)))
        found = self._composed.get(key)
        if found is None:
            found, faults = compose(bundle, parts.get)
            if found is None:
                raise Refused(*(Problem("bundle-broken", fault.text, f"{slug}: {fault.path}") for fault in faults))
            self._composed[key] = found
        return found

    def _part(self, slug: str, day: date) -> Service | None:
        return self.service(slug, on=day) if slug in self._services.by_slug else None

    def procedure(self, slug: str, version: str | None = None) -> Procedure:
        """A procedure, its newest version by default. Raises Refused `unknown-procedure`, `unknown-version` (404)."""
        return self._procedures.get(slug, version, lambda _: True)

    def procedures(self) -> tuple[Procedure, ...]:
        """The newest version of each procedure."""
        return tuple(versions[0] for versions in self._procedures.by_slug.values())

    def use(self, slug: str, version: str | None = None) -> Use:
        """An AI use. Raises Refused `unknown-use` (404)."""
        return self._uses.get(slug, version, lambda use: use.status == "active")

    def uses(self) -> tuple[Use, ...]:
        """The newest version of each AI use: the public register."""
        return tuple(versions[0] for versions in self._uses.by_slug.values())

    def reuses(self) -> tuple[Reuse, ...]:
        """How regions reuse what regions above them run."""
        return tuple(self._reuses.values())

    def reuse(self, use: str, region: str) -> Reuse | None:
        """By which file a use is reused in a region: its own, or that of the city or province it lies in."""
        codes = dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000"))
        return next((found for code in codes if (found := self._reuses.get((use, code)))), None)

    def policy(self, slug: str, version: str | None = None) -> Policy:
        """A policy, its newest published version by default. Raises Refused `unknown-policy` (404)."""
        return self._policies.get(slug, version, lambda policy: policy.status == "published")

    def policies(self, on: date | None = None) -> tuple[Policy, ...]:
        """Every policy in force on a day, in the newest version of that day; by name."""
        day = on or self.today
        found: list[Policy] = []
        for versions in self._policies.by_slug.values():
            running = (p for p in versions if p.status == "published" and p.valid_from <= day)
            found += [p for p in running if p.valid_to is None or day <= p.valid_to][:1]
        return tuple(sorted(found, key=lambda policy: policy.policy))

    def paper(self, slug: str) -> Paper:
        """A kind of paper, its newest version. Raises Refused `unknown-paper` (404)."""
        return self._papers.get(slug, None, lambda _: True)

    def papers(self) -> tuple[Paper, ...]:
        """The newest version of each kind of paper that can be read."""
        return tuple(versions[0] for versions in self._papers.by_slug.values())

    def certificate_type(self, slug: str) -> CertificateType | None:
        """A kind of certificate; None where no file describes it."""
        return self._types.get(slug)

    def certificate_types(self) -> tuple[CertificateType, ...]:
        """Every kind of certificate that a file describes, by name."""
        return tuple(self._types[slug] for slug in sorted(self._types))

    def issuing(self, kind: str) -> tuple[Service, ...]:
        """The newest version of each service that issues a kind of certificate."""
        newest = (versions[0] for versions in self._services.by_slug.values())
        return tuple(one for one in newest if kind in {r.certificate for r in results(one)})

    def listed(self) -> tuple[ListedItem, ...]:
        """Imported items that have no file yet."""
        return self._listed

    # --- finding ------------------------------------------------------------------------------------------------

    def search(
        self, query: str, lang: Lang = "zh", limit: int = 20, *, on: date | None = None, listed: bool = True
    ) -> list[Hit]:
        """What fits somebody's words, the best first: services in force, then (if `listed`) drafts by their names."""
        index = self._index.get(lang) or self._index.setdefault(lang, self._build_index(lang))
        open_now = {id(service) for service in self.services(on)}
        keys = {key for key, service in enumerate(self._all) if id(service) in open_now}
        if listed:
            keys.update(range(len(self._all), len(self._all) + len(self._listed)))
        hits: list[Hit] = []
        for found in index.search(query, limit, frozenset(keys)):
            mine = found.key < len(self._all)
            service = self._all[found.key] if mine else None
            item = None if mine else self._listed[found.key - len(self._all)]
            hits.append(Hit(service, item, found.score, found.coverage, found.matched))
        return hits

    # --- inside -------------------------------------------------------------------------------------------------

    @staticmethod
    def _in_force(versions: tuple[Service, ...], day: date, known: datetime, region: str | None) -> Service | None:
        fitting = [v for v in versions if in_force(v, day, known) and (region is None or applies_in(v, region))]
        return nearest(fitting, region)

    def _build_index(self, lang: Lang) -> Index:
        documents = [_fields(service, lang) for service in self._all]
        documents += [[(item.name, 3.0), (item.department, 0.5), (item.theme, 0.5)] for item in self._listed]
        phrases = [(words(service.name, lang), *service.aliases) for service in self._all]
        phrases += [(item.name,) for item in self._listed]
        return Index(documents, phrases)


def in_force(service: Service, day: date, known: datetime) -> bool:
    """Whether a service can be applied for on a day: published, known by then, begun and not over."""
    return service.status == "published" and governs(service, day) and was_known(service, known)


def _open(bundle: Bundle, day: date) -> bool:
    return bundle.status == "published" and bundle.valid_from <= day <= (bundle.valid_to or date.max)


def governs(service: Service, day: date) -> bool:
    """Whether a version is the law of a day, open or ended since (`valid_to` is its last day). A draft never is."""
    return service.status != "draft" and service.valid_from <= day <= (service.valid_to or date.max)


def was_known(service: Service, moment: datetime) -> bool:
    """Whether a version had been published at a moment."""
    return service.recorded_at is None or service.recorded_at <= moment


def applies_in(service: Service, region: str) -> bool:
    """Whether a service is offered in a region: in it, or in one above it (GB/T 2260: 990100 holds 990101)."""
    return not service.regions or any(region.startswith(_stem(code)) for code in service.regions)


def nearest(fitting: Iterable[Service], region: str | None) -> Service | None:
    """The file of the narrowest region before that of a wider one, and the general one last; the general one first
    where no region is meant. Of equals the first, which is the newest."""
    return max(fitting, key=lambda one: _narrowness(one, region), default=None)


def _narrowness(service: Service, region: str | None) -> int:
    if region is None:
        return -len(service.regions)
    return max((len(stem) for code in service.regions if region.startswith(stem := _stem(code))), default=0)


def version_key(version: str) -> tuple[int, ...]:
    """`2.10` comes after `2.9`."""
    return tuple(int(part) for part in version.split("."))


def superseded(mine: Service, services: Iterable[Service]) -> bool:
    """Whether a later version takes this one's place: what it asks is sealed history and cannot learn anything."""
    return any(
        (other.service, other.regions) == (mine.service, mine.regions)
        and version_key(other.version) > version_key(mine.version)
        for other in services
    )


def _stem(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _fields(service: Service, lang: Lang) -> list[tuple[str, float]]:
    other: Lang = "en" if lang == "zh" else "zh"
    return [
        (words(service.name, lang), 3.0),
        (words(service.name, other), 1.0),
        *((alias, 2.0) for alias in service.aliases),
        (words(service.summary, lang), 1.0),
        (words(service.authority.name, lang), 0.5),
        (words(service.result.name, lang), 1.0),
        *((words(situation.name, lang), 1.0) for situation in service.situations),
        *((words(entry.q, lang), 1.0) for entry in service.faq),
    ]


def _group(files: Iterable[T], slug: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, dict[tuple[str, tuple[str, ...]], T]] = {}
    for file in files:
        regions = file.regions if isinstance(file, Service) else ()
        groups.setdefault(slug(file), {})[file.version, regions] = file
    return {
        name: tuple(sorted(versions.values(), key=lambda file: version_key(file.version), reverse=True))
        for name, versions in groups.items()
    }


def read_files(folders: Folders, kind: type[T], problems: list[Finding]) -> Iterable[T]:
    """The files of one kind in these folders; what is wrong with any is added to `problems`. A file is read once in a
    process, and again when it changes."""
    for folder in (folders,) if isinstance(folders, Path) else folders:
        for path in sorted(folder.glob("*.yaml")):
            value, findings = _file(path, *stamp(path))
            problems.extend(findings)
            if isinstance(value, kind):
                yield value


@lru_cache(maxsize=1_000)
def _file(path: Path, _changed: int, _size: int) -> tuple[Any, tuple[Finding, ...]]:
    """One file, read again only when it changes."""
    loaded = load_file(path)
    return loaded.value, tuple(loaded.findings)
