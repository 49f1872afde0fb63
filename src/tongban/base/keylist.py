"""The list of an installation's keys, as it is published: every key with its use and time, and who must sign what.

It is a statement by the registry key that it lists. Whoever has an older list, got by another way than the network,
takes a newer one only if a registry key of the older one signed it; so keys can be replaced, and the first list is
the one thing to be compared out of band.
"""

from datetime import datetime
from typing import Any, Final

import msgspec

from tongban.base.crypto import SIGNATURES
from tongban.base.errors import refuse
from tongban.base.keys import KeyRing, Keys, Use, unbase64
from tongban.base.statements import Statement, Unbelieved, believed, read, stated

KIND: Final = "tongban-keys/1"


def published(ring: KeyRing, now: datetime) -> Statement:
    """Our list, signed now. Raises `Refused` as `statements.stated`."""
    return stated(ring, Use.REGISTRY, KIND, ring.keys, now)


def is_key_list(data: bytes) -> bool:
    """Whether a file says that it is one."""
    try:
        return read(data).kind == KIND
    except Unbelieved:
        return False


def read_keys(data: bytes, now: datetime, known: Keys | None = None) -> Keys:
    """The keys of a published list; `known` is the list that is trusted already, if there is one.

    Raises `Refused`: `bad-key-list`, `sm2-unavailable`.
    """
    try:
        statement = read(data)
        keys = _keys(statement.said)
        believed(statement, KIND, Use.REGISTRY, known or keys, now)
    except Unbelieved as unbelieved:
        raise refuse(
            "bad-key-list",
            f"不能相信这份公钥名单：{unbelieved.text.zh}",
            f"This list of keys cannot be believed: {unbelieved.text.en}",
            place="keys",
        ) from None
    except ValueError:
        raise refuse("bad-key-list", "这不是公钥名单", "This is no list of keys", place="keys") from None
    return keys


def _keys(said: dict[str, Any]) -> Keys:
    """Raises `ValueError`: no list, an id twice, a key of another length than its algorithm's, a time with no zone."""
    keys = msgspec.convert(said, Keys)
    if len({key.id for key in keys.keys}) != len(keys.keys):
        raise ValueError("one id twice")
    for key in keys.keys:
        if len(unbase64(key.public)) != SIGNATURES[key.algorithm].public_bytes:
            raise ValueError("not a key of its algorithm")
        if key.not_before.tzinfo is None or key.not_after.tzinfo is None:
            raise ValueError("a time without its zone")
    return keys
