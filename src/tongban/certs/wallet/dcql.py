"""DCQL: which certificates and which of their fields are asked for (OpenID4VP 1.0 §6, §7). Pure.

A verifier does not rely on a wallet to have kept to a question (§14.8): `fault_of` looks at what came back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from tongban.certs.faults import Fault, Point
from tongban.certs.strict import Stop, json_of

FORMAT = "dc+sd-jwt"
MOST = 20_000
"""Characters of a question."""
_ID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)

Path = tuple[str | int | None, ...]
Claims = Mapping[str, object]


class ClaimQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One claim (§6.3): where it stands, and which values are of use. Members that are unknown are ignored (§6)."""

    path: Path
    id: str = ""
    values: tuple[str | int | bool, ...] | None = None

    def found_in(self, claims: Claims) -> bool:
        """Whether the claim is there, with one of the values if some are named."""
        found = at(self.path, claims)
        if self.values is None:
            return bool(found)
        return any(type(one) is type(wanted) and one == wanted for one in found for wanted in self.values)


class CredentialQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One credential (§6.1)."""

    id: str
    format: str
    meta: dict[str, Any]
    multiple: bool = False
    require_cryptographic_holder_binding: bool = True
    claims: tuple[ClaimQuery, ...] | None = None
    claim_sets: tuple[tuple[str, ...], ...] | None = None
    trusted_authorities: tuple[dict[str, Any], ...] | None = None

    @property
    def types(self) -> tuple[str, ...] | None:
        """The types that are asked for; None for any."""
        return tuple(self.meta["vct_values"]) if "vct_values" in self.meta else None

    def chosen(self, claims: Claims) -> tuple[ClaimQuery, ...] | None:
        """What of a credential answers this: the first set of claims that it can give (§6.4.1); None if it cannot."""
        if self.format != FORMAT or (self.types is not None and claims.get("vct") not in self.types):
            return None
        if self.claims is None:
            return ()
        named = {claim.id: claim for claim in self.claims}
        sets = [self.claims] if self.claim_sets is None else [[named[one] for one in ids] for ids in self.claim_sets]
        return next((tuple(one) for one in sets if all(claim.found_in(claims) for claim in one)), None)


class SetQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials of which one combination is enough (§6.2)."""

    options: tuple[tuple[str, ...], ...]
    required: bool = True


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A whole question."""

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[SetQuery, ...] | None = None

    def enough(self, answered: frozenset[str]) -> bool:
        """Whether answers to these parts are an answer to the whole (§6.4.2)."""
        if self.credential_sets is None:
            return answered >= {one.id for one in self.credentials}
        return all(any(answered >= set(ids) for ids in one.options) for one in self.credential_sets if one.required)


def read_query(data: bytes | str) -> Query:
    """A question as the standard writes it. Raises `Stop` at `Point.REQUEST` (`bad-query`, `duplicate-key`)."""
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > MOST:
        raise _bad()
    json_of(raw, Point.REQUEST, Fault.BAD_QUERY)
    try:
        query = msgspec.json.decode(raw, type=Query)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _bad() from None
    ids = [one.id for one in query.credentials]
    if not ids or len(set(ids)) != len(ids) or not all(_ID.fullmatch(one) for one in ids):
        raise _bad()
    for one in query.credentials:
        _check(one)
    _check_sets(query, frozenset(ids))
    return query


def _check_sets(query: Query, ids: frozenset[str]) -> None:
    if query.credential_sets is None:
        return
    if not query.credential_sets:
        raise _bad()
    for one in query.credential_sets:
        if not one.options or not all(option and ids.issuperset(option) for option in one.options):
            raise _bad()


def _check(one: CredentialQuery) -> None:
    if one.format == FORMAT and one.meta:
        types = one.meta.get("vct_values")
        if not isinstance(types, list) or not types or not all(isinstance(t, str) for t in cast("list[object]", types)):
            raise _bad()
    if one.trusted_authorities is not None and not one.trusted_authorities:
        raise _bad()
    if one.claims is None:
        if one.claim_sets is not None:
            raise _bad()
        return
    paths = [claim.path for claim in one.claims]
    ids = [claim.id for claim in one.claims if claim.id]
    if not paths or len(set(paths)) != len(paths) or len(set(ids)) != len(ids):
        raise _bad()
    if not all(path and all(type(step) is not int or step >= 0 for step in path) for path in paths):
        raise _bad()
    if not all(_ID.fullmatch(one_id) for one_id in ids) or any(claim.values == () for claim in one.claims):
        raise _bad()
    if one.claim_sets is not None:
        known = len(ids) == len(paths) and set(ids).issuperset(name for names in one.claim_sets for name in names)
        if not known or not one.claim_sets or not all(one.claim_sets):
            raise _bad()


def at(path: Path, claims: Claims) -> list[object]:
    """What a claims path pointer selects (§7.1.1); nothing where it leads nowhere or into what it does not fit."""
    selected: list[object] = [claims]
    for step in path:
        if not all(isinstance(one, Mapping if isinstance(step, str) else list) for one in selected):
            return []
        selected = list(_step(step, selected))
    return selected


def _step(step: str | int | None, selected: Sequence[object]) -> Iterator[object]:
    for one in selected:
        match step:
            case str():
                members = cast("Mapping[str, object]", one)
                if step in members:
                    yield members[step]
            case None:
                yield from cast("list[object]", one)
            case int():
                elements = cast("list[object]", one)
                if step < len(elements):
                    yield elements[step]


def fault_of(query: Query, answer: Mapping[str, Sequence[Claims]]) -> Fault | None:
    """Whether verified claims answer a question: of no part or type but what was asked for, and all of it (§8.6).

    Fields beyond the question are no fault; whoever asked looks at none but those they asked for.
    """
    known = {one.id: one for one in query.credentials}
    for name, presented in answer.items():
        asked = known.get(name)
        if asked is None or not presented or (len(presented) > 1 and not asked.multiple):
            return Fault.NOT_ASKED_FOR
        for claims in presented:
            if asked.chosen(claims) is None:
                wrong = asked.types is not None and claims.get("vct") not in asked.types
                return Fault.NOT_ASKED_FOR if wrong else Fault.NOT_ALL_ASKED
    return None if query.enough(frozenset(answer)) else Fault.NOT_ALL_ASKED


def wanted(claims: Sequence[ClaimQuery]) -> dict[str, Any]:
    """What to disclose, as `sdjwt.select` takes it. Paths into lists are not of our certificates: `ValueError`."""
    tree: dict[str, Any] = {}
    for claim in claims:
        *parents, last = claim.path
        branch = tree
        for step in parents:
            if not isinstance(step, str):
                raise ValueError("a path into a list")
            branch = branch.setdefault(step, {})
        if not isinstance(last, str):
            raise ValueError("a path into a list")
        branch[last] = True
    return tree


def _bad() -> Stop:
    return Stop(Point.REQUEST, Fault.BAD_QUERY)
