"""The log asks its witnesses to sign its newest checkpoint (C2SP tlog-witness), and shows it once enough have.

A witness remembers the last size it signed and answers with it when we are wrong about it, so nothing has to be kept
here. Witnesses that are away hold up nothing but the checkpoint: leaves go on being placed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.ledger import store
from tongban.ledger.checkpoints import AHEAD, Checkpoint, read_number
from tongban.ledger.faults import Untrue
from tongban.ledger.notes import Note, Signature, VerifierKey, encode, read_signature, time_of
from tongban.ledger.tiles import needed, reader
from tongban.ledger.tree import consistency_proof

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_SECONDS: Final = 5.0
_MOST: Final = 64 * 1024


class Witness(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One witness: the prefix of its address, and its key as a vkey."""

    url: str
    key: str


class _Answered(msgspec.Struct, frozen=True):
    """What a witness said: its signature, or the size that it has seen."""

    signature: Signature | None = None
    size: int | None = None


class Cosigning:
    """Asks all witnesses at once. `least` of them have to sign before a checkpoint is shown."""

    def __init__(
        self,
        db: Database,
        witnesses: Sequence[Witness],
        least: int,
        clock: Clock,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._db = db
        self._witnesses = witnesses
        self._least = least
        self._clock = clock
        self._http = client
        self._sizes: dict[str, int] = {}
        self._done = ""

    async def turn(self) -> bool:
        """Have the newest checkpoint signed, if it is not; whether it is shown now."""
        head = await store.head(self._db)
        if head is None or not head.signed or head.signed == self._done:
            return False
        note = Note.read(head.signed.encode())
        checkpoint = Checkpoint.read(note.text)
        answers = await asyncio.gather(*(self._ask(one, note, checkpoint) for one in self._witnesses))
        signatures = [one for one in answers if one]
        if len(signatures) < self._least:
            return False
        await store.publish(self._db, checkpoint.size, bytes(note.with_signatures(signatures)).decode())
        if len(signatures) == len(self._witnesses):
            self._done = head.signed
        return True

    async def _ask(self, witness: Witness, note: Note, checkpoint: Checkpoint) -> Signature | None:
        """Twice at most: the first answer may be the size that the witness has seen."""
        try:
            for _ in range(2):
                old = self._sizes.get(witness.url, 0)
                if old > checkpoint.size:
                    return None  # it has signed a newer one for another process
                answer = await self._post(witness, old, note, checkpoint)
                if answer.signature:
                    self._sizes[witness.url] = checkpoint.size
                    return answer.signature
                if answer.size is None:
                    return None
                self._sizes[witness.url] = answer.size
        except Exception as error:  # a witness may be away, or answer, in any way
            log.warning("a witness did not sign: %s", type(error).__name__)
        return None

    async def _post(self, witness: Witness, old: int, note: Note, checkpoint: Checkpoint) -> _Answered:
        prove = partial(consistency_proof, old, checkpoint.size)
        tiles = await store.tiles(self._db, needed(prove))
        lines = [f"old {old}", *map(encode, prove(reader(tiles))), "", ""]
        body = "\n".join(lines).encode() + bytes(note)
        response = await self._client().post(f"{witness.url.rstrip('/')}/add-checkpoint", content=body)
        if response.status_code == 409:
            return _Answered(size=read_number(response.text.strip()))
        if response.status_code != 200 or len(response.content) > _MOST:
            log.warning("a witness refused a checkpoint: %d", response.status_code)
            return _Answered()
        key = VerifierKey.read(witness.key)
        for line in response.text.splitlines():
            try:
                one = read_signature(line)
            except Untrue:
                continue
            if (one.name, one.key_id) != (key.name, key.id) or not key.fits(one.data, note.text):
                continue
            if time_of(one.data) <= self._clock().timestamp() + AHEAD:
                return _Answered(signature=one)
        return _Answered()

    def _client(self) -> httpx.AsyncClient:
        import httpx  # the certificates of the world take megabytes: only where there are witnesses

        if self._http is None:
            secure = any(one.url.startswith("https") for one in self._witnesses)
            self._http = httpx.AsyncClient(timeout=_SECONDS, trust_env=False, verify=secure)
        return self._http
