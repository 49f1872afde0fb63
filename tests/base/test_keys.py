"""The key ring: a key id fixes what a key is for and how it signs; private keys stay private."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing, Use, base64url, unbase64


def test_the_first_start_makes_one_key_for_each_use_and_keeps_it(tmp_path: Path, clock: SettableClock):
    ring = KeyRing.open(tmp_path / "keys", clock())
    assert sorted(key.use for key in ring.public.values()) == sorted(Use)
    assert KeyRing.open(tmp_path / "keys", clock()).public == ring.public


def test_nobody_else_can_read_a_private_key(tmp_path: Path, clock: SettableClock):
    KeyRing.open(tmp_path / "keys", clock())
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_key_file_others_can_read_is_refused(tmp_path: Path, clock: SettableClock):
    KeyRing.open(tmp_path, clock())
    next(tmp_path.glob("*.json")).chmod(0o644)
    with pytest.raises(Refused) as refused:
        KeyRing.open(tmp_path, clock())
    assert refused.value.code == "key-readable-by-others"


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json"])
def test_a_damaged_key_file_is_named(tmp_path: Path, clock: SettableClock, damage: bytes):
    KeyRing.open(tmp_path, clock())
    path = next(tmp_path.glob("*.json"))
    path.write_bytes(damage)
    with pytest.raises(Refused) as refused:
        KeyRing.open(tmp_path, clock())
    assert refused.value.code == "key-damaged"
    assert path.name in refused.value.problems[0].text.zh


def test_a_signature_holds_for_its_key_use_message_and_time_only(tmp_path: Path, clock: SettableClock):
    ring = KeyRing.open(tmp_path, clock())
    key = ring.signer(Use.CERTIFICATE, clock())
    signature = ring.sign(key.id, b"message")
    assert ring.verify(key.id, signature, b"message", use=Use.CERTIFICATE, at=clock())
    assert not ring.verify(key.id, signature, b"massage", use=Use.CERTIFICATE, at=clock())
    assert not ring.verify(key.id, signature[:-1], b"message", use=Use.CERTIFICATE, at=clock())
    assert not ring.verify(key.id, signature, b"message", use=Use.RECEIPT, at=clock())
    assert not ring.verify(key.id, signature, b"message", use=Use.CERTIFICATE, at=clock() - timedelta(days=1))
    assert not ring.verify(key.id, signature, b"message", use=Use.CERTIFICATE, at=key.not_after + timedelta(days=1))
    other = ring.signer(Use.LOG, clock())
    assert not ring.verify(other.id, signature, b"message", use=Use.LOG, at=clock())
    assert not ring.verify("nobody", signature, b"message", use=Use.CERTIFICATE, at=clock())


def test_an_expired_key_still_verifies_what_it_signed_and_a_new_one_signs(tmp_path: Path, clock: SettableClock):
    before = clock()
    old = KeyRing.open(tmp_path, before)
    key = old.signer(Use.LOG, before)
    signature = old.sign(key.id, b"message")
    later = clock.advance(days=3651)
    ring = KeyRing.open(tmp_path, later)
    assert ring.signer(Use.LOG, later).id != key.id
    assert ring.verify(key.id, signature, b"message", use=Use.LOG, at=before)


def test_the_public_half_says_nothing_of_the_private(tmp_path: Path, clock: SettableClock):
    ring = KeyRing.open(tmp_path, clock())
    key = ring.signer(Use.EXCHANGE, clock())
    assert set(key.jwk()) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert "private" not in repr(ring).lower()


def test_base64url_has_no_padding_and_no_second_reading():
    assert unbase64(base64url(b"\xff\xfe\xfd\xfc")) == b"\xff\xfe\xfd\xfc"
    assert "=" not in base64url(b"a")
    with pytest.raises(ValueError, match="base64url"):
        unbase64("not base64!")
