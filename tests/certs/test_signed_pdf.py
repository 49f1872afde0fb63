"""The PDF: any reader of PDF confirms its signature (pyHanko here), and what has led readers astray is refused."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from demo_certificate import ISSUED, record, sealed_page
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tongban.base.keys import KeyRing, Use
from tongban.certs import Certificate, Fault, render_pdf, sign, verify
from tongban.certs.pades import sign_pdf
from tongban.certs.padeskey import certificate_of

NOW = ISSUED + timedelta(days=3)
URL = "https://lanjiang.example"


@pytest.fixture(scope="module")
def pdf(ring: KeyRing, certificate: Certificate) -> bytes:
    return render_pdf(certificate, "zh", public_url=URL, ring=ring, now=ISSUED)


def test_another_implementation_finds_the_signature_whole_valid_and_over_the_whole_file(
    pdf: bytes, ring: KeyRing
) -> None:
    trusted = certificate_of(ring, ring.signer(Use.CERTIFICATE, ISSUED))
    context = ValidationContext(trust_roots=[trusted], moment=NOW, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    found = validate_pdf_signature(signature, context)
    assert found.intact and found.valid and found.trusted
    assert found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert found.modification_level == ModificationLevel.NONE
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_same_file_verifies_here_without_a_parser_of_pdf(pdf: bytes, ring: KeyRing) -> None:
    assert verify(pdf, ring.public, NOW).valid


def test_a_file_sealed_the_way_of_before_still_verifies(pdf: bytes, ring: KeyRing, certificate: Certificate) -> None:
    assert verify(sealed_page(pdf, certificate, ring), ring.public, NOW).valid


def hole(pdf: bytes) -> tuple[int, int]:
    found = re.search(rb"/ByteRange ?\[ ?0 (\d+) (\d+) ", pdf)
    assert found
    return int(found[1]), int(found[2])


def with_signature_of(pdf: bytes, other: bytes) -> bytes:
    (start, end), (ours, theirs) = hole(pdf), hole(other)
    return pdf[:start] + other[ours:theirs].ljust(end - start, b"0") + pdf[end:]


def by_another(ring: KeyRing, other: KeyRing, pdf: bytes) -> bytes:
    """A stranger signs the page, with the genuine certificate inside."""
    bare = pdf[: pdf.index(b"%%EOF") + 6]
    return sign_pdf(bare, sign(record(), ring), other, ISSUED)


def range_shortened(pdf: bytes) -> bytes:
    found = re.search(rb"/ByteRange ?\[ ?0 \d+ \d+ (\d+)", pdf)
    assert found
    shorter = str(int(found[1]) - 10).encode().rjust(len(found[1]), b"0")
    return pdf[: found.start(1)] + shorter + pdf[found.end(1) :]


def signature_emptied(pdf: bytes) -> bytes:
    start, end = hole(pdf)
    return pdf[: start + 1] + b"0" * (end - start - 2) + pdf[end - 1 :]


Attack = Callable[[KeyRing, KeyRing, bytes], bytes]
ATTACKS: dict[str, tuple[Attack, Fault]] = {
    "one byte of the page altered": (
        lambda ring, other, pdf: pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:],
        Fault.PAGE_ALTERED,
    ),
    "something added at the end": (
        lambda ring, other, pdf: pdf + b"\n9 0 obj<<>>endobj\nstartxref\n1\n%%EOF\n",
        Fault.NOT_WHOLE,
    ),
    "a shorter range, the rest free to change": (lambda ring, other, pdf: range_shortened(pdf), Fault.NOT_WHOLE),
    "a second signature over less": (
        lambda ring, other, pdf: pdf + b"\n/ByteRange [0 10 20 30]\n%%EOF\n",
        Fault.PAGE_ALTERED,
    ),
    "signed by a stranger": (by_another, Fault.UNKNOWN_KEY),
    "the signature of another page": (
        lambda ring, other, pdf: with_signature_of(
            pdf, render_pdf(sign(record(demo=False), ring), "en", public_url=URL, ring=ring, now=ISSUED)
        ),
        Fault.PAGE_ALTERED,
    ),
    "an empty signature": (lambda ring, other, pdf: signature_emptied(pdf), Fault.BAD_ENVELOPE),
    "cut off": (lambda ring, other, pdf: pdf[:-300], Fault.NOT_WHOLE),
    "the certificate taken out": (
        lambda ring, other, pdf: pdf.replace(b"%tongban-certificate", b"%tongban-xxxxxxxxxxx"),
        Fault.NOT_A_CERTIFICATE,
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_forged_page_is_refused_for_its_own_reason(name: str, pdf: bytes, ring: KeyRing, other_ring: KeyRing) -> None:
    attack, reason = ATTACKS[name]
    outcome = verify(attack(ring, other_ring, pdf), ring.public, NOW)
    assert not outcome.valid
    assert outcome.fault is reason, outcome.verdict
