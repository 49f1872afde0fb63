"""The keys that a command checks signatures by: those of a published file, or of the installation here."""

import os
from datetime import datetime
from pathlib import Path

from tongban.base.config import Settings
from tongban.base.keylist import is_key_list, read_keys
from tongban.base.keys import KeyRing, Keys
from tongban.certs import read_jwks


def keys_at_hand(named: Path | None, data_dir: Path | None, now: datetime) -> Keys | None:
    """A list of keys or a JWK Set where one is named, else the ring in the data directory; None where there is none.

    Raises `Refused` (`bad-key-list`, `bad-jwks`, `sm2-unavailable`), `OSError` for a file that is not there.
    """
    if named:
        data = named.read_bytes()
        return read_keys(data, now) if is_key_list(data) else Keys(keys=tuple(read_jwks(data).values()))
    directory = (data_dir or Settings.load(os.environ).data_dir) / "keys"
    # Looking must not make a key ring where there is none.
    return KeyRing.open(directory, now).keys if any(directory.glob("*.json")) else None
