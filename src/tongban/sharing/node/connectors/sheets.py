"""A copy of a file in a form that is scanned quickly: an Excel sheet, or a CSV in GB 18030, as CSV in UTF-8.

Made once for each state of the file (its time and size) and written whole before it is used. An Excel file is a zip
of XML: it is read by streaming, with limits on size, without entities or anything from the network.
"""

import csv
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO, Any, cast

from lxml import etree as _etree

from tongban.sharing.node.faults import Fault, SourceFault

etree = cast("Any", _etree)  # ships no types

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LARGEST = 500_000_000
"""Bytes of a sheet unpacked."""
_MOST_STRINGS = 2_000_000
_WIDEST = 500
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's calendar; right from 1 March 1900 on (ECMA-376, 18.17.4)."""
_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58})
_making = Lock()


def as_csv(path: Path, scratch: Path, *, sheet: str = "", encoding: str = "") -> Path:
    """The copy of the file's present state, made if it is not there yet. Raises `SourceFault`, OSError."""
    state = path.stat()
    mark = sha256(f"{path}|{sheet}|{encoding}|{state.st_mtime_ns}|{state.st_size}".encode()).hexdigest()[:20]
    stem = sha256(f"{path}|{sheet}|{encoding}".encode()).hexdigest()[:12]
    copy = scratch / f"{stem}-{mark}.csv"
    with _making:
        if copy.exists():
            return copy
        draft = copy.with_suffix(f".{os.getpid()}.new")
        try:
            with draft.open("w", encoding="utf-8", newline="") as out:
                if encoding:
                    _transcode(path, out, encoding)
                else:
                    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(_sheet_rows(path, sheet))
            for old in scratch.glob(f"{stem}-*.csv"):
                old.unlink(missing_ok=True)
            draft.replace(copy)
        except (zipfile.BadZipFile, KeyError, ValueError, etree.LxmlError):
            raise SourceFault(Fault.SOURCE_UNREADABLE, f"{path.name} cannot be read") from None
        finally:
            draft.unlink(missing_ok=True)
    return copy


def _transcode(path: Path, out: IO[str], encoding: str) -> None:
    with path.open(encoding=encoding, newline="") as text:
        while part := text.read(1 << 20):
            out.write(part)


def _sheet_rows(path: Path, sheet: str) -> Iterator[list[str]]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if sum(archive.getinfo(name).file_size for name in names) > _LARGEST:
            raise SourceFault(Fault.TOO_LARGE, f"{path.name} is too large unpacked")
        strings = _strings(archive) if "xl/sharedStrings.xml" in names else []
        dates = _date_styles(archive) if "xl/styles.xml" in names else frozenset[int]()
        width = 0
        with archive.open(_sheet_part(archive, sheet)) as part:
            for row in _elements(part, f"{_MAIN}row"):
                values = _row(row, strings, dates)
                width = width or len(values)
                yield [*values, *[""] * (width - len(values))][:width]


def _row(row: Any, strings: list[str], dates: frozenset[int]) -> list[str]:
    values: list[str] = []
    for cell in row.iterfind(f"{_MAIN}c"):
        at = _column(cell.get("r", ""), len(values))
        if at >= _WIDEST:
            raise ValueError("too wide")
        values += [""] * (at - len(values))
        values.append(_value(cell, strings, dates))
    return values


def _value(cell: Any, strings: list[str], dates: frozenset[int]) -> str:
    text = cast("str", cell.findtext(f"{_MAIN}v") or "")
    match cell.get("t", "n"):
        case "s":
            return strings[int(text)]
        case "inlineStr":
            return "".join(cell.itertext())
        case "b":
            return "true" if text == "1" else "false"
        case "n" if text and int(cell.get("s", "0")) in dates:
            return (_EPOCH + timedelta(days=int(float(text)))).isoformat()
        case "n" if text:
            number = float(text)
            return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
        case _:
            return text


def _column(reference: str, otherwise: int) -> int:
    letters = reference.rstrip("0123456789")
    if not letters:
        return otherwise
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _strings(archive: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    with archive.open("xl/sharedStrings.xml") as part:
        for item in _elements(part, f"{_MAIN}si"):
            found.append("".join(node.text or "" for node in item.iter(f"{_MAIN}t")))
            if len(found) > _MOST_STRINGS:
                raise SourceFault(Fault.TOO_LARGE, "too many texts in the sheet")
    return found


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The cell styles that show a number as a day."""
    root = etree.fromstring(archive.read("xl/styles.xml"), _parser())
    days = set(_DATE_FORMATS)
    for own in root.iter(f"{_MAIN}numFmt"):
        code = re.sub(r'"[^"]*"|\[[^\]]*\]', "", own.get("formatCode", "")).lower()
        if "y" in code and "d" in code:
            days.add(int(own.get("numFmtId", "0")))
    formats = root.find(f"{_MAIN}cellXfs")
    styles: list[Any] = [] if formats is None else formats.findall(f"{_MAIN}xf")
    return frozenset(n for n, style in enumerate(styles) if int(style.get("numFmtId", "0")) in days)


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the named sheet, or of the first."""
    book = etree.fromstring(archive.read("xl/workbook.xml"), _parser())
    for found in book.iter(f"{_MAIN}sheet"):
        if sheet in ("", found.get("name")):
            wanted = found.get(_RELATION)
            break
    else:
        raise SourceFault(Fault.SOURCE_CHANGED, "no such sheet")
    for relation in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), _parser()):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise SourceFault(Fault.SOURCE_UNREADABLE, "the sheet is missing in the file")


def _parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _elements(part: IO[bytes], tag: str) -> Iterator[Any]:
    """Each element in turn; what has been read is let go."""
    for _, element in etree.iterparse(
        part, tag=tag, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    ):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
