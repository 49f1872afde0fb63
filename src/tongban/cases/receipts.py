"""The receipt of a case: its history in words with the proof that it stands in the public log (`ledger.receipts`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tongban.base.database import Database
from tongban.base.ids import region_of
from tongban.cases.committing import case_salt
from tongban.cases.store import said
from tongban.ledger import store as ledger
from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.notes import Note
from tongban.ledger.proofs import Proof
from tongban.ledger.receipts import Opened, write
from tongban.ledger.store import Leaf
from tongban.ledger.tiles import needed, reader
from tongban.ledger.tree import inclusion_proof

_LAST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file, and the last event that it proves."""

    file: bytes
    seq: int


async def receipt_of(db: Database, case: str, until: int = _LAST) -> Receipt | None:
    """The receipt of a case up to its event `until`, over the newest checkpoint that is shown to everybody.

    None while none of it is in that checkpoint: a second after it was written, or longer where witnesses are away.
    Raises Refused (`erased`) where the keys of the person were erased. Who may have it is the caller's to know.
    """
    head = await ledger.head(db)
    if head is None or not head.published:
        return None
    note = Note.read(head.published.encode())
    checkpoint = Checkpoint.read(note.text)
    region = region_of(case)
    leaf = await ledger.last_leaf(db, region, case, checkpoint.size, until)
    if leaf is None:
        return None
    statements = await said.statements(db, region, case, leaf.seq)
    events = [
        Opened(case_salt(key, region, case).statement_key(seq), text)
        for seq, (key, text) in enumerate(statements, start=1)
    ]
    return Receipt(write(case, events, await _proof(db, leaf, checkpoint, note)), leaf.seq)


async def _proof(db: Database, leaf: Leaf, checkpoint: Checkpoint, note: Note) -> Proof:
    prove = partial(inclusion_proof, leaf.place, checkpoint.size)
    tiles = await ledger.tiles(db, needed(prove))
    return Proof(leaf.place, tuple(prove(reader(tiles))), note)
