"""Statements: every signature on one must hold, none may be missing, and keys can be replaced, ended and withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tongban.base.clock import SettableClock
from tongban.base.crypto import Suite, libcrypto
from tongban.base.errors import Refused
from tongban.base.keylist import published, read_keys
from tongban.base.keys import KeyRing, Use
from tongban.base.statements import FAULTS, Fault, Mark, Statement, Unbelieved, believed, read, stated

KIND = "test/1"
SAID = {"outcome": "eligible", "amount": 240, "name": "王小满"}
BOTH = (Suite.INTL, Suite.GM)
needs_sm2 = pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")


@pytest.fixture
def ring(tmp_path: Path, clock: SettableClock) -> KeyRing:
    if libcrypto.available():
        KeyRing.require(tmp_path / "keys", Use.DECISION, BOTH)
    return KeyRing.open(tmp_path / "keys", clock())


def fault_of(statement: Statement, ring: KeyRing, clock: SettableClock) -> Fault | None:
    try:
        believed(statement, KIND, Use.DECISION, ring.keys, clock())
    except Unbelieved as unbelieved:
        return unbelieved.fault
    return None


@needs_sm2
def test_a_class_that_asks_for_both_suites_is_signed_by_both_over_the_same_bytes(ring: KeyRing, clock: SettableClock):
    statement = stated(ring, Use.DECISION, KIND, SAID, clock())
    assert [ring.public[mark.key].suite for mark in statement.signatures] == list(BOTH)
    assert believed(read(statement.as_file()), KIND, Use.DECISION, ring.keys, clock()) == SAID
    intl, gm = statement.signatures
    for kept in (intl, gm):
        one = msgspec.structs.replace(statement, signatures=(kept,))
        assert fault_of(one, ring, clock) is Fault.SUITE_MISSING
    broken = Mark(key=gm.key, signature=intl.signature)
    assert fault_of(msgspec.structs.replace(statement, signatures=(intl, broken)), ring, clock) is Fault.BAD_SIGNATURE


Forge = Callable[[Statement, KeyRing], Statement]
FORGED: dict[str, tuple[Forge, Fault]] = {
    "a changed document": (lambda s, _: msgspec.structs.replace(s, said=SAID | {"amount": 241}), Fault.BAD_SIGNATURE),
    "a changed time": (lambda s, _: msgspec.structs.replace(s, at=s.at + timedelta(1 / 24 / 60)), Fault.BAD_SIGNATURE),
    "another kind": (lambda s, _: msgspec.structs.replace(s, kind="test/2"), Fault.WRONG_KIND),
    "no signature": (lambda s, _: msgspec.structs.replace(s, signatures=()), Fault.UNSIGNED),
    "one signature twice": (
        lambda s, _: msgspec.structs.replace(s, signatures=(s.signatures[0], s.signatures[0])),
        Fault.REPEATED_KEY,
    ),
    "a key nobody knows": (
        lambda s, _: msgspec.structs.replace(s, signatures=(Mark(key="x", signature="AA"),)),
        Fault.UNKNOWN_KEY,
    ),
    "a key for another use": (
        lambda s, ring: stated(ring, Use.LOG, KIND, SAID, s.at),
        Fault.UNKNOWN_KEY,
    ),
    "a good signature beside a bad one": (
        lambda s, _: msgspec.structs.replace(s, signatures=(*s.signatures, Mark(key="x", signature="AA"))),
        Fault.UNKNOWN_KEY,
    ),
    "a signature cut short": (
        lambda s, _: msgspec.structs.replace(
            s, signatures=(Mark(key=s.signatures[0].key, signature=s.signatures[0].signature[:-3]),)
        ),
        Fault.BAD_SIGNATURE,
    ),
    "signed in the future": (lambda s, _: msgspec.structs.replace(s, at=s.at + timedelta(days=1)), Fault.IN_FUTURE),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_statement_is_refused_with_its_own_reason(name: str, ring: KeyRing, clock: SettableClock):
    forge, fault = FORGED[name]
    assert fault_of(forge(stated(ring, Use.DECISION, KIND, SAID, clock()), ring), ring, clock) is fault


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"nonsense",
        b'{"kind":"test/1","kind":"test/1","at":"2026-11-26T00:00:00Z","said":{},"signatures":[]}',
        b'{"kind":"test/1","at":"2026-11-26T00:00:00","said":{},"signatures":[]}',
        b'{"kind":"test/1","at":"2026-11-26T00:00:00Z","said":{"a":NaN},"signatures":[]}',
        b'{"kind":"test/1","at":"2026-11-26T00:00:00Z","said":{},"signatures":[],"alg":"none"}',
        b"[" * 100_000,
        b'{"kind":"test/1","at":"2026-11-26T00:00:00Z","said":{"a":"\\ud800"},"signatures":[]}',
        b'{"kind":"test/1","at":"0001-01-01T00:00:00+08:00","said":{},"signatures":[]}',
    ],
)
def test_what_is_no_statement_is_refused_before_anything_in_it_is_believed(data: bytes):
    with pytest.raises(Unbelieved) as unbelieved:
        read(data)
    assert unbelieved.value.fault is Fault.NOT_A_STATEMENT


def test_a_retired_key_goes_on_verifying_and_signs_no_more(tmp_path: Path, ring: KeyRing, clock: SettableClock):
    old = stated(ring, Use.DECISION, KIND, SAID, clock())
    before = clock()
    later = clock.advance(days=30)
    gone = ring.signer(Use.DECISION, before)
    new = KeyRing.renew(tmp_path / "keys", Use.DECISION, later)
    assert KeyRing.retire(tmp_path / "keys", Use.DECISION, Suite.INTL, later + timedelta(days=7), keep=new.id) == [
        gone.id
    ]
    renewed = KeyRing.open(tmp_path / "keys", clock.advance(days=8))
    assert renewed.signer(Use.DECISION, clock()).id != gone.id
    believed(old, KIND, Use.DECISION, renewed.keys, clock())
    forged = stated(ring, Use.DECISION, KIND, SAID, clock())  # whoever has stolen the old key
    assert fault_of(forged, renewed, clock) is Fault.KEY_NOT_IN_USE


def test_nothing_a_withdrawn_key_ever_signed_is_believed(tmp_path: Path, ring: KeyRing, clock: SettableClock):
    old = stated(ring, Use.DECISION, KIND, SAID, clock())
    KeyRing.retire(tmp_path / "keys", Use.DECISION, Suite.INTL, None)
    renewed = KeyRing.open(tmp_path / "keys", clock.advance(hours=1))
    assert fault_of(old, renewed, clock) is Fault.KEY_NOT_IN_USE


def test_the_published_list_names_every_key_and_no_private_part(ring: KeyRing, clock: SettableClock):
    data = published(ring, clock()).as_file()
    assert read_keys(data, clock()) == ring.keys
    assert b"private" not in data


def test_a_newer_list_is_taken_only_from_who_signed_the_older(tmp_path: Path, ring: KeyRing, clock: SettableClock):
    known = ring.keys
    KeyRing.renew(tmp_path / "keys", Use.CERTIFICATE, clock())
    newer = published(KeyRing.open(tmp_path / "keys", clock()), clock()).as_file()
    assert len(read_keys(newer, clock(), known).keys) == len(known.keys) + 1
    other = published(KeyRing.open(tmp_path / "other", clock()), clock()).as_file()
    with pytest.raises(Refused) as refused:
        read_keys(other, clock(), known)
    assert refused.value.code == "bad-key-list"


def test_every_fault_is_told_in_both_languages():
    assert set(FAULTS) == set(Fault)
    assert all(text.zh and text.en for text in FAULTS.values())
