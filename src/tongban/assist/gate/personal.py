"""Where in a text the personal values are: numbers by shape and checksum, addresses, names. Pure.

Sources: GB 11643 (identity number), GB 32100 (credit code), GB/T 15694.1 and ISO/IEC 7812 (card numbers, Luhn),
GA 36 (number plates), 国家移民管理局 (passports and permits: letters and digits by shape).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from tongban.base.ids import id_number_check, uscc_check


class Kind(StrEnum):
    """What a placeholder says it stands for."""

    ID_NUMBER = "身份证号"
    CREDIT_CODE = "信用代码"
    PHONE = "电话"
    CARD = "银行卡号"
    EMAIL = "邮箱"
    PLATE = "车牌号"
    PASSPORT = "证件号"
    CASE = "办件号"
    NUMBER = "号码"
    ADDRESS = "地址"
    NAME = "姓名"
    MARK = "记号"


class Span(NamedTuple):
    """From `start` up to, not including, `end`, in characters."""

    start: int
    end: int
    kind: Kind


def personal(text: str, names: Sequence[str] = ()) -> Iterator[Span]:
    """Every personal value found; spans may overlap."""
    plain = _plain(text)
    yield from _numbers(plain)
    yield from _shapes(plain)
    yield from _addresses(plain)
    yield from _names(plain, names)


# Full width, as an input method or a scan has it; the Chinese digits only for runs that are numbers by length.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DIGIT = re.compile(r"[^\D0-9]")
"""Digits of every other script."""
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_SPOKEN_RUN = re.compile(r"[〇零一二三四五六七八九幺]{9,}")


def _plain(text: str) -> str:
    """The same text, character for character, with digits and letters in their plain form."""
    narrow = _DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text.translate(_NARROW))
    return _SPOKEN_RUN.sub(lambda found: found[0].translate(_SPOKEN), narrow)


# --- numbers ---------------------------------------------------------------------------------------------------------

_GAP = r"[ \t\-－–—·\u00a0\u00ad\u200b-\u200d\u2060\ufeff]{0,3}"
"""What people and scanners put between digits."""
_RUN = re.compile(rf"\+?[0-9](?:{_GAP}[0-9]){{8,}}(?:{_GAP}[Xx](?![A-Za-z]))?")
_DATE = re.compile(r"(?<!\d)(?:18|19|20)\d\d[-/.年](?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12]\d|0?[1-9])(?!\d)")
_AFTER_CUE = re.compile(
    r"(?:电话|手机|座机|传真|联系方式|微信|QQ|尾号|后四位|[Tt]el|[Pp]hone)[号码是为:： .]{0,4}"
    rf"([0-9A-Za-z_](?:{_GAP}[0-9A-Za-z_]){{2,}})"
)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:\+?86)?0\d{2,3}\d{7,8}")


def _numbers(text: str) -> Iterator[Span]:
    """Runs of nine digits and more, whatever stands between them, except that a date may end a run."""
    dates = [found.span() for found in _DATE.finditer(text)]
    for found in _RUN.finditer(text):
        digits = _digits(found[0])
        if (kind := _kind(digits)) is not Kind.NUMBER:
            yield Span(*found.span(), kind)
            continue
        yield from _between(text, found.span(), dates)
    for found in _AFTER_CUE.finditer(text):
        yield Span(*found.span(1), Kind.PHONE)


def _between(text: str, run: tuple[int, int], dates: Iterable[tuple[int, int]]) -> Iterator[Span]:
    start, end = run
    for left, right in dates:
        if left < end and right > start:
            if sum(map(str.isdigit, text[start:left])) >= _LONG:
                yield Span(start, left, _kind(_digits(text[start:left])))
            start = max(start, right)
    if sum(map(str.isdigit, text[start:end])) >= _LONG:
        yield Span(start, end, _kind(_digits(text[start:end])))


_LONG = 9


def _digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text).upper()


def _kind(digits: str) -> Kind:
    """What a run of digits is, by its length and checksum; `NUMBER` where nothing says."""
    if len(digits) == 18 and digits[:17].isdigit() and id_number_check(digits[:17]) == digits[17]:
        return Kind.ID_NUMBER
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return Kind.PHONE
    if 13 <= len(digits) <= 19 and digits.isdigit() and luhn(digits):
        return Kind.CARD
    return Kind.NUMBER


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, its digits added, a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# --- shapes with letters ---------------------------------------------------------------------------------------------

_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{2}\d{6}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{10}")
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.EMAIL, re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}")),
    (Kind.PLATE, re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Za-hj-np-z]"
        r"[ ·•.]?[A-HJ-NP-Za-hj-np-z0-9]{4,6}[挂学警港澳]?"
    )),
    (Kind.PASSPORT, re.compile(r"[A-Za-z]{1,3}\d{6,12}(?:[(（][0-9A-Za-z][)）])?")),
    (Kind.CASE, re.compile(r"\d{6}-\d{6}-[0-9A-Za-z]{8}")),
)  # fmt: skip


def _shapes(text: str) -> Iterator[Span]:
    for kind, pattern in _SHAPES:
        yield from (Span(*found.span(), kind) for found in pattern.finditer(text))
    for found in _CODE.finditer(text):
        code = found[0].upper()
        # A code whose last character is mistyped is still somebody's.
        yield Span(*found.span(), Kind.CREDIT_CODE if uscc_check(code[:17]) == code[17] else Kind.NUMBER)


# --- addresses -------------------------------------------------------------------------------------------------------

_HAN = "\u4e00-\u9fff"
_COUNTED = "[0-9A-Za-z一二三四五六七八九十百零〇甲乙丙丁]{1,5}(?:[-－—#][0-9A-Za-z]{1,5}){0,3}"
_HOUSE = re.compile(rf"{_COUNTED}(?:号楼|号院|号|弄|栋|幢|座|单元|室|层|组|户|排|队)")
_PLACE = re.compile(
    "路|街|道|巷|弄|胡同|里|村|屯|寨|社区|小区|花园|家园|公寓|苑|庄|城|湾|园|大厦|广场|省|市|区|县|镇|乡|旗"
)
_ONWARDS = re.compile(rf"[{_HAN}0-9A-Za-z\-－—#()（）· ]{{0,14}}?{_HOUSE.pattern}")
_REACH = re.compile(rf"[{_HAN}0-9A-Za-z\-－—#()（）·]{{1,60}}$")
_BEFORE = re.compile("现住|家住|住在|位于|地址[是为]?|迁往|[在到至]")
"""After these an address begins; what stands before them is left to the reader."""
_SETTLED = re.compile(
    rf"(?>[{_HAN}]{{1,7}}?(?:省|自治区|自治州|市|盟|地区|区|县|旗|镇|乡|街道|苏木)){{1,5}}+"
    rf"[{_HAN}0-9]{{1,10}}?(?:村|屯|寨|社区|小区|花园|家园|苑|公寓|大厦|新村|嘎查)"
)


def _addresses(text: str) -> Iterator[Span]:
    """A house number with the place before it, and a village or an estate below a district."""
    end = 0
    for house in _HOUSE.finditer(text):
        if house.start() < end:
            continue
        reach = _REACH.search(text, max(0, house.start() - 60), house.start())
        start = reach.start() if reach else house.start()
        start = _begins(text, start, house.start())
        if not _PLACE.search(text, start, house.start()):
            continue
        end = house.end()
        while more := _ONWARDS.match(text, end):
            end = more.end()
        yield Span(start, end, Kind.ADDRESS)
    for found in _SETTLED.finditer(text):
        yield Span(_begins(text, *found.span()), found.end(), Kind.ADDRESS)


def _begins(text: str, start: int, end: int) -> int:
    return max((word.end() for word in _BEFORE.finditer(text, start, end) if word.end() < end), default=start)


# --- names -----------------------------------------------------------------------------------------------------------

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
    "路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂"
    "全佟应臧闵苟邬边卞姬师和仇"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|百里|呼延|南宫|独孤"
ONE_NAME = rf"(?:{_COMPOUND}|[{_SURNAMES}])[{_HAN}·]"
"""A surname and one character, as a pattern."""
_CALLED = re.compile(
    r"(?:我叫|我是|名叫|名字[叫是]|姓名[:： 是为]{0,3}|本人|申请人|联系人|经办人|代办人|代理人|户主|法定代表人|"
    r"负责人|监护人|配偶|丈夫|妻子|父亲|母亲|儿子|女儿|孩子|爱人|老公|老婆|收件人|抬头)[叫是为:： ]{0,3}"
    rf"({ONE_NAME}[{_HAN}]?)"
)
_TITLED = re.compile(rf"({ONE_NAME}?[{_HAN}]?)(?=先生|女士|小姐|同志|老师|大爷|大妈|阿姨|师傅)")


def _names(text: str, known: Sequence[str]) -> Iterator[Span]:
    """Known names, wherever they stand; and what follows words after which people give theirs.

    Where a name ends nobody can tell, so both lengths are taken for it, here and everywhere else in the text.
    """
    found: set[str] = {_plain(name) for name in known}
    for pattern in (_CALLED, _TITLED):
        for one in pattern.finditer(text):
            yield Span(*one.span(1), Kind.NAME)
            found |= {one[1], one[1][:-1]}
    for name in found:
        if len(name) >= 2:
            yield from (Span(*one.span(), Kind.NAME) for one in re.finditer(re.escape(name), text, re.IGNORECASE))
