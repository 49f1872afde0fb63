"""SD-JWT as RFC 9901 writes it: the reference project's test cases, and a presentation that other software signed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey
from tests.vectors import VECTORS, needs

from tongban.base.jws import Jws
from tongban.certs import sdjwt
from tongban.certs.sdjwt import Hidden, Request, SdJwt, bind, conceal, holder_key, parse, reveal, select
from tongban.certs.sdjwt.binding import check_binding
from tongban.certs.strict import Stop

REFERENCE = VECTORS / "sd-jwt"
CASES = sorted(path.parent.name for path in REFERENCE.glob("*/specification.yml"))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class _Loader(yaml.SafeLoader):
    pass


class _Tagged:
    """A name or an element that the file marks `!sd`."""

    def __init__(self, value: object) -> None:
        self.value = value


def _tagged(loader: yaml.SafeLoader, node: yaml.Node) -> _Tagged:
    match node:
        case yaml.MappingNode():
            return _Tagged(loader.construct_mapping(node, deep=True))
        case yaml.SequenceNode():
            return _Tagged(loader.construct_sequence(node, deep=True))
        case _:
            quoted = cast("yaml.ScalarNode", node).style in ("'", '"')
            return _Tagged(node.value if quoted else yaml.safe_load(str(node.value)))


_Loader.add_constructor("!sd", _tagged)


def hiding(value: object) -> Any:
    """The file's notation as ours: a marked name hides its value."""
    match value:
        case dict():
            members = cast("dict[object, object]", value).items()
            return {
                (str(name.value) if isinstance(name, _Tagged) else name): Hidden(hiding(inner))
                if isinstance(name, _Tagged)
                else hiding(inner)
                for name, inner in members
            }
        case list():
            return [hiding(element) for element in cast("list[object]", value)]
        case _Tagged():
            return Hidden(hiding(value.value))
        case _:
            return value


def signer_of(jwk: dict[str, Any], kind: str) -> Callable[[bytes], str]:
    key = ECKey.import_key({name: part for name, part in jwk.items() if name != "kid"})
    return lambda payload: jws.serialize_compact({"alg": "ES256", "typ": kind}, payload, key)


def public(jwk: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in jwk.items() if name not in ("d", "kid")}


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """The keys and names that the reference project's cases have in common."""
    return yaml.safe_load((REFERENCE / "settings.yml").read_text())


@needs("sd-jwt")
@pytest.mark.parametrize("name", CASES)
def test_each_reference_case_is_issued_presented_and_read_as_it_says(name: str, reference: dict[str, Any]) -> None:
    case = yaml.load((REFERENCE / name / "specification.yml").read_text(), _Loader)
    keys = {**reference["key_settings"], **case.get("settings_override", {}).get("key_settings", {})}
    bound = case.get("key_binding", False)
    claims = hiding(case["user_claims"]) | ({"cnf": {"jwk": public(keys["holder_key"])}} if bound else {})
    payload, disclosures = conceal(claims)
    signed = tuple(
        signer_of(key, "example+sd-jwt")(json.dumps(payload, sort_keys=True).encode()) for key in keys["issuer_keys"]
    )
    issued = SdJwt(jwts=signed, disclosures=disclosures)

    chosen = select(payload, disclosures, case["holder_disclosed_claims"])
    presented = SdJwt(jwts=signed, disclosures=chosen)
    request = Request(reference["identifiers"]["verifier"], reference["key_binding_nonce"])
    if bound:
        presented = bind(presented, request, NOW, signer_of(keys["holder_key"], "kb+jwt"))

    written: str | bytes = presented.compact()
    if case.get("serialization_format") == "json":
        form = sdjwt.to_general if len(signed) > 1 else sdjwt.to_flattened
        written = json.dumps(form(presented)).encode()
    read = parse(written)
    assert read == presented
    for jwt, key in zip(read.jwts, keys["issuer_keys"], strict=True):
        proven = Jws(jwt).prove(holder_key(public(key)))
        assert json.loads(proven) == payload
    shown = reveal(payload, read.disclosures)
    if bound:
        check_binding(read, shown.pop("cnf"), request, NOW)
    assert shown == case["expect_verified_user_claims"]
    assert issued.compact().count("~") == len(disclosures) + 1


@needs("sd-jwt")
def test_all_seventeen_reference_cases_are_there() -> None:
    assert len(CASES) == 17


@needs("sd-jwt")
@needs("openid4vp")
def test_a_presentation_made_by_other_software_verifies(reference: dict[str, Any]) -> None:
    """The example of OpenID for Verifiable Presentations 1.0: issued, presented and key-bound by the reference code."""
    folder = VECTORS / "openid4vp"
    text = (folder / "sd_jwt_presentation.txt").read_text().replace("\n", "").strip()
    read = parse(text)
    jwt = Jws(read.jwts[0])
    issuer = holder_key(public(reference["key_settings"]["issuer_keys"][0]))
    payload = json.loads(jwt.prove(issuer))
    shown = reveal(payload, read.disclosures)
    assert shown == json.loads((folder / "verified_contents.json").read_text())
    at = datetime.fromtimestamp(1744743394, UTC)
    check_binding(read, shown["cnf"], Request("https://verifier.example.org", "1234567890"), at)
    with pytest.raises(Stop) as stop:
        check_binding(read, shown["cnf"], Request("https://verifier.example.org", "1234567891"), at)
    assert stop.value.fault == "wrong-nonce"


def test_decoys_hide_how_many_fields_there_are_and_change_nothing_else() -> None:
    payload, disclosures = conceal({"a": Hidden(1), "b": 2}, decoys=5)
    assert len(cast("list[str]", payload["_sd"])) == 6
    assert payload["_sd"] == sorted(cast("list[str]", payload["_sd"]))
    assert reveal(payload, disclosures) == {"a": 1, "b": 2}
    assert reveal(payload, ()) == {"b": 2}


NAMES = st.text(min_size=1, max_size=4).filter(lambda name: name not in ("_sd", "_sd_alg", "..."))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner | inner.map(Hidden), max_size=3) | st.dictionaries(NAMES, inner | inner.map(Hidden), max_size=3)
    ),
    max_leaves=8,
)


def bare(value: object, hidden: bool) -> Any:
    """The value with nothing hidden, or with all that is hidden gone."""
    match value:
        case Hidden():
            return bare(value.value, hidden)
        case dict():
            members = cast("dict[str, object]", value).items()
            return {n: bare(v, hidden) for n, v in members if hidden or not isinstance(v, Hidden)}
        case list():
            elements = cast("list[object]", value)
            return [bare(v, hidden) for v in elements if hidden or not isinstance(v, Hidden)]
        case _:
            return value


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(NAMES, VALUES | VALUES.map(Hidden), max_size=4))
def test_all_disclosed_is_all_and_none_disclosed_is_what_was_not_hidden(claims: dict[str, object]) -> None:
    payload, disclosures = conceal(claims)
    assert reveal(payload, disclosures) == bare(claims, hidden=True)
    assert reveal(payload, ()) == bare(claims, hidden=False)
