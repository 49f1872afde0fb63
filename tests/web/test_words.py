"""Tables that must be complete, and values in words."""

import re
from datetime import date
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tongban import web
from tongban.base.i18n import Text
from tongban.cases.trial import WHO_NAMES
from tongban.catalog.model import Choice, Fact, FactType, Theme
from tongban.catalog.procedure import State, Who
from tongban.org import RealName
from tongban.sharing.grants import Standing
from tongban.sharing.grants.model import STANDINGS
from tongban.web.desk.casepage import WAITS
from tongban.web.desk.sharing import TONES
from tongban.web.limits import PER_MINUTE, Limited
from tongban.web.portal.account import LEVELS
from tongban.web.portal.application import as_typed, blank
from tongban.web.portal.themes import THEMES
from tongban.web.problems import PLAIN
from tongban.web.static import Assets
from tongban.web.words import said


def test_every_theme_level_and_limit_has_its_words():
    assert set(THEMES) == set(Theme)
    assert set(LEVELS) == set(RealName)
    assert set(PER_MINUTE) == set(Limited)


def test_every_state_of_a_case_and_of_a_grant_says_whose_move_it_is():
    waits = next(field for field in msgspec.structs.fields(State) if field.name == "waits_for").type
    assert set(WAITS) >= set(get_args(waits)) - {"clock"}
    assert set(TONES) == set(STANDINGS) == set(Standing)
    assert set(WHO_NAMES) == set(Who)


def test_every_picture_that_is_named_is_on_the_sheet():
    sheet = Assets()
    symbols = sheet.get(sheet.url("icons.svg"))
    assert symbols is not None
    pages = (Path(web.__file__).parent / "templates").rglob("*.html")
    written = {name for page in pages for name in re.findall(r'icon\("([a-z-]+)"', page.read_text(encoding="utf-8"))}
    named = written | {theme.icon for theme in THEMES.values()}
    assert [name for name in sorted(named) if f'id="{name}"'.encode() not in symbols.plain] == []


def test_a_plain_status_always_has_a_sentence_in_both_languages():
    for status in (400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503):
        assert PLAIN[status].text.zh and PLAIN[status].text.en


def fact(kind: FactType, **more: object) -> Fact:
    return Fact(type=kind, name="问题", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(FactType))
def test_every_kind_of_fact_can_be_said_and_typed_again(kind: FactType):
    values: dict[FactType, object] = {
        FactType.BOOLEAN: True,
        FactType.DATE: date(2026, 3, 1),
        FactType.INTEGER: 3,
        FactType.NUMBER: 3,
        FactType.MONEY: 3,
        FactType.REGION: "990101",
        FactType.ENUM: "a",
    }
    one = fact(kind, choices=(Choice(value="a", name=Text("甲", "A")),) if kind is FactType.ENUM else ())
    value = values.get(kind, "x")
    words = said(one, value, lambda code: Text(f"地区{code}", f"Region {code}"))
    assert words.zh and words.en
    assert type(as_typed(one, value)) is type(blank(one))
