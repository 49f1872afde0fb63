"""x1 is RFC 9421 and RFC 9530: an independent implementation verifies our signatures, and we verify its."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from exchange_world import BASE, BODY, PATH, World
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureComponentResolver,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.keys import Algorithm, KeyRing, PublicKey, Use, base64url, unbase64
from tongban.sharing.channel import profile


@dataclass
class Request:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Response:
    status_code: int
    headers: dict[str, str]
    body: bytes
    request: Request


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, ring: KeyRing, *keys: PublicKey) -> None:
        self._ring = ring
        self._keys = {key.id: key for key in keys}

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(unbase64(self._keys[key_id].public))

    def resolve_private_key(self, key_id: str) -> object:
        private = self._ring._private[key_id].private
        return Ed25519PrivateKey.from_private_bytes(private)  # the oracle signs by itself, with the same key


@pytest.fixture
async def world(tmp_path: Path, node_db: Database, clock: SettableClock) -> World:
    clock.set(datetime.now(clock.now.tzinfo))  # the oracle looks at the machine's clock
    return await World.make(tmp_path, node_db, clock)


def verifier(ring: KeyRing, key: PublicKey) -> HTTPMessageVerifier:
    return HTTPMessageVerifier(
        signature_algorithm=ED25519,
        key_resolver=Keys(ring, key),
        component_resolver_class=HTTPSignatureComponentResolver,
    )


def test_the_oracle_verifies_our_requests(world: World):
    headers = world.sign(world.head())
    found = verifier(world.centre, world.key()).verify(
        Request("POST", BASE + PATH, headers, BODY), max_age=timedelta(minutes=5)
    )
    assert [one.label for one in found] == ["x1"]
    assert set(found[0].covered_components) == {
        *(f'"{name}"' for name in ("@method", "@target-uri", *profile.HEADERS, "@signature-params"))
    }


async def test_we_verify_the_oracles_requests(world: World):
    request = Request("POST", BASE + PATH, world.head(), BODY)
    now = world.clock().replace(microsecond=0)
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Keys(world.centre, world.key())).sign(
        request,
        key_id=world.key().id,
        created=now,
        expires=now + timedelta(seconds=120),
        nonce="oracle_oracle_oracle_1",
        label="x1",
        tag="gov-x1",
        covered_component_ids=("@method", "@target-uri", *profile.HEADERS),
        body=BODY,
        use_existing_digest=True,
    )
    headers = {name.lower(): value for name, value in request.headers.items()}
    reply = await world.send(headers)
    assert reply.status == 200, reply.body
    assert world.genuine(reply, headers)


async def test_the_oracle_verifies_our_answers_bound_to_the_request(world: World):
    headers = world.sign(world.head())
    reply = await world.send(headers)
    key = world.node.signer(Use.EXCHANGE, world.clock())
    request = Request("POST", BASE + PATH, headers, BODY)
    response = Response(reply.status, reply.headers, reply.body, request)
    found = verifier(world.node, key).verify(response, max_age=timedelta(minutes=5))
    assert '"signature";req;key="x1"' in found[0].covered_components


def test_the_digest_is_that_of_rfc_9530():
    # RFC 9530, appendix B.1: the representation {"hello": "world"} and a line feed.
    assert profile.digest_text(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_we_verify_the_ed25519_example_of_rfc_9421():
    # RFC 9421, B.2.6 with the key of B.1.4.
    pem = (
        b"-----BEGIN PRIVATE KEY-----\n"
        b"MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"
        b"-----END PRIVATE KEY-----\n"
    )
    private = load_pem_private_key(pem, None)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    start = datetime(2021, 4, 1, tzinfo=UTC)
    key = PublicKey(
        id="test-key-ed25519",
        algorithm=Algorithm.ED25519,
        use=Use.EXCHANGE,
        public=base64url(public),
        not_before=start,
        not_after=start + timedelta(days=365),
    )
    base = (
        b'"date": Tue, 20 Apr 2021 02:07:55 GMT\n'
        b'"@method": POST\n"@path": /foo\n"@authority": example.com\n"content-type": application/json\n'
        b'"content-length": 18\n"@signature-params": ("date" "@method" "@path" "@authority" "content-type" '
        b'"content-length");created=1618884473;keyid="test-key-ed25519"'
    )
    given = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    assert key.verify(base64.b64decode(given), base)
    assert not key.verify(base64.b64decode(given), base.replace(b"/foo", b"/fop"))
