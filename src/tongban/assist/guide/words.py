"""The lexicon: what people say for the statutory words that stand in the names of services.

`words/*.yaml` as data: any officer can add a line, a province keeps its own file in its data directory, and none of it
decides anything. An entry helps every service whose name has one of its `means`; words for one service alone belong
into that service's `aliases`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding, Severity, errors, sort_findings
from tongban.catalog.grams import runs
from tongban.catalog.shipped import shipped
from tongban.catalog.yaml_source import Source

LONGEST = 24
"""Characters of one saying: a saying is a phrase, not somebody's sentence."""
MOST_ENTRIES = 20_000
Where = tuple[str | int, ...]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`say`: any of these in a question; `means`: words of names of services, the likeliest first."""

    say: tuple[str, ...]
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries of all files in the order they were read, and what is wrong with the files."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def size(self) -> int:
        """How many sayings it knows."""
        return sum(len(entry.say) for entry in self.entries)


def joined(text: str) -> str:
    """A phrase as it is compared: no spaces, no punctuation, half width, small letters."""
    return "".join(runs(text))


def load_words(text: str, path: str = "words.yaml") -> Lexicon:
    """One file from its text; an entry with an error is left out, the others hold."""
    source = Source(text, path)
    findings = list(source.findings)
    if errors(findings):
        return Lexicon((), tuple(sort_findings(findings)))
    data: Any = cast("Any", source).data
    whole = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    found = whole.get("words") if set(whole) == {"words"} else None
    if not isinstance(found, list):
        said = Text("文件里只写一个 words，下面是一条条说法", "The file has one field, words: a list of entries")
        findings.append(_finding(source, "error", "words-shape", said, ()))
        return Lexicon((), tuple(findings))
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for index, raw in enumerate(cast("list[Any]", found)[:MOST_ENTRIES]):
        wrong = list(_wrong(source, index, raw, seen))
        findings += wrong
        if not errors(wrong):
            entries.append(msgspec.convert(raw, Entry))
    return Lexicon(tuple(entries), tuple(sort_findings(findings)))


def read_words(folders: Iterable[Path]) -> Lexicon:
    """All `*.yaml` of some folders; what cannot be read is a finding, never an exception."""
    return _all(path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.yaml")))


def open_words(data_dir: Path) -> Lexicon:
    """The lexicon in force here: the shipped one, and the installation's own in `data_dir/words`."""
    return read_words((shipped("words"), data_dir / "words"))


def check_words(paths: Sequence[Path]) -> list[Finding]:
    """Everything wrong with these files, and with the files of these folders."""
    inside = [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else (path,))]
    return sort_findings(_all(inside).findings)


def _all(paths: Iterable[Path]) -> Lexicon:
    entries: list[Entry] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            found = path.stat()
            one = _file(path, found.st_mtime_ns, found.st_size)
        except (OSError, UnicodeDecodeError):
            said = Text("文件打不开，或者不是 UTF-8 编码", "The file cannot be opened, or is not UTF-8")
            one = Lexicon((), (Finding("error", "words-unreadable", said, str(path), 1, 1),))
        entries += one.entries
        findings += one.findings
    return Lexicon(tuple(entries), tuple(findings))


@lru_cache(maxsize=64)
def _file(path: Path, _changed: int, _size: int) -> Lexicon:
    """One file, read again only when it changes. Raises OSError and UnicodeDecodeError."""
    return load_words(path.read_bytes().decode("utf-8"), str(path))


def _wrong(source: Source, index: int, raw: Any, seen: dict[str, int]) -> Iterator[Finding]:
    here: Where = ("words", index)
    if not isinstance(raw, dict) or set(cast("dict[str, Any]", raw)) != {"say", "means"}:
        said = Text("一条里只写 say 和 means", "An entry has the fields say and means, and no other")
        yield _finding(source, "error", "words-entry", said, here)
        return
    for field in ("say", "means"):
        listed = cast("dict[str, Any]", raw)[field]
        if not isinstance(listed, list) or not listed:
            said = Text(f"{field} 是一串词，至少一个", f"{field} is a list of at least one")
            yield _finding(source, "error", "words-list", said, (*here, field))
            continue
        for place, word in enumerate(cast("list[Any]", listed)):
            yield from _word(source, (*here, field, place), field, word, seen, index)


def _word(source: Source, here: Where, field: str, word: Any, seen: dict[str, int], index: int) -> Iterator[Finding]:
    if not isinstance(word, str) or not joined(word):
        said = Text("这里要写词；数字请加引号", "Write words here; put a number in quotes")
        yield _finding(source, "error", "words-text", said, here)
        return
    length = len(joined(word))
    if field == "say" and not 2 <= length <= LONGEST:
        said = Text(f"说法要有 2 到 {LONGEST} 个字", f"A saying has 2 to {LONGEST} characters")
        yield _finding(source, "error", "words-length", said, here)
    if field == "say":
        first = seen.setdefault(joined(word), index)
        if first != index:
            line = source.position(("words", first)).line
            said = Text(f"“{word}”在第{line}行已经写过", f"'{word}' stands already on line {line}")
            yield _finding(source, "warning", "words-twice", said, here)


def _finding(source: Source, severity: Severity, code: str, text: Text, where: Where) -> Finding:
    return source.finding(severity, code, text, source.position(where), where)
