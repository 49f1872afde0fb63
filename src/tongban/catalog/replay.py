"""A decision kept in a few hundred bytes, and made again from them years later, down to the same digest.

The compact form holds what the decision was made of (the facts that the rules read, the day, the version of the
service by the hash of its text) and which rows and periods answered. The full record is worked out again from it and
must have the digest that was stored: then nobody has changed the facts, the rules, or the way they are read.

The record holds data only, no sentence that the program writes, so that better wording does not look like another
decision. Its canonical form is JSON with sorted keys, without spaces, in UTF-8; numbers are whole or texts.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from tongban import rules
from tongban.base.errors import refuse
from tongban.catalog.answers import stored_fact
from tongban.catalog.assess import Assessment, assess
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.compile import Compiled, compile_service, needs
from tongban.catalog.model import Service
from tongban.catalog.seals import seal

FORMAT = "tongban-decision/1"
"""A change of what `record` holds is a new format; decisions kept under an old one are checked by the old reading."""


def compact(found: Assessment) -> dict[str, Any]:
    """What a case keeps of a decision: plain JSON, without anything that can be worked out again."""
    service = found.variant.service
    return {
        "format": FORMAT,
        "service": service.service,
        "version": service.version,
        "hash": seal(service),
        "day": found.day.isoformat(),
        "inputs": inputs(compile_service(service), found.given),
        "outcome": found.outcome,
        "rows": {decision.table.name: list(decision.matched) for decision in found.trace},
        "parameters": [one.compact() for one in found.parameters],
        "digest": digest(found),
    }


def inputs(compiled: Compiled, given: Mapping[str, Any]) -> dict[str, Any]:
    """The known facts that some rule, condition or material reads, as JSON; names and numbers of people that no rule
    asks for stay with the case alone (个人信息保护法 6)."""
    read = {name for step in (*compiled.first, *compiled.later) for name in needs(step)}
    read.update(compiled.eligible.names)
    read.update(name for _, _, when in compiled.materials if when is not None for name in when.names)
    known: dict[str, Any] = {}
    for name, fact in compiled.service.facts.items():
        value = None if fact.derive or name not in read else stored_fact(fact, given.get(name))
        if value is not None:
            known[name] = rules.to_json(rules.to_feel(value))
    return known


def record(found: Assessment) -> dict[str, Any]:
    """The whole decision as data: every table with the rows that matched and, for each other row, the cell that
    failed; every parameter with its period and article."""
    variant = found.variant
    return {
        "format": FORMAT,
        "service": variant.service.service,
        "version": variant.service.version,
        "hash": seal(variant.service),
        "day": found.day.isoformat(),
        "inputs": inputs(compile_service(variant.service), found.given),
        "outcome": found.outcome,
        "situation": variant.situation.id if variant.situation else None,
        "outputs": {name: rules.to_json(rules.to_feel(value)) for name, value in found.outputs.items()},
        "unknown": list(found.unknown),
        "laws": [law.id for law in found.laws],
        "determined": found.fully_determined,
        "parameters": [one.as_json() for one in found.parameters],
        "decisions": [_decision(decision) for decision in found.trace],
    }


def _decision(decision: rules.Decision) -> dict[str, Any]:
    return {
        "table": decision.table.name,
        "hash": decision.table.hash,
        "status": decision.status.value,
        "inputs": [rules.to_json(value) for value in decision.inputs],
        "outputs": rules.to_json(decision.outputs),
        "matched": list(decision.matched),
        "open": list(decision.could_match),
        "why_not": [[miss.row, miss.reason.value, miss.column] for miss in decision.why_not()],
        "nulls": [[cause.code.value, cause.start, cause.end] for cause in decision.causes],
    }


def digest(found: Assessment) -> str:
    """`sha256:` and the digest of the canonical JSON of the whole record."""
    return f"sha256:{hashlib.sha256(canonical(record(found))).hexdigest()}"


def canonical(value: object) -> bytes:
    """JSON with one form only. `value` holds no fractions: they are texts (`rules.to_json`)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def replay(kept: Mapping[str, Any], catalogue: Catalogue) -> Assessment:
    """The decision that `compact` kept, made again in full.

    Raises Refused: `unknown-service`, `unknown-version` (404) if the version is no longer here; `version-changed` (409)
    if it says something else now; `decision-differs` (409) if what comes out has another digest than was stored;
    `decision-unreadable` (422) if it is no kept decision.
    """
    if kept.get("format") != FORMAT or not readable(kept):
        raise refuse(
            "decision-unreadable",
            "这不是本平台保存的决定，或者已经损坏",
            "This is no decision kept by this platform, or it is damaged",
            place="decision",
        )
    service = kept_version(kept, catalogue)
    found = assess(service, kept["inputs"], date.fromisoformat(kept["day"]))
    again = digest(found)
    if again != kept["digest"]:
        raise refuse(
            "decision-differs",
            f"重新算出来的和当时保存的不一样：当时 {kept['digest']}，现在 {again}",
            f"Made again it is not what was kept: then {kept['digest']}, now {again}",
            place="decision",
            status=409,
        )
    return found


def kept_version(kept: Mapping[str, Any], catalogue: Catalogue) -> Service:
    """The version by which a decision was made, found by the hash of its text. Raises Refused as `replay`."""
    versions = catalogue.versions(str(kept["service"]))
    found = next((one for one in versions if seal(one) == kept["hash"]), None)
    if found is not None:
        return found
    catalogue.service(str(kept["service"]), str(kept["version"]))  # raises if there is none of that number
    raise refuse(
        "version-changed",
        f"“{kept['service']}”第{kept['version']}版的内容和作决定时不一样了（当时 {kept['hash']}）",
        f"Version {kept['version']} of '{kept['service']}' no longer says what it said then ({kept['hash']})",
        place="service.version",
        status=409,
    )


def readable(kept: Mapping[str, Any]) -> bool:
    """Whether what a decision was kept as has the parts from which it is made again."""
    texts = all(isinstance(kept.get(name), str) for name in ("service", "version", "hash", "day", "digest"))
    try:
        date.fromisoformat(str(kept.get("day")))
    except ValueError:
        return False
    return texts and isinstance(kept.get("inputs"), dict)


# --- the same case under the law as it is known at another moment ---------------------------------------------------

Part = Literal["version", "outcome", "situation", "outputs", "unknown", "laws", "determined", "parameters"]
_PARTS: tuple[Part, ...] = (
    "version",
    "outcome",
    "situation",
    "outputs",
    "unknown",
    "laws",
    "determined",
    "parameters",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of two records that is not the same; a value is None where a record has no such part."""

    part: str
    before: Any
    after: Any


def differences(before: Assessment, after: Assessment) -> tuple[Difference, ...]:
    """Where two decisions about the same facts differ, part by part, outputs by name."""
    one, other = record(before), record(after)
    found: list[Difference] = []
    for part in _PARTS:
        if part == "outputs":
            names = dict.fromkeys((*one[part], *other[part]))
            pairs = [(f"{part}.{name}", one[part].get(name), other[part].get(name)) for name in names]
        else:
            pairs = [(part, one[part], other[part])]
        found += [Difference(name, old, new) for name, old, new in pairs if old != new]
    return tuple(found)
