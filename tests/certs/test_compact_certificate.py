"""The certificate in a QR code: read from a picture, checked with nothing but the keys; forged ones are refused."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import cbor2
import PIL.Image
import pypdfium2
import pytest
import segno
from demo_certificate import ISSUED, record
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.keys import KeyRing, Use
from tongban.certs import Certificate, render_pdf
from tongban.certs.anyform import Asked, is_picture, verify_any
from tongban.certs.compactcwt import FACE, KIND, base45, code_text, read_code, to_cwt, unbase45, verify_cwt
from tongban.certs.cose import EXP, IAT, NBF, sign1, to_be_signed
from tongban.certs.faults import Fault
from tongban.certs.picture import code_in_picture
from tongban.certs.statuslist import StatusList, StatusLists, index_in_list, issue_status_list, place_of
from tongban.certs.strict import Stop

NOW = ISSUED + timedelta(days=3)
PLACE = place_of(12, "https://lanjiang.example")


@pytest.fixture(scope="module")
def cwt(ring: KeyRing) -> bytes:
    return to_cwt(record(), ring, status=PLACE)


def picture(*texts: str, width: int = 1000) -> bytes:
    """A photograph, as it were, of one or more codes."""
    sheet = PIL.Image.new("L", (width, width * len(texts)), 255)
    for row, text in enumerate(texts):
        out = io.BytesIO()
        segno.make(text, error="m").save(out, kind="png", scale=5)
        sheet.paste(PIL.Image.open(out).convert("L"), (40, 40 + row * width))
    out = io.BytesIO()
    sheet.save(out, "png")
    return out.getvalue()


def test_the_code_on_the_printed_page_is_read_and_checked_offline(certificate: Certificate, ring: KeyRing) -> None:
    pdf = render_pdf(certificate, "zh", public_url="https://lanjiang.example", ring=ring, now=ISSUED, status=PLACE)
    out = io.BytesIO()
    pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().save(out, "jpeg")
    assert is_picture(out.getvalue())
    code = code_in_picture(out.getvalue())
    assert len(read_code(code)) < 420
    lists = StatusLists.read(
        [issue_status_list(StatusList.of({}), PLACE.uri, ring, ISSUED + timedelta(days=2, hours=12))], ring.public
    )
    outcome = verify_any(code.encode(), Asked(ring.public, NOW, lists=lists))
    assert outcome.valid and all(check.holds for check in outcome.checks), outcome.checks
    assert outcome.claims is not None and outcome.claims["certificate"] == certificate.record.id
    assert outcome.claims["holder"] == {"name": "王小明", "number": "990***********123X"}


def test_a_revoked_one_is_told_from_the_list(cwt: bytes, ring: KeyRing) -> None:
    revoked = StatusList.of({index_in_list(12): 1})
    lists = StatusLists.read([issue_status_list(revoked, PLACE.uri, ring, NOW)], ring.public)
    assert verify_cwt(cwt, ring.public, NOW, lists=lists).fault is Fault.REVOKED
    assert verify_cwt(cwt, ring.public, NOW).valid


def test_a_picture_with_two_codes_or_none_is_not_guessed_at(cwt: bytes, ring: KeyRing) -> None:
    other = code_text(to_cwt(record(demo=False), ring))
    link = "https://lanjiang.example/verify"
    assert code_in_picture(picture(link, code_text(cwt))) == code_text(cwt)
    for files, reason in (
        ((code_text(cwt), other), Fault.TWO_CODES),
        ((link,), Fault.NO_CODE),
    ):
        with pytest.raises(Stop) as stop:
            code_in_picture(picture(*files))
        assert stop.value.fault is reason
    with pytest.raises(Stop) as stop:
        code_in_picture(b"\x89PNG\r\n\x1a\nnot a picture")
    assert stop.value.fault is Fault.NO_CODE


@given(st.binary(max_size=40))
def test_base45_has_one_text_for_one_reading(data: bytes) -> None:
    assert unbase45(base45(data)) == data


@pytest.mark.parametrize(
    ("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")]
)
def test_base45_is_that_of_rfc_9285(data: bytes, text: str) -> None:
    assert base45(data) == text


@pytest.mark.parametrize("text", ["GGW", ":::", "A", "a0", "BB8B", "::"])
def test_base45_that_stands_for_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unbase45(text)


def test_what_is_longer_than_any_code_is_not_read() -> None:
    with pytest.raises(Stop) as stop:
        read_code("TB1:" + "0" * 4299)
    assert stop.value.fault is Fault.TOO_LARGE


def claims(**changes: Any) -> dict[int, Any]:
    at = int(ISSUED.timestamp())
    face = ["residence-permit", "居住证", "王小明", "*", "公安局", "1" * 18, "id", b"d" * 16, True]
    return {IAT: at, NBF: at - 3600, EXP: at + 9_000_000, FACE: face} | {int(k[1:]): v for k, v in changes.items()}


def signed(ring: KeyRing, payload: dict[int, Any], use: Use = Use.CERTIFICATE, kind: str = KIND) -> bytes:
    return sign1(ring, ring.signer(use, ISSUED), kind, payload)


def raw(ring: KeyRing, protected: dict[int, Any], payload: bytes, unprotected: dict[int, Any] | None = None) -> bytes:
    """Truly signed over any bytes."""
    key = ring.signer(Use.CERTIFICATE, ISSUED)
    head = cbor2.dumps(protected)
    signature = ring.sign(key.id, to_be_signed(head, payload))
    return cbor2.dumps(cbor2.CBORTag(18, [head, unprotected or {}, payload, signature]))


def header(ring: KeyRing, **changes: Any) -> dict[int, Any]:
    kid = ring.signer(Use.CERTIFICATE, ISSUED).id.encode()
    return {1: -19, 4: kid, 16: KIND} | {int(k[1:]): v for k, v in changes.items()}


BODY = cbor2.dumps(claims())
Attack = Callable[[KeyRing, KeyRing, bytes], bytes | str]
ATTACKS: dict[str, tuple[Attack, Fault]] = {
    "signed by a stranger": (lambda ring, other, cwt: signed(other, claims()), Fault.UNKNOWN_KEY),
    "signed with a key for receipts": (lambda ring, other, cwt: signed(ring, claims(), Use.RECEIPT), Fault.UNKNOWN_KEY),
    "another kind of signed thing": (
        lambda ring, other, cwt: signed(ring, claims(), kind="statuslist+cwt"),
        Fault.WRONG_KIND,
    ),
    "one bit altered": (lambda ring, other, cwt: cwt[:-1] + bytes([cwt[-1] ^ 1]), Fault.BAD_SIGNATURE),
    "a name altered": (
        lambda ring, other, cwt: cwt.replace("王小明".encode(), "李大明".encode()),
        Fault.BAD_SIGNATURE,
    ),
    "cut off": (lambda ring, other, cwt: cwt[:-9], Fault.NOT_A_CERTIFICATE),
    "cut off as text": (lambda ring, other, cwt: code_text(cwt)[:-1], Fault.BAD_ENVELOPE),
    "something behind it": (lambda ring, other, cwt: cwt + b"\x00", Fault.NOT_CANONICAL),
    "a MAC instead of a signature": (
        lambda ring, other, cwt: raw(ring, header(ring, _1=5), BODY),
        Fault.WRONG_ALGORITHM,
    ),
    "another algorithm than the key's": (
        lambda ring, other, cwt: raw(ring, header(ring, _1=-7), BODY),
        Fault.WRONG_ALGORITHM,
    ),
    "the algorithm where nobody signed it": (
        lambda ring, other, cwt: raw(ring, {4: header(ring)[4], 16: KIND}, BODY, {1: -19}),
        Fault.FOREIGN_HEADER,
    ),
    "a demand for other processing": (
        lambda ring, other, cwt: raw(ring, header(ring, _2=[99]), BODY),
        Fault.CRITICAL_HEADER,
    ),
    "a certificate chain of its own": (
        lambda ring, other, cwt: raw(ring, header(ring, _33=b"x"), BODY),
        Fault.FOREIGN_HEADER,
    ),
    "two key ids": (lambda ring, other, cwt: raw(ring, header(ring), BODY, {4: b"other"}), Fault.DUPLICATE_KEY),
    "a claim twice": (
        lambda ring, other, cwt: raw(ring, header(ring), b"\xa2\x04\x01\x04\x02"),
        Fault.NOT_CANONICAL,
    ),
    "a number in a longer spelling": (
        lambda ring, other, cwt: raw(ring, header(ring), b"\xa1\x18\x04\x01"),
        Fault.NOT_CANONICAL,
    ),
    "a length left open": (lambda ring, other, cwt: raw(ring, header(ring), b"\xbf\x04\x01\xff"), Fault.NOT_CANONICAL),
    "no face": (
        lambda ring, other, cwt: signed(ring, {IAT: 1, NBF: 1, EXP: 2}),
        Fault.BAD_RECORD,
    ),
    "a claim nobody is shown": (lambda ring, other, cwt: signed(ring, claims(_3="x")), Fault.BAD_RECORD),
    "a time that is no number": (lambda ring, other, cwt: signed(ring, claims(_4="never")), Fault.BAD_RECORD),
    "expired": (lambda ring, other, cwt: signed(ring, claims(_4=int(NOW.timestamp()))), Fault.EXPIRED),
    "not valid yet": (lambda ring, other, cwt: signed(ring, claims(_5=int(NOW.timestamp()) + 1)), Fault.NOT_YET_VALID),
    "issued in the future": (lambda ring, other, cwt: signed(ring, claims(_6=2**33)), Fault.ISSUED_IN_FUTURE),
    "issued before its key": (lambda ring, other, cwt: signed(ring, claims(_6=1)), Fault.KEY_NOT_IN_USE),
    "of another type": (
        lambda ring, other, cwt: signed(ring, {**claims(), FACE: ["food-licence", *claims()[FACE][1:]]}),
        Fault.WRONG_TYPE,
    ),
    "some other code": (lambda ring, other, cwt: "https://lanjiang.example", Fault.NOT_A_CERTIFICATE),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_forged_code_is_refused_for_its_own_reason(name: str, cwt: bytes, ring: KeyRing, other_ring: KeyRing) -> None:
    attack, reason = ATTACKS[name]
    outcome = verify_cwt(attack(ring, other_ring, cwt), ring.public, NOW, type_="residence-permit")
    assert not outcome.valid
    assert outcome.fault is reason, outcome.verdict
