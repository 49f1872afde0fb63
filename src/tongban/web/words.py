"""Values in words, as pages of the portal and the desk show them."""

from collections.abc import Callable
from datetime import date
from typing import Any, assert_never

from tongban.base.i18n import LANGS, Text
from tongban.catalog.model import Fact, FactType, Words
from tongban.web.pages import day as said_day

RegionName = Callable[[str], Text | None]


def both(value: Words) -> Text:
    """A file's words in both languages; plain words stand for both."""
    return value if isinstance(value, Text) else Text(value, value)


def said(fact: Fact, value: Any, region: RegionName) -> Text:
    """A value in words: the name of a choice or a region, a date as people say it, a number with its unit."""
    match fact.type:
        case FactType.BOOLEAN:
            return Text("是", "Yes") if value in (True, "true") else Text("否", "No")
        case FactType.ENUM:
            names = {choice.value: choice.name for choice in fact.choices}
            return both(names.get(str(value), str(value)))
        case FactType.REGION:
            return region(str(value)) or both(str(value))
        case FactType.DATE:
            return _day(value)
        case FactType.INTEGER | FactType.NUMBER | FactType.MONEY:
            return both(f"{value}{fact.unit or ('元' if fact.type is FactType.MONEY else '')}")
        case (
            FactType.TEXT
            | FactType.LONG_TEXT
            | FactType.ID_NUMBER
            | FactType.USCC
            | FactType.PHONE
            | FactType.BANK_ACCOUNT
        ):
            return both(str(value))
        case _:
            assert_never(fact.type)


def _day(value: Any) -> Text:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return both(str(value))
    return Text(*(said_day(lang, day, year=True) for lang in LANGS))
