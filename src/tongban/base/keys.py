"""The installation's signing keys.

A key id fixes its algorithm and its use: a message never chooses how it is checked (the mistake behind `alg: none`).
Private keys stay in files only the installation's account can read; an old key keeps verifying after a new one signs.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from tongban.base import private
from tongban.base.clock import utc
from tongban.base.crypto import SIGNATURES, SUITES, Algorithm, Signer, Suite, Verifier, suite_of
from tongban.base.documents import DOCUMENTS, Document, Use
from tongban.base.errors import refuse

__all__ = ["Algorithm", "Document", "KeyRing", "Keys", "PublicKey", "Use", "base64url", "unbase64", "unbase64_once"]

_VALIDITY = timedelta(days=3650)
_REQUIRES = "requires"
"""The file beside the keys that names the suites of each class of document that needs more than one."""
_FIRST: Mapping[Use, Algorithm] = {Use.PRESENTATION: Algorithm.ES256}
"""The algorithm of a use where it is not the suite's own: wallets of others read ES256 (HAIP 1.0 §7)."""


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of a key. `public` is base64url without padding: for Ed25519 the `x` of RFC 8037, for
    ES256 and SM2 the 64 bytes of x and y."""

    id: str
    algorithm: Algorithm
    use: Use
    public: str
    not_before: datetime
    not_after: datetime

    @property
    def suite(self) -> Suite:
        """The suite of its algorithm."""
        return suite_of(self.algorithm)

    def valid_at(self, moment: datetime) -> bool:
        """Whether a signature made at `moment` may be by this key."""
        return self.not_before <= moment <= self.not_after

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `message`. Raises `Refused` (`sm2-unavailable`)."""
        try:
            verifier = _verifier(self.algorithm, self.public)
        except ValueError:
            return False
        return verifier.verify(signature, message)

    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key (RFC 7518 §6.2, RFC 8037)."""
        kty, crv = SIGNATURES[self.algorithm].curve
        raw = unbase64(self.public)
        point = {"x": self.public} if kty == "OKP" else {"x": base64url(raw[:32]), "y": base64url(raw[32:])}
        return {"kty": kty, "crv": crv, **point, "kid": self.id, "alg": str(self.algorithm), "use": "sig"}


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a verifier knows: keys, and by class of document who must have signed (`intl` where nothing is said).

    A verifier goes by its own copy, so that whoever takes a signature off a document gains nothing.
    """

    keys: tuple[PublicKey, ...]
    requires: dict[Document, tuple[Suite, ...]] = {}

    @property
    def by_id(self) -> dict[str, PublicKey]:
        """The keys by their ids."""
        return {key.id: key for key in self.keys}

    def named(self, key_id: str, use: Use) -> PublicKey | None:
        """The key with this id, if it is for this use."""
        return next((key for key in self.keys if key.id == key_id and key.use is use), None)

    def suites(self, document: Document | Use) -> tuple[Suite, ...]:
        """Who must sign a class of document; a use of keys stands for the class of its name."""
        return self.requires.get(Document(document.value), (Suite.INTL,))


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the ring: `<id>.json`, mode 0600."""

    key: PublicKey
    private: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key of the installation. Immutable; `KeyRing.open` reads or makes it."""

    public: Mapping[str, PublicKey]
    _private: Mapping[str, Signer]
    requires: Mapping[Document, tuple[Suite, ...]] = field(default_factory=dict[Document, tuple[Suite, ...]])

    @property
    def keys(self) -> Keys:
        """What others may know of it."""
        return Keys(keys=tuple(self.public.values()), requires=dict(self.requires))

    @classmethod
    def open(cls, directory: Path, now: datetime) -> "KeyRing":
        """Read the ring from `directory`, first making a key for each use that has none valid now.

        Raises `Refused` (`key-readable-by-others`, `key-damaged`).
        """
        private.make_folder(directory)
        files = [_read(path) for path in sorted(directory.glob("*.json"))]
        here = {(file.key.use, file.key.suite) for file in files if file.key.valid_at(now)}
        required = _required(directory)
        asked = ((DOCUMENTS[document].use, suite) for document, suites in required.items() for suite in suites)
        wanted = (*((use, Suite.INTL) for use in Use), *asked)
        missing = dict.fromkeys(one for one in wanted if one not in here)
        files += [_make(directory, use, first_of(use, suite), now) for use, suite in missing]
        return cls(
            {file.key.id: file.key for file in files},
            {file.key.id: _signer(file) for file in files},
            required,
        )

    @staticmethod
    def renew(directory: Path, use: Use, now: datetime, algorithm: Algorithm = Algorithm.ED25519) -> PublicKey:
        """Make another key for `use` beside those that are there; rings opened from now on have it.

        Raises `Refused` (`sm2-unavailable`).
        """
        private.make_folder(directory)
        return _make(directory, use, algorithm, now).key

    @staticmethod
    def retire(directory: Path, use: Use, suite: Suite, until: datetime | None, *, keep: str = "") -> list[str]:
        """End the keys of a use and suite but one: what they sign after `until` is not believed. The ids of the ended.

        Without `until` nothing that they ever signed is believed: for keys that others may have.
        """
        ended: list[str] = []
        for file in (_read(path) for path in sorted(directory.glob(f"{use}-*.json"))):
            key = file.key
            if key.suite is not suite or key.id == keep:
                continue
            last = key.not_before - timedelta(seconds=1) if until is None else utc(until).replace(microsecond=0)
            if key.not_after > last:
                _write(directory, _KeyFile(msgspec.structs.replace(key, not_after=last), file.private))
                ended.append(key.id)
        return ended

    @staticmethod
    def require(directory: Path, document: Document | Use, suites: Sequence[Suite]) -> None:
        """From now on such documents are signed by a key of each of these suites, and all must hold.

        Rings opened from now on make the keys that are missing. Raises `ValueError` without `intl`, and for a suite
        that cannot sign this class (`DOCUMENTS`).
        """
        kind = Document(document.value)
        if Suite.INTL not in suites or not set(suites) <= set(DOCUMENTS[kind].can):
            raise ValueError("intl signs everything, and nothing signs what it has no form for")
        private.make_folder(directory)
        required = {**_required(directory), kind: tuple(dict.fromkeys(suites))}
        private.write(directory / _REQUIRES, msgspec.json.encode(required))

    def signer(self, use: Use, now: datetime, suite: Suite = Suite.INTL) -> PublicKey:
        """The newest key of a suite that may sign for `use` now. Raises `LookupError` if none is valid."""
        return _found(self.newest(use, now, suite), use, now)

    def signer_with(self, use: Use, now: datetime, algorithm: Algorithm) -> PublicKey:
        """The newest key of one algorithm that may sign for `use` now. Raises `LookupError` if none is valid."""
        return _found(self.newest(use, now, algorithm), use, now)

    def newest(self, use: Use, now: datetime, only: Suite | Algorithm) -> PublicKey | None:
        """The newest key of a suite, or of one algorithm, that may sign for `use` now; None if none is valid."""
        fit = [
            key
            for key in self.public.values()
            if key.use is use and key.valid_at(now) and only in (key.suite, key.algorithm)
        ]
        return max(fit, key=lambda key: (key.not_before, key.not_after, key.id)) if fit else None

    def sign(self, key_id: str, message: bytes) -> bytes:
        """Sign with one key: 64 bytes."""
        return self._private[key_id].sign(message)

    def verify(self, key_id: str, signature: bytes, message: bytes, *, use: Use, at: datetime) -> bool:
        """Whether the named key made this signature, may sign for `use`, and was valid at `at`."""
        key = self.public.get(key_id)
        return key is not None and key.use is use and key.valid_at(at) and key.verify(signature, message)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.public)})"


def first_of(use: Use, suite: Suite) -> Algorithm:
    """The algorithm of new keys for a use."""
    return _FIRST.get(use, SUITES[suite].signature) if suite is Suite.INTL else SUITES[suite].signature


@lru_cache(maxsize=4096)
def _verifier(algorithm: Algorithm, public: str) -> Verifier:
    """Kept, for a node verifies thousands of messages a second with the same few keys."""
    return SIGNATURES[algorithm].verifier(unbase64(public))


def _found(key: PublicKey | None, use: Use, now: datetime) -> PublicKey:
    if key is None:
        raise LookupError(f"no such key for {use} is valid at {now.isoformat()}")
    return key


def _signer(file: _KeyFile) -> Signer:
    return SIGNATURES[file.key.algorithm].signer(unbase64(file.private))


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """The bytes of base64url without padding. Raises `ValueError`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def unbase64_once(text: str) -> bytes:
    """The same, from the one way of writing it, so that no second signed text looks the same. Raises `ValueError`."""
    data = unbase64(text)
    if base64url(data) != text:
        raise ValueError("not the one way to write it in base64url")
    return data


def _read(path: Path) -> _KeyFile:
    try:
        file = msgspec.json.decode(private.read(path), type=_KeyFile)
        signer = _signer(file)
    except (msgspec.MsgspecError, ValueError) as error:
        raise _damaged(path) from error
    if base64url(signer.public) != file.key.public or path.stem != file.key.id:
        raise _damaged(path)
    return file


def _damaged(path: Path) -> Exception:
    return refuse(
        "key-damaged",
        f"密钥文件 {path.name} 已损坏。请从备份恢复；没有备份就移走它，系统会生成新的密钥。",
        f"The key file {path.name} is damaged. Restore it from a backup, or move it away and a new key is made.",
        place=str(path),
        status=500,
    )


def _make(directory: Path, use: Use, algorithm: Algorithm, now: datetime) -> _KeyFile:
    signer = SIGNATURES[algorithm].generate()
    key = PublicKey(
        id=f"{use}-{now:%Y%m%d}-{secrets.token_hex(4)}",
        algorithm=algorithm,
        use=use,
        public=base64url(signer.public),
        not_before=utc(now).replace(microsecond=0),
        not_after=utc(now).replace(microsecond=0) + _VALIDITY,
    )
    file = _KeyFile(key, base64url(signer.private))
    _write(directory, file)
    return file


def _write(directory: Path, file: _KeyFile) -> None:
    private.write(directory / f"{file.key.id}.json", msgspec.json.format(msgspec.json.encode(file)))


def _required(directory: Path) -> dict[Document, tuple[Suite, ...]]:
    path = directory / _REQUIRES
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[Document, tuple[Suite, ...]])
    except msgspec.MsgspecError as error:
        raise _damaged(path) from error
