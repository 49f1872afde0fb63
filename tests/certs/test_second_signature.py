"""SD-JWT VC and status lists signed by SM2 too, as a claim of the token: both must hold, and any reader can read it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_certificate import ISSUED, record
from joserfc.jwk import ECKey

from tongban.base.clock import system_clock
from tongban.base.crypto import Suite, libcrypto
from tongban.base.jws import compact
from tongban.base.keys import Document, KeyRing, Use, base64url, unbase64
from tongban.certs import Fault, Point
from tongban.certs.checks import Check
from tongban.certs.credential import CREDENTIAL_KIND, credential_claims, issue_credential, verify_credential
from tongban.certs.model import canonical
from tongban.certs.sdjwt import Hidden, SdJwt, conceal, parse, reveal, select
from tongban.certs.second import MEMBER
from tongban.certs.sign import copy_time
from tongban.certs.statuslist import KIND, StatusList, StatusLists, StatusPlace, issue_status_list, read_status_list
from tongban.certs.strict import Stop
from tongban.cli import main

pytestmark = pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
BOTH = (Suite.INTL, Suite.GM)
NOW = ISSUED + timedelta(hours=2)
ISSUER, LIST = "https://lanjiang.example", "https://lanjiang.example/status/0"


def ring_in(folder: Path) -> KeyRing:
    for document in (Document.CREDENTIAL, Document.STATUS):
        KeyRing.require(folder, document, BOTH)
    return KeyRing.open(folder, ISSUED)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return ring_in(tmp_path_factory.mktemp("second"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return ring_in(tmp_path_factory.mktemp("stranger"))


def credential(ring: KeyRing) -> str:
    return issue_credential(credential_claims(record(), issuer=ISSUER), ring, ISSUED)


def payload_of(token: str) -> dict[str, Any]:
    return json.loads(unbase64(token.split(".")[1]))


def point(checks: tuple[Check, ...]) -> list[bool | None]:
    return [check.holds for check in checks if check.point is Point.GM]


def test_both_signatures_of_a_credential_hold_and_the_second_is_no_claim_of_it(two: KeyRing) -> None:
    found = verify_credential(credential(two), two.public, NOW, suites=BOTH)
    assert found.valid and point(found.checks) == [True]
    assert found.claims is not None and MEMBER not in found.claims


def test_a_presentation_bears_it_however_few_fields_are_shown(two: KeyRing) -> None:
    held = parse(credential(two))
    shown = SdJwt(jwts=held.jwts, disclosures=select(payload_of(held.jwts[0]), held.disclosures, {"certificate": True}))
    assert verify_credential(shown.compact(), two.public, NOW, suites=BOTH).valid


def test_a_reader_that_knows_nothing_of_it_reads_the_same_certificate(two: KeyRing, ring: KeyRing) -> None:
    claims = reveal(payload_of(credential(two)), parse(credential(two)).disclosures[:0])
    del claims[MEMBER]
    bare = reveal(payload_of(credential(ring)), ())
    assert claims.keys() == bare.keys()
    intl = {key.id: key for key in two.public.values() if key.suite is Suite.INTL}
    found = verify_credential(credential(two), intl, NOW)
    assert found.valid and point(found.checks) == [None], "who has no SM2 keys is told that it was not checked"
    assert verify_credential(credential(two), intl, NOW, suites=BOTH).fault is Fault.UNKNOWN_KEY


Change = Callable[[dict[str, Any], KeyRing, KeyRing], dict[str, Any] | None]


def mark_of(
    claims: dict[str, Any], ring: KeyRing, kind: str, use: Use = Use.CERTIFICATE, suite: Suite = Suite.GM
) -> dict[str, str]:
    key = ring.signer(use, ISSUED, suite)
    bare = {name: value for name, value in claims.items() if name != MEMBER}
    return {"key": key.id, "signature": base64url(ring.sign(key.id, canonical({"kind": kind, "said": bare})))}


def flipped(claims: dict[str, Any]) -> dict[str, str]:
    raw = bytearray(unbase64(claims[MEMBER]["signature"]))
    raw[40] ^= 1
    return {**claims[MEMBER], "signature": base64url(bytes(raw))}


FORGED: dict[str, tuple[Change, Fault]] = {
    "left out": (lambda said, ring, other: None, Fault.SUITE_MISSING),
    "altered": (lambda said, ring, other: flipped(said), Fault.BAD_GM_SIGNATURE),
    "of another certificate": (
        lambda said, ring, other: mark_of({**said, "vct": "urn:tongban:certificate:x"}, ring, CREDENTIAL_KIND),
        Fault.BAD_GM_SIGNATURE,
    ),
    "of another kind of token": (lambda said, ring, other: mark_of(said, ring, KIND), Fault.BAD_GM_SIGNATURE),
    "somebody else's": (lambda said, ring, other: mark_of(said, other, CREDENTIAL_KIND), Fault.UNKNOWN_KEY),
    "somebody else's under the name of our key": (
        lambda said, ring, other: {**mark_of(said, other, CREDENTIAL_KIND), "key": said[MEMBER]["key"]},
        Fault.BAD_GM_SIGNATURE,
    ),
    "by the key of the first": (
        lambda said, ring, other: mark_of(said, ring, CREDENTIAL_KIND, suite=Suite.INTL),
        Fault.WRONG_ALGORITHM,
    ),
    "cut": (
        lambda said, ring, other: {**said[MEMBER], "signature": said[MEMBER]["signature"][:40]},
        Fault.BAD_GM_SIGNATURE,
    ),
    "in other letters": (
        lambda said, ring, other: {**said[MEMBER], "signature": said[MEMBER]["signature"] + "="},
        Fault.BAD_ENVELOPE,
    ),
    "of another shape": (lambda said, ring, other: {**said[MEMBER], "alg": "SM2"}, Fault.BAD_ENVELOPE),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_second_signature_spoils_a_credential_for_its_own_reason(
    name: str, two: KeyRing, other: KeyRing
) -> None:
    """Also for whoever could forge the first: the token is signed anew by our own first key."""
    change, fault = FORGED[name]
    held = parse(credential(two))
    said = payload_of(held.jwts[0])
    mark = change(said, two, other)
    forged = {name: value for name, value in said.items() if name != MEMBER} | ({MEMBER: mark} if mark else {})
    jwt = compact(two, two.signer(Use.CERTIFICATE, ISSUED), CREDENTIAL_KIND, canonical(forged))
    found = verify_credential(SdJwt(jwts=(jwt,), disclosures=held.disclosures).compact(), two.public, NOW, suites=BOTH)
    assert (found.valid, found.fault) == (False, fault)


def test_a_disclosure_brings_no_second_signature(two: KeyRing) -> None:
    payload, disclosures = conceal({**credential_claims(record(), issuer=ISSUER), MEMBER: Hidden({"key": "k"})})
    jwt = compact(two, two.signer(Use.CERTIFICATE, ISSUED), CREDENTIAL_KIND, canonical(payload))
    found = verify_credential(SdJwt(jwts=(jwt,), disclosures=disclosures).compact(), two.public, NOW)
    assert found.fault is Fault.HIDDEN_CONTROL


def listed(ring: KeyRing, status: int = 0) -> str:
    return issue_status_list(StatusList.of({3: status}, size=64), LIST, ring, NOW)


def test_a_status_list_bears_both_and_is_refused_without_where_both_are_asked_for(two: KeyRing, ring: KeyRing) -> None:
    place = StatusPlace(idx=3, uri=LIST)
    assert StatusLists.read([listed(two)], two.public, BOTH).check(place, NOW).holds
    assert StatusLists.read([listed(two)], two.public).check(place, NOW).holds
    with pytest.raises(Stop) as stop:
        read_status_list(listed(ring), ring.public, BOTH)
    assert (stop.value.point, stop.value.fault) == (Point.REVOCATION, Fault.SUITE_MISSING)


def test_a_list_with_the_second_signature_of_an_older_one_is_refused(two: KeyRing) -> None:
    old, new = payload_of(listed(two, status=1)), payload_of(listed(two))
    forged = canonical({**new, MEMBER: old[MEMBER]})
    token = compact(two, two.signer(Use.CERTIFICATE, NOW), KIND, forged)
    with pytest.raises(Stop) as stop:
        read_status_list(token, two.public)
    assert stop.value.fault is Fault.BAD_GM_SIGNATURE


def test_a_copy_made_after_the_suite_was_asked_for_is_signed_today(tmp_path: Path) -> None:
    """The SM2 key of today did not sign on the day of issue, and a copy that says so would be refused."""
    KeyRing.open(tmp_path, ISSUED)
    KeyRing.require(tmp_path, Document.CREDENTIAL, BOTH)
    ring = KeyRing.open(tmp_path, NOW)
    assert copy_time(record(), ring, NOW) == record().issued_at
    at = copy_time(record(), ring, NOW, Document.CREDENTIAL)
    claims = {**credential_claims(record(), issuer=ISSUER), "iat": int(at.timestamp())}
    assert verify_credential(issue_credential(claims, ring, at), ring.public, NOW, suites=BOTH).valid


def test_a_copy_in_a_wallet_bears_both_and_the_holders_key(two: KeyRing) -> None:
    jwk = {name: str(value) for name, value in ECKey.generate_key("P-256").as_dict(private=False).items()}
    token = issue_credential(credential_claims(record(), issuer=ISSUER, holder=jwk), two, ISSUED)
    assert verify_credential(token, two.public, NOW, suites=BOTH).valid


def test_the_command_asks_for_both_of_a_credential_and_of_its_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = system_clock()()
    ring, other = ring_in(tmp_path / "keys"), ring_in(tmp_path / "other")
    claims = credential_claims(
        record(issued_at=now.replace(microsecond=0), valid_from=now.date(), valid_until=None),
        issuer=ISSUER,
        status=StatusPlace(idx=3, uri=LIST),
    )
    file, good, foreign = tmp_path / "shown.txt", tmp_path / "good.jwt", tmp_path / "foreign.jwt"
    file.write_text(issue_credential(claims, ring, now))
    good.write_text(issue_status_list(StatusList.of({}, size=64), LIST, ring, now))
    foreign.write_text(issue_status_list(StatusList.of({}, size=64), LIST, other, now))

    def code(*words: str) -> int:
        with pytest.raises(SystemExit) as exit_:
            main(["verify", str(file), "--data", str(tmp_path), "--lang", "en", *words])
        return int(exit_.value.code or 0)

    assert code("--status", str(good)) == 0
    assert "SM2" in capsys.readouterr().out
    assert code("--status", str(good), "--suite", "gm") == 0
    assert code("--status", str(foreign), "--suite", "gm") == 2, "a list by other keys is none"
    KeyRing.require(tmp_path / "keys", Document.STATUS, (Suite.INTL,))
    once = KeyRing.open(tmp_path / "keys", now)
    good.write_text(issue_status_list(StatusList.of({}, size=64), LIST, once, now))
    assert code("--status", str(good)) == 0
    assert code("--status", str(good), "--suite", "gm") == 2
    assert "SM2" in capsys.readouterr().err
