"""The certificate that a service says one thing however it is run; published beside the service, told by the checker.

`tongban.catalog.certify` makes one; this is what it says and where it is kept.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding
from tongban.catalog.model import Service
from tongban.catalog.seals import seal
from tongban.catalog.yaml_source import Source

FOLDER = "certificates"
"""The folder beside the service files."""


class Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was compared, and that it was equal.

    digest      SHA-256 of what the service says; another content needs another certificate
    back_ends   what was compared; only "assess" where the service has no columnar form
    day         the day as of which people were judged
    edges       people at thresholds: one unit either side, and unknown
    random      people at random, drawn with `seed`
    cells       conditions in the tables, and how many of them look at a fact as it is (their edges were all tried)
    rows        rows of the tables, and how many of them decided about somebody
    refusals    what has no columnar form
    """

    service: str
    version: str
    digest: str
    tool: str
    day: date
    back_ends: tuple[str, ...]
    seed: int = 0
    edges: int = 0
    random: int = 0
    cells: tuple[int, int] = (0, 0)
    rows: tuple[int, int] = (0, 0)
    refusals: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of its file in `certificates`."""
        return f"{self.service}@{self.version}.json"

    def text(self) -> str:
        """Its content, as it is published."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1).decode() + "\n"


def digest(service: Service) -> str:
    """The hash of what a version says, as it is sealed: ending a version does not change it."""
    return seal(service).removeprefix("sha256:")


def read_certificate(folder: Path, service: Service) -> Certificate | None:
    """The certificate of a version, from `folder`; None if there is none that can be read."""
    try:
        content = (folder / f"{service.service}@{service.version}.json").read_bytes()
        return msgspec.json.decode(content, type=Certificate)
    except (OSError, msgspec.DecodeError):
        return None


def certificate_findings(path: Path, service: Service, source: Source) -> Iterator[Finding]:
    """Whether a published version has its certificate, and for what it says now. Only where certificates are kept."""
    folder = path.parent / FOLDER
    if service.status == "draft" or not folder.is_dir():
        return
    found = read_certificate(folder, service)
    if found is None:
        said = Text(
            f"第{service.version}版还没有计算一致性证明；请运行 tongban rules certify {path.name}",
            f"Version {service.version} has no certificate of equal results; run tongban rules certify {path.name}",
        )
        yield source.finding("warning", "certificate-missing", said, source.position(("version",)), ("version",))
    elif found.digest != digest(service):
        said = Text(
            f"计算一致性证明是按以前的内容出具的；请运行 tongban rules certify {path.name}",
            f"The certificate of equal results is for another content; run tongban rules certify {path.name}",
        )
        yield source.finding("warning", "certificate-stale", said, source.position(("version",)), ("version",))
