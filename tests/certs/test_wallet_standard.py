"""What wallets and counters say, in the shapes of OpenID4VCI 1.0 and OpenID4VP 1.0; and the standards' examples."""

import json
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from demo_certificate import ISSUED, record
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import ECKey
from tests.vectors import VECTORS, needs

from tongban.base.i18n import Text
from tongban.base.keys import KeyRing, Use, base64url, unbase64
from tongban.certs import Fault
from tongban.certs.counter.model import path_of
from tongban.certs.credential import credential_claims
from tongban.certs.sdjwt import conceal, holder_key, reveal, select
from tongban.certs.strict import Stop
from tongban.certs.wallet import asking, dcql, offering, proof
from tongban.certs.wallet.encrypted import ENCRYPTIONS, AnswerKey

NOW = ISSUED + timedelta(days=3)
PID: dict[str, Any] = {"vct": "urn:x:pid", "family": "王", "given": "小明", "home": {"street": "河埠巷", "no": [8, 9]}}


def question(*claims: Any, **more: Any) -> dict[str, Any]:
    part = {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:x:pid"]}, **more}
    return {"credentials": [part | ({"claims": list(claims)} if claims else {})]}


def read(query: Any) -> dcql.Query:
    return dcql.read_query(json.dumps(query))


HOME = {"path": ["home", "street"]}
WRONG: dict[str, Any] = {
    "no credentials": {"credentials": []},
    "an id twice": {"credentials": question()["credentials"] * 2},
    "an id with a space": {"credentials": [{**question()["credentials"][0], "id": "a b"}]},
    "no format": {"credentials": [{"id": "a", "meta": {}}]},
    "no meta": {"credentials": [{"id": "a", "format": "dc+sd-jwt"}]},
    "no types in meta": question(meta={"vct_values": []}),
    "a type that is no text": question(meta={"vct_values": [7]}),
    "claims that are none": {"credentials": [{**question()["credentials"][0], "claims": []}]},
    "an empty path": question({"path": []}),
    "a negative index": question({"path": ["home", -1]}),
    "a path with true": question({"path": ["home", True]}),
    "the same claim twice": question(HOME, HOME),
    "a claim id twice": question({"id": "x", "path": ["given"]}, {"id": "x", "path": ["family"]}),
    "values that are none": question({"path": ["given"], "values": []}),
    "sets without claims": question(claim_sets=[["a"]]),
    "sets of claims without ids": question(HOME, claim_sets=[["a"]]),
    "a set that names no claim": question({"id": "x", **HOME}, claim_sets=[["y"]]),
    "an empty set": question({"id": "x", **HOME}, claim_sets=[[]]),
    "authorities that are none": question(trusted_authorities=[]),
    "credential sets that are none": question() | {"credential_sets": []},
    "a credential set of an unknown id": question() | {"credential_sets": [{"options": [["b"]]}]},
    "an empty option": question() | {"credential_sets": [{"options": [[]]}]},
    "too long": question({"path": ["x" * 20_000]}),
    "no object": [],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_question_that_the_standard_forbids_is_refused(name: str) -> None:
    with pytest.raises(Stop) as stop:
        read(WRONG[name])
    assert stop.value.fault is Fault.BAD_QUERY


def test_what_is_unknown_in_a_question_is_ignored() -> None:
    assert read(question(HOME, later=1) | {"later": 2}).credentials[0].chosen(PID)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (["family"], ["王"]),
        (["home", "no", None], [8, 9]),
        (["home", "no", 1], [9]),
        (["home", "no", 2], []),
        (["home", 0], []),
        (["family", "x"], []),
        (["home", "no", "x"], []),
        (["other"], []),
    ],
)
def test_a_path_selects_what_the_standard_says(path: list[Any], found: list[Any]) -> None:
    assert dcql.at(tuple(path), PID) == found


def test_the_first_set_of_claims_that_can_be_given_is_chosen() -> None:
    claims = [{"id": "a", "path": ["birth"]}, {"id": "b", "path": ["family"]}, {"id": "c", **HOME}]
    chosen = read(question(*claims, claim_sets=[["a", "b"], ["b", "c"]])).credentials[0].chosen(PID)
    assert chosen is not None and [one.id for one in chosen] == ["b", "c"]
    assert dcql.wanted(chosen) == {"family": True, "home": {"street": True}}


def test_a_value_is_matched_with_its_type() -> None:
    def ask(*values: object) -> dcql.Query:
        return read(question({"path": ["home", "no", 0], "values": list(values)}))

    assert ask(8, 7).credentials[0].chosen(PID) is not None
    assert ask("8", True).credentials[0].chosen(PID) is None


ANSWERS: dict[str, tuple[Any, Fault | None]] = {
    "what was asked": ({"a": [PID]}, None),
    "another part": ({"b": [PID]}, Fault.NOT_ASKED_FOR),
    "nothing": ({}, Fault.NOT_ALL_ASKED),
    "an empty list": ({"a": []}, Fault.NOT_ASKED_FOR),
    "two where one was asked": ({"a": [PID, PID]}, Fault.NOT_ASKED_FOR),
    "another type": ({"a": [{**PID, "vct": "urn:x:other"}]}, Fault.NOT_ASKED_FOR),
    "a field less": ({"a": [{"vct": "urn:x:pid"}]}, Fault.NOT_ALL_ASKED),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_came_back_is_looked_at_by_whoever_asked(name: str) -> None:
    answer, fault = ANSWERS[name]
    assert dcql.fault_of(read(question(HOME)), answer) is fault


def test_alternatives_are_enough_when_one_is_whole() -> None:
    parts = [{**question()["credentials"][0], "id": name} for name in ("a", "b", "c", "d")]
    sets = [{"options": [["a"], ["b", "c"]]}, {"options": [["d"]], "required": False}]
    query = read({"credentials": parts, "credential_sets": sets})
    assert query.enough(frozenset("a")) and query.enough(frozenset("bc"))
    assert not query.enough(frozenset("bd"))


@settings(max_examples=20, deadline=None)
@given(fields=st.sets(st.sampled_from(["holder", "number", "certificate", "现住址"]), min_size=1))
def test_a_presentation_has_what_was_asked_and_nothing_else(fields: set[str]) -> None:
    payload, disclosures = conceal(credential_claims(record(), issuer=ISSUER))
    query = asking.ask_for("residence-permit", [path_of(field) for field in sorted(fields)])
    whole = reveal(payload, disclosures)
    chosen = query.credentials[0].chosen(whole)
    assert chosen is not None
    shown = reveal(payload, select(payload, disclosures, dcql.wanted(chosen)))
    assert dcql.fault_of(query, {asking.PART: [shown]}) is None
    for field in {"holder", "number", "certificate", "现住址"}:
        assert bool(dcql.at(path_of(field), shown)) is (field in fields)


# The key proof

HOLDER = ECKey.generate_key("P-256")
ISSUER = "https://lanjiang.example"


def proved(key: ECKey = HOLDER, header: dict[str, Any] | None = None, **claims: Any) -> str:
    head = {"typ": "openid4vci-proof+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)} | (header or {})
    said = {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": "n-1"} | claims
    said = {name: value for name, value in said.items() if value is not None}
    return jws.serialize_compact({k: v for k, v in head.items() if v is not None}, json.dumps(said), key)


def test_a_proof_gives_the_key_and_nothing_that_came_with_it() -> None:
    found = proof.check_proof(proved(header={"jwk": HOLDER.as_dict(private=False) | {"kid": "x"}}), ISSUER, NOW)
    assert set(found.jwk) == {"kty", "crv", "x", "y"} and found.nonce == "n-1"
    assert found.thumbprint == unbase64(HOLDER.thumbprint())


OTHER = ECKey.generate_key("P-256")
PROOFS: dict[str, tuple[Any, Fault]] = {
    "another type of JWT": (lambda: proved(header={"typ": "JWT"}), Fault.WRONG_KIND),
    "a key binding passed off as a proof": (lambda: proved(header={"typ": "kb+jwt"}), Fault.WRONG_KIND),
    "no key": (lambda: proved(header={"jwk": None}), Fault.NO_HOLDER_KEY),
    "a key by name only": (lambda: proved(header={"jwk": None, "kid": "did:x:1"}), Fault.FOREIGN_HEADER),
    "a name beside the key": (lambda: proved(header={"kid": "k"}), Fault.FOREIGN_HEADER),
    "a certificate beside the key": (lambda: proved(header={"x5c": ["eA=="]}), Fault.FOREIGN_HEADER),
    "the private key": (lambda: proved(header={"jwk": HOLDER.as_dict(private=True)}), Fault.PRIVATE_KEY),
    "somebody else's key": (lambda: proved(OTHER, {"jwk": HOLDER.as_dict(private=False)}), Fault.BAD_SIGNATURE),
    "for another issuer": (lambda: proved(aud="https://x.example"), Fault.WRONG_AUDIENCE),
    "for several issuers": (lambda: proved(aud=[ISSUER]), Fault.BAD_ENVELOPE),
    "a client made up": (lambda: proved(iss="wallet"), Fault.CLIENT_NAMED),
    "no nonce": (lambda: proved(nonce=None), Fault.NO_NONCE),
    "a nonce that is no text": (lambda: proved(nonce=1), Fault.BAD_ENVELOPE),
    "from an hour ago": (lambda: proved(iat=int(NOW.timestamp()) - 3600), Fault.BINDING_STALE),
    "from tomorrow": (lambda: proved(iat=int(NOW.timestamp()) + 86400), Fault.BINDING_IN_FUTURE),
    "no time": (lambda: proved(iat=None), Fault.BAD_ENVELOPE),
    "no signature": (lambda: unsigned(), Fault.UNSIGNED),
    "a point that is on no curve": (lambda: proved(header={"jwk": off_curve()}), Fault.NO_HOLDER_KEY),
    "another curve": (lambda: proved(header={"jwk": {"kty": "EC", "crv": "P-384"}}), Fault.NO_HOLDER_KEY),
    "an algorithm that is a list": (lambda: proved(header={"jwk": listed()}), Fault.NO_HOLDER_KEY),
    "a demand for other processing": (lambda: critical(), Fault.CRITICAL_HEADER),
    "as long as a book": (lambda: proved(note="x" * 9000), Fault.TOO_LARGE),
}  # fmt: skip


def unsigned() -> str:
    head, payload, _ = proved().split(".")
    changed = json.loads(unbase64(head)) | {"alg": "none"}
    return f"{base64url(json.dumps(changed).encode())}.{payload}."


def critical() -> str:
    head, payload, signature = proved().split(".")
    changed = json.loads(unbase64(head)) | {"crit": ["b64"], "b64": False}
    return f"{base64url(json.dumps(changed).encode())}.{payload}.{signature}"


def listed() -> dict[str, Any]:
    return {**HOLDER.as_dict(private=False), "alg": ["ES256"]}


def off_curve() -> dict[str, Any]:
    return {**HOLDER.as_dict(private=False), "y": base64url(bytes(32))}


@pytest.mark.parametrize("name", PROOFS)
def test_a_forged_proof_of_a_key_is_refused_for_its_own_reason(name: str) -> None:
    made, fault = PROOFS[name]
    with pytest.raises(Stop) as stop:
        proof.check_proof(made(), ISSUER, NOW)
    assert stop.value.fault is fault


def test_one_key_counts_once() -> None:
    with pytest.raises(Stop) as stop:
        proof.check_proofs([proved(), proved()], ISSUER, NOW)
    assert stop.value.fault is Fault.KEY_TWICE


def test_a_nonce_is_ours_and_for_a_while() -> None:
    ours, theirs = proof.Nonces(b"a" * 32), proof.Nonces(b"b" * 32)
    made = ours.make(NOW)
    assert made != ours.make(NOW) and re.fullmatch(r"[\w-]{48}", made)
    assert ours.until(made, NOW + timedelta(minutes=4))
    assert not ours.until(made, NOW + timedelta(minutes=6))
    assert not theirs.until(made, NOW)
    longer = unbase64(made)
    assert not ours.until(base64url(b"\xff" + longer[1:]), NOW), "the time in it cannot be moved"
    for wrong in ("", "!", made + "=", made[:-2]):
        assert not ours.until(wrong, NOW)


# The offer and the request

AGENCY = Text("岚江市公安局", "Lanjiang Police")


def test_an_offer_is_what_wallets_read() -> None:
    made = offering.offer_link(offering.offer(ISSUER, "residence-permit", "code-1"))
    assert made.startswith("openid-credential-offer://?credential_offer=")
    said = json.loads(parse_qs(urlsplit(made).query)["credential_offer"][0])
    grant = said["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"]
    assert said["credential_issuer"] == ISSUER and said["credential_configuration_ids"] == ["residence-permit"]
    assert grant["pre-authorized_code"] == "code-1" and grant["tx_code"]["length"] == 6
    assert len(grant["tx_code"]["description"]) <= 300


def asked(**changes: Any) -> asking.Asked:
    usual: dict[str, Any] = {
        "client_id": "x509_hash:x",
        "response_uri": f"{ISSUER}/api/wallet/requests/r-1/answer",
        "nonce": "n-2",
        "state": "s-1",
        "query": asking.ask_for("residence-permit", [("holder", "name"), ("fields", "现住址")]),
        "name": AGENCY,
        "purpose": Text("居住证", "Residence permit"),
        "made_at": NOW,
        "until": NOW + timedelta(minutes=5),
        "answer_key": AnswerKey.generate().public,
    }
    return asking.Asked(**usual | changes)


def test_a_request_is_signed_by_the_key_whose_certificate_names_the_counter(ring: KeyRing) -> None:
    by = asking.counter(ring, ISSUER, NOW)
    made = asking.request_object(asked(client_id=by.client_id), by, ring, "w-1")
    head, body, signature = made.split(".")
    header, claims = json.loads(unbase64(head)), json.loads(unbase64(body))
    der = b64decode(header["x5c"][0])
    leaf = pyca.load_der_x509_certificate(der)
    assert header["typ"] == "oauth-authz-req+jwt" and header["alg"] == "ES256"
    key: Any = leaf.public_key()
    assert holder_key(ECKey.import_key(key).as_dict(), "ES256").verify(unbase64(signature), f"{head}.{body}".encode())
    digest = sha256(der).digest()
    assert claims["client_id"] == f"x509_hash:{base64url(digest)}"
    assert claims["aud"] == "https://self-issued.me/v2" and claims["wallet_nonce"] == "w-1"
    assert "redirect_uri" not in claims and claims["response_mode"] == "direct_post.jwt"
    assert dcql.read_query(json.dumps(claims["dcql_query"])) == asked().query
    names = leaf.extensions.get_extension_for_class(pyca.SubjectAlternativeName).value
    assert names.get_values_for_type(pyca.DNSName) == ["lanjiang.example"]
    root = pyca.load_der_x509_certificate(asking.root_certificate(ring, NOW))
    issuer = root.public_key()
    assert isinstance(issuer, Ed25519PublicKey)
    issuer.verify(leaf.signature, leaf.tbs_certificate_bytes)
    leaf.verify_directly_issued_by(root)
    assert leaf.subject != leaf.issuer, "not self-signed"


def test_a_wallet_is_told_that_it_may_post_a_nonce_of_its_own() -> None:
    query = parse_qs(urlsplit(asking.link(asking.SCHEME, "x509_hash:x", f"{ISSUER}/r")).query)
    assert query == {"client_id": ["x509_hash:x"], "request_uri": [f"{ISSUER}/r"], "request_uri_method": ["post"]}


def test_the_counter_keeps_its_name(ring: KeyRing) -> None:
    asking._MADE.clear()  # type: ignore[reportPrivateUsage]
    one = asking.counter(ring, ISSUER, NOW).client_id
    asking._MADE.clear()  # type: ignore[reportPrivateUsage]
    assert asking.counter(ring, ISSUER, NOW).client_id == one
    assert ring.signer(Use.PRESENTATION, NOW).algorithm == "ES256"


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        (None, Fault.BAD_ANSWER),
        ("", Fault.BAD_ANSWER),
        ([], Fault.BAD_ANSWER),
        ({}, Fault.BAD_ANSWER),
        ({"a": "x~"}, Fault.BAD_ANSWER),
        ({"a": []}, Fault.BAD_ANSWER),
        ({"a": [{"payload": ""}]}, Fault.BAD_ANSWER),
        ({"a": ['{"payload":1}']}, Fault.BAD_ANSWER),
    ],
)
def test_an_answer_that_is_not_as_the_standard_writes_it_is_refused(token: object, fault: Fault) -> None:
    with pytest.raises(Stop) as stop:
        asking.read_answer(token)
    assert stop.value.fault is fault
    assert asking.read_answer({"a": ["x~"]}) == {"a": ("x~",)}


# The encrypted answer


def sealed(to: AnswerKey, said: object, enc: str = "A128GCM", **header: Any) -> str:
    """As a wallet encrypts to the key of a request, by another's code."""
    head = {"alg": "ECDH-ES", "enc": enc, "kid": to.public["kid"]} | header
    return jwe.encrypt_compact(head, json.dumps(said), ECKey.import_key({**to.public}))


@pytest.mark.parametrize("header", [{}, {"apu": "YQ", "apv": "Yg"}, {"typ": "JWT"}])
@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_an_answer_is_opened_by_the_key_of_its_request_and_by_no_other(enc: str, header: dict[str, Any]) -> None:
    """OpenID4VP 1.0 §8.3; HAIP 1.0 §5: both lengths."""
    key, other = AnswerKey.generate(), AnswerKey.generate()
    said = {"vp_token": {"certificate": ["x~"]}, "state": "s-1"}
    assert key.opened(sealed(key, said, enc, **header)) == said
    for token in (sealed(other, said, enc), sealed(other, said, enc, kid=key.public["kid"])):
        with pytest.raises(Stop) as stop:
            key.opened(token)
        assert stop.value.fault is Fault.BAD_ENCRYPTION


def test_the_key_of_a_request_lies_sealed_for_this_request_and_this_installation() -> None:
    key = AnswerKey.generate()
    kept = key.sealed(b"secret", "r-1")
    assert AnswerKey.unsealed(kept, b"secret", "r-1").public == key.public
    for secret, request in ((b"other", "r-1"), (b"secret", "r-2")):
        with pytest.raises(ValueError):
            AnswerKey.unsealed(kept, secret, request)
    assert "d" not in key.public


# The standards' own examples: not in the repository

VP, VCI = VECTORS / "openid4vp", VECTORS / "openid4vci"


@needs("openid4vp/query_lang")
def test_every_example_question_of_the_standard_is_read() -> None:
    files = sorted((VP / "query_lang").glob("*.json"))
    assert len(files) == 7
    for file in files:
        assert dcql.read_query(file.read_bytes()).credentials, file.name


@needs("openid4vp/query_lang")
def test_the_example_credential_answers_the_example_questions() -> None:
    claims = {
        "vct": "https://credentials.example.com/identity_credential",
        "given_name": "John",
        "family_name": "Doe",
        "address": {"street_address": "123 Main St"},
        "postal_code": "90210",
        "date_of_birth": "1940-01-01",
    }

    def query(name: str) -> dcql.Query:
        return dcql.read_query((VP / "query_lang" / name).read_bytes())

    assert dcql.fault_of(query("simple.json"), {"my_credential": [claims]}) is None
    assert dcql.fault_of(query("value_matching_simple.json"), {"my_credential": [claims]}) is None
    foreign = {**claims, "postal_code": "10115"}
    assert dcql.fault_of(query("value_matching_simple.json"), {"my_credential": [foreign]}) is Fault.NOT_ALL_ASKED
    alternatives = query("claims_alternatives.json")
    chosen = alternatives.credentials[0].chosen(claims)
    assert chosen is not None and [one.id for one in chosen] == ["a", "b", "e"]
    assert dcql.fault_of(query("multi_credentials.json"), {"pid": [claims]}) is Fault.NOT_ALL_ASKED
    sets = query("credentials_alternatives.json")
    assert dcql.fault_of(sets, {"pid": [claims]}) is None
    assert dcql.fault_of(sets, {"other_pid": [claims]}) is Fault.NOT_ASKED_FOR


@needs("openid4vp/query_lang")
def test_our_request_has_the_members_of_the_example(ring: KeyRing) -> None:
    ours = json.loads(unbase64(asking.request_object(asked(), asking.counter(ring, ISSUER, NOW), ring).split(".")[1]))
    theirs = json.loads((VP / "client_metadata" / "sd_jwt_vc_verifier_metadata.json").read_bytes())
    formats = ours["client_metadata"]["vp_formats_supported"]
    assert formats.keys() == theirs["vp_formats_supported"].keys()
    assert formats["dc+sd-jwt"].keys() == theirs["vp_formats_supported"]["dc+sd-jwt"].keys()
    text = re.sub(r"\{ *\.\.\. *\}", "{}", (VP / "request" / "request_object_client_id_did.json").read_text())
    assert json.loads(text).keys() - ours.keys() == {"redirect_uri"}, "direct_post has response_uri instead (§8.2)"


@needs("openid4vp/encrypted")
def test_the_encrypted_answer_of_the_standard_is_opened_by_its_key() -> None:
    """§8.3: the key with the name `ac`, and the answer that was encrypted to it. Ours go by their thumbprint."""
    text = "".join((VP / "encrypted" / "response.txt").read_text().split())
    jwk = json.loads((VP / "encrypted" / "key.json").read_bytes())
    said = jwe.decrypt_compact(text, ECKey.import_key(jwk), algorithms=["ECDH-ES", *ENCRYPTIONS]).plaintext
    assert said is not None
    assert list(asking.read_answer(json.loads(said)["vp_token"])) == ["example_credential_id"]
    theirs = AnswerKey(ECKey.import_key(jwk))
    assert theirs.public.keys() >= {name for name in jwk if name != "d"}
    with pytest.raises(Stop) as stop:
        theirs.opened(text)
    assert stop.value.fault is Fault.BAD_ENCRYPTION, "under a name that is not of ours"


@needs("openid4vci")
def test_the_example_proof_of_the_standard_holds_and_only_there() -> None:
    text = "".join((VCI / "proof_jwt.txt").read_text().split())
    at = datetime.fromtimestamp(1701960444, UTC)
    found = proof.check_proof(text, "https://credential-issuer.example.com", at)
    assert found.nonce == "LarRGSbmUPYtRYO6BQ4yn8"
    with pytest.raises(Stop) as stop:
        proof.check_proof(text, ISSUER, at)
    assert stop.value.fault is Fault.WRONG_AUDIENCE


@needs("openid4vci")
def test_our_offer_and_metadata_have_the_shape_of_the_examples() -> None:
    theirs = json.loads((VCI / "credential_offer_pre-authz_code.json").read_bytes())
    ours = offering.offer(ISSUER, "residence-permit", "code-1")
    assert shape(theirs) <= shape(ours)
    long = json.loads((VCI / "credential_issuer_metadata_sd_jwt_long.json").read_bytes())
    kind = offering.Offered(type="residence-permit", name=AGENCY, fields=(Text("现住址", "Address"),))
    made = offering.issuer_metadata(ISSUER, AGENCY, [kind])
    assert made.keys() <= long.keys()
    (mine,) = made["credential_configurations_supported"].values()
    (example,) = long["credential_configurations_supported"].values()
    assert mine.keys() == example.keys()
    assert mine["credential_metadata"].keys() == example["credential_metadata"].keys()


def shape(value: Any, at: str = "") -> set[str]:
    """Where members stand."""
    if not isinstance(value, dict):
        return set()
    members = cast("dict[str, Any]", value)
    return {f"{at}/{name}" for name in members} | {p for name, v in members.items() for p in shape(v, f"{at}/{name}")}
