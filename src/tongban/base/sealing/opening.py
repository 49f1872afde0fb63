"""The sealer of an installation, as its settings say."""

from datetime import UTC, datetime

from tongban.base.config import Settings
from tongban.base.crypto import Encryption
from tongban.base.keys import KeyRing
from tongban.base.sealing.keyservice import CommandKeys, FileKeys, KeyService
from tongban.base.sealing.sealer import Sealer
from tongban.base.sealing.tombstones import Tombstones


def key_service(settings: Settings) -> KeyService:
    """A command if one is named, else the files in the folder of the keys (made at the first start)."""
    if settings.key_command:
        return CommandKeys(settings.key_command, settings.key_command_seconds)
    return FileKeys.open(settings.sealing_dir, datetime.now(UTC), Encryption(settings.sealing_suite))


async def open_sealer(settings: Settings) -> Sealer:
    """Once for each process. Raises `Refused` as the key service does."""
    tombstones = Tombstones(KeyRing.open(settings.keys_dir, datetime.now(UTC)))
    return await Sealer.open(
        key_service(settings), settings.sealing_dir, tombstones, suite=Encryption(settings.sealing_suite)
    )
