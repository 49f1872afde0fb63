"""The x1 profile of RFC 9421 and RFC 9530: how a message is signed and when a signature counts. Pure: no I/O, no clock.

Everything is fixed that the RFC leaves open. One label, one ordered list of components, one order of parameters, one
spelling of each header; whatever differs is refused rather than understood. The key's id fixes the algorithm. The
target is made from configuration, never from `Host`. An answer is signed over the signature of its request.
"""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

from tongban.base.keys import Algorithm, PublicKey
from tongban.sharing.channel.refusals import Code, refusal

WINDOW: Final = 300
"""Seconds a signature may be valid at most."""
AHEAD: Final = 30
"""Seconds that a sender's clock may be ahead of ours."""
ALGORITHMS: Final[Mapping[Algorithm, str]] = {
    Algorithm.ED25519: "ed25519",
    Algorithm.ES256: "ecdsa-p256-sha256",
    Algorithm.SM2: "sm2-sm3",
}
"""A key's algorithm as RFC 9421 §6.2 writes it; SM2 is not registered there, its label is ours."""

JSON: Final = "application/json"
HEADERS: Final = (
    "content-type",
    "gov-client",
    "gov-service",
    "gov-purpose",
    "gov-case",
    "gov-user",
    "gov-message-id",
    "idempotency-key",
    "content-digest",
)
"""The headers every message has, once each, all signed, in this order."""
COMPONENTS: Final = " ".join(f'"{name}"' for name in ("@method", "@target-uri", *HEADERS))
ANSWER_COMPONENTS: Final = '"@status" "content-digest" "signature";req;key="x1"'
UNBOUND_COMPONENTS: Final = '"@status" "content-digest"'
"""Of a refusal that answers something without a readable signature: there is nothing to bind it to."""

_MEMBER = r"[A-Z][A-Z0-9-]{1,15}/[A-Z]{2,8}/[0-9A-Z]{18}/[a-z][a-z0-9-]{0,39}"
_RESOURCE, _RECORD = r"[a-z][a-z0-9-]{0,39}\.[a-z0-9-]{1,60}", r"[a-z0-9-]{1,60}"
_SLUG = r"[a-z0-9][a-z0-9-]{0,79}"
_WORD = r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,79}"
_BASE64_32 = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
# The last letter before the padding has bits that mean nothing: zero, or one signature had sixteen spellings.
_SIGNATURE = re.compile(r"x1=(:[A-Za-z0-9+/]{85}[AQgw]==:)", re.ASCII)
_TAIL = r';created=(\d{10});keyid="([A-Za-z0-9._-]{1,80})";alg="([a-z0-9-]{1,40})"'
_INPUT = re.compile(
    rf'x1=(\({re.escape(COMPONENTS)}\){_TAIL};expires=(\d{{10}});nonce="([A-Za-z0-9_-]{{22}})";tag="gov-x1")', re.ASCII
)
_ANSWER_INPUT = re.compile(rf'x1=(\({re.escape(ANSWER_COMPONENTS)}\){_TAIL};tag="gov-x1")', re.ASCII)
_CANONICAL = re.compile(rf"/x1/({_MEMBER})/({_RESOURCE})/({_RECORD})", re.ASCII)
_PLAIN_PATH = re.compile(r"/|(/[A-Za-z0-9._~-]+)+/?", re.ASCII)

_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(shape, re.ASCII)
    for name, shape in {
        "content-type": re.escape(JSON),
        "gov-client": _MEMBER,
        "gov-service": rf"{_MEMBER}/{_RESOURCE}/{_RECORD}",
        # An item of RFC 9651: the service, then the grant it rests on, and the law as a Display String.
        "gov-purpose": rf'({_SLUG});grant="({_WORD})";law=%"((?:[ !#$&-~]|%[0-9a-f]{{2}}){{1,900}})"',
        "gov-case": _WORD,
        # A pseudonym: an identity number or a telephone number is not one.
        "gov-user": rf"(?!(?:\d{{11}}|\d{{15}}|\d{{17}}[\dXx])$){_WORD}",
        "gov-message-id": r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "idempotency-key": rf'"({_WORD})"',
        "content-digest": rf"sha-256=:({_BASE64_32}):",
    }.items()
}
_WANTED: Final[Mapping[bytes, str]] = {name.encode(): name for name in (*HEADERS, "signature-input", "signature")}
_LAW_SAFE: Final = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in '%"')

Header = tuple[bytes, bytes]
Sign = Callable[[str, bytes], bytes]
"""Signs with the key of an id: `KeyRing.sign`."""


class Path(NamedTuple):
    """The parts of a canonical path."""

    member: str
    resource: str
    record: str


class Parameters(NamedTuple):
    """What the signature says of itself. `text` is the whole of it as signed."""

    text: str
    created: int
    key_id: str
    algorithm: str
    expires: int
    nonce: str


class Envelope(NamedTuple):
    """A message's head, well formed but not yet believed. `signature_text` is as it stands in the header: `:…:`."""

    headers: dict[str, str]
    parameters: Parameters
    signature: bytes
    signature_text: str
    message_id: UUID


class Purpose(NamedTuple):
    """The parts of `gov-purpose`."""

    service: str
    grant: str
    law: str


def canonical_path(raw: bytes) -> Path:
    """The parts of a path that has exactly one spelling. Raises `Refused`.

    A path is judged as it came, before anything decodes it: an encoded slash, a dot segment or a double slash that a
    proxy and we read differently is how a right for one record opens another (X-Road 7.7.1).
    """
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise refusal(Code.PATH_NOT_CANONICAL) from None
    if found := _CANONICAL.fullmatch(text):
        return Path(*found.groups())
    if not _PLAIN_PATH.fullmatch(text) or any(part in {".", ".."} for part in text.split("/")):
        raise refusal(Code.PATH_NOT_CANONICAL)
    raise refusal(Code.NOT_HERE)


@lru_cache(maxsize=4096)
def purpose_of(text: str) -> Purpose:
    """Read a well-formed `gov-purpose`. Raises `Refused` where the law is not UTF-8 or is spelled in a second way."""
    found = _SHAPES["gov-purpose"].fullmatch(text)
    try:
        law = unquote(found[3], errors="strict") if found else ""
    except UnicodeDecodeError:
        law = ""
    if found is None or not law or display(law) != found[3]:
        raise refusal(Code.HEADER_MALFORMED, "gov-purpose")
    return Purpose(found[1], found[2], law)


def display(text: str) -> str:
    """The inside of a Display String (RFC 9651 §4.1.11): printable ASCII as it is, the rest as `%xx` in lower case."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text, safe=_LAW_SAFE))


def digest_text(body: bytes) -> str:
    """`content-digest` (RFC 9530) of a body: SHA-256 as the RFC spells it."""
    return f"sha-256=:{base64(hashlib.sha256(body).digest())}:"


def bound_to(headers: Iterable[Header]) -> str | None:
    """The signature that an answer is to be bound to, as it stands: None where there is not exactly one, readable."""
    found = [value for name, value in headers if name == b"signature"]
    if len(found) != 1:
        return None
    whole = _SIGNATURE.fullmatch(found[0].decode("latin-1"))
    return whole[1] if whole else None


def read(headers: Iterable[Header]) -> Envelope:
    """The head of a request, strictly. Raises `Refused`; believes nothing yet."""
    found: dict[str, str] = {}
    for name, value in headers:
        wanted = _WANTED.get(name)
        if wanted is not None:
            if wanted in found:
                raise refusal(Code.HEADER_REPEATED, wanted)
            found[wanted] = value.decode("latin-1")
        elif name.startswith(b"gov-") or name == b"content-encoding":
            raise refusal(Code.HEADER_UNKNOWN, name[:40].decode("ascii", "replace"))
    given, signature = found.pop("signature-input", ""), found.pop("signature", "")
    if not given or not signature:
        raise refusal(Code.SIGNATURE_MISSING)
    for name in HEADERS:
        value = found.get(name)
        if value is None:
            raise refusal(Code.HEADER_MISSING, name)
        if not _SHAPES[name].fullmatch(value):
            raise refusal(Code.HEADER_MALFORMED, name)
    parts, proof = _INPUT.fullmatch(given), _SIGNATURE.fullmatch(signature)
    if parts is None or proof is None:
        raise refusal(Code.SIGNATURE_PROFILE)
    text, created, key_id, algorithm, expires, nonce = parts.groups()
    parameters = Parameters(text, int(created), key_id, algorithm, int(expires), nonce)
    return Envelope(found, parameters, a2b_base64(proof[1][1:-1]), proof[1], UUID(found["gov-message-id"]))


def check_time(parameters: Parameters, now: float) -> None:
    """Raises `Refused` where the window is too wide, is over, or has not begun."""
    if not 0 < parameters.expires - parameters.created <= WINDOW:
        raise refusal(Code.SIGNATURE_PROFILE)
    if parameters.created > now + AHEAD:
        raise refusal(Code.CLOCK_SKEW)
    if parameters.expires < now:
        raise refusal(Code.MESSAGE_LATE)


def check_body(envelope: Envelope, body: bytes) -> None:
    """Raises `Refused` where the body is not the one whose digest is signed. Before anything parses it."""
    if envelope.headers["content-digest"] != digest_text(body):
        raise refusal(Code.DIGEST_MISMATCH)


def check_signature(envelope: Envelope, key: PublicKey, method: str, target: str) -> None:
    """Raises `Refused` where `key` did not sign exactly this head for exactly this target."""
    if envelope.parameters.algorithm != ALGORITHMS[key.algorithm]:
        raise refusal(Code.ALGORITHM_MISMATCH)
    if not key.verify(envelope.signature, base(envelope.headers, envelope.parameters.text, method, target)):
        raise refusal(Code.SIGNATURE_WRONG)


def base(headers: Mapping[str, str], parameters: str, method: str, target: str) -> bytes:
    """The signature base of a request (RFC 9421 §2.5)."""
    lines = "\n".join([f'"{name}": {headers[name]}' for name in HEADERS])
    return f'"@method": {method}\n"@target-uri": {target}\n{lines}\n"@signature-params": {parameters}'.encode()


def signed(
    headers: Mapping[str, str], target: str, *, key: PublicKey, sign: Sign, created: int, nonce: str, window: int = 120
) -> dict[str, str]:
    """The headers of a request with its signature. `headers` has every one of `HEADERS`, `nonce` 22 of base64url.

    Raises `ValueError` for a header that the other side would refuse.
    """
    for name in HEADERS:
        if not _SHAPES[name].fullmatch(headers[name]):
            raise ValueError(f"{name} is malformed")
    parameters = (
        f'({COMPONENTS});created={created};keyid="{key.id}";alg="{ALGORITHMS[key.algorithm]}"'
        f';expires={created + window};nonce="{nonce}";tag="gov-x1"'
    )
    proof = sign(key.id, base(headers, parameters, "POST", target))
    return {**headers, "signature-input": f"x1={parameters}", "signature": f"x1=:{base64(proof)}:"}


class Proof(NamedTuple):
    """An answer's signature, with what the message log keeps of it."""

    digest: str
    parameters: str
    signature: bytes

    def headers(self) -> list[Header]:
        return [
            (b"content-digest", self.digest.encode()),
            (b"signature-input", f"x1={self.parameters}".encode()),
            (b"signature", f"x1=:{base64(self.signature)}:".encode()),
        ]


def sign_answer(status: int, body: bytes, request: str | None, *, key: PublicKey, sign: Sign, created: int) -> Proof:
    """Sign an answer over its status, its body and the signature of the request (`bound_to`)."""
    components = UNBOUND_COMPONENTS if request is None else ANSWER_COMPONENTS
    parameters = f'({components});created={created};keyid="{key.id}";alg="{ALGORITHMS[key.algorithm]}";tag="gov-x1"'
    digest = digest_text(body)
    return Proof(digest, parameters, sign(key.id, answer_base(status, digest, request, parameters)))


def answer_base(status: int, digest: str, request: str | None, parameters: str) -> bytes:
    """The signature base of an answer; `request` is the signature it is bound to, as it stood in the header."""
    bound = "" if request is None else f'"signature";req;key="x1": {request}\n'
    return f'"@status": {status}\n"content-digest": {digest}\n{bound}"@signature-params": {parameters}'.encode()


def check_answer(
    status: int, headers: Mapping[str, str], body: bytes, request: str, key_of: Callable[[str], PublicKey | None]
) -> int:
    """When an answer was signed (seconds), if a key of the member asked signed it for this very request.

    `key_of` gives the member's key of an id. Raises `Refused`: `SIGNATURE_PROFILE`, `UNKNOWN_KEY`,
    `ALGORITHM_MISMATCH`, `DIGEST_MISMATCH`, `SIGNATURE_WRONG`.
    """
    parts = _ANSWER_INPUT.fullmatch(headers.get("signature-input", ""))
    proof = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if parts is None or proof is None:
        raise refusal(Code.SIGNATURE_PROFILE)
    parameters, created, key_id, algorithm = parts.groups()
    key = key_of(key_id)
    if key is None:
        raise refusal(Code.UNKNOWN_KEY)
    if algorithm != ALGORITHMS[key.algorithm]:
        raise refusal(Code.ALGORITHM_MISMATCH)
    digest = headers.get("content-digest", "")
    if digest != digest_text(body):
        raise refusal(Code.DIGEST_MISMATCH)
    if not key.verify(a2b_base64(proof[1][1:-1]), answer_base(status, digest, request, parameters)):
        raise refusal(Code.SIGNATURE_WRONG)
    return int(created)


def base64(data: bytes) -> str:
    """As RFC 9651 writes bytes."""
    return b2a_base64(data, newline=False).decode()
