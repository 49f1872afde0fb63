"""The one byte string of a value: what is signed, and what is digested."""

import msgspec


def canonical(value: object) -> bytes:
    """UTF-8 JSON, keys sorted, no spaces. Numbers are whole or texts: a fraction has no one spelling."""
    return msgspec.json.encode(value, order="sorted")
