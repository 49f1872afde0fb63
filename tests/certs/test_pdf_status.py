"""A PDF carries the place of its certificate in the status lists: a list kept at hand says whether it was revoked."""

from datetime import timedelta

import pytest
from demo_certificate import ISSUED, record

from tongban.base.keys import KeyRing
from tongban.certs import Status, export_json, render_pdf, sign
from tongban.certs.anyform import Asked, verify_any
from tongban.certs.compactcwt import code_text, to_cwt
from tongban.certs.faults import Fault
from tongban.certs.sign import CODE_LINE
from tongban.certs.statuslist import StatusList, StatusLists, index_in_list, issue_status_list, place_of

SITE = "https://lanjiang.example"
NOW = ISSUED + timedelta(days=1)


def pdf(ring: KeyRing, number: int = 7) -> bytes:
    return render_pdf(sign(record(), ring), "zh", public_url=SITE, ring=ring, now=ISSUED, status=place_of(number, SITE))


def lists(ring: KeyRing, status: Status, number: int = 7) -> StatusLists:
    said = StatusList.of({index_in_list(number): int(status)})
    return StatusLists.read([issue_status_list(said, place_of(number, SITE).uri, ring, NOW)], ring.public)


@pytest.mark.parametrize(
    ("status", "fault"),
    [(Status.VALID, None), (Status.INVALID, Fault.REVOKED), (Status.SUSPENDED, Fault.SUSPENDED)],
)
def test_a_pdf_is_checked_against_the_list_that_is_at_hand(ring: KeyRing, status: Status, fault: Fault | None) -> None:
    found = verify_any(pdf(ring), Asked(ring.public, NOW, lists=lists(ring, status)))
    assert found.genuine and found.valid is (fault is None) and found.fault is fault


def test_without_a_list_it_is_not_known_whether_a_pdf_was_revoked(ring: KeyRing) -> None:
    found = verify_any(pdf(ring), Asked(ring.public, NOW))
    assert found.valid and "联网" in found.verdict.zh


def test_a_file_from_which_the_place_was_taken_out_does_not_pass_beside_a_list(ring: KeyRing) -> None:
    one, at_hand = sign(record(), ring), lists(ring, Status.INVALID)
    code = code_text(to_cwt(one.record, ring, status=place_of(7, SITE)))
    assert verify_any(export_json(one, code), Asked(ring.public, NOW, lists=at_hand)).fault is Fault.REVOKED
    for data in (export_json(one), one.jws.encode(), export_json(one, "TB1:A")):
        found = verify_any(data, Asked(ring.public, NOW, lists=at_hand))
        assert (found.genuine, found.valid, found.fault) == (True, False, Fault.NO_STATUS_PLACE)
        assert "不能确定" in found.verdict.zh


def test_the_place_of_another_certificate_put_into_a_pdf_is_an_altered_pdf(ring: KeyRing) -> None:
    mine, other = pdf(ring), pdf(ring, number=8)
    code = other.partition(b"\n" + CODE_LINE)[2].partition(b"\n")[0]
    before, line, after = mine.partition(b"\n" + CODE_LINE)
    forged = before + line + code + b"\n" + after.partition(b"\n")[2]
    found = verify_any(forged, Asked(ring.public, NOW, lists=lists(ring, Status.VALID, 8)))
    assert not found.genuine and found.fault is Fault.PAGE_ALTERED
