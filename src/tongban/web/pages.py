"""Pages: templates in the reader's language, and the few words that templates may use.

A template sees `visitor` (who reads, in which language and size), `asset(name)` for static files, `icon(name)`, and
filters that say a value in words: `say` (a file's own text), `cite` (an article), `day`, `dated` (with its year),
`month`, `moment`, `money`, `masked`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from jinja2 import PackageLoader
from markupsafe import Markup

from tongban.base.i18n import LANGS, Lang, Text, words
from tongban.catalog import cite
from tongban.catalog.model import Fact, Law
from tongban.web.folding import FoldingEnvironment
from tongban.web.static import Assets

MONTHS = ("January", "February", "March", "April", "May", "June", "July",
          "August", "September", "October", "November", "December")  # fmt: skip


class Reader(Protocol):
    """What rendering needs to know about the person who reads."""

    @property
    def lang(self) -> Lang: ...


_PLACE = Text("岚江", "Lanjiang")


class Pages:
    """All templates, compiled once per language. `place` is whose site it is."""

    def __init__(
        self, assets: Assets, zone: ZoneInfo, clock: Callable[[], datetime], place: Text = _PLACE, **shared: Any
    ) -> None:
        self.assets = assets
        self.zone = zone
        self._clock = clock
        loader = PackageLoader("tongban.web", "templates")
        shared["place"] = place
        self._environments = {lang: self._environment(lang, loader, shared) for lang in LANGS}

    def _environment(self, lang: Lang, loader: PackageLoader, shared: Mapping[str, Any]) -> FoldingEnvironment:
        environment = FoldingEnvironment(lang, loader)
        names: dict[str, Any] = {"asset": self.assets.url, "icon": self._icon, "lang": lang, **shared}
        cast("dict[str, Any]", environment.globals).update(names, choices=partial(_choices, lang))
        environment.filters.update(
            say=partial(_say, lang),
            cite=partial(_cite, lang),
            day=partial(self.day, lang),
            moment=partial(self.moment, lang),
            dated=partial(day, lang, year=True),
            month=partial(month, lang),
            money=money,
            masked=masked,
            size=size,
        )
        return environment

    def _icon(self, name: str, label: str = "") -> Markup:
        """A picture from the icon sheet; hidden from screen readers unless it says something alone."""
        role = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        sheet = self.assets.url("icons.svg")
        return Markup('<svg class="i" {}><use href="{}#{}"/></svg>').format(role, sheet, name)

    def day(self, lang: Lang, value: date | datetime | None, *, year: bool = False) -> str:
        """The day in the installation's zone; the year is left out while it is this year, unless asked for."""
        if value is None:
            return ""
        at = value.astimezone(self.zone) if isinstance(value, datetime) else value
        return day(lang, at, year=year or at.year != self._clock().astimezone(self.zone).year)

    def moment(self, lang: Lang, value: datetime | None, *, year: bool = False) -> str:
        """The day and the time of day."""
        if value is None:
            return ""
        comma = " " if lang == "zh" else ", "
        return f"{self.day(lang, value, year=year)}{comma}{value.astimezone(self.zone):%H:%M}"

    def render(self, reader: Reader, template: str, /, **values: Any) -> str:
        """One page as HTML. `template` is a path below templates/; `visitor` is always given."""
        compiled = self._environments[reader.lang].get_template(template)
        return compiled.render(visitor=reader, **values)


def _say(lang: Lang, value: str | Text | None) -> str:
    return "" if value is None else words(value, lang)


def _cite(lang: Lang, law: Law) -> str:
    return cite(law)[lang]


def _choices(lang: Lang, fact: Fact) -> list[tuple[str, str, str]]:
    return [(choice.value, words(choice.name, lang), words(choice.hint, lang)) for choice in fact.choices]


def day(lang: Lang, value: date, *, year: bool) -> str:
    """A date as people say it: 11月27日, 27 November; with its year where asked."""
    if lang == "zh":
        return f"{value.year}年{value.month}月{value.day}日" if year else f"{value.month}月{value.day}日"
    name = f"{value.day} {MONTHS[value.month - 1]}"
    return f"{name} {value.year}" if year else name


def month(lang: Lang, value: str) -> str:
    """A month, written 2026-10, as people say it: 2026年10月, October 2026."""
    year, _, number = value.partition("-")
    return f"{year}年{int(number)}月" if lang == "zh" else f"{MONTHS[int(number) - 1]} {year}"


def money(value: Any) -> str:
    """An amount with thousands separated and no needless decimals."""
    text = f"{value:,.2f}"
    return text.removesuffix(".00")


def size(count: int) -> str:
    """A file's size as people say it."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} KB"


def masked(value: str) -> str:
    """A name or number as it may be shown on a shared screen: 王小兰 → 王**; a long number keeps its two ends."""
    if len(value) > 8:
        return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"
    return value[:1] + "*" * (len(value) - 1)
