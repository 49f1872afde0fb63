"""What a verifier must see: the genuine thing holds in every form, offline; nothing else does, each for its reason."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from demo_certificate import ISSUED, Forge, record, sealed_page
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from tongban.base.clock import ZONE
from tongban.base.errors import Refused
from tongban.base.i18n import LANGS
from tongban.base.keys import KeyRing, Use, base64url
from tongban.certs import (
    FAULTS,
    POINTS,
    Certificate,
    Fault,
    Point,
    Status,
    digest,
    export_json,
    export_jwks,
    read_jwks,
    render_pdf,
    report,
    sign,
    verify,
)
from tongban.certs.model import canonical, identifier_holds

LATER = ISSUED + timedelta(days=3)
URL = "https://lanjiang.example"


def keys_elsewhere(ring: KeyRing) -> Any:
    """What a verifier elsewhere has: the published key set, sent as bytes."""
    return read_jwks(msgspec.json.encode(export_jwks(ring.public.values())))


def pdf(certificate: Certificate, ring: KeyRing) -> bytes:
    return sealed_page(render_pdf(certificate, "zh", public_url=URL, ring=ring, now=ISSUED), certificate, ring)


@pytest.mark.parametrize("form", ["jws", "json", "pdf-zh", "pdf-en"])
def test_each_form_verifies_from_the_file_alone_with_the_published_keys(
    form: str, certificate: Certificate, ring: KeyRing
) -> None:
    files: dict[str, bytes] = {
        "jws": certificate.jws.encode() + b"\n",
        "json": export_json(certificate),
        "pdf-zh": render_pdf(certificate, "zh", public_url=URL, ring=ring, now=ISSUED),
        "pdf-en": render_pdf(certificate, "en", public_url=URL, ring=ring, now=LATER),
    }
    outcome = verify(files[form], keys_elsewhere(ring), LATER, status=Status.VALID)
    assert outcome.valid and outcome.genuine, outcome.verdict
    assert outcome.record == certificate.record


def test_another_implementation_accepts_our_signature(certificate: Certificate, ring: KeyRing) -> None:
    key = ring.signer(Use.CERTIFICATE, ISSUED)
    read = jws.deserialize_compact(certificate.jws, OKPKey.import_key(key.jwk()), algorithms=["Ed25519"])
    assert read.payload == canonical(certificate.record)


def test_what_was_not_asked_is_said_not_to_be_known(certificate: Certificate, ring: KeyRing) -> None:
    outcome = verify(certificate.jws, ring.public, LATER)
    (revocation,) = (check for check in outcome.checks if check.point is Point.REVOCATION)
    assert outcome.valid and revocation.holds is None
    assert "联网" in outcome.verdict.zh


def with_payload(certificate: Certificate, change: Any) -> str:
    """The payload altered, header and signature kept: what a forger with an editor can do."""
    header, payload, signature = certificate.jws.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    change(content)
    altered = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return f"{header}.{base64url(altered)}.{signature}"


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["holder"].update(name="李四"),
        lambda c: c["shows"][0]["value"].update(zh="别处1号"),
        lambda c: c.update(valid_until="2099-01-01"),
        lambda c: c.update(demo=False),
        lambda c: c.update(region="990201"),
        lambda c: c["issuer"].update(uscc="91990101MA0000001Y"),
        lambda c: c["law"].clear(),
        lambda c: c.update(version=2),
    ],
)
def test_any_field_altered_breaks_the_signature(change: Any, certificate: Certificate, ring: KeyRing) -> None:
    outcome = verify(with_payload(certificate, change), ring.public, LATER)
    assert outcome.fault is Fault.BAD_SIGNATURE and not outcome.genuine
    assert outcome.record is None, "nothing of an unsigned text is shown as certified"


def forged_headers(ring: KeyRing) -> dict[str, tuple[dict[str, Any] | bytes, Fault]]:
    kid = ring.signer(Use.CERTIFICATE, ISSUED).id
    receipt = ring.signer(Use.RECEIPT, ISSUED).id
    attacker = OKPKey.generate_key("Ed25519").as_dict(private=False)
    kind = "tongban-certificate+jws"
    return {
        "alg none": ({"alg": "none"}, Fault.UNSIGNED),
        "alg None in capitals": ({"alg": "NONE"}, Fault.UNSIGNED),
        "older name of the algorithm": ({"alg": "EdDSA"}, Fault.WRONG_ALGORITHM),
        "another algorithm": ({"alg": "ES256"}, Fault.WRONG_ALGORITHM),
        "a mac with the public key": ({"alg": "HS256"}, Fault.WRONG_ALGORITHM),
        "unknown key id": ({"kid": "nobody"}, Fault.UNKNOWN_KEY),
        "key of another use": ({"kid": receipt}, Fault.UNKNOWN_KEY),
        "critical header": ({"crit": ["b64"], "b64": False}, Fault.CRITICAL_HEADER),
        "empty critical header": ({"crit": []}, Fault.CRITICAL_HEADER),
        "its own key": ({"jwk": attacker}, Fault.FOREIGN_HEADER),
        "a key address": ({"jku": "https://evil.example/jwks"}, Fault.FOREIGN_HEADER),
        "a certificate chain": ({"x5c": ["MII"]}, Fault.FOREIGN_HEADER),
        "another kind of signed text": ({"typ": "tongban-page+jws"}, Fault.WRONG_KIND),
        "a general token": ({"typ": "JWT"}, Fault.WRONG_KIND),
        "no type": (json.dumps({"alg": "Ed25519", "kid": kid}).encode(), Fault.BAD_ENVELOPE),
        "key id is a list": ({"kid": [kid]}, Fault.BAD_ENVELOPE),
        "duplicate member": (
            f'{{"alg":"Ed25519","kid":"nobody","kid":"{kid}","typ":"{kind}"}}'.encode(),
            Fault.DUPLICATE_KEY,
        ),
        "header is a list": (b"[1]", Fault.BAD_ENVELOPE),
        "header is not JSON": (b"{", Fault.BAD_ENVELOPE),
        "header is deep": (b'{"a":' * 10_000, Fault.BAD_ENVELOPE),
        "header is not UTF-8": (b'{"alg":"\xff"}', Fault.BAD_ENVELOPE),
    }


@pytest.mark.parametrize("attack", list(range(21)))
def test_the_header_is_never_believed(attack: int, ring: KeyRing, forge: Forge) -> None:
    name, (header, fault) = list(forged_headers(ring).items())[attack]
    outcome = verify(forge(header), ring.public, LATER)
    assert (outcome.fault, outcome.genuine) == (fault, False), name


def test_every_forged_header_is_tried(ring: KeyRing) -> None:
    assert len(forged_headers(ring)) == 21


def truly_signed_nonsense() -> dict[str, tuple[bytes, Fault]]:
    good = canonical(record())
    return {
        "duplicate field": (good[:-1] + b',"region":"990201"}', Fault.DUPLICATE_KEY),
        "duplicate inner field": (good.replace(b'"id":"p-1"', b'"id":"p-2","id":"p-1"'), Fault.DUPLICATE_KEY),
        "unknown field": (good[:-1] + b',"zz":1}', Fault.BAD_RECORD),
        "missing field": (good.replace(b'"demo":true,', b""), Fault.BAD_RECORD),
        "another format": (good.replace(b"certificate/1", b"certificate/2"), Fault.UNKNOWN_FORMAT),
        "spaces": (good.replace(b'"demo":true', b'"demo": true'), Fault.NOT_CANONICAL),
        "escapes": (good.replace(b"p-1", b"p\\u002d1"), Fault.NOT_CANONICAL),
        "wrong check character": (
            canonical(record(id=record().id[:-1] + ("0" if record().id[-1] != "0" else "1"))),
            Fault.BAD_IDENTIFIER,
        ),
        "no zone in the time of issue": (
            canonical(record(issued_at=ISSUED.replace(tzinfo=None))),
            Fault.BAD_RECORD,
        ),
        "not JSON": (b"residence permit", Fault.BAD_RECORD),
        "not a number": (good.replace(b'"version":1', b'"version":NaN'), Fault.BAD_RECORD),
        "a list": (b"[]", Fault.UNKNOWN_FORMAT),
        "nothing": (b"", Fault.BAD_RECORD),
    }


@pytest.mark.parametrize("attack", list(truly_signed_nonsense()))
def test_a_good_signature_over_a_bad_record_is_refused(attack: str, ring: KeyRing, forge: Forge) -> None:
    payload, fault = truly_signed_nonsense()[attack]
    outcome = verify(forge(payload=payload), ring.public, LATER)
    assert outcome.fault is fault and not outcome.valid


def broken_files(certificate: Certificate) -> dict[str, tuple[bytes, Fault]]:
    header, payload, signature = certificate.jws.split(".")
    copy = export_json(certificate)
    return {
        "nothing": (b"", Fault.NOT_A_CERTIFICATE),
        "text": ("我有居住证".encode(), Fault.NOT_A_CERTIFICATE),
        "two parts": (f"{header}.{payload}".encode(), Fault.NOT_A_CERTIFICATE),
        "no signature": (f"{header}.{payload}.".encode(), Fault.UNSIGNED),
        "no payload": (f"{header}..{signature}".encode(), Fault.BAD_SIGNATURE),
        "padding": (f"{header}=.{payload}.{signature}".encode(), Fault.BAD_ENVELOPE),
        "standard base64": (f"{header}.{payload}.{signature[:-1]}+".encode(), Fault.BAD_ENVELOPE),
        "short signature": (f"{header}.{payload}.{base64url(b'1' * 63)}".encode(), Fault.BAD_SIGNATURE),
        "zero signature": (f"{header}.{payload}.{base64url(bytes(64))}".encode(), Fault.BAD_SIGNATURE),
        "an unfinished file": (copy[:-20], Fault.NOT_A_CERTIFICATE),
        "no proof": (b'{"record":{},"proofs":{}}', Fault.NOT_A_CERTIFICATE),
        "a readable copy that says more": (copy.replace("王小明".encode(), "李大明".encode()), Fault.COPY_DIFFERS),
        "a readable copy with a second name": (
            copy.replace(b'"holder": {', b'"holder": {"name": "x",', 1),
            Fault.DUPLICATE_KEY,
        ),
        "half a character in the copy": (
            copy.replace("王小明".encode(), b"\\ud83d"),
            Fault.NOT_A_CERTIFICATE,
        ),
        "no readable copy": (
            msgspec.json.encode({"record": {}, "proofs": {"jws": certificate.jws}}),
            Fault.COPY_DIFFERS,
        ),
        "too large": (b"x" * 5_000_001, Fault.TOO_LARGE),
        "a picture": (b"\x89PNG\r\n\x1a\n" + b"." * 2, Fault.NOT_A_CERTIFICATE),
    }


@pytest.mark.parametrize("attack", list(range(17)))
def test_a_broken_file_is_refused_for_its_reason(attack: int, certificate: Certificate, ring: KeyRing) -> None:
    name, (data, fault) = list(broken_files(certificate).items())[attack]
    assert verify(data, ring.public, LATER).fault is fault, name


def test_a_mac_made_with_the_public_key_is_no_signature(ring: KeyRing) -> None:
    key = ring.signer(Use.CERTIFICATE, ISSUED)
    secret = OctKey.import_key(base64.urlsafe_b64decode(key.public + "="))
    header = {"alg": "HS256", "kid": key.id, "typ": "tongban-certificate+jws"}
    forged = jws.serialize_compact(header, canonical(record()), secret, algorithms=["HS256"])
    assert verify(forged, ring.public, LATER).fault is Fault.WRONG_ALGORITHM


def test_signed_by_a_stranger_under_our_key_id_is_refused(ring: KeyRing, other_ring: KeyRing) -> None:
    ours, theirs = ring.signer(Use.CERTIFICATE, ISSUED), other_ring.signer(Use.CERTIFICATE, ISSUED)
    header = base64url(canonical({"alg": "Ed25519", "kid": ours.id, "typ": "tongban-certificate+jws"}))
    signed = f"{header}.{base64url(canonical(record()))}"
    forged = f"{signed}.{base64url(other_ring.sign(theirs.id, signed.encode()))}"
    assert verify(forged, ring.public, LATER).fault is Fault.BAD_SIGNATURE


def test_signed_by_another_installation_is_refused(certificate: Certificate, other_ring: KeyRing) -> None:
    assert verify(certificate.jws, other_ring.public, LATER).fault is Fault.UNKNOWN_KEY


@pytest.mark.parametrize("place", ["start", "page", "certificate", "seal", "tail", "appended", "no seal", "swapped"])
def test_a_pdf_altered_anywhere_is_refused(place: str, certificate: Certificate, ring: KeyRing) -> None:
    good = pdf(certificate, ring)
    middle = good.index(b"stream") + 40
    seal = good.index(b"%tongban-seal")
    other = sign(record(case="990101-261103-AAAAAAAA"), ring)
    line = b"%tongban-certificate "
    altered: dict[str, bytes] = {
        "start": good.replace(b"%PDF-1.", b"%PDF-2.", 1),
        "page": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "certificate": good.replace(line, line + b"a", 1),
        "seal": good[: seal + 40] + b"A" + good[seal + 41 :],
        "tail": good[:-12] + b"9" + good[-11:],
        "appended": good + b"%%EOF\n",
        "no seal": good[:seal],
        "swapped": good.replace(certificate.jws.encode(), other.jws.encode()),
    }
    outcome = verify(altered[place], ring.public, LATER)
    assert not outcome.genuine and not outcome.valid
    assert outcome.fault in {Fault.PAGE_ALTERED, Fault.NO_SEAL, Fault.BAD_ENVELOPE, Fault.BAD_SIGNATURE}


def test_a_page_seal_cannot_vouch_for_another_certificate(ring: KeyRing) -> None:
    """A forger joins the page of one certificate with the data of another."""
    mine, rich = sign(record(), ring), sign(record(case="990101-261103-BBBBBBBB"), ring)
    page, seal = pdf(mine, ring), pdf(rich, ring).partition(b"%tongban-seal")[2]
    joined = page.partition(b"%tongban-seal")[0] + b"%tongban-seal" + seal
    assert verify(joined, ring.public, LATER).fault is Fault.PAGE_ALTERED


def test_an_altered_page_still_tells_what_was_really_signed(certificate: Certificate, ring: KeyRing) -> None:
    outcome = verify(pdf(certificate, ring) + b" ", ring.public, LATER)
    assert outcome.record == certificate.record and not outcome.genuine
    assert "页面被改过" in outcome.verdict.zh


@pytest.mark.parametrize(
    ("changes", "now", "fault"),
    [
        ({}, datetime(2027, 11, 23, 23, 59, tzinfo=ZONE), None),
        ({}, datetime(2027, 11, 24, 0, 0, tzinfo=ZONE), Fault.EXPIRED),
        ({"valid_until": None}, datetime(2035, 1, 1, tzinfo=ZONE), None),
        ({"valid_from": ISSUED.date() + timedelta(9)}, LATER, Fault.NOT_YET_VALID),
        ({"issued_at": LATER + timedelta(hours=1)}, LATER, Fault.ISSUED_IN_FUTURE),
    ],
)
def test_validity_runs_on_days_of_the_issuers_zone(
    changes: dict[str, Any], now: datetime, fault: Fault | None, ring: KeyRing
) -> None:
    outcome = verify(sign(record(**changes), ring).jws, ring.public, now, status=Status.VALID)
    assert outcome.fault is fault


def test_an_expired_or_revoked_certificate_is_genuine_but_not_valid(certificate: Certificate, ring: KeyRing) -> None:
    revoked = verify(certificate.jws, ring.public, LATER, status=Status.INVALID)
    assert (revoked.genuine, revoked.valid, revoked.fault) == (True, False, Fault.REVOKED)
    assert revoked.verdict.zh == "证照是真的，但现在不能用：已被废止"
    assert verify(certificate.jws, ring.public, LATER, status=Status.SUSPENDED).fault is Fault.SUSPENDED


def test_a_key_may_only_vouch_for_its_own_time(certificate: Certificate, ring: KeyRing) -> None:
    retired = {
        kid: msgspec.structs.replace(key, not_after=ISSUED - timedelta(hours=1)) for kid, key in ring.public.items()
    }
    assert verify(certificate.jws, retired, LATER).fault is Fault.KEY_NOT_IN_USE
    rotated = {kid: msgspec.structs.replace(key, not_after=LATER) for kid, key in ring.public.items()}
    assert verify(certificate.jws, rotated, LATER + timedelta(days=90)).valid, "issued before the key was retired"


def test_the_type_asked_for_is_the_type_given(certificate: Certificate, ring: KeyRing) -> None:
    assert verify(certificate.jws, ring.public, LATER, type_="residence-permit").valid
    wrong = verify(certificate.jws, ring.public, LATER, type_="food-licence")
    assert (wrong.fault, wrong.genuine) == (Fault.WRONG_TYPE, True)


def test_a_qr_code_moved_to_another_certificate_is_noticed(certificate: Certificate, ring: KeyRing) -> None:
    assert verify(certificate.jws, ring.public, LATER, digest_=digest(certificate.record)).valid
    other = digest(record(case="990101-261103-CCCCCCCC"))
    assert verify(certificate.jws, ring.public, LATER, digest_=other).fault is Fault.DIGEST_DIFFERS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}]}',
        b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"","x":"' + b"A" * 43 + b'"}]}',
        b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA","x":"' + b"A" * 43 + b'"}]}',
        b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","d":"secret","x":"' + b"A" * 43 + b'"}]}',
        b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","nbf":99999999999999999999,"x":"' + b"A" * 43 + b'"}]}',
        b'{"keys":[' + b",".join([b'{"kty":"OKP","crv":"Ed25519","kid":"a","x":"' + b"A" * 43 + b'"}'] * 2) + b"]}",
    ],
)
def test_a_bad_key_set_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_jwks(data)
    assert refused.value.code == "bad-jwks"


def test_the_published_keys_hold_nothing_secret_and_no_key_of_another_use(ring: KeyRing) -> None:
    (only,) = export_jwks(ring.public.values())["keys"]
    assert only["kid"] == ring.signer(Use.CERTIFICATE, ISSUED).id
    assert "d" not in only


def test_a_key_of_a_later_suite_does_not_spoil_the_set(ring: KeyRing) -> None:
    jwks = export_jwks(ring.public.values())
    jwks["keys"].append({"kty": "AKP", "alg": "ML-DSA-44", "kid": "pq-1", "pub": "a"})
    assert len(read_jwks(msgspec.json.encode(jwks))) == 1


def test_every_fault_and_point_has_its_sentence_in_both_languages() -> None:
    assert set(FAULTS) == set(Fault) and set(POINTS) == set(Point)
    assert all(text[lang] for text in (*FAULTS.values(), *POINTS.values()) for lang in LANGS)


def test_the_report_says_the_verdict_first_and_what_was_signed(certificate: Certificate, ring: KeyRing) -> None:
    for lang, verdict, address in (("zh", "证照真实有效", "河埠巷18号"), ("en", "Genuine and valid", "18 Hebu Lane")):
        text = report(verify(certificate.jws, ring.public, LATER, status=Status.VALID), lang)
        assert text.splitlines()[0] == verdict and address in text
    assert "李四" not in report(verify(export_json(certificate)[:50], ring.public, LATER), "zh")


def test_the_identifier_has_a_check_character_that_catches_slips() -> None:
    good = record().id
    assert identifier_holds(good)
    for place in range(len("1.2.156.3005.2.") + 1, len(good) - 2):
        if good[place] != ".":
            wrong = "1" if good[place] != "1" else "2"
            assert not identifier_holds(good[:place] + wrong + good[place + 1 :])
    assert not identifier_holds("") and not identifier_holds("1.2.156.3005.2..A.B.1.0")
