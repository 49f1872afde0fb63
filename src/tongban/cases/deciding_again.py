"""A receipt of a decision held against the law: decided again from what stands in it and the published files alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.decision_receipt import DecisionReceipt
from tongban.catalog import Assessment, assess, cite
from tongban.catalog.model import Service
from tongban.catalog.replay import FORMAT, digest, readable
from tongban.catalog.seals import seal

_AS_RULED = frozenset({("eligible", "favourable"), ("ineligible", "adverse")})
_FOLLOWED = Text("决定和规则的结果一致。", "The decision is what the rules say.")
_OTHERWISE = Text(
    "规则没有得出这个结果，或得出了别的结果；这是由人决定的，理由见通知书。",
    "The rules say something else or leave it open; a person decided, for the reasons in the letter.",
)


@dataclass(frozen=True, slots=True)
class Differs:
    """A part of the receipt that does not come out again."""

    part: str
    receipt: Any
    again: Any


@dataclass(frozen=True, slots=True)
class Again:
    """What came out. It is the same only with no difference at all."""

    receipt: DecisionReceipt
    found: Assessment
    digest: str
    differences: tuple[Differs, ...]

    @property
    def same(self) -> bool:
        return not self.differences

    @property
    def followed(self) -> Text:
        """Whether whoever decided did what the rules say."""
        return _FOLLOWED if (self.found.outcome, self.receipt.decided.outcome) in _AS_RULED else _OTHERWISE

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "case": self.receipt.case,
            "same": self.same,
            "outcome": self.found.outcome,
            "digest": self.digest,
            "followed": self.followed,
            "differences": [{"part": d.part, "receipt": d.receipt, "again": d.again} for d in self.differences],
        }


def read_receipt(said: dict[str, Any]) -> DecisionReceipt:
    """The document of a statement as a receipt. Raises `Refused` (`not-a-receipt`)."""
    try:
        receipt = msgspec.convert(said, DecisionReceipt)
    except msgspec.ValidationError:
        raise _no_receipt() from None
    if receipt.rules.get("format") != FORMAT or not readable(receipt.rules):
        raise _no_receipt()
    return receipt


def decide_again(receipt: DecisionReceipt, versions: Iterable[Service]) -> Again:
    """Decide from the receipt. `versions` are published versions of its service, in any order.

    Raises `Refused`: `version-not-here` (404) if none of them is the text that it names by its hash.
    """
    kept = receipt.rules
    service = next((one for one in versions if one.service == kept["service"] and seal(one) == kept["hash"]), None)
    if service is None:
        raise refuse(
            "version-not-here",
            f"手头没有凭据所说的那一版事项文件：{kept['service']} 第{kept['version']}版（{kept['hash']}）。"
            "请用 --services 指定公布的事项文件。",
            f"The text that the receipt names is not here: {kept['service']} version {kept['version']}"
            f" ({kept['hash']}). Name the published files with --services.",
            place="service",
            status=404,
        )
    try:
        found = assess(service, kept["inputs"], date.fromisoformat(kept["day"]))
    except (ValueError, TypeError):
        raise _no_receipt() from None
    again = digest(found)
    return Again(receipt, found, again, tuple(_differences(receipt, service, found, again)))


def _differences(receipt: DecisionReceipt, service: Service, found: Assessment, again: str) -> Iterator[Differs]:
    kept, told = receipt.rules, found.as_json()
    pairs: list[tuple[str, Any, Any]] = [
        ("outcome", kept.get("outcome"), found.outcome),
        ("digest", kept["digest"], again),
        ("version", kept["version"], service.version),
        ("day", kept["day"], receipt.day.isoformat()),
        ("rows", kept.get("rows"), {one.table.name: list(one.matched) for one in found.trace}),
        ("parameters", kept.get("parameters"), [one.compact() for one in found.parameters]),
        ("outputs", receipt.outputs, told["outputs"]),
        ("message", receipt.message, found.message),
        ("law", list(receipt.law), [cite(law) for law in found.laws]),
        ("inputs", {one.name: one.value for one in receipt.inputs}, kept["inputs"]),
        ("tables", {one.table: list(one.rows) for one in receipt.tables}, kept.get("rows")),
    ]
    for part, before, after in pairs:
        one, other = msgspec.to_builtins(before), msgspec.to_builtins(after)
        if one != other:
            yield Differs(part, one, other)


def _no_receipt() -> Refused:
    return refuse(
        "not-a-receipt",
        "这不是决定凭据，或者已经损坏。请重新从办件页下载。",
        "This is no receipt of a decision, or it is damaged. Download it again from the page of the case.",
        place="receipt",
    )
