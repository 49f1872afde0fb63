"""SM2 signatures (GB/T 32918.2) by the libcrypto of the system: the few of its functions that they take.

`cryptography` has no SM2 and no plan for it, and the libcrypto that it carries is not open to us. The system's is kept
patched by the distribution. Some distributions build it without SM2: then everything else works, and whatever asks
for SM2 is refused with `sm2-unavailable`.
"""

import ctypes
import secrets
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p
from ctypes.util import find_library
from functools import lru_cache
from typing import Any, Final

from tongban.base.errors import Refused, refuse

USER_ID: Final = b"1234567812345678"
"""The id of a signer who has no other (GM/T 0009 §10). It goes into the hash: both sides must use the same."""

_OIDS = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
"""AlgorithmIdentifier of the recommended curve: id-ecPublicKey, 1.2.156.10197.1.301."""
_PUBLIC = bytes.fromhex("3059") + _OIDS + bytes.fromhex("034200") + b"\4"
"""SubjectPublicKeyInfo (RFC 5280) up to x and y."""
_PRIVATE = bytes.fromhex("3041020100") + _OIDS + bytes.fromhex("0427" + "30250201010420")
"""PrivateKeyInfo (RFC 5958) and ECPrivateKey (RFC 5915) up to the number; the point is worked out from it."""
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
NAMES = ("libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll")

_FUNCTIONS: Final[dict[str, tuple[Any, list[Any]]]] = {
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "i2d_PUBKEY": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_is_a": (c_int, [c_void_p, c_char_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_size_t]),
    "EVP_PKEY_public_check": (c_int, [c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_sm3": (c_void_p, []),
    "EVP_DigestSignInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "ERR_clear_error": (None, []),
}


class Key:
    """A key that libcrypto holds, freed with this object. It is only read once made: threads may share it."""

    __slots__ = ("_library", "address")

    def __init__(self, library: Any, address: int) -> None:
        self._library, self.address = library, address

    def __del__(self) -> None:
        self._library.EVP_PKEY_free(self.address)


def available() -> bool:
    """Whether this machine can sign and check with SM2."""
    try:
        loaded()
    except Refused:
        return False
    return True


def public_key(public: bytes) -> Key:
    """From x and y. Raises `ValueError`, `Refused` (`sm2-unavailable`)."""
    if len(public) != 64:
        raise ValueError("not x and y of 32 bytes")
    library = loaded()
    key = _read(library, library.d2i_PUBKEY, _PUBLIC + public)
    if not _checked(library, key):
        raise ValueError("not a point of the curve")
    return key


def private_key(private: bytes) -> tuple[Key, bytes]:
    """The key of a number, and its x and y. Raises `ValueError`, `Refused` (`sm2-unavailable`)."""
    if len(private) != 32 or not 0 < int.from_bytes(private) < _ORDER - 1:
        raise ValueError("not a number in [1, n-2] (GB/T 32918.1 §6.1)")
    library = loaded()
    key = _read(library, library.d2i_AutoPrivateKey, _PRIVATE + private)
    written = ctypes.create_string_buffer(len(_PUBLIC) + 64)
    end = c_void_p(ctypes.addressof(written))
    if library.i2d_PUBKEY(key.address, None) != len(written) or library.i2d_PUBKEY(key.address, byref(end)) < 0:
        raise ValueError("no public key came of it")
    return key, written.raw[-64:]


def generate() -> bytes:
    """A new private number, uniform in [1, n-2]."""
    return (1 + secrets.randbelow(_ORDER - 2)).to_bytes(32)


def sign(key: Key, message: bytes) -> bytes:
    """The signature in DER, of the message and the default user id."""
    library = loaded()
    with _Context(library, key) as context:
        size = c_size_t(80)
        out = ctypes.create_string_buffer(size.value)
        if (
            library.EVP_DigestSignInit(context, None, library.EVP_sm3(), None, key.address) != 1
            or library.EVP_DigestSign(context, out, byref(size), message, len(message)) != 1
        ):
            raise _unavailable("EVP_DigestSign")
        return out.raw[: size.value]


def verify(key: Key, signature: bytes, message: bytes) -> bool:
    """Whether the signature in DER holds."""
    library = loaded()
    with _Context(library, key) as context:
        if library.EVP_DigestVerifyInit(context, None, library.EVP_sm3(), None, key.address) != 1:
            raise _unavailable("EVP_DigestVerifyInit")
        holds = library.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1
    library.ERR_clear_error()
    return holds


class _Context:
    """A digest context that knows the user id, freed at the end of the block."""

    def __init__(self, library: Any, key: Key, user_id: bytes = USER_ID) -> None:
        self._library, self._key, self._id = library, key, user_id
        self._inner = self._outer = None

    def __enter__(self) -> int:
        library = self._library
        self._inner = library.EVP_PKEY_CTX_new(self._key.address, None)
        self._outer = library.EVP_MD_CTX_new()
        if not self._inner or not self._outer or library.EVP_PKEY_CTX_set1_id(self._inner, self._id, len(self._id)) < 1:
            self.__exit__()
            raise _unavailable("EVP_PKEY_CTX_set1_id")
        library.EVP_MD_CTX_set_pkey_ctx(self._outer, self._inner)
        return self._outer

    def __exit__(self, *_: object) -> None:
        self._library.EVP_MD_CTX_free(self._outer)
        self._library.EVP_PKEY_CTX_free(self._inner)


def _read(library: Any, read: Any, der: bytes) -> Key:
    address = read(None, byref(c_char_p(der)), len(der))
    if not address:
        library.ERR_clear_error()
        raise ValueError("not an SM2 key")
    key = Key(library, address)
    if library.EVP_PKEY_is_a(address, b"SM2") != 1:
        raise _unavailable("SM2")
    return key


def _checked(library: Any, key: Key) -> bool:
    context = library.EVP_PKEY_CTX_new(key.address, None)
    holds = library.EVP_PKEY_public_check(context) == 1
    library.EVP_PKEY_CTX_free(context)
    library.ERR_clear_error()
    return holds


_EXAMPLE = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
"""A point of the curve (the example of GB/T 32918.5): if it cannot be read, SM2 is not in this libcrypto."""


@lru_cache(maxsize=1)
def loaded() -> Any:
    """Loaded when SM2 is first asked for, never at the start."""
    for name in (*NAMES, find_library("crypto")):
        if not name:
            continue
        try:
            library = ctypes.CDLL(name)
            for function, (result, arguments) in _FUNCTIONS.items():
                found = getattr(library, function)
                found.restype, found.argtypes = result, arguments
        except (OSError, AttributeError):
            continue
        try:
            _read(library, library.d2i_PUBKEY, _PUBLIC + _EXAMPLE)
        except ValueError:
            raise _unavailable("SM2") from None
        return library
    raise _unavailable("libcrypto")


def _unavailable(what: str) -> Refused:
    return refuse(
        "sm2-unavailable",
        f"这台机器的 libcrypto（OpenSSL 3）不支持国密 SM2（{what}），所以不能用 SM2 签名或验签。"
        "请安装带 SM2 的 OpenSSL 3（Debian、Ubuntu、openEuler 自带），或者不要求国密签名。",
        f"The libcrypto (OpenSSL 3) of this machine has no SM2 ({what}), so nothing can be signed or checked with SM2."
        " Install OpenSSL 3 with SM2 (Debian, Ubuntu and openEuler have it), or do not ask for gm signatures.",
        place="libcrypto",
        status=503,
    )
