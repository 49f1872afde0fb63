"""The seal of a published version: the hash of what it says, kept in `.published.json` beside the file.

It works with git and with a plain folder: whoever changes a published version, by whatever means, is told by the
checker. Formatting, comments and the ending of a version are not content.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias, cast

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.bundle import Bundle
from tongban.catalog.compile import Same, content_hash
from tongban.catalog.findings import Finding
from tongban.catalog.model import Service
from tongban.catalog.yaml_source import Source

LOCK = ".published.json"


Sealed: TypeAlias = Service | Bundle
"""What is published in versions that never change again."""


def seal(file: Sealed) -> str:
    """The hash of what a published version says; its ending is not content. Kept for the same service."""
    if isinstance(file, Service):
        return _seal(Same(file))
    said = msgspec.json.encode(msgspec.structs.replace(file, status="published", valid_to=None), order="sorted")
    return f"sha256:{hashlib.sha256(said).hexdigest()}"


@lru_cache(maxsize=4_000)
def _seal(key: Same) -> str:
    service = key.service
    return f"sha256:{content_hash(msgspec.structs.replace(service, status='published', valid_to=None))}"


def is_sealed(path: Path, file: Sealed) -> bool:
    """Whether this version has been published from the folder of `path`."""
    return _key(file) in _lock(path)


def seal_findings(path: Path, file: Sealed, source: Source) -> Iterator[Finding]:
    """Whether a published version still says what it said when it was published."""
    if file.status == "draft":
        return
    lock = _lock(path)
    sealed = lock.get(_key(file))
    if sealed is not None and sealed != seal(file):
        said = Text(
            f"第{file.version}版已经发布，内容不能再改；请另存为 {slug_of(file)}@<新版本>.yaml 并提高 version",
            f"Version {file.version} is published and may not change; save as {slug_of(file)}@<new>.yaml"
            " with a higher version",
        )
        yield source.finding("error", "published-changed", said, source.position(("version",)), ("version",))
    elif sealed is None and lock:
        said = Text(
            "已标为发布，但没有登记；请运行 tongban promote", "Marked as published but not sealed; run tongban promote"
        )
        yield source.finding("warning", "published-unsealed", said, source.position(("version",)), ("version",))


def slug_of(file: Sealed) -> str:
    """Its stable name."""
    return file.service if isinstance(file, Service) else file.bundle


def _key(file: Sealed) -> str:
    regions = f"#{'+'.join(file.regions)}" if isinstance(file, Service) and file.regions else ""
    return f"{slug_of(file)}@{file.version}{regions}"


def _lock(path: Path) -> dict[str, str]:
    try:
        content = json.loads((path.parent / LOCK).read_bytes())
    except (OSError, ValueError):
        return {}
    return cast("dict[str, str]", content) if isinstance(content, dict) else {}


def sealed_lock(path: Path, file: Sealed) -> str:
    """The text of the lock with this version added."""
    lock = {**_lock(path), _key(file): seal(file)}
    return json.dumps(dict(sorted(lock.items())), ensure_ascii=False, indent=1) + "\n"
