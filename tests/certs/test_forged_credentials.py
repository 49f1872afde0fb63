"""Forged and misused presentations: each is refused, and each for its own reason."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from demo_certificate import ISSUED, record
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from tongban.base.keys import KeyRing, Use, base64url, unbase64
from tongban.certs import Fault, Verification
from tongban.certs.credential import credential_claims, issue_credential, verify_credential
from tongban.certs.sdjwt import Request, SdJwt, bind, parse, to_flattened, to_general
from tongban.certs.sdjwt.hiding import digest_of

NOW = ISSUED + timedelta(days=3)
REQUEST = Request("https://counter.example", "n-4Q7Z2M9K")
HOLDER = ECKey.generate_key("P-256")
THIEF = ECKey.generate_key("P-256")


@dataclass
class World:
    """What an attacker may have: genuine credentials, a holder's presentations, and an issuer that signs too much."""

    ring: KeyRing
    other: KeyRing

    def issue(self, **changes: Any) -> SdJwt:
        claims = credential_claims(record(), issuer="https://lanjiang.example", holder=HOLDER.as_dict(private=False))
        return parse(issue_credential(claims | changes, self.ring, ISSUED))

    def present(self, sd_jwt: SdJwt | None = None, at: datetime = NOW, request: Request = REQUEST) -> SdJwt:
        return held(sd_jwt or self.issue(), at, request)

    def payload(self) -> dict[str, Any]:
        return json.loads(unbase64(self.issue().jwts[0].split(".")[1]))

    def signed(self, payload: dict[str, Any] | bytes, use: Use = Use.CERTIFICATE, **header: Any) -> str:
        key = self.ring.signer(use, ISSUED)
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        head = {"alg": "Ed25519", "kid": key.id, "typ": "dc+sd-jwt"} | header
        text = f"{base64url(json.dumps(head).encode())}.{base64url(raw)}"
        return f"{text}.{base64url(self.ring.sign(key.id, text.encode()))}"

    def made(self, change: Callable[[dict[str, Any]], object], *disclosures: str) -> SdJwt:
        """Truly signed, but over a payload that no honest issuer makes."""
        payload = self.payload()
        change(payload)
        return self.present(SdJwt(jwts=(self.signed(payload),), disclosures=disclosures))


def held(sd_jwt: SdJwt, at: datetime = NOW, request: Request = REQUEST, key: ECKey = HOLDER, **header: Any) -> SdJwt:
    head = {"alg": "ES256", "typ": "kb+jwt"} | header
    return bind(sd_jwt, request, at, lambda payload: jws.serialize_compact(head, payload, key))


def disclosure(*parts: Any) -> str:
    return base64url(json.dumps(list(parts), ensure_ascii=False).encode())


def with_jwt(sd_jwt: SdJwt, jwt: str) -> SdJwt:
    return SdJwt(jwts=(jwt,), disclosures=sd_jwt.disclosures, binding=sd_jwt.binding)


def with_header(sd_jwt: SdJwt, raw: bytes) -> SdJwt:
    _, payload, signature = sd_jwt.jwts[0].split(".")
    return with_jwt(sd_jwt, f"{base64url(raw)}.{payload}.{signature}")


def hmac_with_public_key(world: World) -> SdJwt:
    key = world.ring.signer(Use.CERTIFICATE, ISSUED)
    head = {"alg": "HS256", "kid": key.id, "typ": "dc+sd-jwt"}
    jwt = jws.serialize_compact(head, json.dumps(world.payload()), OctKey.import_key(unbase64(key.public)))
    return held(with_jwt(world.issue(), jwt))


def unsigned(world: World) -> SdJwt:
    _, payload, _ = world.issue().jwts[0].split(".")
    head = base64url(json.dumps({"alg": "none", "typ": "dc+sd-jwt"}).encode())
    return held(with_jwt(world.issue(), f"{head}.{payload}."))


def by_another_installation(world: World) -> SdJwt:
    claims = credential_claims(record(), issuer="https://x.example", holder=HOLDER.as_dict(private=False))
    return held(parse(issue_credential(claims, world.other, ISSUED)))


def signature_of_another(world: World) -> SdJwt:
    one, two = world.issue(), world.issue(demo=False)
    head, payload, _ = one.jwts[0].split(".")
    return held(with_jwt(one, f"{head}.{payload}.{two.jwts[0].split('.')[2]}"))


def member_twice(world: World) -> SdJwt:
    text = json.dumps(world.payload())
    return held(SdJwt(jwts=(world.signed(b'{"vct":"urn:x",' + text[1:].encode()),)))


def presented_by_a_thief(world: World) -> SdJwt:
    return held(world.issue(), key=THIEF)


def fewer_than_signed(world: World) -> SdJwt:
    shown = world.present()
    return SdJwt(jwts=shown.jwts, disclosures=shown.disclosures[:-1], binding=shown.binding)


def altered(world: World, position: int) -> SdJwt:
    one = world.issue()
    changed = list(one.disclosures)
    parts = json.loads(unbase64(changed[position]))
    changed[position] = disclosure(*parts[:-1], "李大明")
    return held(SdJwt(jwts=one.jwts, disclosures=tuple(changed)))


def in_two_places(payload: dict[str, Any]) -> None:
    payload["holder"]["_sd"] = [*payload["holder"]["_sd"], payload["_sd"][0]]


A = disclosure("salt-1", "extra", 1)
E = disclosure("salt-2", "element")
SAME = disclosure("salt-3", "extra", 2)


def adding(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload.update(members)


def digests(*texts: str) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload.update(_sd=[digest_of(text) for text in texts])


def binding_swapped(world: World, **header: Any) -> SdJwt:
    return held(world.issue(), **header)


def binding_unsigned(world: World) -> SdJwt:
    shown = world.present()
    _, payload, _ = shown.binding.split(".")
    binding = f"{base64url(json.dumps({'alg': 'none', 'typ': 'kb+jwt'}).encode())}.{payload}."
    return SdJwt(jwts=shown.jwts, disclosures=shown.disclosures, binding=binding)


def binding_by_secret(world: World) -> SdJwt:
    secret = OctKey.import_key(unbase64(str(HOLDER.as_dict(private=False)["x"])))
    sign: Callable[[bytes], str] = lambda payload: jws.serialize_compact(  # noqa: E731
        {"alg": "HS256", "typ": "kb+jwt"}, payload, secret
    )
    return bind(world.issue(), REQUEST, NOW, sign)


def binding_by_its_own_key(world: World) -> SdJwt:
    return held(world.issue(), key=THIEF, jwk=THIEF.as_dict(private=False))


def binding_of_another_presentation(world: World) -> SdJwt:
    one, two = world.present(), world.issue(demo=False)
    return SdJwt(jwts=two.jwts, disclosures=two.disclosures, binding=one.binding)


def second_signature_smuggled(world: World) -> Any:
    one, forged = world.present(), by_another_installation(world)
    whole = to_general(one)
    protected, _, signature = forged.jwts[0].split(".")
    whole["signatures"].append({"protected": protected, "signature": signature})
    return json.dumps(whole)


def second_disclosures_smuggled(world: World) -> Any:
    whole = to_general(world.present())
    whole["signatures"].append({**whole["signatures"][0]})
    return json.dumps(whole)


def json_member_twice(world: World) -> Any:
    text = json.dumps(to_flattened(world.present()))
    return '{"payload":"e30",' + text[1:]


def nested(payload: dict[str, Any]) -> None:
    deep: Any = 1
    for _ in range(25):
        deep = [deep]
    payload["deep"] = deep


Attack = Callable[[World], Any]
ATTACKS: dict[str, tuple[Attack, Fault]] = {
    "no signature, alg none": (unsigned, Fault.UNSIGNED),
    "HMAC with the public key as the secret": (hmac_with_public_key, Fault.WRONG_ALGORITHM),
    "signed by another installation": (by_another_installation, Fault.UNKNOWN_KEY),
    "the signature of another certificate": (signature_of_another, Fault.BAD_SIGNATURE),
    "signed with a key for receipts": (
        lambda w: w.present(SdJwt(jwts=(w.signed(w.payload(), Use.RECEIPT),))),
        Fault.UNKNOWN_KEY,
    ),
    "another kind of signed thing": (
        lambda w: w.present(SdJwt(jwts=(w.signed(w.payload(), typ="tongban-certificate+jws"),))),
        Fault.WRONG_KIND,
    ),
    "a key that came along": (
        lambda w: w.present(SdJwt(jwts=(w.signed(w.payload(), jwk=THIEF.as_dict(private=False)),))),
        Fault.FOREIGN_HEADER,
    ),
    "an address to fetch the key from": (
        lambda w: w.present(SdJwt(jwts=(w.signed(w.payload(), jku="https://x.example"),))),
        Fault.FOREIGN_HEADER,
    ),
    "a demand for other processing": (
        lambda w: w.present(SdJwt(jwts=(w.signed(w.payload(), crit=["b64"], b64=False),))),
        Fault.CRITICAL_HEADER,
    ),
    "a header member twice": (
        lambda w: with_header(w.present(), b'{"alg":"Ed25519","alg":"none","kid":"k","typ":"dc+sd-jwt"}'),
        Fault.DUPLICATE_KEY,
    ),
    "a claim twice in what is signed": (member_twice, Fault.DUPLICATE_KEY),
    "JSON form with a member twice": (json_member_twice, Fault.DUPLICATE_KEY),
    "JSON form with a second signature by a stranger": (second_signature_smuggled, Fault.UNKNOWN_KEY),
    "JSON form with disclosures in the second header": (second_disclosures_smuggled, Fault.BAD_ENVELOPE),
    "cut off in the signature": (
        lambda w: w.present().compact().split("~")[0][:-6] + "~",
        Fault.BAD_SIGNATURE,
    ),
    "cut off in the key binding": (lambda w: w.present().compact().rsplit(".", 1)[0], Fault.BAD_ENVELOPE),
    "an empty disclosure": (lambda w: w.present().compact().replace("~", "~~", 1), Fault.BAD_ENVELOPE),
    "a second spelling of the same signature": (
        lambda w: with_jwt(w.present(), w.present().jwts[0] + "="),
        Fault.BAD_ENVELOPE,
    ),
    "a field that the issuer never signed": (
        lambda w: w.present(SdJwt(jwts=w.issue().jwts, disclosures=(A,))),
        Fault.DISCLOSURE_UNCLAIMED,
    ),
    "a field altered": (lambda w: altered(w, 1), Fault.DISCLOSURE_UNCLAIMED),
    "a field of another certificate": (
        lambda w: w.present(SdJwt(jwts=w.issue().jwts, disclosures=w.issue().disclosures[:1])),
        Fault.DISCLOSURE_UNCLAIMED,
    ),
    "the same field twice": (
        lambda w: w.present(SdJwt(jwts=(one := w.issue()).jwts, disclosures=one.disclosures[:1] * 2)),
        Fault.DISCLOSED_TWICE,
    ),
    "a digest twice in one list": (lambda w: w.made(digests(A, A), A), Fault.DIGEST_TWICE),
    "a digest twice in an array": (
        lambda w: w.made(adding(list=[{"...": digest_of(E)}, {"...": digest_of(E)}]), E),
        Fault.DIGEST_TWICE,
    ),
    "a digest twice, though nothing discloses it": (lambda w: w.made(in_two_places), Fault.DIGEST_TWICE),
    "a field named _sd": (
        lambda w: w.made(digests(bad := disclosure("s", "_sd", [])), bad),
        Fault.RESERVED_NAME,
    ),
    "a field named ...": (
        lambda w: w.made(digests(bad := disclosure("s", "...", "x")), bad),
        Fault.RESERVED_NAME,
    ),
    "a member named ... in what is signed": (
        lambda w: w.made(adding(odd={"...": "x", "more": 1})),
        Fault.RESERVED_NAME,
    ),
    "an array's placeholder with more in it": (
        lambda w: w.made(adding(list=[{"...": digest_of(E), "more": 1}]), E),
        Fault.BAD_DIGESTS,
    ),
    "an element where a field belongs": (lambda w: w.made(digests(E), E), Fault.WRONG_PLACE),
    "a field where an element belongs": (
        lambda w: w.made(adding(list=[{"...": digest_of(A)}]), A),
        Fault.WRONG_PLACE,
    ),
    "a field that covers a signed one": (
        lambda w: w.made(digests(bad := disclosure("s", "demo", False)), bad),
        Fault.CLAIM_OVERWRITTEN,
    ),
    "two fields of one name": (lambda w: w.made(digests(A, SAME), A, SAME), Fault.CLAIM_OVERWRITTEN),
    "digests that are no list": (lambda w: w.made(adding(_sd={"0": digest_of(A)}), A), Fault.BAD_DIGESTS),
    "a digest that is no text": (lambda w: w.made(adding(_sd=[7])), Fault.BAD_DIGESTS),
    "an unknown digest algorithm": (lambda w: w.made(adding(_sd_alg="md5")), Fault.UNKNOWN_DIGEST),
    "a digest algorithm deeper down": (
        lambda w: w.made(adding(inner={"_sd_alg": "sha-256"})),
        Fault.RESERVED_NAME,
    ),
    "a disclosure of four parts": (
        lambda w: w.made(digests(bad := disclosure("s", "a", 1, 2)), bad),
        Fault.BAD_DISCLOSURE,
    ),
    "a disclosure whose name is a number": (
        lambda w: w.made(digests(bad := disclosure("s", 7, 1)), bad),
        Fault.BAD_DISCLOSURE,
    ),
    "a disclosure with a member twice": (
        lambda w: w.made(digests(bad := base64url(b'["s","a",{"b":1,"b":2}]')), bad),
        Fault.DUPLICATE_KEY,
    ),
    "nested until the reader gives up": (lambda w: w.made(nested), Fault.TOO_DEEP),
    "the expiry hidden and shown as one likes": (
        lambda w: w.made(
            lambda payload: (payload.pop("exp"), digests(disclosure("s", "exp", 2**33))(payload)),
            disclosure("s", "exp", 2**33),
        ),
        Fault.HIDDEN_CONTROL,
    ),
    "expired": (lambda w: w.present(w.issue(exp=int(NOW.timestamp()))), Fault.EXPIRED),
    "not valid yet": (lambda w: w.present(w.issue(nbf=int(NOW.timestamp()) + 1)), Fault.NOT_YET_VALID),
    "issued tomorrow": (
        lambda w: w.present(w.issue(iat=int((NOW + timedelta(days=1)).timestamp()))),
        Fault.ISSUED_IN_FUTURE,
    ),
    "issued before the key was in use": (
        lambda w: w.present(w.issue(iat=int((ISSUED - timedelta(days=9000)).timestamp()))),
        Fault.KEY_NOT_IN_USE,
    ),
    "a certificate of another type": (lambda w: w.present(w.issue(vct="urn:x:food-licence")), Fault.WRONG_TYPE),
    "no content of a certificate": (lambda w: w.present(SdJwt(jwts=(w.signed({"a": 1}),))), Fault.BAD_RECORD),
    "found and shown without its holder": (lambda w: w.issue(), Fault.NO_BINDING),
    "shown by a thief": (presented_by_a_thief, Fault.BAD_SIGNATURE),
    "key binding without a signature": (binding_unsigned, Fault.UNSIGNED),
    "key binding by the public key as a secret": (binding_by_secret, Fault.WRONG_ALGORITHM),
    "key binding by a key of its own": (binding_by_its_own_key, Fault.FOREIGN_HEADER),
    "another kind of JWT as key binding": (lambda w: binding_swapped(w, typ="JWT"), Fault.WRONG_KIND),
    "key binding of another presentation": (binding_of_another_presentation, Fault.OTHER_PRESENTATION),
    "a field taken out after signing": (fewer_than_signed, Fault.OTHER_PRESENTATION),
    "presented to somebody else": (
        lambda w: w.present(request=Request("https://x.example", REQUEST.nonce)),
        Fault.WRONG_AUDIENCE,
    ),
    "an earlier presentation replayed": (
        lambda w: w.present(request=Request(REQUEST.audience, "n-old")),
        Fault.WRONG_NONCE,
    ),
    "presented ten years ago": (lambda w: w.present(at=NOW - timedelta(days=3650)), Fault.BINDING_STALE),
    "presented tomorrow": (lambda w: w.present(at=NOW + timedelta(days=1)), Fault.BINDING_IN_FUTURE),
    "bound to no key": (lambda w: w.present(w.issue(cnf={})), Fault.NO_HOLDER_KEY),
    "bound to a private key": (
        lambda w: w.present(w.issue(cnf={"jwk": HOLDER.as_dict(private=True)})),
        Fault.NO_HOLDER_KEY,
    ),
    "not a certificate at all": (lambda w: "你好~", Fault.NOT_A_CERTIFICATE),
}


@pytest.fixture(scope="module")
def world(ring: KeyRing, other_ring: KeyRing) -> World:
    return World(ring, other_ring)


def read(data: Any, world: World) -> Verification:
    text = data.compact() if isinstance(data, SdJwt) else data
    return verify_credential(text, world.ring.public, NOW, request=REQUEST, type_="residence-permit")


@pytest.mark.parametrize("form", ["compact", "flattened", "general"])
def test_the_genuine_presentation_holds_in_every_form(form: str, world: World) -> None:
    shown = world.present()
    forms = {"compact": shown, "flattened": json.dumps(to_flattened(shown)), "general": json.dumps(to_general(shown))}
    outcome = read(forms[form], world)
    assert outcome.valid and outcome.genuine, outcome.verdict
    assert outcome.claims is not None and outcome.claims["certificate"] == record().id


@pytest.mark.parametrize("name", ATTACKS)
def test_a_forged_presentation_is_refused_for_its_own_reason(name: str, world: World) -> None:
    attack, reason = ATTACKS[name]
    outcome = read(attack(world), world)
    assert not outcome.valid
    assert outcome.fault is reason, outcome.verdict


def test_what_is_not_shown_cannot_be_read(world: World) -> None:
    issued = world.issue()
    outcome = read(held(SdJwt(jwts=issued.jwts)), world)
    assert outcome.valid and outcome.claims is not None
    assert "certificate" not in outcome.claims
    assert outcome.claims["holder"] == {} and outcome.claims["fields"] == {}
    assert record().holder.name not in json.dumps(outcome.claims, ensure_ascii=False)
