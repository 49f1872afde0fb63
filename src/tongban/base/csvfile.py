"""Rows of a CSV file in the encodings that offices use: UTF-8 with or without its mark, UTF-16, GB 18030."""

import csv
import io

from tongban.base.errors import Refused, refuse

LARGEST_FIELD = 1 << 20


def rows_of(data: bytes, place: str) -> list[list[str]]:
    """Every row. `place` is the file's name, for messages. Raises Refused: `not-text`, `bad-csv` with its line."""
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(io.StringIO(_text(data, place), newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise refuse(
            "bad-csv",
            f"第{reader.line_num}行不是有效的 CSV（{error}）",
            f"Line {reader.line_num} is not valid CSV ({error})",
            place=f"{place}:{reader.line_num}",
        ) from None


def _text(data: bytes, place: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strict(data, "utf-16", place)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strict(data, "gb18030", place)  # GBK and GB 2312 are parts of it (GB 18030-2022)


def _strict(data: bytes, encoding: str, place: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(place) from error


def _not_text(place: str) -> Refused:
    return refuse(
        "not-text",
        "这不是文本文件，或者编码认不出来。请存成 UTF-8 或 GB 18030 的 CSV",
        "This is no text file, or its encoding is not known. Save it as CSV in UTF-8 or GB 18030",
        place=place,
    )
