"""From what a person typed to the value of a fact: the same for the form, the counter and the API.

People type full-width digits, spaces and three-part dates; all of that is understood. What cannot be right is refused
in a sentence that names the field and says what to do.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import words
from tongban.base.ids import id_number_problem, narrow, uscc_problem
from tongban.catalog.model import Fact, FactType

Value = str | int | Decimal | bool | date | None
"""A fact's value: text, whole number, decimal number, truth, day, or unknown."""

_DATE = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?", re.ASCII)
_DATE_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}-?[2-9]\d{6,7}(-\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d{1,18}", re.ASCII)
_AMOUNT = re.compile(r"[-+]?\d{1,18}(\.\d{1,10})?", re.ASCII)
_TRUTH = {"true": True, "yes": True, "y": True, "1": True, "是": True, "有": True, "on": True}
_FALSEHOOD = {"false": False, "no": False, "n": False, "0": False, "否": False, "没有": False, "off": False}
_TRUTHS = {**_TRUTH, **_FALSEHOOD}
_CONTROL = {c: None for c in range(32) if chr(c) not in "\n\t"} | {0x7F: None}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question being answered: what a reader needs in order to refuse well."""

    fact: Fact
    field: str
    today: date | None

    def no(self, code: str, zh: str, en: str, *, law: str = "") -> Refused:
        return refuse(
            code,
            f"{words(self.fact.name, 'zh')}：{zh}",
            f"{words(self.fact.name, 'en')}: {en}",
            place=self.field,
            law=law,
        )


def parse_fact(fact: Fact, raw: Any, *, field: str = "", today: date | None = None) -> Value:
    """The value of `fact` from what was typed or sent.

    raw     a string, a list of date boxes (year, month, day), or a value of the right type already
    field   the fact's name in the file, named as the place of a refusal
    today   the day against which `not_future` is judged; not judged without it

    An empty answer is None. Raises Refused (422) with the code `answer-missing` when it was required, else with one
    of `answer-not-a-date`, `answer-in-the-future`, `answer-not-a-number`, `answer-too-small`, `answer-too-large`,
    `answer-too-long`, `answer-not-a-choice`, `answer-not-yes-or-no`, `answer-not-a-phone`, `answer-not-a-region`,
    `answer-not-an-account`, or a code of `tongban.base.ids`.
    """
    asked = _Asked(fact, field, today)
    if raw is None:
        return _missing(asked)
    text = _text_of(raw)
    if not text.strip():
        return _missing(asked)
    return _READERS[fact.type](text, asked)


def reads_alike(fact: Fact, stricter: Fact) -> bool:
    """Whether a value that was read as an answer to `stricter` is what `fact` would have read of the same answer."""
    return (
        fact.type is stricter.type
        and fact.choices == stricter.choices
        and (stricter.required or not fact.required)
        and (stricter.not_future or not fact.not_future)
        and fact.max_length >= stricter.max_length
        and (fact.min is None or (stricter.min is not None and stricter.min >= fact.min))
        and (fact.max is None or (stricter.max is not None and stricter.max <= fact.max))
    )


def stored_fact(fact: Fact, stored: object) -> Value:
    """The value of `fact` as it comes back from storage, where dates and decimals are texts.

    Never raises: what cannot be read is unknown (None), and unknown is never taken for no.
    """
    if stored is None or stored == "":
        return None
    try:
        return _BACK.get(fact.type, _same)(stored)
    except (ValueError, InvalidOperation, TypeError):
        return None


def _missing(asked: _Asked) -> Value:
    if asked.fact.required:
        raise asked.no("answer-missing", "请填写这一项", "please answer this question")
    return None


def _text_of(raw: object) -> str:
    match raw:
        case bool():
            return "true" if raw else "false"
        case list() | tuple():
            parts = [str(part).strip() for part in cast("Sequence[object]", raw)]
            return "-".join(parts) if any(parts) else ""
        case _:
            return str(raw)


# --- one reader for each type of fact ----------------------------------------------------------------------------


def _read_text(text: str, asked: _Asked) -> Value:
    clean = unicodedata.normalize("NFC", text).translate(_CONTROL).strip()
    if asked.fact.type is not FactType.LONG_TEXT:
        clean = re.sub(r"\s+", " ", clean)
    if len(clean) > asked.fact.max_length:
        raise asked.no(
            "answer-too-long",
            f"最多{asked.fact.max_length}个字，现在是{len(clean)}个",
            f"at most {asked.fact.max_length} characters, now {len(clean)}",
        )
    return clean


def _read_integer(text: str, asked: _Asked) -> Value:
    clean = _digits(text)
    if not _WHOLE.fullmatch(clean):
        raise asked.no("answer-not-a-number", "请填整数，例如 12", "please give a whole number, for example 12")
    return _bounded(int(clean), asked)


def _read_number(text: str, asked: _Asked) -> Value:
    clean = _digits(text).removeprefix("¥").removesuffix("元")
    if not _AMOUNT.fullmatch(clean):
        raise asked.no("answer-not-a-number", "请填数字，例如 1200.50", "please give a number, for example 1200.50")
    value = Decimal(clean)
    if asked.fact.type is FactType.MONEY and value != value.quantize(Decimal("0.01")):
        raise asked.no("answer-not-a-number", "金额最多写到分", "amounts have at most two decimals")
    return _bounded(value, asked)


def _bounded(value: int | Decimal, asked: _Asked) -> Value:
    low, high, unit = asked.fact.min, asked.fact.max, asked.fact.unit
    if low is not None and value < Decimal(str(low)):
        raise asked.no("answer-too-small", f"不能小于{low}{unit}", f"must be at least {low}")
    if high is not None and value > Decimal(str(high)):
        raise asked.no("answer-too-large", f"不能大于{high}{unit}", f"must be at most {high}")
    return value


def _read_boolean(text: str, asked: _Asked) -> Value:
    truth = _TRUTHS.get(text.strip().lower())
    if truth is None:
        raise asked.no("answer-not-yes-or-no", "请选“是”或“否”", "please choose yes or no")
    return truth


def _read_date(text: str, asked: _Asked) -> Value:
    clean = narrow(text).strip()
    match = _DATE.fullmatch(clean) or _DATE_DIGITS.fullmatch(clean)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or day.year < 1850:
        raise asked.no(
            "answer-not-a-date",
            "没有这一天，请按年、月、日填写，例如 2025 3 1",
            "there is no such day; give year, month and day, for example 2025 3 1",
        )
    if asked.fact.not_future and asked.today is not None and day > asked.today:
        raise asked.no("answer-in-the-future", "不能晚于今天", "cannot be later than today")
    return day


def _read_choice(text: str, asked: _Asked) -> Value:
    clean = text.strip()
    for choice in asked.fact.choices:
        if clean in (choice.value, words(choice.name, "zh"), words(choice.name, "en")):
            return choice.value
    zh = "、".join(words(c.name, "zh") for c in asked.fact.choices)
    en = ", ".join(words(c.name, "en") for c in asked.fact.choices)
    raise asked.no("answer-not-a-choice", f"请从这些里选一个：{zh}", f"please choose one of: {en}")


def _read_id_number(text: str, asked: _Asked) -> Value:
    number = _digits(text).replace("-", "").upper()
    return _unless(id_number_problem(number, today=asked.today, place=asked.field), number)


def _read_uscc(text: str, asked: _Asked) -> Value:
    code = _digits(text).replace("-", "").upper()
    return _unless(uscc_problem(code, place=asked.field), code)


def _unless(problem: Problem | None, value: str) -> Value:
    if problem is not None:
        raise Refused(problem)
    return value


def _read_phone(text: str, asked: _Asked) -> Value:
    clean = _digits(text).removeprefix("+86").removeprefix("0086").lstrip("-")
    mobile = clean.replace("-", "")
    if _MOBILE.fullmatch(mobile):
        return mobile
    if _LANDLINE.fullmatch(clean):
        return clean
    raise asked.no(
        "answer-not-a-phone",
        "请填11位手机号，或带区号的座机号，例如 13800138000、010-66668888",
        "please give a mobile number of 11 digits or a landline with its area code, for example 010-66668888",
    )


def _read_region(text: str, asked: _Asked) -> Value:
    clean = _digits(text)
    if not (len(clean) == 6 and clean.isdigit()):
        raise asked.no(
            "answer-not-a-region", "请选择到区县（6位代码）", "please choose a county or district (6 digits)"
        )
    return clean


def _read_account(text: str, asked: _Asked) -> Value:
    clean = _digits(text).replace("-", "")
    if not (8 <= len(clean) <= 32 and clean.isdigit()):
        raise asked.no("answer-not-an-account", "银行账号应为8到32位数字", "an account number has 8 to 32 digits")
    return clean


def _digits(text: str) -> str:
    """Half-width, without the spaces and thousands commas that people add to numbers."""
    return re.sub(r"[\s,，\u200b]+", "", narrow(text))


_READERS: dict[FactType, Callable[[str, _Asked], Value]] = {
    FactType.TEXT: _read_text,
    FactType.LONG_TEXT: _read_text,
    FactType.INTEGER: _read_integer,
    FactType.NUMBER: _read_number,
    FactType.MONEY: _read_number,
    FactType.BOOLEAN: _read_boolean,
    FactType.DATE: _read_date,
    FactType.ENUM: _read_choice,
    FactType.ID_NUMBER: _read_id_number,
    FactType.USCC: _read_uscc,
    FactType.PHONE: _read_phone,
    FactType.REGION: _read_region,
    FactType.BANK_ACCOUNT: _read_account,
}


# --- back from storage -------------------------------------------------------------------------------------------


def _same(stored: Any) -> Value:
    return stored if isinstance(stored, str) else str(stored)


def _number_back(stored: Any) -> Value:
    return None if isinstance(stored, bool) else Decimal(str(stored))


def _date_back(stored: Any) -> Value:
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def _truth_back(stored: Any) -> Value:
    return stored if isinstance(stored, bool) else _TRUTHS.get(str(stored))


_BACK: dict[FactType, Callable[[Any], Value]] = {
    FactType.INTEGER: _number_back,
    FactType.NUMBER: _number_back,
    FactType.MONEY: _number_back,
    FactType.DATE: _date_back,
    FactType.BOOLEAN: _truth_back,
}
