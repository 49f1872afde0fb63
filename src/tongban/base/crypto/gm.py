"""The `gm` back end: SM2 signatures through the system's libcrypto, SM3 and SM4-GCM through `cryptography`."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from tongban.base.crypto import libcrypto

_TAG = 16


class Sm2Verifier:
    """SM2 with SM3 on the recommended curve (GB/T 32918.5), with the signer's id of GB/T 32918.2 §5.5.

    Raises `ValueError` for a point that is not on the curve, `Refused` (`sm2-unavailable`).
    """

    __slots__ = ("_key", "public")

    def __init__(self, public: bytes) -> None:
        self.public = public
        self._key = libcrypto.public_key(public)

    def verify(self, signature: bytes, message: bytes) -> bool:
        if len(signature) != 64:
            return False
        return libcrypto.verify(self._key, _der(signature), message)


class Sm2Signer:
    """Raises `ValueError` for a number that is no key, `Refused` (`sm2-unavailable`)."""

    __slots__ = ("_key", "private", "public")

    def __init__(self, private: bytes) -> None:
        self.private = private
        self._key, self.public = libcrypto.private_key(private)

    @classmethod
    def generate(cls) -> "Sm2Signer":
        return cls(libcrypto.generate())

    def sign(self, message: bytes) -> bytes:
        return _raw(libcrypto.sign(self._key, message))


def _der(raw: bytes) -> bytes:
    """SEQUENCE { INTEGER r, INTEGER s }, as GM/T 0009 writes a signature."""
    body = _integer(raw[:32]) + _integer(raw[32:])
    return bytes((0x30, len(body))) + body


def _integer(number: bytes) -> bytes:
    short = number.lstrip(b"\0") or b"\0"
    padded = b"\0" + short if short[0] & 0x80 else short
    return bytes((0x02, len(padded))) + padded


def _raw(der: bytes) -> bytes:
    length = der[3]
    r, s = der[4 : 4 + length], der[6 + length :]
    return r.lstrip(b"\0").rjust(32, b"\0") + s.lstrip(b"\0").rjust(32, b"\0")


class Sm3:
    """GB/T 32905-2016."""

    __slots__ = ()

    def digest(self, data: bytes) -> bytes:
        mill = hashes.Hash(hashes.SM3())
        mill.update(data)
        return mill.finalize()

    def mac(self, key: bytes, data: bytes) -> bytes:
        mill = hmac.HMAC(key, hashes.SM3())
        mill.update(data)
        return mill.finalize()


class Sm4Gcm:
    """SM4 (GB/T 32907-2016) in Galois/counter mode, as RFC 8998 §3 uses it. Nonces of 8 to 128 bytes."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The ciphertext and its tag of 16 bytes."""
        mill = Cipher(self._key, GCM(nonce)).encryptor()
        mill.authenticate_additional_data(associated_data or b"")
        return mill.update(data) + mill.finalize() + mill.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The clear text. Raises `InvalidTag`."""
        if len(data) < _TAG:
            raise InvalidTag
        mill = Cipher(self._key, GCM(nonce, data[-_TAG:])).decryptor()
        mill.authenticate_additional_data(associated_data or b"")
        return mill.update(data[:-_TAG]) + mill.finalize()
