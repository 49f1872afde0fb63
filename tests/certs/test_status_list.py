"""Token Status List as the draft writes it, its vectors and its own signed examples; and what a forged one comes to."""

import json
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from demo_certificate import ISSUED
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors import VECTORS, needs

from tongban.base.jws import Jws
from tongban.base.keys import KeyRing, Use, base64url, unbase64
from tongban.certs.cose import Sign1
from tongban.certs.faults import Fault, Point
from tongban.certs.sdjwt import holder_key
from tongban.certs.statuslist import (
    SIZE,
    StatusList,
    StatusLists,
    StatusPlace,
    index_in_list,
    issue_status_list,
    number_at,
    place_of,
    read_status_list,
)
from tongban.certs.strict import Stop

URI = "https://lanjiang.example/status/0"
# The key of the draft's examples, published in its repository.
EXAMPLE_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
    "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
}


def vector(name: str) -> str:
    """An example without its line breaks."""
    return re.sub(r"\s", "", (VECTORS / "status-list" / f"{name}.md").read_text().split("encoded:")[-1])


def from_json(name: str) -> StatusList:
    parts = json.loads(vector(name))
    return StatusList.opened(parts["bits"], unbase64(parts["lst"]))


def from_cbor(name: str) -> StatusList:
    parts: Any = cbor2.loads(bytes.fromhex(vector(name)))
    return StatusList.opened(parts["bits"], parts["lst"])


LONG = {1: "encoding1_long", 2: "encoding2_long", 4: "encoding4", 8: "encoding8"}
ONES = (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345)
SIXTEEN = (1993, 35460, 459495, 595669, 754353, 845645, 923232, 924445, 934534, 1004534, 1000345, 1030203, 1030204)
SET: dict[int, dict[int, int]] = {
    1: dict.fromkeys(ONES, 1),
    2: dict.fromkeys(ONES, 1) | {1993: 2, 645645: 2, 934534: 2, 159495: 3, 1000345: 3},
    4: {0: 1, 1030205: 15} | {place: status for status, place in enumerate(SIXTEEN, 2)},
    8: {52451: 1, 576778: 2, 969429: 63, 644903: 127, 502167: 128, 106091: 200, 152133: 254, 19535: 255},
}
"""What the draft says is set, by the width of the list; at eight bits a few of the 255, which are each status once."""


@needs("status-list")
@pytest.mark.parametrize("form", ["json", "cbor"])
@pytest.mark.parametrize("bits", LONG)
def test_the_test_vectors_of_a_million_places_say_what_the_draft_says(bits: int, form: str) -> None:
    name = f"status_list_{LONG[bits]}_{form}"
    read = from_json(name) if form == "json" else from_cbor(name)
    assert len(read) == SIZE and read.bits == bits
    assert {place: read[place] for place in SET[bits]} == SET[bits]
    if bits == 8:
        written = {place: status for place, status in enumerate(read.data) if status}
        assert sorted(written.values()) == list(range(1, 256))
    else:
        written = SET[bits]
    assert StatusList.of(written, bits=bits) == read


@needs("status-list")
@pytest.mark.parametrize(
    ("name", "data"), [("status_list_encoding", b"\xb9\xa3"), ("status_list_encoding2", b"\xc9\x44\xf9")]
)
def test_the_small_examples_come_out_byte_for_byte(name: str, data: bytes) -> None:
    for read in (from_json(f"{name}_json"), from_cbor(f"{name}_cbor")):
        assert read.data == data
        assert base64url(read.compressed()) == json.loads(vector(f"{name}_json"))["lst"]
    one, two = StatusList(1, b"\xb9\xa3"), StatusList(2, b"\xc9\x44\xf9")
    assert "".join(str(one[place]) for place in range(16)) == "1001110111000101"
    assert "".join(str(two[place]) for place in range(12)) == "120301011233"


@needs("status-list")
def test_the_drafts_own_signed_lists_verify_under_its_key() -> None:
    key = holder_key(EXAMPLE_KEY)
    payload = json.loads(Jws(vector("status_list_jwt_raw")).prove(key))
    assert payload["sub"] == "https://example.com/statuslists/1"
    listed = Sign1(bytes.fromhex(vector("status_list_cwt")))
    assert key.verify(listed.signature, listed.message) and listed.named == key.algorithm
    assert listed.kind == "application/statuslist+cwt" and listed.claims[2] == payload["sub"]
    token = Sign1(bytes.fromhex(vector("referenced_token_cwt")))
    assert key.verify(token.signature, token.message)
    assert token.claims[65535] == {"status_list": {"idx": 0, "uri": payload["sub"]}}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.integers(0, 1023), st.integers(0, 3), max_size=40), st.sampled_from([2, 4, 8]))
def test_what_is_set_is_read_and_all_else_is_valid(statuses: dict[int, int], bits: int) -> None:
    made = StatusList.of(statuses, size=1024, bits=bits)
    read = StatusList.opened(bits, made.compressed())
    assert [read[place] for place in range(1024)] == [statuses.get(place, 0) for place in range(1024)]


def test_every_certificate_has_a_place_of_its_own() -> None:
    assert len({index_in_list(number) for number in range(SIZE)}) == SIZE
    assert place_of(SIZE + 1, "https://lanjiang.example/").uri == "https://lanjiang.example/status/1"
    assert abs(place_of(1, URI).idx - place_of(2, URI).idx) > 1000


def test_the_status_of_one_in_a_million_is_checked_offline_from_under_20_kilobytes(ring: KeyRing) -> None:
    """A thousand withdrawn, and a hundred suspended, of a million: spread as they come."""
    statuses = {index_in_list(number * 997): 1 for number in range(1000)}
    statuses |= {index_in_list(number * 9973 + 1): 2 for number in range(100)}
    token = issue_status_list(StatusList.of(statuses), URI, ring, ISSUED)
    assert len(token) < 20_000
    lists = StatusLists.read([token], ring.public)
    now = ISSUED + timedelta(hours=2)
    assert lists.check(StatusPlace(idx=index_in_list(997), uri=URI), now).fault is Fault.REVOKED
    assert lists.check(StatusPlace(idx=index_in_list(9974), uri=URI), now).fault is Fault.SUSPENDED
    fine = lists.check(StatusPlace(idx=index_in_list(5), uri=URI), now)
    assert fine.holds and "2026-11-23" in fine.text.zh


def test_of_a_list_that_is_not_at_hand_nothing_is_claimed(ring: KeyRing) -> None:
    lists = StatusLists.read([issue_status_list(StatusList.of({}), URI, ring, ISSUED)], ring.public)
    elsewhere = StatusPlace(idx=1, uri="https://lanjiang.example/status/1")
    assert lists.check(elsewhere, ISSUED).holds is None
    assert lists.check(None, ISSUED).holds is None
    assert StatusLists().check(StatusPlace(idx=1, uri=URI), ISSUED).holds is None


def test_a_place_leads_back_to_the_one_certificate_that_has_it() -> None:
    for number in (0, 1, 7, SIZE - 1, SIZE, 5 * SIZE + 17):
        assert number_at(place_of(number, "https://lanjiang.example/")) == number
    for idx, uri in ((SIZE, URI), (-1, URI), (0, "https://lanjiang.example/"), (0, f"{URI}0000000000"), (0, f"{URI}x")):
        assert number_at(StatusPlace(idx=idx, uri=uri)) is None


def test_of_two_lists_of_one_address_the_newer_counts(ring: KeyRing) -> None:
    old = issue_status_list(StatusList.of({7: 0}), URI, ring, ISSUED)
    new = issue_status_list(StatusList.of({7: 1}), URI, ring, ISSUED + timedelta(hours=1))
    now = ISSUED + timedelta(hours=2)
    for files in ([old, new], [new, old]):
        assert StatusLists.read(files, ring.public).check(StatusPlace(idx=7, uri=URI), now).fault is Fault.REVOKED


def test_a_list_taken_back_is_valid_again_after_a_suspension_ends(ring: KeyRing) -> None:
    place, now = StatusPlace(idx=7, uri=URI), ISSUED + timedelta(hours=2)
    suspended = issue_status_list(StatusList.of({7: 2}), URI, ring, ISSUED)
    lifted = issue_status_list(StatusList.of({}), URI, ring, ISSUED + timedelta(hours=1))
    assert StatusLists.read([suspended], ring.public).check(place, now).fault is Fault.SUSPENDED
    assert StatusLists.read([suspended, lifted], ring.public).check(place, now).holds


def claims(**changes: Any) -> dict[str, Any]:
    at = int(ISSUED.timestamp())
    packed = base64url(StatusList.of({}, size=64).compressed())
    return {"sub": URI, "iat": at, "exp": at + 86400, "ttl": 3600, "status_list": {"bits": 2, "lst": packed}} | changes


def signed(ring: KeyRing, payload: dict[str, Any] | bytes, use: Use = Use.CERTIFICATE, **header: Any) -> str:
    key = ring.signer(use, ISSUED)
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    head = {"alg": "Ed25519", "kid": key.id, "typ": "statuslist+jwt"} | header
    text = f"{base64url(json.dumps(head).encode())}.{base64url(raw)}"
    return f"{text}.{base64url(ring.sign(key.id, text.encode()))}"


def packed(data: bytes, bits: Any = 2) -> dict[str, Any]:
    return claims(status_list={"bits": bits, "lst": base64url(data)})


HONEST = StatusList.of({}, size=64).compressed()
Forgery = Callable[[KeyRing, KeyRing], str]
FORGERIES: dict[str, tuple[Forgery, Fault]] = {
    "signed by a stranger": (lambda ring, other: signed(other, claims()), Fault.UNKNOWN_KEY),
    "signed with a key for logs": (lambda ring, other: signed(ring, claims(), Use.LOG), Fault.UNKNOWN_KEY),
    "a certificate passed off as a list": (
        lambda ring, other: signed(ring, claims(), typ="dc+sd-jwt"),
        Fault.WRONG_KIND,
    ),
    "without a signature": (lambda ring, other: signed(ring, claims(), alg="none"), Fault.UNSIGNED),
    "another algorithm": (lambda ring, other: signed(ring, claims(), alg="HS256"), Fault.WRONG_ALGORITHM),
    "cut off": (lambda ring, other: signed(ring, claims())[:-6], Fault.BAD_SIGNATURE),
    "a member twice": (
        lambda ring, other: signed(ring, b'{"sub":"x",' + json.dumps(claims()).encode()[1:]),
        Fault.DUPLICATE_KEY,
    ),
    "a width of three bits": (lambda ring, other: signed(ring, packed(HONEST, 3)), Fault.LIST_DAMAGED),
    "cut off inside the compressed list": (
        lambda ring, other: signed(ring, packed(HONEST[:-4])),
        Fault.LIST_DAMAGED,
    ),
    "something behind the compressed list": (
        lambda ring, other: signed(ring, packed(HONEST + b"more")),
        Fault.LIST_DAMAGED,
    ),
    "a list that swells to fill the memory": (
        lambda ring, other: signed(ring, packed(zlib.compress(bytes(1 << 24)))),
        Fault.LIST_DAMAGED,
    ),
    "no list inside": (lambda ring, other: signed(ring, {"sub": URI, "iat": 1}), Fault.LIST_DAMAGED),
    "dated before its key was in use": (lambda ring, other: signed(ring, claims(iat=1)), Fault.KEY_NOT_IN_USE),
    "text that is no list": (lambda ring, other: "你好", Fault.BAD_ENVELOPE),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_status_list_is_refused_for_its_own_reason(name: str, ring: KeyRing, other_ring: KeyRing) -> None:
    forge, reason = FORGERIES[name]
    with pytest.raises(Stop) as stop:
        read_status_list(forge(ring, other_ring), ring.public)
    assert stop.value.fault is reason and stop.value.point is Point.REVOCATION


@pytest.mark.parametrize(
    ("place", "later", "reason"),
    [
        (StatusPlace(idx=1, uri=URI), timedelta(days=1), Fault.LIST_EXPIRED),
        (StatusPlace(idx=1, uri=URI), -timedelta(hours=1), Fault.LIST_IN_FUTURE),
        (StatusPlace(idx=64, uri=URI), timedelta(), Fault.NOT_IN_LIST),
        (StatusPlace(idx=-1, uri=URI), timedelta(), Fault.NOT_IN_LIST),
        (StatusPlace(idx=2, uri=URI), timedelta(), Fault.UNKNOWN_STATUS),
    ],
)
def test_an_honest_list_says_nothing_out_of_its_time_or_its_bounds(
    place: StatusPlace, later: timedelta, reason: Fault, ring: KeyRing
) -> None:
    held = packed(StatusList.of({2: 3}, size=64).compressed())
    lists = StatusLists.read([signed(ring, held)], ring.public)
    found = lists.check(place, ISSUED + later)
    assert found.holds is False and found.fault is reason


def test_a_list_of_another_address_is_never_used(ring: KeyRing) -> None:
    """Swapping the list for one in which the certificate is valid gives no answer, not a good one."""
    swapped = signed(ring, claims(sub="https://lanjiang.example/status/9"))
    lists = StatusLists.read([swapped], ring.public)
    assert lists.check(StatusPlace(idx=7, uri=URI), ISSUED).holds is None


def test_the_time_of_a_list_is_the_issuers() -> None:
    assert datetime.fromtimestamp(int(ISSUED.timestamp()), UTC) == ISSUED
