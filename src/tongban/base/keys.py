"""The installation's signing keys.

A key id fixes its algorithm and its use: a message never chooses how it is checked (the mistake behind `alg: none`).
Private keys stay in files only the installation's account can read; an old key keeps verifying after a new one signs.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tongban.base.clock import utc
from tongban.base.errors import refuse

_VALIDITY = timedelta(days=3650)


class Use(StrEnum):
    """What a key may sign. One key, one use."""

    CERTIFICATE = "certificate"
    RECEIPT = "receipt"
    LOG = "log"
    EXCHANGE = "exchange"
    """Messages between bodies."""
    REGISTRY = "registry"
    """The list of members of the exchange and of what each may ask."""


class Algorithm(StrEnum):
    """A signature algorithm, by its name in JOSE (RFC 9864)."""

    ED25519 = "Ed25519"


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of a key. `public` is base64url without padding (RFC 8037's `x`)."""

    id: str
    algorithm: Algorithm
    use: Use
    public: str
    not_before: datetime
    not_after: datetime

    def valid_at(self, moment: datetime) -> bool:
        """Whether a signature made at `moment` may be by this key."""
        return self.not_before <= moment <= self.not_after

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `message`."""
        match self.algorithm:
            case Algorithm.ED25519:
                try:
                    _loaded(self.public).verify(signature, message)
                except (InvalidSignature, ValueError):
                    return False
                return True

    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key (RFC 8037)."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.public,
            "kid": self.id,
            "alg": str(self.algorithm),
            "use": "sig",
        }


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the ring: `<id>.json`, mode 0600."""

    key: PublicKey
    private: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key of the installation. Immutable; `KeyRing.open` reads or makes it."""

    public: Mapping[str, PublicKey]
    _private: Mapping[str, Ed25519PrivateKey]

    @classmethod
    def open(cls, directory: Path, now: datetime) -> "KeyRing":
        """Read the ring from `directory`, first making a key for each use that has none valid now.

        Raises `Refused` (`key-readable-by-others`, `key-damaged`).
        """
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        files = [_read(path) for path in sorted(directory.glob("*.json"))]
        for use in Use:
            if not any(file.key.use is use and file.key.valid_at(now) for file in files):
                files.append(_make(directory, use, now))
        return cls(
            {file.key.id: file.key for file in files},
            {file.key.id: Ed25519PrivateKey.from_private_bytes(unbase64(file.private)) for file in files},
        )

    @staticmethod
    def renew(directory: Path, use: Use, now: datetime) -> PublicKey:
        """Make another key for `use` beside those that are there; rings opened from now on have it."""
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        return _make(directory, use, now).key

    def signer(self, use: Use, now: datetime) -> PublicKey:
        """The newest key that may sign for `use` now. Raises `LookupError` if none is valid."""
        fit = [key for key in self.public.values() if key.use is use and key.valid_at(now)]
        if not fit:
            raise LookupError(f"no key for {use} is valid at {now.isoformat()}")
        return max(fit, key=lambda key: (key.not_before, key.id))

    def sign(self, key_id: str, message: bytes) -> bytes:
        """Sign with one key: 64 bytes (RFC 8032)."""
        return self._private[key_id].sign(message)

    def verify(self, key_id: str, signature: bytes, message: bytes, *, use: Use, at: datetime) -> bool:
        """Whether the named key made this signature, may sign for `use`, and was valid at `at`."""
        key = self.public.get(key_id)
        return key is not None and key.use is use and key.valid_at(at) and key.verify(signature, message)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.public)})"


@lru_cache(maxsize=4096)
def _loaded(public: str) -> Ed25519PublicKey:
    """Kept, for a node verifies thousands of messages a second with the same few keys."""
    return Ed25519PublicKey.from_public_bytes(unbase64(public))


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """The bytes of base64url without padding. Raises `ValueError`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _read(path: Path) -> _KeyFile:
    if path.stat().st_mode & 0o077:
        raise refuse(
            "key-readable-by-others",
            f"密钥文件 {path.name} 可被其他账户读取。请执行 chmod 600，并考虑更换这把密钥。",
            f"Other accounts can read the key file {path.name}. Run chmod 600 on it and consider replacing the key.",
            place=str(path),
            status=500,
        )
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_KeyFile)
        private = Ed25519PrivateKey.from_private_bytes(unbase64(file.private))
    except (msgspec.MsgspecError, ValueError) as error:
        raise _damaged(path) from error
    if _public_text(private) != file.key.public or path.stem != file.key.id:
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


def _make(directory: Path, use: Use, now: datetime) -> _KeyFile:
    private = Ed25519PrivateKey.generate()
    key = PublicKey(
        id=f"{use}-{now:%Y%m%d}-{secrets.token_hex(4)}",
        algorithm=Algorithm.ED25519,
        use=use,
        public=_public_text(private),
        not_before=utc(now).replace(microsecond=0),
        not_after=utc(now).replace(microsecond=0) + _VALIDITY,
    )
    file = _KeyFile(key, base64url(private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())))
    draft = directory / f"{key.id}.new"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(file)))
        out.flush()
        os.fsync(out.fileno())
    draft.rename(directory / f"{key.id}.json")
    return file


def _public_text(private: Ed25519PrivateKey) -> str:
    return base64url(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
