"""How urgent a request is: rules over its words, in a file that anybody can read and correct; no model takes part.

The first rule that fits counts, and says which words made it fit, so that a clerk sees at once if it is mistaken.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta

from tongban.assist.model import Evidence
from tongban.assist.routing.folding import fold
from tongban.base.i18n import Text

_FILE = Path(__file__).parent / "data" / "urgency.yaml"
SOURCE = "message"


class Level(StrEnum):
    """When somebody must have looked at it."""

    NOW = "now"
    TODAY = "today"
    SOON = "soon"
    USUAL = "usual"


LEVELS: dict[Level, Text] = {
    Level.NOW: Text("马上处理", "At once"),
    Level.TODAY: Text("当天处理", "Today"),
    Level.SOON: Text("两天内联系", "Within two days"),
    Level.USUAL: Text("按平常办理", "As usual"),
}

Said = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`any` one of these is said, and one of `with` where there are some, and none of `unless`."""

    id: str
    level: Level
    name: Text
    any: Said
    act: Text
    with_: Annotated[tuple[str, ...], Meta(description="one of these too")] = msgspec.field(default=(), name="with")
    unless: tuple[str, ...] = ()
    law: str = ""

    def __post_init__(self) -> None:
        if self.level is Level.USUAL:
            raise ValueError(f"rule {self.id}: what is as usual needs no rule")


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: tuple[Rule, ...]


class Urgency(msgspec.Struct, frozen=True):
    """How urgent, by which rule, and because of which words. No rule: as usual."""

    level: Level
    rule: Rule | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def name(self) -> Text:
        """When it is to be looked at, and why."""
        when = LEVELS[self.level]
        return (
            when
            if self.rule is None
            else Text("{when}：{what}", "{when}: {what}").format(when=when, what=self.rule.name)
        )


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in their order. Raises msgspec.ValidationError for a file that is none."""
    loaded = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return msgspec.convert(loaded, _Rules).rules


def judge(text: str) -> Urgency:
    """How urgent these words are."""
    plain = fold(text)
    for rule in rules():
        if any(word in plain for word in rule.unless):
            continue
        found = [_first(plain, text, words) for words in (rule.any, rule.with_) if words]
        evidence = tuple(one for one in found if one is not None)
        if len(evidence) == len(found):
            return Urgency(rule.level, rule, evidence)
    return Urgency(Level.USUAL)


def _first(plain: str, text: str, words: tuple[str, ...]) -> Evidence | None:
    at = min(((plain.find(word), len(word)) for word in words if word in plain), default=None)
    return None if at is None else Evidence(source=SOURCE, quote=text[at[0] : at[0] + at[1]], start=at[0])
