"""Identifiers: ours, and the two of the state that everybody types wrong once.

Sources: GB 11643 (citizen identity number; ISO 7064 MOD 11-2), GB 32100-2015 (unified social credit code),
GB/T 2260 (region codes), RFC 9562 (UUID version 7), Crockford's base 32.
"""

import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from operator import mul
from uuid import UUID

from tongban.base.errors import Problem, refuse
from tongban.base.i18n import Text

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
_CASE = re.compile(rf"^(\d{{6}})-(\d{{6}})-([{_CROCKFORD}]{{8}})$", re.ASCII)
_READ_AS = str.maketrans("ILO", "110")

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_SHAPE = re.compile(r"^\d{17}[\dX]$", re.ASCII)

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ID_LAW = "GB 11643-1999"
_USCC_LAW = "GB 32100-2015"

_uuid_lock = threading.Lock()
_uuid_last = 0


def case_id(region: str, now: datetime, random: Callable[[int], int] = secrets.randbits) -> str:
    """A number for a case: `{region}-{yymmdd}-{8 of Crockford's base 32}`, for instance `990101-261103-4Q7Z2M9K`.

    Random, so nobody can guess a neighbour's and no counter has to be shared; the region leads, so a case can be
    found without asking every region. `random(n)` gives a number of n bits.
    """
    if not (len(region) == 6 and region.isascii() and region.isdigit()):
        raise ValueError(f"not a region code: {region!r}")
    bits = random(40)  # asked for once: each call to the system's source of randomness costs
    tail = "".join([_PAIRS[bits >> shift & 1023] for shift in (30, 20, 10, 0)])
    return f"{region}-{now.year % 100:02}{now.month:02}{now.day:02}-{tail}"


def read_case_id(typed: str) -> str:
    """What a person typed as a case number, in its one spelling: full width, lower case, I for 1, O for 0 forgiven.

    Raises `Refused` (`bad-case-number`).
    """
    text = narrow(typed).replace(" ", "").upper()
    head, _, tail = text.rpartition("-")
    text = f"{head}-{tail.translate(_READ_AS)}"
    if not _CASE.match(text):
        raise refuse(
            "bad-case-number",
            "办件号应像 990101-261103-4Q7Z2M9K 这样：六位地区、六位日期、八位字母数字。",
            "A case number looks like 990101-261103-4Q7Z2M9K: six digits of region, six of date, eight characters.",
            place="case",
            status=404,
        )
    return text


def region_of(case: str) -> str:
    """The region code that leads a case number. Raises `Refused` (`bad-case-number`)."""
    return read_case_id(case)[:6]


def person_id() -> str:
    """A number for a person that says nothing about them: `p-` and 20 of Crockford's base 32 (100 random bits)."""
    return "p-" + "".join(_CROCKFORD[secrets.randbelow(32)] for _ in range(20)).lower()


def uuid7(at: datetime | None = None) -> UUID:
    """RFC 9562 version 7: ordered by time, also within one millisecond of one process (12 bits of sub-millisecond).

    `at` is the moment by somebody else's clock; those of one moment are in no order.
    """
    global _uuid_last
    if at is not None:
        stamp = (int(at.timestamp() * 1000) << 12) | secrets.randbits(12)
    else:
        with _uuid_lock:
            # Milliseconds and a 12-bit fraction in one number that only grows (RFC 9562 §6.2 method 3).
            stamp = (time.time_ns() << 12) // 1_000_000
            stamp = _uuid_last = max(stamp, _uuid_last + 1)
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    value = (milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | secrets.randbits(62)
    return UUID(int=value)


def narrow(typed: str) -> str:
    """Full-width letters and digits, as a Chinese input method types them, made plain; blanks at the ends gone."""
    return (typed if typed.isascii() else unicodedata.normalize("NFKC", typed)).strip()


def id_number_check(first17: str) -> str:
    """The check character of an identity number: MOD 11-2 over its first 17 digits."""
    if len(first17) != len(_ID_WEIGHTS):
        raise ValueError(f"17 digits are needed, not {len(first17)}")
    return _ID_CHECKS[sum(map(mul, map(int, first17), _ID_WEIGHTS)) % 11]


def id_number_problem(number: str, *, today: date | None = None, place: str = "id_number") -> Problem | None:
    """What is wrong with a citizen identity number (GB 11643), or None.

    The region is never judged: codes of regions that no longer exist are still on people's cards. `today` also
    refuses a birthday that has not come yet.
    """
    text = narrow(number).upper()
    if len(text) != 18:
        return _problem(
            "id-number-length",
            Text("身份证号码应当是18位，您填了{n}位。", "An identity number has 18 characters; you gave {n}.").format(
                n=len(text)
            ),
            place,
            _ID_LAW,
        )
    if not _ID_SHAPE.match(text):
        return _problem(
            "id-number-characters",
            Text(
                "身份证号码前17位都是数字，最后一位是数字或字母X。",
                "The first 17 characters of an identity number are digits; the last is a digit or the letter X.",
            ),
            place,
            _ID_LAW,
        )
    born = birth_date(text)
    if born is None or born.year < 1850 or (today is not None and born > today):
        return _problem(
            "id-number-birth-date",
            Text(
                "身份证号码第7到14位是出生日期，{d}不是一个可能的日期。",
                "Characters 7 to 14 of an identity number are the date of birth; {d} is not a possible one.",
            ).format(d=text[6:14]),
            place,
            _ID_LAW,
        )
    if id_number_check(text[:17]) != text[17]:
        return _problem(
            "id-number-check",
            Text(
                "身份证号码最后一位对不上，多半是抄错了一位，请对照证件再看一遍。",
                "The last character does not fit the others: most likely one digit is mistyped. Please compare again.",
            ),
            place,
            _ID_LAW,
        )
    return None


def birth_date(id_number: str) -> date | None:
    """The date of birth in an identity number; None if it is impossible."""
    digits = narrow(id_number)[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def is_male(id_number: str) -> bool:
    """An odd 17th digit says male (GB 11643)."""
    return int(narrow(id_number)[16]) % 2 == 1


def uscc_check(first17: str) -> str:
    """The check character of a unified social credit code. Raises `ValueError` for a letter it may not have."""
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def uscc_problem(code: str, *, place: str = "uscc") -> Problem | None:
    """What is wrong with a unified social credit code (GB 32100), or None."""
    text = narrow(code).upper()
    if len(text) != 18:
        return _problem(
            "uscc-length",
            Text(
                "统一社会信用代码应当是18位，您填了{n}位。", "A social credit code has 18 characters; you gave {n}."
            ).format(n=len(text)),
            place,
            _USCC_LAW,
        )
    if any(c not in _USCC_ALPHABET for c in text) or not text[2:8].isdigit():
        return _problem(
            "uscc-characters",
            Text(
                "统一社会信用代码只有数字和大写字母（没有I、O、S、V、Z），第3到8位是数字。",
                "A social credit code has digits and capitals (never I, O, S, V, Z); characters 3 to 8 are digits.",
            ),
            place,
            _USCC_LAW,
        )
    if uscc_check(text[:17]) != text[17]:
        return _problem(
            "uscc-check",
            Text(
                "统一社会信用代码最后一位对不上，多半是抄错了一位，请对照执照再看一遍。",
                "The last character does not fit the others: most likely one is mistyped. Please compare again.",
            ),
            place,
            _USCC_LAW,
        )
    return None


def _problem(code: str, text: Text, place: str, law: str) -> Problem:
    return Problem(code, text, place, law)
