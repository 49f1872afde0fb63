"""Envelope encryption of personal fields: the key service, keys of persons, blind index, erasure."""

from tongban.base.sealing.keyservice import CommandKeys, FileKeys, KeyService, Wrapped
from tongban.base.sealing.opening import open_sealer
from tongban.base.sealing.sealer import PREFIX, PersonKey, Place, Ring, Sealer, erased, is_sealed, rewrap_blind
from tongban.base.sealing.tables import (
    SealedTable,
    open_json,
    open_members,
    seal_json,
    seal_members,
    seal_old,
)
from tongban.base.sealing.tombstones import Tombstones

__all__ = [
    "PREFIX",
    "CommandKeys",
    "FileKeys",
    "KeyService",
    "PersonKey",
    "Place",
    "Ring",
    "SealedTable",
    "Sealer",
    "Tombstones",
    "Wrapped",
    "erased",
    "is_sealed",
    "open_json",
    "open_members",
    "open_sealer",
    "rewrap_blind",
    "seal_json",
    "seal_members",
    "seal_old",
]
