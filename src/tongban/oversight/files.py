"""Reading indicator files as a compiler does: every mistake at its line and column, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
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
    if not one.law:
        yield say("indicator-law", "写明依据哪条规定", "Say which rule it rests on", ("law",))
    stem = Path(source.path).stem
    if stem not in ("indicator", one.indicator):
        yield say(
            "indicator-name",
            f"文件名应当是 {one.indicator}.yaml",
            f"The file should be called {one.indicator}.yaml",
            ("indicator",),
        )


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else (path,))]


def check_indicators(paths: Sequence[Path]) -> list[Finding]:
    """Everything wrong with these files, and with the files of these folders."""
    found: list[Finding] = []
    seen: dict[str, str] = {}
    for path in _files(paths):
        loaded = load_path(path, load_indicator)
        found += loaded.findings
        if loaded.value is None:
            continue
        name = loaded.value.indicator
        if name in seen:
            said = Text(f"{seen[name]} 也叫 {name}", f"{seen[name]} is called {name} too")
            found.append(Finding("error", "indicator-twice", said, str(path), 1, 1))
        seen[name] = str(path)
    return sort_findings(found)


def read_indicators(folder: Path | None = None) -> tuple[Indicator, ...]:
    """The indicators of a folder, by name; the shipped ones by default. Raises Refused (422) with every finding."""
    return _read(folder or shipped(FOLDER))


@cache
def listed_indicators() -> tuple[Indicator, ...]:
    """The shipped indicators for a page that tells of them: their formulas are not tried, which needs DuckDB.

    `tongban check` has tried them. Raises Refused (422).
    """
    sources = (Source(path.read_text(encoding="utf-8"), path.name) for path in _files((shipped(FOLDER),)))
    return tuple(load_as(source, "indicator", Indicator).require() for source in sources)


@cache
def _read(folder: Path) -> tuple[Indicator, ...]:
    loaded = [load_path(path, load_indicator) for path in _files((folder,))]
    found = errors(finding for one in loaded for finding in one.findings)
    if found:
        raise refused(found)
    read = (one.value for one in loaded if one.value is not None)
    return tuple(sorted(read, key=lambda one: one.indicator))
