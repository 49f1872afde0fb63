"""From text to a typed file: every mistake at once, each at its line and column.

A sound file is converted straight away. Only a file that does not convert is walked with the JSON Schema, whose
errors are turned into sentences a department's officer can act on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

import msgspec

from tongban.base.i18n import Text
from tongban.base.unopened import why_not_opened
from tongban.catalog.findings import Finding, Position, errors, refused, sort_findings
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.catalog.procedure import Procedure
from tongban.catalog.schema import FILE_KINDS, FILE_TYPES, FOLDERS, FileKind, schema_of
from tongban.catalog.use import Use
from tongban.catalog.yaml_reader import MAX_BYTES
from tongban.catalog.yaml_source import Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """One file as read. `value` is None when `findings` has errors; `source` knows the place of each part."""

    value: T | None
    findings: tuple[Finding, ...]
    source: Source

    def require(self) -> T:
        """The value. Raises Refused (422) with every finding."""
        if self.value is None:
            raise refused(self.findings)
        return self.value


def load_service(text: str, path: str = "service.yaml") -> Loaded[Service]:
    """A service file from its text; `path` is only named in messages."""
    return load_as(Source(text, path), "service", Service)


def load_procedure(text: str, path: str = "procedure.yaml") -> Loaded[Procedure]:
    """A procedure file from its text."""
    return load_as(Source(text, path), "procedure", Procedure)


def load_use(text: str, path: str = "use.yaml") -> Loaded[Use]:
    """An AI-use file from its text."""
    return load_as(Source(text, path), "use", Use)


def load_policy(text: str, path: str = "policy.yaml") -> Loaded[Policy]:
    """A policy file from its text."""
    return load_as(Source(text, path), "policy", Policy)


def load_text(text: str, path: str) -> Loaded[Any]:
    """A file of whichever kind it is: by its first field, else by the folder it lies in."""
    source = Source(text, path)
    if source.data is None:
        return Loaded(None, tuple(source.findings), source)
    kind: FileKind | None = next((k for k in FILE_KINDS if k in source.data), None) or FOLDERS.get(
        FilePath(path).parent.name
    )
    if kind is None:
        finding = source.finding(
            "error",
            "unknown-file-kind",
            Text(
                "不知道这是什么文件：第一个字段应当是 service、procedure、use、policy、paper、bundle 或 certificate",
                "Not a known kind of file: it must have a field service, procedure, use, policy, paper, bundle or"
                " certificate",
            ),
            Position(1, 1),
        )
        return Loaded(None, (finding,), source)
    return load_as(source, kind, FILE_TYPES[kind])


def load_file(path: FilePath, shown: str | None = None) -> Loaded[Any]:
    """A file from disk. What cannot be read as text is a finding, not an exception.

    `shown` is the path as messages should print it (default: as given).
    """
    return load_path(path, load_text, shown)


def load_path(path: FilePath, load: Callable[[str, str], Loaded[T]], shown: str | None = None) -> Loaded[T]:
    """A file from disk, its text read by `load` (text, path as messages print it)."""
    name = shown or str(path)
    try:
        if path.stat().st_size > 4 * MAX_BYTES:
            return load("\n" * (MAX_BYTES + 1), name)
        return load(path.read_bytes().decode("utf-8"), name)
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        said = Text(
            "文件不是 UTF-8 编码，请在编辑器里另存为 UTF-8", "The file is not UTF-8; save it as UTF-8 in your editor"
        )
        return Loaded(None, (Finding("error", "not-utf8", said, name, line, 1),), Source("", name))
    except OSError as problem:
        said = why_not_opened(problem)
        return Loaded(None, (Finding("error", "file-unreadable", said, name, 1, 1),), Source("", name))


def stamp(path: FilePath) -> tuple[int, int]:
    """When a file was written and how long it is; a link to nothing has neither, and reading it says what is wrong."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def load_as(source: Source, kind: str, file_type: type[T]) -> Loaded[T]:
    """A source as the type it should have; what does not fit is told place by place. `kind` names it in the schema."""
    if errors(source.findings):
        return Loaded(None, tuple(sort_findings(source.findings)), source)
    try:
        value = msgspec.convert(source.data, file_type)
    except msgspec.ValidationError as problem:
        found = _explain(kind, file_type)(source)
        if not found:  # the schema is laxer than the type here; say what the type said
            said = Text(f"文件内容不符合要求：{problem}", f"The file does not fit its type: {problem}")
            found = [source.finding("error", "invalid-file", said, Position(1, 1))]
        return Loaded(None, tuple(sort_findings(found)), source)
    source.release()
    return Loaded(value, tuple(source.findings), source)


@cache
def _explain(kind: str, file_type: Any) -> Any:
    # jsonschema takes a tenth of a second to import, which a sound catalogue never needs
    from tongban.catalog.explain import Explainer

    return Explainer(schema_of(file_type, kind))
