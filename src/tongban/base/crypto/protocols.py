"""What the rest of the platform knows of cryptography: four protocols."""

from typing import Protocol


class Verifier(Protocol):
    """A public key."""

    @property
    def public(self) -> bytes:
        """32 bytes (Ed25519, RFC 8032), or x and y of 32 bytes each (ES256, SM2)."""
        ...

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the key made this signature over these bytes. Anything malformed is False, never an error."""
        ...


class Signer(Protocol):
    """A private key."""

    @property
    def private(self) -> bytes:
        """32 bytes, for the file of the key."""
        ...

    @property
    def public(self) -> bytes:
        """As `Verifier.public`."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes: RFC 8032, or r and s of 32 bytes each (RFC 7518 §3.4; SM2 in the same form)."""
        ...


class Aead(Protocol):
    """A key that seals. `decrypt` raises `InvalidTag`."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Digest(Protocol):
    """A hash of 32 bytes, plain and keyed."""

    def digest(self, data: bytes) -> bytes:
        """The hash of all of it."""
        ...

    def mac(self, key: bytes, data: bytes) -> bytes:
        """HMAC (RFC 2104) with this hash."""
        ...
