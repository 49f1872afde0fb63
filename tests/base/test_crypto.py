"""The crypto suites: the standards' own examples, and the rule that a key fixes its algorithm."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors import VECTORS, needs

from tongban.base import jws
from tongban.base.clock import SettableClock
from tongban.base.crypto import DIGESTS, SIGNATURES, Algorithm, Hashing, InvalidTag, Sha256Mac, Suite, libcrypto
from tongban.base.crypto.gm import Sm2Signer, Sm2Verifier, Sm4Gcm
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing, Use, base64url

# GB/T 32918.5-2017 annex A.2: the recommended curve, id 1234567812345678, message "message digest".
PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SIGNED = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

needs_sm2 = pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")


@needs_sm2
def test_sm2_is_the_one_of_the_standard():
    assert Sm2Signer(PRIVATE).public == PUBLIC
    assert Sm2Verifier(PUBLIC).verify(SIGNED, b"message digest")
    assert not Sm2Verifier(PUBLIC).verify(SIGNED, b"message digesT")


@needs_sm2
@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (1, ORDER - 1), (0, 0)])
def test_sm2_refuses_numbers_out_of_range(r: int, s: int):
    """GB/T 32918.2 §7.1 B1, B2, B5."""
    assert not Sm2Verifier(PUBLIC).verify(r.to_bytes(32) + s.to_bytes(32), b"message digest")


@needs_sm2
def test_a_point_off_the_curve_and_a_number_out_of_range_are_no_sm2_keys():
    for public in (bytes(64), PUBLIC[:32] + PRIVATE, PUBLIC[:-1], b""):
        with pytest.raises(ValueError):
            Sm2Verifier(public)
    for private in (0, ORDER - 1, ORDER, 2**256 - 1):
        with pytest.raises(ValueError):
            Sm2Signer(private.to_bytes(32))


def test_without_sm2_the_machine_says_so_with_a_stable_code(monkeypatch: pytest.MonkeyPatch):
    libcrypto.loaded.cache_clear()
    monkeypatch.setattr(libcrypto, "NAMES", ())
    monkeypatch.setattr(libcrypto, "find_library", str.isspace)  # finds nothing
    try:
        assert not libcrypto.available()
        with pytest.raises(Refused) as refused:
            Sm2Verifier(PUBLIC)
        assert refused.value.code == "sm2-unavailable"
        assert "SM2" in refused.value.problems[0].text.zh
    finally:
        libcrypto.loaded.cache_clear()


def test_sm3_is_the_one_of_the_standard():
    """GB/T 32905-2016 annex A.1, A.2."""
    sm3 = DIGESTS[Hashing.SM3]
    assert sm3.digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3.digest(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@pytest.mark.parametrize("algorithm", Algorithm)
@settings(max_examples=15, deadline=None)
@given(message=st.binary(max_size=200), other=st.binary(max_size=20), bit=st.integers(0, 511))
def test_a_signature_holds_for_its_key_and_its_bytes_only(algorithm: Algorithm, message: bytes, other: bytes, bit: int):
    if algorithm is Algorithm.SM2 and not libcrypto.available():
        pytest.skip("not run: libcrypto of this machine has no SM2")
    kind = SIGNATURES[algorithm]
    signer = kind.generate()
    signature = signer.sign(message)
    verifier = kind.verifier(signer.public)
    assert len(signature) == 64
    assert len(signer.public) == kind.public_bytes
    assert kind.signer(signer.private).public == signer.public
    assert verifier.verify(signature, message)
    assert not verifier.verify(signature, message + b"\0" + other)
    turned = (int.from_bytes(signature) ^ (1 << bit)).to_bytes(64)
    assert not verifier.verify(turned, message)
    assert not verifier.verify(signature[:-1], message)
    assert not verifier.verify(signature + b"\0", message)
    assert not kind.verifier(kind.generate().public).verify(signature, message)


def test_a_key_file_may_be_of_any_algorithm_and_each_suite_signs_by_its_own(tmp_path: Path, clock: SettableClock):
    KeyRing.renew(tmp_path, Use.CERTIFICATE, clock(), Algorithm.ES256)
    gm = libcrypto.available()
    if gm:
        KeyRing.renew(tmp_path, Use.CERTIFICATE, clock(), Algorithm.SM2)
    ring = KeyRing.open(tmp_path, clock())
    ours = ring.newest(Use.CERTIFICATE, clock(), Algorithm.ES256)
    assert ours is not None and ours.jwk()["crv"] == "P-256"
    for suite in Suite if gm else (Suite.INTL,):
        key = ring.signer(Use.CERTIFICATE, clock(), suite)
        assert key.suite is suite
        assert ring.verify(key.id, ring.sign(key.id, b"m"), b"m", use=Use.CERTIFICATE, at=clock())


def test_the_algorithm_a_token_names_is_never_believed(tmp_path: Path, clock: SettableClock):
    ring = KeyRing.open(tmp_path, clock())
    key = ring.signer(Use.LOG, clock())
    token = jws.compact(ring, key, "test+jws", b"{}")
    assert jws.opened(token, "test+jws", ring.public.get, clock()) == b"{}"
    for algorithm in ("none", "HS256", "ES256", "SM2", "EdDSA", "RS256", ""):
        head = base64url(json.dumps({"alg": algorithm, "kid": key.id, "typ": "test+jws"}).encode())
        body = token.split(".")[1]
        forged = f"{head}.{body}.{base64url(ring.sign(key.id, f'{head}.{body}'.encode()))}"
        with pytest.raises(jws.Unproved) as unproved:
            jws.opened(forged, "test+jws", ring.public.get, clock())
        assert unproved.value.fault is (jws.Fault.UNSIGNED if algorithm == "none" else jws.Fault.WRONG_ALGORITHM)


@needs_sm2
def test_sm2_has_no_name_in_jose_and_signs_no_token(tmp_path: Path, clock: SettableClock):
    KeyRing.renew(tmp_path, Use.LOG, clock(), Algorithm.SM2)
    ring = KeyRing.open(tmp_path, clock())
    with pytest.raises(ValueError, match="JOSE"):
        jws.compact(ring, ring.signer(Use.LOG, clock(), Suite.GM), "test+jws", b"{}")


def groups(name: str) -> list[dict[str, Any]]:
    return json.loads((VECTORS / "wycheproof" / name).read_bytes())["testGroups"]


@given(key=st.binary(max_size=140), messages=st.lists(st.binary(max_size=200), max_size=3))
def test_a_keyed_hash_begun_once_is_that_of_the_standard_library(key: bytes, messages: list[bytes]):
    begun, plain = Sha256Mac(key), DIGESTS[Hashing.SHA256]
    for message in messages:
        assert begun.of(message) == Sha256Mac.once(key, message) == plain.mac(key, message)


def test_sm4_gcm_is_the_one_of_the_standard():
    """RFC 8998 A.1."""
    cipher = Sm4Gcm(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce = bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    clear = b"".join(bytes([one]) * 8 for one in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert cipher.encrypt(nonce, clear, bound) == sealed
    assert cipher.decrypt(nonce, sealed, bound) == clear


@needs("wycheproof")
def test_every_vector_of_sm4_gcm_comes_out_as_it_should():
    """Wycheproof: 104. Nonces shorter than 8 or longer than 128 bytes are refused here: 2 that must be, and 9 that
    others may use (ours have 12)."""
    done = refused = 0
    for group in groups("sm4_gcm_test.json"):
        for test in group["tests"]:
            key, iv, aad, msg, ct, tag = (
                bytes.fromhex(test[part]) for part in ("key", "iv", "aad", "msg", "ct", "tag")
            )
            if not 8 <= len(iv) <= 128:
                with pytest.raises(ValueError):
                    Sm4Gcm(key).decrypt(iv, ct + tag, aad)
                refused += test["result"] == "valid"
                done += test["result"] != "valid"
                continue
            if test["result"] == "valid":
                assert Sm4Gcm(key).encrypt(iv, msg, aad) == ct + tag, test["tcId"]
                assert Sm4Gcm(key).decrypt(iv, ct + tag, aad) == msg, test["tcId"]
            else:
                with pytest.raises(InvalidTag):
                    Sm4Gcm(key).decrypt(iv, ct + tag, aad)
            done += 1
    assert (done, refused) == (95, 9)


@needs("wycheproof")
def test_every_vector_of_hmac_sm3_comes_out_as_it_should():
    """Wycheproof: 174, some with a tag cut short, which is compared as cut."""
    done = 0
    for group in groups("hmac_sm3_test.json"):
        for test in group["tests"]:
            mac = DIGESTS[Hashing.SM3].mac(bytes.fromhex(test["key"]), bytes.fromhex(test["msg"]))
            same = mac[: group["tagSize"] // 8].hex() == test["tag"]
            assert same == (test["result"] == "valid"), test["tcId"]
            done += 1
    assert done == 174
