"""Reading a person of ten sealed fields: the key unwrapped, ten fields opened, from the text a row has."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tongban.base.crypto import Encryption, new_key
from tongban.base.sealing import FileKeys, PersonKey, Place, Wrapped
from tongban.base.sealing.sealer import as_bytes

PEOPLE = 2_000
FIELDS = ("name", "id_number", "phone", "birth_date", "email", "address", "account", "employer", "income", "status")
VALUE = "990101198002290011"
BOUND = b"person"


def run() -> dict[str, Any]:
    """Both suites, against handing out the same clear text from the same rows."""
    rates = {suite: asyncio.run(_read(suite)) for suite in Encryption}
    clear = _rate(lambda: [bytes(VALUE, "utf-8").decode() for _ in FIELDS])
    return {
        "name": "sealed: a person of ten fields, on one core",
        "figures": {
            **{f"{suite.value}_persons_per_s": rate for suite, rate in rates.items()},
            "key_in_memory_persons_per_s": asyncio.run(_read(Encryption.AES, unwrap=False)),
            "clear_text_persons_per_s": clear,
        },
        "baseline": "the same ten values in clear",
        "ratio": {f"{suite.value} to clear": rate / clear for suite, rate in rates.items()},
        "target": "aes-256-gcm: 15,000 persons a core-second, key unwrapped each time",
    }


async def _read(suite: Encryption, *, unwrap: bool = True) -> float:
    with tempfile.TemporaryDirectory() as folder:
        service = FileKeys.open(Path(folder), datetime.now(UTC), suite)
    clear = [new_key(suite) for _ in range(PEOPLE)]
    wrapped = await service.wrap([(key, BOUND) for key in clear])
    ids = [n.to_bytes(16, "big") for n in range(PEOPLE)]
    keys = [PersonKey(f"p-{n}", ids[n], suite, clear[n]) for n in range(PEOPLE)]
    places = [[Place("person", field, f"p-{n}") for field in FIELDS] for n in range(PEOPLE)]
    rows = [[keys[n].seal_text(place, VALUE) for place in places[n]] for n in range(PEOPLE)]
    began = time.process_time()
    for n in range(PEOPLE):
        if unwrap:
            (data,) = await service.unwrap([(Wrapped(*wrapped[n]), BOUND)])
            key = PersonKey(f"p-{n}", ids[n], suite, data)
        else:
            key = keys[n]
        opened = [key.open(p, as_bytes(p, v)).decode() for p, v in zip(places[n], rows[n], strict=True)]
        assert opened[-1] == VALUE
    return PEOPLE / (time.process_time() - began)


def _rate(one: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(PEOPLE):
        one()
    return PEOPLE / (time.process_time() - began)
