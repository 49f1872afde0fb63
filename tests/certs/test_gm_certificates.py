"""Certificates signed by two suites: both hold, each is named, and forging either is refused for its reason."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import msgspec
import pytest
from demo_certificate import ISSUED, record

from tongban.base.crypto import SUITES, Suite, libcrypto
from tongban.base.keys import Document, KeyRing, Use, base64url, unbase64
from tongban.base.statements import Marks, marked
from tongban.certs import Certificate, Fault, Point, export_json, render_pdf, sign
from tongban.certs.anyform import Asked, verify_any
from tongban.certs.compactcwt import code_text, read_code, to_cwt
from tongban.certs.cose import SECOND
from tongban.certs.credential import credential_claims, issue_credential
from tongban.certs.marks import KIND, mark_again
from tongban.certs.sign import copy_time

pytestmark = pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
BOTH = (Suite.INTL, Suite.GM)
ALL = dict.fromkeys(Document, BOTH)
NOW = ISSUED + timedelta(days=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = tmp_path_factory.mktemp("two") / "keys"
    KeyRing.require(keys, Document.CERTIFICATE, BOTH)
    return keys


@pytest.fixture(scope="module")
def two(folder: Path) -> KeyRing:
    return KeyRing.open(folder, ISSUED)


@pytest.fixture(scope="module")
def signed(two: KeyRing) -> Certificate:
    return sign(record(), two)


@pytest.fixture(scope="module")
def forms(two: KeyRing, signed: Certificate) -> dict[str, bytes]:
    return {
        "json": export_json(signed),
        "pdf": render_pdf(signed, "zh", public_url="https://lanjiang.example", ring=two, now=NOW),
        "code": code_text(to_cwt(signed.record, two)).encode(),
    }


@pytest.mark.parametrize("form", ["json", "pdf", "code"])
def test_each_form_bears_both_signatures_and_says_that_both_hold(
    form: str, forms: dict[str, bytes], two: KeyRing
) -> None:
    found = verify_any(forms[form], Asked(two.public, NOW, requires=ALL))
    assert found.valid
    assert {check.point for check in found.checks if check.holds} >= {Point.SIGNATURE, Point.GM}


@pytest.mark.parametrize("form", ["json", "pdf", "code"])
def test_who_has_no_sm2_keys_believes_the_first_signature_and_is_told_that_the_second_was_not_checked(
    form: str, forms: dict[str, bytes], two: KeyRing
) -> None:
    intl = {key.id: key for key in two.public.values() if key.suite is Suite.INTL}
    found = verify_any(forms[form], Asked(intl, NOW))
    assert found.valid
    assert [check.holds for check in found.checks if check.point is Point.GM] == [None]
    assert verify_any(forms[form], Asked(intl, NOW, requires=ALL)).fault is Fault.UNKNOWN_KEY


def gm_marks(ring: KeyRing, said: object = None, at: timedelta = timedelta()) -> Marks:
    return marked(ring, Document.CERTIFICATE, KIND, said or record(), ISSUED + at, (Suite.GM,))


def with_marks(file: dict[str, Any], marks: object) -> bytes:
    file["proofs"]["marks"] = msgspec.to_builtins(marks)
    return json.dumps(file).encode()


def named(file: dict[str, Any], key_id: str) -> bytes:
    file["proofs"]["marks"]["signatures"][0]["key"] = key_id
    return json.dumps(file).encode()


def flipped(file: dict[str, Any]) -> bytes:
    """One bit of the SM2 signature is another."""
    mark = file["proofs"]["marks"]["signatures"][0]
    raw = bytearray(unbase64(mark["signature"]))
    raw[40] ^= 1
    mark["signature"] = base64url(bytes(raw))
    return json.dumps(file).encode()


def first_signature(file: dict[str, Any], change: Callable[[str], str]) -> bytes:
    file["proofs"]["jws"] = change(file["proofs"]["jws"])
    return json.dumps(file).encode()


Forgery = tuple[Callable[[dict[str, Any], KeyRing, KeyRing], bytes], Fault]
FORGED: dict[str, Forgery] = {
    "the second signature is left out": (
        lambda file, ring, other: json.dumps({**file, "proofs": {"jws": file["proofs"]["jws"]}}).encode(),
        Fault.SUITE_MISSING,
    ),
    "the second signature is altered": (lambda file, ring, other: flipped(file), Fault.BAD_GM_SIGNATURE),
    "the second signature is of another certificate": (
        lambda file, ring, other: with_marks(file, gm_marks(ring, record(version=2))),
        Fault.BAD_GM_SIGNATURE,
    ),
    "the second signature is of another time": (
        lambda file, ring, other: with_marks(
            file, msgspec.structs.replace(gm_marks(ring), at=ISSUED + timedelta(days=1))
        ),
        Fault.BAD_GM_SIGNATURE,
    ),
    "the second signature is somebody else's": (
        lambda file, ring, other: with_marks(file, gm_marks(other)),
        Fault.UNKNOWN_KEY,
    ),
    "somebody else's under the name of our key": (
        lambda file, ring, other: named(
            json.loads(with_marks(file, gm_marks(other))), ring.signer(Use.CERTIFICATE, ISSUED, Suite.GM).id
        ),
        Fault.BAD_GM_SIGNATURE,
    ),
    "the second signature names the key of the first": (
        lambda file, ring, other: named(file, ring.signer(Use.CERTIFICATE, ISSUED).id),
        Fault.BAD_SIGNATURE,
    ),
    "the second signature is by a key for another use": (
        lambda file, ring, other: named(file, ring.signer(Use.LOG, ISSUED).id),
        Fault.UNKNOWN_KEY,
    ),
    "the second signature is of before its key": (
        lambda file, ring, other: with_marks(
            file, msgspec.structs.replace(gm_marks(ring), at=ISSUED - timedelta(days=9))
        ),
        Fault.KEY_NOT_IN_USE,
    ),
    "the second signature is of the future": (
        lambda file, ring, other: with_marks(file, gm_marks(ring, at=timedelta(days=300))),
        Fault.ISSUED_IN_FUTURE,
    ),
    "the second signature twice": (
        lambda file, ring, other: with_marks(
            file, {**file["proofs"]["marks"], "signatures": file["proofs"]["marks"]["signatures"] * 2}
        ),
        Fault.BAD_ENVELOPE,
    ),
    "no signatures among the marks": (
        lambda file, ring, other: with_marks(file, {**file["proofs"]["marks"], "signatures": []}),
        Fault.BAD_ENVELOPE,
    ),
    "marks with a member of their own": (
        lambda file, ring, other: with_marks(file, {**file["proofs"]["marks"], "alg": "none"}),
        Fault.BAD_ENVELOPE,
    ),
    "the first signature is altered": (
        lambda file, ring, other: first_signature(file, lambda jws: jws[:-12] + "AAAAAAAAAAAA"[:11] + jws[-1]),
        Fault.BAD_SIGNATURE,
    ),
    "the first signature is somebody else's": (
        lambda file, ring, other: first_signature(file, lambda _: sign(record(), other).jws),
        Fault.UNKNOWN_KEY,
    ),
}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    keys = tmp_path_factory.mktemp("stranger") / "keys"
    KeyRing.require(keys, Document.CERTIFICATE, BOTH)
    return KeyRing.open(keys, ISSUED)


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED.keys())
def test_forging_either_signature_is_refused_for_its_own_reason(
    forgery: Forgery, forms: dict[str, bytes], two: KeyRing, stranger: KeyRing
) -> None:
    change, fault = forgery
    found = verify_any(change(json.loads(forms["json"]), two, stranger), Asked(two.public, NOW, requires=ALL))
    assert not found.genuine
    assert found.fault is fault


FIRST = object()


def beside(code: bytes, change: Callable[[list[bytes]], object]) -> bytes:
    """The same code with another thing where its second signature stands: `None` takes it out, `FIRST` puts the first
    there once more."""
    tag: Any = cbor2.loads(read_code(code.decode()))
    protected, loose, payload, signature = tag.value
    made = change(list(loose[SECOND]))
    if made is FIRST:
        made = [cbor2.loads(protected)[4], signature]
    again = [protected, {} if made is None else {SECOND: made}, payload, signature]
    return code_text(cbor2.dumps(cbor2.CBORTag(18, again), canonical=True)).encode()


Beside = tuple[Callable[[list[bytes]], object], Fault]
BESIDE: dict[str, Beside] = {
    "left out": (lambda pair: None, Fault.SUITE_MISSING),
    "zeroes": (lambda pair: [pair[0], bytes(64)], Fault.BAD_GM_SIGNATURE),
    "longer": (lambda pair: [pair[0], pair[1] + b"0"], Fault.BAD_GM_SIGNATURE),
    "another key": (lambda pair: [b"certificate-of-mine", pair[1]], Fault.UNKNOWN_KEY),
    "the first once more": (lambda pair: FIRST, Fault.WRONG_ALGORITHM),
    "no signature": (lambda pair: [pair[0]], Fault.BAD_ENVELOPE),
    "no pair": (lambda pair: "none", Fault.BAD_ENVELOPE),
}


@pytest.mark.parametrize("forgery", BESIDE.values(), ids=BESIDE.keys())
def test_a_code_without_its_true_second_signature_is_refused(
    forgery: Beside, forms: dict[str, bytes], two: KeyRing
) -> None:
    change, fault = forgery
    found = verify_any(beside(forms["code"], change), Asked(two.public, NOW, requires=ALL))
    assert (found.valid, found.fault) == (False, fault)


def test_a_page_whose_second_signature_was_taken_out_or_changed_is_refused(
    forms: dict[str, bytes], two: KeyRing
) -> None:
    line = next(line for line in forms["pdf"].split(b"\n") if line.startswith(b"%tongban-marks "))
    for other, fault in (
        (b"%" + b" " * (len(line) - 1), Fault.SUITE_MISSING),
        (line[:-1] + b"!", Fault.BAD_ENVELOPE),
    ):
        found = verify_any(forms["pdf"].replace(line, other), Asked(two.public, NOW, requires=ALL))
        assert (found.valid, found.fault) == (False, fault)


def test_forms_that_cannot_bear_a_second_signature_are_refused_where_one_is_required(
    signed: Certificate, two: KeyRing
) -> None:
    credential = issue_credential(credential_claims(record(), issuer="https://lanjiang.example"), two, ISSUED)
    for data in (signed.jws.encode(), credential.encode()):
        assert verify_any(data, Asked(two.public, NOW)).valid
        found = verify_any(data, Asked(two.public, NOW, requires=ALL))
        assert (found.genuine, found.fault) == (False, Fault.SUITE_MISSING)


def test_a_certificate_of_before_two_signatures_were_asked_for_is_still_downloaded(tmp_path: Path) -> None:
    """Its own signature is the one of then; the code that a copy of today carries has both, made today."""
    before = sign(record(), KeyRing.open(tmp_path, ISSUED))
    KeyRing.require(tmp_path, Document.CERTIFICATE, BOTH)
    ring = KeyRing.open(tmp_path, NOW)
    pdf = render_pdf(before, "zh", public_url="https://lanjiang.example", ring=ring, now=NOW)
    assert verify_any(pdf, Asked(ring.public, NOW)).valid
    code = to_cwt(before.record, ring, at=copy_time(before.record, ring, NOW))
    assert verify_any(code_text(code).encode(), Asked(ring.public, NOW, requires=ALL)).valid


def test_a_certificate_signed_anew_outlives_the_key_that_signed_it_first(tmp_path: Path) -> None:
    """Its record, number and digest are the same; who has only the old file is told that its key was withdrawn."""
    before = sign(record(), KeyRing.open(tmp_path, ISSUED))
    fresh = KeyRing.renew(tmp_path, Use.CERTIFICATE, NOW)
    KeyRing.require(tmp_path, Document.CERTIFICATE, BOTH)
    KeyRing.renew(tmp_path, Use.CERTIFICATE, NOW, SUITES[Suite.GM].signature)
    again = msgspec.structs.replace(before, marks=mark_again(before.record, KeyRing.open(tmp_path, NOW), NOW))
    KeyRing.retire(tmp_path, Use.CERTIFICATE, Suite.INTL, None, keep=fresh.id)
    keys = KeyRing.open(tmp_path, NOW).public
    found = verify_any(export_json(again), Asked(keys, NOW, requires=ALL))
    assert found.valid
    assert {check.point for check in found.checks if check.holds} >= {Point.RENEWED, Point.GM}
    assert verify_any(export_json(before), Asked(keys, NOW)).fault is Fault.KEY_NOT_IN_USE
