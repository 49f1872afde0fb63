"""延后显示: when a person sees a row later, by which rule and until when. Without a rule each is shown at once."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec
import yaml

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.sharing.access.model import Kind, Opened


class Delay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. `bodies` are kinds of bodies; without `services` any. `days` is the longest a row may be held back.

    `told`: whether the person is told meanwhile that there are such rows.
    """

    rule: str
    reason: Text
    law: Text
    kinds: frozenset[Kind]
    bodies: frozenset[str]
    services: frozenset[str] | None = None
    days: int = msgspec.field()
    told: bool

    def __post_init__(self) -> None:
        if not (self.reason.zh and self.reason.en and self.law.zh and self.law.en and 0 < self.days <= 180):
            raise ValueError(f"{self.rule}: a delay has a reason, a law and an end within 180 days")

    def covers(self, opened: Opened) -> bool:
        """Whether an opening may be shown later by this rule."""
        kind_of_body = opened.reader.body.rpartition(".")[2]
        return (
            opened.kind in self.kinds
            and kind_of_body in self.bodies
            and (self.services is None or opened.purpose.service in self.services)
        )


@cache
def delays() -> dict[str, Delay]:
    """Every rule, by its name."""
    text = (Path(__file__).parent / "delays.yaml").read_text(encoding="utf-8")
    found = msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), list[Delay])
    return {one.rule: one for one in found}


def held_for(opened: Opened) -> timedelta:
    """How long the person does not see it. Raises Refused `delay-without-rule` (403)."""
    if opened.delayed_by is None:
        return timedelta()
    rule = delays().get(opened.delayed_by)
    if rule is None or not rule.covers(opened):
        raise refuse(
            "delay-without-rule",
            "没有规则允许这次查看晚些告诉本人，只能当时显示。",
            "No rule allows this to be shown later; the person sees it at once.",
            place="delayed_by",
            law="个人信息保护法 18、35",
            status=403,
        )
    return timedelta(days=rule.days)
