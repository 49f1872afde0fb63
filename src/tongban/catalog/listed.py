"""Listed items: what is known of a service that has no file yet. They can be found and listed as drafts, never applied
for: a catalogue of a thousand items becomes visible on the first day, and files are written one by one.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding


class ListedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of somebody's catalogue.

    id      the item's code where its link has one, else made from department and name
    row     line of the source file, the heading being line 1
    aliases what people call it, where the file has a column for that
    """

    id: str
    name: str
    department: str
    theme: str = ""
    link: str = ""
    code: str = ""
    kind: str = ""
    source: str = ""
    row: int = 0
    aliases: tuple[str, ...] = ()


def write_listed(path: Path, items: Iterable[ListedItem]) -> None:
    """One JSON object a line, in the order given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(item) + b"\n" for item in items))


def read_listed(source: Path) -> tuple[list[ListedItem], list[Finding]]:
    """All listed items of a `*.jsonl` file, or of a folder's in order of name; a line that is none is a finding."""
    items: list[ListedItem] = []
    findings: list[Finding] = []
    for path in sorted(source.glob("*.jsonl")) if source.is_dir() else (source,):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    items.append(msgspec.json.decode(line, type=ListedItem))
                except msgspec.MsgspecError:
                    said = Text("这一行不是导入的事项", "This line is no imported item")
                    findings.append(Finding("error", "listed-unreadable", said, str(path), number, 1))
    return items, findings
