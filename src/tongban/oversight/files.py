"""Reading indicator files as a compiler does: every mistake at its line and column, all at once.

A version that was published is never edited: figures were counted by it. What changes is a new version beside it
(`name@2.yaml`), and figures are counted by the newest. `published.sha256`, in the form of `sha256sum`, lists what was
published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding, errors, refused, sort_findings
from tongban.catalog.findings import Path as Where
from tongban.catalog.load import Loaded, load_as, load_path
from tongban.catalog.shipped import shipped
from tongban.catalog.yaml_source import Source
from tongban.oversight.expressions import wrong
from tongban.oversight.facts import kinds
from tongban.oversight.model import By, Indicator

FOLDER = "indicators"
SEALS = "published.sha256"
"""Of each published file its SHA-256 and its name; `sha256sum -c` reads it too."""
_OF_TABLE: dict[str, frozenset[By]] = {
    "cases": frozenset(("all", "region", "body", "service", "stage", "channel", "applicant", "age", "language")),
    "events": frozenset(("all", "region", "body", "service", "stage", "channel", "applicant", "age", "language")),
    "moments": frozenset(("all", "region", "body", "service", "channel")),
}


def load_indicator(text: str, path: str = "indicator.yaml") -> Loaded[Indicator]:
    """An indicator file from its text; `path` is only named in messages."""
    source = Source(text, path)
    if errors(source.findings):
        return Loaded(None, tuple(sort_findings(source.findings)), source)
    loaded = load_as(source, "indicator", Indicator)
    if loaded.value is None:
        return loaded
    found = sort_findings((*loaded.findings, *_wrong(loaded.value, source)))
    return Loaded(None if errors(found) else loaded.value, tuple(found), source)


def _wrong(one: Indicator, source: Source) -> Iterator[Finding]:
    def say(code: str, zh: str, en: str, place: Where) -> Finding:
        return source.finding("error", code, Text(zh, en), source.position(place), place)

    for field in ("where", "numerator", "denominator"):
        said = wrong(getattr(one, field), one.facts, yes_or_no=field == "where")
        if said is not None:
            yield say("indicator-expression", said.zh, said.en, (field,))
    if kinds(one.facts).get(one.when) != "time":
        yield say(
            "indicator-when",
            f"{one.when} 不是 {one.facts} 里的时间",
            f"{one.when} is no time of {one.facts}",
            ("when",),
        )
    for n, by in enumerate(one.by):
        if by not in _OF_TABLE[one.facts]:
            yield say(
                "indicator-by", f"{one.facts} 里没有 {by}", f"{one.facts} cannot be told apart by {by}", ("by", n)
            )
    for n, by in enumerate(one.gaps):
        if by not in one.by:
            yield say("indicator-gap", f"by 里没有 {by}", f"{by} is not among `by`", ("gaps", n))
    if one.gaps and one.better == "neither":
        yield say(
            "indicator-gap", "说不出哪边更好，就没有最好和最差的组", "Without a better side no group is best", ("gaps",)
        )
    if not one.law:
        yield say("indicator-law", "写明依据哪条规定", "Say which rule it rests on", ("law",))
    if (one.version == "1") != (one.changed is None):
        yield say(
            "indicator-changed",
            "第一版没有 changed；以后的版本写明和上一版有什么不同",
            "The first version has no `changed`; a later one says what is different from the one before",
            ("version",),
        )
    if Path(source.path).name not in ("indicator.yaml", one.file):
        yield say(
            "indicator-name",
            f"文件名应当是 {one.file}",
            f"The file should be called {one.file}",
            ("indicator",),
        )


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else (path,))]


def check_indicators(paths: Sequence[Path]) -> list[Finding]:
    """Everything wrong with these files, and with the files of these folders."""
    found: list[Finding] = [finding for path in paths if path.is_dir() for finding in _edited(path)]
    seen: dict[tuple[str, str], str] = {}
    for path in _files(paths):
        loaded = load_path(path, load_indicator)
        found += loaded.findings
        if loaded.value is None:
            continue
        name = loaded.value.indicator, loaded.value.version
        if name in seen:
            said = Text(f"{seen[name]} 也是 {'@'.join(name)}", f"{seen[name]} is {'@'.join(name)} too")
            found.append(Finding("error", "indicator-twice", said, str(path), 1, 1))
        seen[name] = str(path)
    return sort_findings(found)


def _edited(folder: Path) -> Iterator[Finding]:
    """Published files of a folder that are no longer what was published."""
    seals = folder / SEALS
    for n, line in enumerate(seals.read_text(encoding="utf-8").splitlines() if seals.is_file() else (), 1):
        digest, _, name = line.partition("  ")
        file = folder / name
        if not file.is_file() or sha256(file.read_bytes()).hexdigest() != digest:
            said = Text(
                f"{name} 已经发布过，不能改也不能删；把它恢复，改动写成下一版",
                f"{name} was published and is neither edited nor removed: restore it, and write a next version",
            )
            yield Finding("error", "indicator-published", said, str(seals), n, 1)


def read_indicators(folder: Path | None = None) -> tuple[Indicator, ...]:
    """The newest version of each indicator of a folder, by name; of the shipped ones by default.

    Raises Refused (422) with every finding.
    """
    return _read(folder or shipped(FOLDER))


@cache
def listed_indicators() -> tuple[Indicator, ...]:
    """The same of the shipped ones, for a page that tells of them: their formulas are not tried, which needs DuckDB.

    `tongban check` has tried them. Raises Refused (422).
    """
    sources = (Source(path.read_text(encoding="utf-8"), path.name) for path in _files((shipped(FOLDER),)))
    return _newest(load_as(source, "indicator", Indicator).require() for source in sources)


@cache
def _read(folder: Path) -> tuple[Indicator, ...]:
    loaded = [load_path(path, load_indicator) for path in _files((folder,))]
    found = errors(finding for one in loaded for finding in one.findings)
    if found:
        raise refused(found)
    return _newest(one.value for one in loaded if one.value is not None)


def _newest(read: Iterable[Indicator]) -> tuple[Indicator, ...]:
    newest: dict[str, Indicator] = {}
    for one in sorted(read, key=lambda one: (one.indicator, int(one.version))):
        newest[one.indicator] = one
    return tuple(newest.values())
