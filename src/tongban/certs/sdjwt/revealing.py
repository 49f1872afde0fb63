"""The verifier's side: from a signed payload and the disclosures beside it to the claims (RFC 9901 §7.1).

Every disclosure must have its digest in what was signed, once, at a place of its own kind; what has none was never
signed. The order of the refusals is the order of the standard's steps.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from tongban.certs.faults import Fault, Point
from tongban.certs.sdjwt.hiding import ALGORITHM, DIGESTS, ELEMENT, RESERVED, digest_of
from tongban.certs.strict import Stop, json_of, strict_base64

DEEPEST = 20
MOST = 500

_Disclosure = tuple[str | None, object]
"""Name and value; an element of a list has no name."""


def reveal(
    payload: Mapping[str, object], disclosures: Sequence[str], *, never_hidden: Collection[str] = ()
) -> dict[str, object]:
    """The claims, with what is disclosed in its place and every digest gone.

    `never_hidden` names claims of the top that must not come by a disclosure (SD-JWT VC: `iss`, `exp`, `status` …).
    Raises `Stop` at `Point.DISCLOSURES`; what may be wrong is listed in §7.1 and §4.1 of RFC 9901.
    """
    if payload.get(ALGORITHM, "sha-256") != "sha-256":
        raise _stop(Fault.UNKNOWN_DIGEST)
    if len(disclosures) > MOST:
        raise _stop(Fault.TOO_LARGE)
    found: dict[str, _Disclosure] = {}
    for text in disclosures:
        digest = digest_of(text)
        if digest in found:
            raise _stop(Fault.DISCLOSED_TWICE)
        found[digest] = _read(text)
    reading = _Reading(found)
    claims = reading.members(payload, 0, frozenset(never_hidden))
    if found.keys() - reading.seen:
        raise _stop(Fault.DISCLOSURE_UNCLAIMED)
    claims.pop(ALGORITHM, None)
    return claims


def _stop(fault: Fault) -> Stop:
    return Stop(Point.DISCLOSURES, fault)


def _read(text: str) -> _Disclosure:
    raw = strict_base64(text, Point.DISCLOSURES, Fault.BAD_DISCLOSURE)
    match json_of(raw, Point.DISCLOSURES, Fault.BAD_DISCLOSURE):
        case [str(), value]:
            return None, value
        case [str(), str(name), value]:
            if name in RESERVED:
                raise _stop(Fault.RESERVED_NAME)
            return name, value
        case _:
            raise _stop(Fault.BAD_DISCLOSURE)


@dataclass(slots=True)
class _Reading:
    """One walk over a payload; `seen` are all digests met, whether disclosed or not."""

    found: Mapping[str, _Disclosure]
    seen: set[str] = field(default_factory=set[str])

    def meet(self, digest: object) -> _Disclosure | None:
        if not isinstance(digest, str):
            raise _stop(Fault.BAD_DIGESTS)
        if digest in self.seen:
            raise _stop(Fault.DIGEST_TWICE)
        self.seen.add(digest)
        return self.found.get(digest)

    def value(self, value: object, depth: int) -> object:
        if depth > DEEPEST:
            raise _stop(Fault.TOO_DEEP)
        if isinstance(value, dict):
            return self.members(cast("dict[str, object]", value), depth)
        if isinstance(value, list):
            return self.elements(cast("list[object]", value), depth)
        return value

    def members(
        self, members: Mapping[str, object], depth: int, never_hidden: frozenset[str] = frozenset()
    ) -> dict[str, object]:
        if ELEMENT in members:
            raise _stop(Fault.RESERVED_NAME)
        if depth and ALGORITHM in members:
            raise _stop(Fault.RESERVED_NAME)  # it belongs to the top, where it is signed (§4.1.1)
        digests = members.get(DIGESTS, [])
        if not isinstance(digests, list):
            raise _stop(Fault.BAD_DIGESTS)
        claims = {name: self.value(value, depth + 1) for name, value in members.items() if name != DIGESTS}
        for digest in cast("list[object]", digests):
            disclosed = self.meet(digest)
            if disclosed is None:
                continue
            name, value = disclosed
            if name is None:
                raise _stop(Fault.WRONG_PLACE)
            if name in claims:
                raise _stop(Fault.CLAIM_OVERWRITTEN)
            if name in never_hidden:
                raise _stop(Fault.HIDDEN_CONTROL)
            claims[name] = self.value(value, depth + 1)
        return claims

    def elements(self, elements: Sequence[object], depth: int) -> list[object]:
        shown: list[object] = []
        for element in elements:
            if not isinstance(element, dict) or ELEMENT not in element:
                shown.append(self.value(cast("object", element), depth + 1))
                continue
            placeholder = cast("dict[str, object]", element)
            if len(placeholder) > 1:
                raise _stop(Fault.BAD_DIGESTS)
            disclosed = self.meet(placeholder[ELEMENT])
            if disclosed is None:
                continue
            name, value = disclosed
            if name is not None:
                raise _stop(Fault.WRONG_PLACE)
            shown.append(self.value(value, depth + 1))
        return shown
