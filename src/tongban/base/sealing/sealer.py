"""Personal fields are kept sealed: a key for each person, wrapped under a master key that is not in the database.

What is sealed is bound to its table, column and row, so it opens nowhere else. A sealed value is text that begins with
`sealed.1.`, followed by base64url of key id (16 bytes), nonce (12), ciphertext and tag (16). Text that does not begin
so was written before there were keys, and is read as it is until the pass that seals old rows has reached it.

Sources: 个人信息保护法 51(三) (encryption), 47 (erasure); GB/T 39786 (SM4).
"""

import base64
import binascii
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tongban.base import private
from tongban.base.crypto import (
    AEADS,
    DIGESTS,
    NONCE,
    TAG,
    Aead,
    Encryption,
    Hashing,
    InvalidTag,
    Sha256Mac,
    new_key,
    seal,
    unseal,
)
from tongban.base.errors import Refused, refuse
from tongban.base.sealing import store
from tongban.base.sealing.keyservice import (
    KeyService,
    Wrapped,
    damaged,
    unknown,
)
from tongban.base.sealing.store import KeyRow, Runner
from tongban.base.sealing.tombstones import Tombstones

PREFIX: Final = "sealed.1."
_ID: Final = 16
_LEAST: Final = _ID + NONCE + TAG

BLIND: Final = frozenset(
    {
        "person.id_number",
        "person.phone",
        "agreement_code.hash",
        "invitation.code",
        "invitation.number",
        "visit_place.place",
    }
)
"""Columns that may be looked up by a keyed hash. Only what has many possible values: a hash of a sex, a district or a
benefit would tell by its frequency what it stands for."""

ERASED_ZH, ERASED_EN = "（已删除）", "(erased)"


class Place(NamedTuple):
    """Where a sealed value lives. A row of several columns is named by `Place.of`."""

    table: str
    column: str
    row: str

    @staticmethod
    def of(table: str, column: str, *key: object) -> "Place":
        """A place in a row whose key has several parts. No text of a database has a NUL: parts cannot run together."""
        return Place(table, column, "\0".join(map(str, key)))

    def beside(self, column: str) -> "Place":
        """Another column of the same row."""
        return Place(self.table, column, self.row)


class PersonKey:
    """One person's key, open. Seals and opens values of theirs."""

    __slots__ = ("_aead", "_bound", "_mac", "id", "owner", "suite")

    def __init__(self, owner: str, key_id: bytes, suite: Encryption, key: bytes) -> None:
        self.owner = owner
        self.id = key_id
        self.suite = suite
        self._mac = Sha256Mac(key)
        self._aead: Aead = AEADS[suite].ready(key)
        self._bound = suite.encode() + b"\0" + key_id

    def seal(self, place: Place, data: bytes) -> bytes:
        """Key id, nonce, ciphertext, tag."""
        return self.id + seal(self._aead, data, self._bound + "\0".join(place).encode())

    def open(self, place: Place, sealed: bytes) -> bytes:
        """What was sealed here. Raises `Refused` (`seal-broken`) for anything altered, or sealed elsewhere."""
        if sealed[:_ID] != self.id:
            raise damaged(f"{place.table}.{place.column}")
        try:
            return unseal(self._aead, sealed[_ID:], self._bound + "\0".join(place).encode())
        except InvalidTag:
            raise damaged(f"{place.table}.{place.column}") from None

    def derived(self, label: str) -> bytes:
        """Another secret of 32 bytes, for one use; it is gone when the key is erased."""
        return self._mac.of(b"tongban/derived\0" + label.encode())

    def seal_text(self, place: Place, text: str) -> str:
        """A sealed value as text; nothing stays nothing."""
        return as_text(self.seal(place, text.encode())) if text else ""

    def __repr__(self) -> str:
        return f"PersonKey({self.id.hex()}, {self.suite})"


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys that some sealed values need, and when those that are gone were erased: `unproved` are those of which
    a tombstone says so that nobody here has signed."""

    keys: Mapping[bytes, PersonKey]
    gone: Mapping[bytes, datetime]
    unproved: frozenset[bytes] = frozenset()

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Open one value. Raises `Refused`: `erased` (410), `seal-broken`, `key-unknown`."""
        key = self.keys.get(sealed[:_ID])
        if key is not None:
            return key.open(place, sealed)
        if sealed[:_ID] in self.unproved:
            raise unproved()
        if at := self.gone.get(sealed[:_ID]):
            raise erased(at)
        raise damaged(f"{place.table}.{place.column}") if len(sealed) < _LEAST else unknown(sealed[:_ID].hex())

    def text(self, place: Place, value: str) -> str:
        """The clear text of a column; a value of the old form is itself."""
        return self.open(place, as_bytes(place, value)).decode() if is_sealed(value) else value

    def shown(self, place: Place, value: str) -> str:
        """The same for a list, where one erased person must not hide the others."""
        if self.is_gone(value):
            return f"{ERASED_ZH} {ERASED_EN}"
        return self.text(place, value)

    def is_gone(self, value: str) -> bool:
        """Whether the key of a value was erased."""
        return _key_id(value) in self.gone


class Sealer:
    """Keys of persons, for one process. `Sealer.open` once, then with every `Database`.

    An opened key is kept in memory for a minute at most: that long after an erasure another process may still read.
    """

    def __init__(
        self,
        service: KeyService,
        blind_key: bytes,
        *,
        tombstones: Tombstones,
        suite: Encryption = Encryption.AES,
        seconds: float = 60.0,
    ) -> None:
        self.service = service
        self.tombstones = tombstones
        self._blind = blind_key
        self._suite = suite
        self._seconds = seconds
        self._by_owner: dict[str, tuple[float, PersonKey]] = {}
        self._by_id: dict[bytes, tuple[float, PersonKey]] = {}

    @classmethod
    async def open(
        cls, service: KeyService, folder: Path, tombstones: Tombstones, *, suite: Encryption = Encryption.AES
    ) -> "Sealer":
        """With the blind key in `folder`, wrapped as the keys of persons are; made at the first start.

        Raises `Refused` as the key service does.
        """
        return cls(service, await _blind_key(service, folder), tombstones=tombstones, suite=suite)

    async def person(self, db: Runner, person: str) -> PersonKey:
        """A person's key, made if there is none."""
        return (await self.persons(db, (person,)))[person]

    async def persons(self, db: Runner, persons: Iterable[str]) -> dict[str, PersonKey]:
        """The keys of several persons, made where there is none: one statement, three if some are new."""
        now = time.monotonic()
        wanted = set(persons)
        found = {p: held[1] for p in wanted if (held := self._by_owner.get(p)) and held[0] > now}
        missing = wanted - found.keys()
        if not missing:
            return found
        found |= {key.owner: key for key in await self._unwrap(await store.of_persons(db, sorted(missing)), now)}
        if new := sorted(wanted - found.keys()):
            await store.add(db, await self._new(new))
            found |= {key.owner: key for key in await self._unwrap(await store.of_persons(db, new), now)}
        return found

    async def ring(self, db: Runner, values: Iterable[object]) -> Ring:
        """The keys that these values need: nothing asked if all are in memory, else one statement."""
        ids = {key_id for value in values if (key_id := _key_id(value))}
        now = time.monotonic()
        found = {one: held[1] for one in ids if (held := self._by_id.get(one)) and held[0] > now}
        gone: dict[bytes, datetime] = {}
        unsigned = frozenset[bytes]()
        if missing := sorted(ids - found.keys()):
            found |= {key.id: key for key in await self._unwrap(await store.of_ids(db, missing), now)}
            if lost := sorted(ids - found.keys()):
                graves = await store.erased(db, lost)
                gone = {one.id: one.erased_at for one in graves if self.tombstones.proved(one)}
                unsigned = frozenset(one.id for one in graves) - gone.keys()
        return Ring(found, gone, unsigned)

    def blind(self, column: str, text: str) -> bytes:
        """A keyed hash (HMAC-SHA-256) to look a value up by, for the few columns in `BLIND`."""
        if column not in BLIND:
            raise ValueError(f"{column} is not a column that may be looked up by a blind index")
        return DIGESTS[Hashing.SHA256].mac(self._blind, f"{column}\0{text}".encode())

    async def erase(self, db: Runner, person: str, now: datetime, why: str) -> bool:
        """Delete a person's key: what was sealed with it is gone, everywhere. False if there was none.

        Whether the law lets it go is the caller's to know: a duty to keep records outranks a wish (PIPL 47).
        """
        ids = await store.ids_of(db, person)
        graves = [store.Grave(one, person, now, why, "") for one in ids]
        ids = await store.erase(db, person, [self.tombstones.signed(one) for one in graves])
        self._by_owner.pop(person, None)
        for one in ids:
            self._by_id.pop(one, None)
        return bool(ids)

    async def rewrap(self, db: Runner, step: int = 500) -> int:
        """Wrap every key under the current master key; the number that was done. Harmless to repeat."""
        current, after, done = await self.service.current(), "", 0
        while rows := await store.under_other_masters(db, current, after, step):
            clear = await self.service.unwrap([(Wrapped(row.master, row.wrapped), _owned(row)) for row in rows])
            fresh = await self.service.wrap([(key, _owned(row)) for row, key in zip(rows, clear, strict=True)])
            changed = [row._replace(master=w.master, wrapped=w.data) for row, w in zip(rows, fresh, strict=True)]
            done += await store.rewrap(db, changed)
            after = rows[-1].person
        return done

    def forget(self) -> None:
        """Drop every opened key from memory."""
        self._by_owner.clear()
        self._by_id.clear()

    async def _new(self, persons: Sequence[str]) -> list[KeyRow]:
        rows = [KeyRow(person, os.urandom(_ID), self._suite.value, "", b"", True) for person in persons]
        wrapped = await self.service.wrap([(new_key(self._suite), _owned(row)) for row in rows])
        return [row._replace(master=w.master, wrapped=w.data) for row, w in zip(rows, wrapped, strict=True)]

    async def _unwrap(self, rows: Sequence[KeyRow], now: float) -> list[PersonKey]:
        if not rows:
            return []
        clear = await self.service.unwrap([(Wrapped(row.master, row.wrapped), _owned(row)) for row in rows])
        if len(self._by_id) > _HELD:
            self.forget()
        keys: list[PersonKey] = []
        for row, data in zip(rows, clear, strict=True):
            key = PersonKey(row.person, row.id, Encryption(row.suite), data)
            keys.append(key)
            if not row.fresh:
                self._by_owner[row.person] = self._by_id[row.id] = (now + self._seconds, key)
        return keys

    def __repr__(self) -> str:
        return f"Sealer({self.service!r})"


_HELD = 20_000
"""Opened keys in memory; beyond it all are dropped and opened again as they are needed."""


def is_sealed(value: object) -> bool:
    """Whether a value is sealed text."""
    return isinstance(value, str) and value.startswith(PREFIX)


def as_text(sealed: bytes) -> str:
    """A sealed value as text."""
    return PREFIX + base64.urlsafe_b64encode(sealed).decode()


def as_bytes(place: Place, text: str) -> bytes:
    """The bytes of a sealed text. Raises `Refused` (`seal-broken`)."""
    try:
        return base64.b64decode(text[len(PREFIX) :], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise damaged(f"{place.table}.{place.column}") from None


def erased(at: datetime) -> Refused:
    """The data were here and are gone for good."""
    return refuse(
        "erased",
        f"这些个人信息已于{at:%Y年%-m月%-d日}依法删除，不能再打开。",
        f"These personal data were erased on {at:%-d %B %Y} and can no longer be opened.",
        law="个人信息保护法 47",
        status=410,
    )


def unproved() -> Refused:
    """A row says that a key was erased, and nobody who may say so has signed it."""
    return refuse(
        "erasure-unproved",
        "这项个人信息的密钥不在了，删除记录又没有有效的签名。请立即告诉系统管理员核查。",
        "The key of these personal data is gone, and the record of its erasure is not signed as it should be. Please"
        " tell the administrator at once.",
        status=500,
    )


def _key_id(value: object) -> bytes | None:
    if isinstance(value, bytes):
        return value[:_ID]
    if not isinstance(value, str) or not value.startswith(PREFIX):
        return None
    try:  # 24 characters of base64 are 18 bytes
        return base64.urlsafe_b64decode(value[len(PREFIX) : len(PREFIX) + 24])[:_ID]
    except (binascii.Error, ValueError):
        return None


def _owned(row: KeyRow) -> bytes:
    """What a wrapped key is bound to: whose it is, which, and for what algorithm."""
    return b"\0".join((b"person", row.suite.encode(), row.id.hex().encode(), row.person.encode()))


class _BlindFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`blind.json`, mode 0600. `wrapped` is base64."""

    master: str
    wrapped: bytes


_BLIND_BOUND = b"blind"


async def rewrap_blind(service: KeyService, folder: Path) -> None:
    """Wrap the key of the blind indexes under the current master key; the indexes stay as they are."""
    (fresh,) = await service.wrap([(await _blind_key(service, folder), _BLIND_BOUND)])
    private.write(folder / "blind.json", msgspec.json.encode(_BlindFile(master=fresh.master, wrapped=fresh.data)))


async def _blind_key(service: KeyService, folder: Path) -> bytes:
    private.make_folder(folder)
    path = folder / "blind.json"
    if not path.exists():
        (made,) = await service.wrap([(os.urandom(32), _BLIND_BOUND)])
        private.write_once(path, msgspec.json.encode(_BlindFile(master=made.master, wrapped=made.data)))
    try:
        file = msgspec.json.decode(private.read(path), type=_BlindFile)
    except msgspec.MsgspecError:
        raise damaged(str(path)) from None
    (key,) = await service.unwrap([(Wrapped(file.master, file.wrapped), _BLIND_BOUND)])
    return key
