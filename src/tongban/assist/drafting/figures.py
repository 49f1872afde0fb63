"""The figures of a text: every number, date, amount, law, article, telephone number, link and identifier in it.

Two texts that mean the same figure give the same value here, however they write it: 二十日 and 20天, 2026年11月3日 and
2026-11-03, 第三十二条 and 第32条, １２３４５ and 12345. Pure; used to hold a drafted sentence to its sources.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple


class Figure(NamedTuple):
    """One figure. `kind` is link, date, law, article, phone, percent, id or number; `unit` is empty where none is
    written."""

    kind: str
    value: str
    unit: str = ""


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_ALIKE = {
    "日": "day", "天": "day", "calendar days": "day", "calendar day": "day", "days": "day", "day": "day",
    "个工作日": "working-day", "工作日": "working-day", "working days": "working-day", "working day": "working-day",
    "个月": "month", "月": "month", "months": "month", "month": "month",
    "年": "year", "周年": "year", "years": "year", "year": "year", "周岁": "year", "岁": "year", "years old": "year",
    "元": "yuan", "块": "yuan", "yuan": "yuan", "小时": "hour", "个小时": "hour", "hours": "hour", "hour": "hour",
    "周": "week", "个星期": "week", "weeks": "week", "week": "week", "分钟": "minute", "minutes": "minute",
    "人": "person", "名": "person", "people": "person", "persons": "person", "份": "copy", "copies": "copy",
    "次": "time", "times": "time", "倍": "fold", "级": "grade", "户": "household", "平方米": "m2", "m2": "m2",
    "款": "paragraph", "项": "item", "章": "chapter",
}  # fmt: skip
"""Units that mean the same. An age in years and a span in years are not told apart; the quote stands beside it."""
_UNIT = "|".join(sorted(map(re.escape, _ALIKE), key=len, reverse=True))
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60,
    "ninety": 90, "one": 1, "hundred": 100,
}  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip

_HAN = "零〇一二三四五六七八九十百千万亿两"
_HAN_NUMBER = re.compile(rf"(?<![另同每某任统逐唯之\d.])(?:(?<=第)[{_HAN}]+|[{_HAN}]+(?=(?:{_UNIT}|条|％|%)))")
_IDIOM = re.compile("一次性|万一|一年一度|一日三餐|第三方|第三人")
"""Words that only look like a number and a unit."""
_PERCENT_OF = re.compile(rf"百分之([{_HAN}点]+|[\d.]+)")
_HALF = re.compile("半(?=年|个月|天|日|小时)")
_TAIL = r"[\w./?=&%#~:+@-]*"
_LINK = re.compile(
    rf"(?:https?:)?//{_TAIL}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![\w.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,}}(?![a-z]){_TAIL}",
    re.ASCII,
)
_DATE = re.compile(r"(?<!\d)(\d{4})\s*(?:年|-|/|\.)\s*(\d{1,2})\s*(?:月|-|/|\.)\s*(\d{1,2})(?!\d)\s*日?")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月")
_NAMES = "|".join(_MONTHS)
_EN_DATE = re.compile(rf"\b(\d{{1,2}}) ({_NAMES})(?: (\d{{4}}))?\b")
_US_DATE = re.compile(rf"\b({_NAMES}) (\d{{1,2}})(?:, (\d{{4}}))?\b")
_LAW = re.compile("《([^《》]+)》")
_ARTICLE = re.compile(r"第\s*(\d+)\s*条(?:之\s*(\d+))?|\b(?:art\.|article) (\d+)")
_PHONE = re.compile(r"(?<![\d-])(?:0\d{2,3}-\d{5,8}|1\d{10})(?![\d-])")
_ID = re.compile(r"(?<![0-9a-z])(?=[0-9a-z-]*\d)(?=[0-9a-z-]*[a-z])[0-9a-z]+(?:-[0-9a-z]+)*(?![0-9a-z])")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|per cent|percent)")
_NUMBER = re.compile(rf"(\d[\d,]*(?:\.\d+)?)\s*([万亿]?)\s*({_UNIT})?")
_WORD_NUMBER = re.compile(rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))}) (?=(?:{_UNIT}))")


def plain(text: str) -> str:
    """A text as it is compared: one width, one case, no space except between digits, one kind of quotation mark."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    flat = flat.translate(str.maketrans("“”‘’「」『』", '""\'\'""""'))
    return re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", flat)


def figures(text: str) -> frozenset[Figure]:
    """All figures of a text."""
    return frozenset(_found(text))


def laws(text: str) -> frozenset[tuple[str, str]]:
    """Each law with each article that is named right after it: 《甲法》第3条、第4条 gives both."""
    flat = _arabic(text)
    pairs: set[tuple[str, str]] = set()
    names = list(_LAW.finditer(flat))
    for n, name in enumerate(names):
        end = names[n + 1].start() if n + 1 < len(names) else len(flat)
        pairs.update((name[1], _article(one)) for one in _ARTICLE.finditer(flat, name.end(), end))
    return frozenset(pairs)


def _found(text: str) -> Iterator[Figure]:
    rest = _arabic(text)

    def taken(pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match, blanked out so that nothing is read twice."""
        nonlocal rest
        found = list(pattern.finditer(rest))
        rest = pattern.sub(" ; ", rest)
        return iter(found)

    for m in taken(_LINK):
        yield Figure("link", m[0])
    for m in taken(_LAW):
        yield Figure("law", m[1])
        yield from (one for one in _found(m[1]) if one.kind == "number")
    for m in taken(_DATE):
        yield Figure("date", _day(m[1], m[2], m[3]))
    for m in taken(_EN_DATE):
        yield Figure("date", _day(m[3] or "", str(_MONTHS.index(m[2]) + 1), m[1]))
    for m in taken(_US_DATE):
        yield Figure("date", _day(m[3] or "", str(_MONTHS.index(m[1]) + 1), m[2]))
    for m in taken(_MONTH_DAY):
        yield Figure("date", _day("", m[1], m[2]))
    for m in taken(_YEAR_MONTH):
        yield Figure("date", f"{m[1]}-{int(m[2]):02}")
    for m in taken(_ARTICLE):
        yield Figure("article", _article(m))
    for m in taken(_PHONE):
        yield Figure("phone", m[0].replace("-", ""))
    for m in taken(_PERCENT):
        yield Figure("percent", _canonical(m[1]))
    for m in taken(_WORD_NUMBER):
        yield Figure("number", str(_WORDS[m[1]]), _unit(m))
    for m in taken(_ID):
        if m[0] not in _ALIKE:
            yield Figure("id", m[0])
    for m in taken(_NUMBER):
        value = Decimal(m[1].replace(",", "")) * _MYRIADS.get(m[2], 1)
        yield Figure("number", _canonical(str(value)), _ALIKE.get(m[3] or "", ""))


def _unit(m: re.Match[str]) -> str:
    follows = re.match(_UNIT, m.string[m.end() :])
    return _ALIKE[follows[0]] if follows else ""


def _article(m: re.Match[str]) -> str:
    number = m[1] or m[3]
    return f"{int(number)}-{m[2]}" if m[2] else str(int(number))


def _day(year: str, month: str, day: str) -> str:
    return f"{year or '----'}-{int(month):02}-{int(day):02}"


def _canonical(number: str) -> str:
    text = f"{Decimal(number):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _arabic(text: str) -> str:
    """The text in one width and case with Chinese numerals, where they count something, as Arabic ones."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    flat = _IDIOM.sub(lambda m: "~" * len(m[0]), flat)
    flat = _PERCENT_OF.sub(lambda m: f"{_fraction(m[1])}%", flat)
    flat = _HALF.sub("0.5", flat)
    return _HAN_NUMBER.sub(lambda m: str(_han(m[0])), flat)


def _fraction(text: str) -> str:
    head, point, tail = text.partition("点")
    whole = head if head and head[0].isdigit() else str(_han(head))
    return f"{whole}.{''.join(str(_DIGITS.get(c, c)) for c in tail)}" if point else whole


def _han(text: str) -> int:
    """二〇二六 → 2026, 三百零五 → 305, 一万二千 → 12000."""
    if not any(c in _TENS or c in _MYRIADS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text) or "0")
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section += (digit or 1) * _TENS[c]
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[c]
            section = digit = 0
    return total + section + digit
