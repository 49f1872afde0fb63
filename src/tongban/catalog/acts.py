"""How an article is cited in each language, and the one list of what acts are called in English (`acts.yaml`)."""

from functools import cache
from pathlib import Path

import msgspec
import yaml

from tongban.base.i18n import Text
from tongban.catalog.model import UNCHECKED, Law
from tongban.catalog.tables import both


class Acts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """English by Chinese. An act with a title is cited by it; one without is described."""

    titled: dict[str, str]
    described: dict[str, str]


@cache
def acts() -> Acts:
    """The list that comes with the platform."""
    text = Path(__file__).with_name("acts.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), Acts)


def english(law: Law) -> str | None:
    """The act's name in English; None if nobody has given it one."""
    known = acts()
    return law.act_en or known.titled.get(law.act) or known.described.get(law.act)


def title(law: Law) -> Text:
    """The act alone: 《行政许可法》, Administrative Licensing Law. An act without an English name keeps its own."""
    zh = law.act if law.act in acts().described else f"《{law.act}》"
    return Text(zh, english(law) or zh)


def part(law: Law) -> Text:
    """Which part of the act, as it follows the act's name: its article or, without a number, what it is about."""
    if law.article not in ("", UNCHECKED):
        return Text(f"第{law.article}条", f" art. {law.article}")
    about = Text("关于{about}的规定", ", on {about}").format(about=both(law.about)) if law.about else Text("", "")
    if law.article == UNCHECKED:
        return Text(f"{about.zh}（条号待核）", f"{about.en} (article number to be checked)")
    return about


def cite(law: Law) -> Text:
    """《行政许可法》第32条, Administrative Licensing Law art. 32."""
    act, which = title(law), part(law)
    return Text(act.zh + which.zh, act.en + which.en)
