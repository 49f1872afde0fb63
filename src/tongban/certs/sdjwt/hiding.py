"""The issuer's and the holder's side: fields become digests, and a holder picks those to show (RFC 9901 §4, §7.2)."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tongban.base.errors import refuse
from tongban.base.keys import base64url, unbase64

DIGESTS = "_sd"
ALGORITHM = "_sd_alg"
ELEMENT = "..."
RESERVED = frozenset({DIGESTS, ELEMENT})

Wanted = bool | None | Mapping[str, "Wanted"] | Sequence["Wanted"]
"""What to show: true = this field; a mapping or list goes into it. Nothing = not this."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that the holder may show or keep: the value of a member, or an element of a list."""

    value: object


def new_salt() -> str:
    """128 bits, as RFC 9901 §9.3 asks."""
    return secrets.token_urlsafe(16)


def conceal(
    claims: Mapping[str, object], *, salt: Callable[[], str] = new_salt, decoys: int = 0
) -> tuple[dict[str, object], tuple[str, ...]]:
    """The payload to sign, with digests for what is `Hidden`, and the disclosures that go with it.

    `decoys` digests that belong to nothing hide how many fields there are (§4.2.5). Digests stand sorted, so that
    their order tells nothing (§4.2.4.1). Refused: `reserved-claim` for a member named `_sd`, `_sd_alg` or `...`.
    """
    made: list[str] = []
    payload = cast("dict[str, object]", _concealed(claims, salt, made))
    hidden = cast("list[str]", payload.get(DIGESTS, []))
    hidden += [digest_of(new_salt()) for _ in range(decoys)]
    if hidden:
        payload[DIGESTS] = sorted(hidden)
    if made or hidden:
        payload[ALGORITHM] = "sha-256"
    return payload, tuple(made)


def _concealed(value: object, salt: Callable[[], str], made: list[str]) -> object:
    if isinstance(value, Mapping):
        return _members(cast("Mapping[str, object]", value), salt, made)
    if isinstance(value, (list, tuple)):
        return [_element(element, salt, made) for element in cast("Sequence[object]", value)]
    return value


def _members(members: Mapping[str, object], salt: Callable[[], str], made: list[str]) -> dict[str, object]:
    shown: dict[str, object] = {}
    digests: list[str] = []
    for name, value in members.items():
        if name in RESERVED or name == ALGORITHM:
            raise refuse("reserved-claim", f"字段名 {name} 是保留的", f"The name {name} is reserved", place=name)
        if isinstance(value, Hidden):
            digests.append(_disclosed([salt(), name, _concealed(value.value, salt, made)], made))
        else:
            shown[name] = _concealed(value, salt, made)
    return {**shown, DIGESTS: sorted(digests)} if digests else shown


def _element(value: object, salt: Callable[[], str], made: list[str]) -> object:
    if isinstance(value, Hidden):
        return {ELEMENT: _disclosed([salt(), _concealed(value.value, salt, made)], made)}
    return _concealed(value, salt, made)


def _disclosed(parts: list[object], made: list[str]) -> str:
    text = base64url(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode())
    made.append(text)
    return digest_of(text)


def digest_of(text: str) -> str:
    """SHA-256 of a disclosure as it is written, or of a presentation: base64url (§4.2.3)."""
    return base64url(hashlib.sha256(text.encode("ascii")).digest())


def select(payload: Mapping[str, object], disclosures: Sequence[str], wanted: Mapping[str, Wanted]) -> tuple[str, ...]:
    """The disclosures that show what is wanted, parents before children. The holder trusts what it holds: no checks."""
    by_digest = {digest_of(text): text for text in disclosures}
    return tuple(_chosen(payload, wanted, by_digest))


def _chosen(value: object, wanted: Wanted, by_digest: Mapping[str, str]) -> Iterator[str]:
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        members = cast("Mapping[str, object]", value)
        for digest in cast("list[str]", members.get(DIGESTS, [])):
            if digest in by_digest:
                _, name, inner = json.loads(unbase64(by_digest[digest]))
                if wanted.get(name):
                    yield by_digest[digest]
                    yield from _chosen(inner, wanted[name], by_digest)
        for name, inner in members.items():
            if name != DIGESTS:
                yield from _chosen(inner, wanted.get(name), by_digest)
    elif isinstance(value, list) and isinstance(wanted, Sequence):
        for element, want in zip(cast("list[object]", value), wanted, strict=False):
            yield from _chosen_element(element, want, by_digest)


def _chosen_element(element: object, want: Wanted, by_digest: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(element, dict) or ELEMENT not in element:
        yield from _chosen(cast("object", element), want, by_digest)
        return
    text = by_digest.get(cast("dict[str, str]", element)[ELEMENT])
    if text is not None and want:
        yield text
        yield from _chosen(json.loads(unbase64(text))[1], want, by_digest)
