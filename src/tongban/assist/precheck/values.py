"""Values as papers write them, in the one spelling in which two of them can be compared.

Careful by design: what could be read in two ways has no plain form, and a person looks. 8号 and 18号 stay different,
and so do 301室 and 302室; what may differ is width of characters, blanks, the way a date or an amount is written,
and whether an address begins with its province.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final

from tongban.base.ids import id_number_problem, uscc_problem
from tongban.catalog.paper import PaperKind

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
ODD: Final = re.compile(
    r"[^\x20-\x7e\u00a5\u00b7\u3000-\u303f\uff00-\uffef\u2010-\u2026\u2116\u2160-\u2188" + _HAN + "]"
)
"""What no Chinese paper is printed with: letters of other scripts that only look alike, characters without a shape."""

_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "O": "0", "元": "1"}
_CAPITALS = (
    {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    | {c: n for n, c in enumerate("〇一二三四五六七八九")}
    | {"貳": 2, "参": 3, "叄": 3, "陸": 6, "两": 2}
)
_TENS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}

_YMD = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:18|19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_HAN_YMD = re.compile(r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_MONEY = re.compile(r"(?:人民币|RMB|[¥￥])?([\d,]+(?:\.\d+)?)(万元|亿元|元|万)?(?:整)?")
_HAN_MONEY = re.compile(r"[零〇壹贰貳叁参叄肆伍陆陸柒捌玖拾佰仟万亿]{2,}[元圆]")


def plain(text: str) -> str:
    """Width and blanks made one: the common ground of every comparison."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def as_date(text: str) -> str:
    """A whole date as ISO 8601, or nothing."""
    said = plain(text)
    if found := _YMD.search(said) or _COMPACT.search(said):
        return _iso(*map(int, found.groups()))
    if found := _HAN_YMD.search(said):
        year, month, day = found.groups()
        return _iso(int("".join(_DIGITS[c] for c in year)), _small(month), _small(day))
    return ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _small(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[c] for c in text))
    return (int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0)


def as_money(text: str) -> str:
    """An amount in yuan, without zeros that say nothing; nothing where it is not one."""
    said = plain(text).replace("，", ",")
    if found := _HAN_MONEY.search(said):
        return _money(Decimal(_han_number(found[0][:-1])))
    if found := _MONEY.fullmatch(said):
        factor = {"万元": 10_000, "万": 10_000, "亿元": 100_000_000}.get(found[2] or "", 1)
        try:
            return _money(Decimal(found[1].replace(",", "")) * factor)
        except InvalidOperation:
            return ""
    return ""


def _money(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _han_number(text: str) -> int:
    whole = part = digit = 0
    for c in text:
        if c in _CAPITALS:
            digit = _CAPITALS[c]
        elif c in _TENS:
            part, digit = part + (digit or 1) * _TENS[c], 0
        elif c == "万":
            whole, part, digit = whole + (part + digit) * 10_000, 0, 0
        elif c == "亿":
            whole, part, digit = (whole + part + digit) * 100_000_000, 0, 0
    return whole + part + digit


def _as_text(text: str) -> str:
    return plain(text).casefold().replace("(", "（").replace(")", "）")


def _as_code(text: str) -> str:
    return plain(text).upper()


def _as_digits(text: str) -> str:
    said = plain(text).replace("-", "")
    return said if said.isascii() and said.isdigit() else ""


FORMS: Final[dict[PaperKind, Callable[[str], str]]] = {
    PaperKind.TEXT: _as_text,
    PaperKind.NAME: _as_text,
    PaperKind.ID_NUMBER: _as_code,
    PaperKind.USCC: _as_code,
    PaperKind.DATE: as_date,
    PaperKind.MONEY: as_money,
    PaperKind.ADDRESS: lambda text: _as_text(text).replace("幢", "栋").replace("號", "号"),
    PaperKind.ACCOUNT: _as_digits,
}
"""The plain form of each kind; empty means: not to be made out."""


def sound(kind: PaperKind, text: str) -> bool:
    """Whether a number carries its own proof, or needs none."""
    match kind:
        case PaperKind.ID_NUMBER:
            return id_number_problem(text) is None
        case PaperKind.USCC:
            return uscc_problem(text) is None
        case _:
            return True


class Likeness(Enum):
    """Whether two values are one."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


_ADMIN = re.compile(rf"[{_HAN}]{{1,10}}?(?:特别行政区|自治区|自治州|省|市|区|县|旗|街道|镇|乡)")
_NUMBERS = re.compile(r"\d+|[a-z]+")
_HAN_NUMBER = re.compile(r"[〇零一二三四五六七八九十百]+(?=[号栋座单楼层室户])")


def like(kind: PaperKind, paper: str, declared: str) -> Likeness:
    """Whether what stands on the paper is what was declared; both as written."""
    form = FORMS[kind]
    one, other = form(paper), form(declared)
    if not one or not other:
        return Likeness.UNSURE
    if one == other:
        return Likeness.SAME
    if "*" in one + other:
        return Likeness.UNSURE
    return _like_address(one, other) if kind is PaperKind.ADDRESS else Likeness.DIFFERENT


def _like_address(one: str, other: str) -> Likeness:
    """Two addresses: the part below the administrative names must be the same; of those, one may leave out the top."""
    (above, below), (above2, below2) = _parts(one), _parts(other)
    if below == below2 and below:
        short, long = sorted((above, above2), key=len)
        if short and long[-len(short) :] == short:
            return Likeness.SAME
        return Likeness.UNSURE if not short else Likeness.DIFFERENT
    if _NUMBERS.findall(one) != _NUMBERS.findall(other) and not _HAN_NUMBER.search(one + other):
        return Likeness.DIFFERENT
    # The same numbers in other words: a building's name more, a street's old name. A person knows, we do not.
    return Likeness.UNSURE


def _parts(address: str) -> tuple[tuple[str, ...], str]:
    names: list[str] = []
    rest = address
    while found := _ADMIN.match(rest):
        names.append(found[0])
        rest = rest[found.end() :]
    return tuple(names), rest
