"""The rings that sign, and a forger who can have anything signed."""

import json
from typing import Any

import pytest
from demo_certificate import ISSUED, Forge, record

from tongban.base.keys import KeyRing, Use, base64url
from tongban.certs import Certificate, sign
from tongban.certs.model import canonical


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("keys"), ISSUED)


@pytest.fixture(scope="session")
def other_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("other-keys"), ISSUED)


@pytest.fixture(scope="session")
def certificate(ring: KeyRing) -> Certificate:
    return sign(record(), ring)


@pytest.fixture(scope="session")
def forge(ring: KeyRing) -> Forge:
    """A compact JWS with any header and payload, truly signed by the installation's certificate key."""

    def make(
        header: dict[str, Any] | bytes | None = None, payload: bytes | None = None, use: Use = Use.CERTIFICATE
    ) -> str:
        key = ring.signer(use, ISSUED)
        usual = {"alg": "Ed25519", "kid": key.id, "typ": "tongban-certificate+jws"}
        raw = header if isinstance(header, bytes) else json.dumps(usual | (header or {})).encode()
        signed = f"{base64url(raw)}.{base64url(canonical(record()) if payload is None else payload)}"
        return f"{signed}.{base64url(ring.sign(key.id, signed.encode()))}"

    return make
