"""X.509 certificates of our keys, as strict readers want them (RFC 5280)."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography import x509 as pyca
from demo_certificate import ISSUED

from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.certs.x509 import der, issued, self_signed

Of = Callable[[PublicKey], bytes]


@pytest.fixture
def root(ring: KeyRing) -> PublicKey:
    return ring.signer(Use.REGISTRY, ISSUED)


def chain(ring: KeyRing, root: PublicKey, host: str = "lanjiang.example") -> tuple[pyca.Certificate, pyca.Certificate]:
    """The root, and a counter's."""
    leaf = issued(ring, ring.signer(Use.PRESENTATION, ISSUED), root, host)
    made = der(self_signed(ring, root, issues=True)), der(leaf)
    return pyca.load_der_x509_certificate(made[0]), pyca.load_der_x509_certificate(made[1])


@pytest.mark.parametrize(
    ("year", "written"),
    [(2026, b"\x17\x0d261231000000Z"), (2049, b"\x17\x0d491231000000Z"), (2050, b"\x18\x0f20501231000000Z")],
)
def test_dates_are_written_with_two_digits_of_the_year_through_2049(
    ring: KeyRing, root: PublicKey, year: int, written: bytes
) -> None:
    """RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; either wrong is refused by strict readers."""
    end = datetime(year, 12, 31, tzinfo=UTC)
    made = der(self_signed(ring, msgspec.structs.replace(root, not_after=end), issues=True))
    assert made.count(written) == 1
    assert pyca.load_der_x509_certificate(made).not_valid_after_utc == end


def test_a_chain_is_put_together_by_the_identifiers_of_its_keys(ring: KeyRing, root: PublicKey) -> None:
    """RFC 5280 §4.2.1.1, §4.2.1.2: in every certificate that is issued, and marked as critical in none."""
    first, leaf = chain(ring, root)
    own: dict[str, bytes] = {}
    for name, one in {"root": first, "leaf": leaf}.items():
        subject = one.extensions.get_extension_for_class(pyca.SubjectKeyIdentifier)
        issuer = one.extensions.get_extension_for_class(pyca.AuthorityKeyIdentifier)
        assert not subject.critical and not issuer.critical
        own[name] = subject.value.digest
        assert issuer.value.key_identifier == own["root"]
        assert len(own[name]) == 20
    assert own["leaf"] != own["root"]
    leaf.verify_directly_issued_by(first)


def test_no_two_certificates_of_an_issuer_share_a_number_and_the_same_one_is_always_the_same(
    ring: KeyRing, root: PublicKey
) -> None:
    """RFC 5280 §4.1.2.2: readers refuse a second certificate under a number that they have seen."""
    one, here = chain(ring, root)
    _, there = chain(ring, root, "moved.example")
    assert len({cert.serial_number for cert in (one, here, there)}) == 3
    assert all(0 < cert.serial_number < 1 << 159 for cert in (one, here, there))
    assert chain(ring, root)[1] == here
