"""Lint rules: one small function each, with its code, its severity, the law it stands for, and one sentence.

A rule yields what it says and where; the runner adds the place in the file. Rules never raise for bad content: what
cannot even be read has been told by the loader.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from tongban.base.i18n import Text
from tongban.catalog.bundle import Bundle
from tongban.catalog.certificate_type import CertificateType
from tongban.catalog.compile import Compiled, try_compile
from tongban.catalog.findings import Finding, Path, Severity
from tongban.catalog.load import Loaded
from tongban.catalog.model import Service, Source
from tongban.catalog.paper import Paper
from tongban.catalog.policy import Policy
from tongban.catalog.procedure import Procedure
from tongban.catalog.tables import Fault
from tongban.catalog.use import Use
from tongban.catalog.watching import Reuse

T = TypeVar("T", Service, Procedure, Use, Reuse, Policy, Paper, Bundle, CertificateType)


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule found: the sentence, where, and how far into the text there. `severity` may soften the rule's."""

    text: Text
    path: Path = ()
    offset: int = 0
    key: bool = False
    severity: Severity | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A record of the state that somebody's file already names as a source, and who names it."""

    source: Source
    service: str


@dataclass(frozen=True, slots=True)
class World:
    """What a rule may know beyond its own file.

    services    every service file read, with the path under which it was read
    procedures  procedures by slug, the newest version of each
    uses        AI uses by slug
    certificates  certificate types by slug
    records     by the plain Chinese name of a material: the record that replaces it somewhere in the catalogue
    resources   every `body.resource/record` that some file reads
    sealed      by path: what the lock beside the file says of its content (see `tongban.catalog.promote`)
    """

    services: tuple[tuple[str, Service], ...] = ()
    procedures: dict[str, Procedure] = field(default_factory=dict[str, Procedure])
    records: dict[str, Known] = field(default_factory=dict[str, Known])
    resources: dict[str, Known] = field(default_factory=dict[str, Known])
    uses: dict[str, Use] = field(default_factory=dict[str, Use])
    certificates: dict[str, CertificateType] = field(default_factory=dict[str, CertificateType])
    duplicates: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    today: date | None = None


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """One file under check: its value, and the world around it."""

    file: T
    loaded: Loaded[T]
    world: World

    def written(self, path: Path) -> bool:
        """Whether the file itself says something at `path` (a default does not count)."""
        return self.loaded.source.has(path)


def compiled(view: "View[Service]") -> tuple[Compiled | None, tuple[Fault, ...]]:
    """The service compiled, once for all rules that ask."""
    return try_compile(view.file)


Find = Callable[[View[T]], Iterable[Said]]


@dataclass(frozen=True, slots=True)
class Lint(Generic[T]):
    """One rule. `summary` says in a sentence what it demands; `law` is where that comes from."""

    code: str
    severity: Severity
    law: str
    summary: Text
    find: Find[T]


SERVICE_LINTS: list[Lint[Service]] = []
PROCEDURE_LINTS: list[Lint[Procedure]] = []
USE_LINTS: list[Lint[Use]] = []
REUSE_LINTS: list[Lint[Reuse]] = []
POLICY_LINTS: list[Lint[Policy]] = []
PAPER_LINTS: list[Lint[Paper]] = []
BUNDLE_LINTS: list[Lint[Bundle]] = []
CERTIFICATE_LINTS: list[Lint[CertificateType]] = []


def service_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[Service]], Find[Service]]:
    """Registers a rule over service files."""
    return _register(SERVICE_LINTS, code, severity, zh, en, law)


def procedure_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[Procedure]], Find[Procedure]]:
    """Registers a rule over procedure files."""
    return _register(PROCEDURE_LINTS, code, severity, zh, en, law)


def use_lint(code: str, severity: Severity, zh: str, en: str, *, law: str = "") -> Callable[[Find[Use]], Find[Use]]:
    """Registers a rule over AI-use files."""
    return _register(USE_LINTS, code, severity, zh, en, law)


def reuse_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[Reuse]], Find[Reuse]]:
    """Registers a rule over reuse files."""
    return _register(REUSE_LINTS, code, severity, zh, en, law)


def policy_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[Policy]], Find[Policy]]:
    """Registers a rule over policy files."""
    return _register(POLICY_LINTS, code, severity, zh, en, law)


def paper_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[Paper]], Find[Paper]]:
    """Registers a rule over paper files."""
    return _register(PAPER_LINTS, code, severity, zh, en, law)


def bundle_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[Bundle]], Find[Bundle]]:
    """Registers a rule over bundle files."""
    return _register(BUNDLE_LINTS, code, severity, zh, en, law)


def certificate_lint(
    code: str, severity: Severity, zh: str, en: str, *, law: str = ""
) -> Callable[[Find[CertificateType]], Find[CertificateType]]:
    """Registers a rule over certificate-type files."""
    return _register(CERTIFICATE_LINTS, code, severity, zh, en, law)


def _register(
    lints: list[Lint[T]], code: str, severity: Severity, zh: str, en: str, law: str
) -> Callable[[Find[T]], Find[T]]:
    def register(find: Find[T]) -> Find[T]:
        if any(lint.code == code for lint in lints):
            raise ValueError(f"the lint code {code} is taken")
        lints.append(Lint(code, severity, law, Text(zh, en), find))
        return find

    return register


def apply(lints: Iterable[Lint[T]], view: View[T]) -> Iterator[Finding]:
    """What the rules say about one file, each at its place."""
    source = view.loaded.source
    for lint in lints:
        for said in lint.find(view):
            position = source.position(said.path, said.offset, key=said.key)
            yield source.finding(
                said.severity or lint.severity, said.code or lint.code, said.text, position, said.path, lint.law
            )
