"""Receipts that somebody forged, each with the reason for which it must be refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec
from tests.ledger.small_log import (
    LOG,
    NOW,
    ORIGIN,
    OTHER,
    PLACE,
    SECOND,
    WITNESS,
    Key,
    SmallLog,
    busy,
    events,
    leaves,
    policy,
    receipt,
)

from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.faults import Fault
from tongban.ledger.notes import Note, Signature, cosign, sign
from tongban.ledger.policy import Policy
from tongban.ledger.proofs import HEAD, Proof
from tongban.ledger.receipts import Opened

CASE = "990101-261103-4Q7Z2M9K"


@dataclass(frozen=True)
class Forged:
    """A file, why it is refused, and what it is checked with."""

    name: str
    file: bytes
    fault: Fault
    policy: Policy = policy()  # noqa: RUF009 -- it is frozen
    earlier: bytes | None = None


TREE = busy()
GOOD = receipt(TREE, events(), PLACE)
PROOF = Proof.read(GOOD)


def _with(**changes: object) -> bytes:
    return bytes(replace(PROOF, **changes))  # type: ignore[arg-type]


def _history(of: list[Opened], case: str = CASE) -> bytes:
    return receipt(TREE, of, PLACE, PROOF.note, case)


def _raw(extra: bytes | str) -> bytes:
    return _with(extra=extra.encode() if isinstance(extra, str) else extra)


def _said(one: Opened, **changes: object) -> Opened:
    return Opened(one.key, json.dumps(json.loads(one.said) | changes, ensure_ascii=False, separators=(",", ":")))


def _noted(note: Note) -> bytes:
    return _with(note=note)


def _text(text: str, *lines: Signature) -> bytes:
    return _noted(Note(text, lines or PROOF.note.signatures))


def forgeries() -> Iterator[Forged]:
    yield from _files()
    yield from _proofs()
    yield from _histories()
    yield from _signatures()
    yield from _witnesses()
    yield from _later_ones()


def _files() -> Iterator[Forged]:
    head, _, note = GOOD.partition(b"\n\n")
    text = GOOD.decode()
    yield Forged("cut in the middle", GOOD[: len(GOOD) // 2], Fault.BAD_LINES)
    yield Forged("without its checkpoint", head + b"\n", Fault.BAD_LINES)
    yield Forged("its last line cut off", GOOD[:-20], Fault.BAD_NOTE)
    yield Forged("another kind of file", b"%PDF-1.7\n", Fault.NOT_A_RECEIPT)
    yield Forged("nothing", b"", Fault.NOT_A_RECEIPT)
    yield Forged("another version", GOOD.replace(b"proof@v1", b"proof@v2"), Fault.NOT_A_RECEIPT)
    yield Forged("far too large", GOOD + b"x" * (2 << 20), Fault.TOO_LARGE)
    yield Forged("lines of another machine", GOOD.replace(b"\n", b"\r\n"), Fault.NOT_A_RECEIPT)
    yield Forged("a checkpoint with other ends of line", head + b"\n\n" + note.replace(b"\n", b"\r\n"), Fault.BAD_NOTE)
    yield Forged("a checkpoint that is not text", head + b"\n\n\xff\xfe" + note, Fault.BAD_NOTE)
    yield Forged("a line that is no signature", text.replace("— ", "- ").encode(), Fault.BAD_NOTE)
    yield Forged("its place written otherwise", text.replace("index 204", "index 0204").encode(), Fault.BAD_INDEX)
    yield Forged("its place left out", text.replace("index 204\n", "").encode(), Fault.BAD_INDEX)
    yield Forged("a place below zero", text.replace("index 204", "index -1").encode(), Fault.BAD_INDEX)
    two = f"{HEAD}\nextra AA==\n".encode()
    yield Forged("two histories", two + GOOD.partition(b"\n")[2], Fault.BAD_INDEX)


def _proofs() -> Iterator[Forged]:
    hashes, text = PROOF.hashes, GOOD.decode()
    one = base64.b64encode(hashes[0]).decode()
    yield Forged("a hash cut short", text.replace(one, one[:-8]).encode(), Fault.BAD_PROOF_LINE)
    yield Forged("a hash in other letters", text.replace(one, _other_letters(one)).encode(), Fault.BAD_PROOF_LINE)
    yield Forged("more hashes than a log can have", _with(hashes=hashes * 8), Fault.BAD_PROOF_LINE)
    yield Forged("hashes exchanged", _with(hashes=(hashes[1], hashes[0], *hashes[2:])), Fault.NOT_IN_THE_LOG)
    yield Forged("a hash left out", _with(hashes=hashes[:-1]), Fault.NOT_IN_THE_LOG)
    yield Forged("a hash too many", _with(hashes=(*hashes, hashes[0])), Fault.NOT_IN_THE_LOG)
    yield Forged("the proof of another leaf", _with(hashes=TREE.proof(7).hashes), Fault.NOT_IN_THE_LOG)
    yield Forged("another leaf altogether", bytes(replace(TREE.proof(7), extra=PROOF.extra)), Fault.NOT_IN_THE_LOG)
    yield Forged("its neighbour's place", _with(index=PLACE + 1), Fault.NOT_IN_THE_LOG)
    yield Forged("a place beyond the end", _with(index=TREE.size), Fault.BEYOND_THE_TREE)


def _other_letters(hash_: str) -> str:
    """The same bytes in base64 that ends in bits of no meaning."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return f"{hash_[:-2]}{letters[letters.index(hash_[-2]) + 1]}="


def _histories() -> Iterator[Forged]:
    of = events()
    yield Forged(
        "a word changed", _history([*of[:4], _said(of[4], what={"zh": "不予", "en": "refused"})]), Fault.NOT_IN_THE_LOG
    )
    yield Forged("a date changed", _history([_said(of[0], at="2026-10-01T09:00:00Z"), *of[1:]]), Fault.NOT_IN_THE_LOG)
    yield Forged("an event dropped", _history([*of[:2], *of[3:]]), Fault.MISSING_EVENT)
    dropped = [*of[:2], *(_said(one, seq=n) for n, one in enumerate(of[3:], start=3))]
    yield Forged("an event dropped and the rest renumbered", _history(dropped), Fault.NOT_IN_THE_LOG)
    yield Forged("its beginning dropped", _history(of[1:]), Fault.MISSING_EVENT)
    yield Forged("its end dropped", _history(of[:4]), Fault.NOT_IN_THE_LOG)
    yield Forged("an event doubled", _history([*of[:3], of[2], *of[3:]]), Fault.DUPLICATE_EVENT)
    yield Forged("events exchanged", _history([of[0], of[2], of[1], *of[3:]]), Fault.OUT_OF_ORDER)
    swapped = [of[0], _said(of[2], seq=2), _said(of[1], seq=3), *of[3:]]
    yield Forged("events exchanged and renumbered", _history(swapped), Fault.NOT_IN_THE_LOG)
    yield Forged("an event invented", _history([*of, _said(of[4], seq=6)]), Fault.NOT_IN_THE_LOG)
    yield Forged("keys exchanged", _history([Opened(of[1].key, of[0].said), *of[1:]]), Fault.NOT_IN_THE_LOG)
    other = events("990101-261103-ZZZZZZZZ")
    yield Forged("an event of another case", _history([*of[:4], other[4]]), Fault.OTHER_CASE)
    yield Forged("under another number", _history(of, "990101-261103-ZZZZZZZZ"), Fault.OTHER_CASE)
    yield Forged("another case in its place", _history(other, "990101-261103-ZZZZZZZZ"), Fault.NOT_IN_THE_LOG)
    yield Forged("no events", _history([]), Fault.EMPTY_HISTORY)
    yield Forged("no history", _raw(b""), Fault.NO_STATEMENTS)
    yield Forged("a history that is nothing", _raw("{}"), Fault.BAD_STATEMENTS)
    extra = PROOF.extra.decode()
    yield Forged("a field twice", _raw(extra.replace('"case":', '"case":"x","case":', 1)), Fault.BAD_STATEMENTS)
    yield Forged(
        "a field that nobody knows", _raw(extra.replace('"case":', '"by":"x","case":', 1)), Fault.BAD_STATEMENTS
    )
    yield Forged("written otherwise", _raw(json.dumps(json.loads(extra))), Fault.BAD_STATEMENTS)
    yield Forged("a key cut short", _history([Opened(of[0].key[:31], of[0].said), *of[1:]]), Fault.BAD_STATEMENTS)
    yield Forged("a statement with more in it", _history([_said(of[0], more=1), *of[1:]]), Fault.BAD_STATEMENTS)
    twice = Opened(of[0].key, of[0].said.replace('"seq":1', '"seq":1,"seq":1'))
    yield Forged("a statement with a field twice", _history([twice, *of[1:]]), Fault.BAD_STATEMENTS)
    yield Forged("a statement that is none", _history([Opened(of[0].key, "提交"), *of[1:]]), Fault.BAD_STATEMENTS)
    newer = msgspec.json.encode(json.loads(extra) | {"format": "tongban/receipt@2"})
    yield Forged("a newer format", _raw(newer), Fault.UNKNOWN_FORMAT)


def _signatures() -> Iterator[Forged]:
    found = TREE.checkpoint()
    foreign = SmallLog("log.example/other", Key.of("log", "log.example/other"), TREE.size, TREE.tiles)
    yield Forged("the checkpoint of another log", _noted(foreign.note()), Fault.UNKNOWN_LOG)
    text = Checkpoint("log.example/other", found.size, found.root).text
    yield Forged(
        "another name over the same key", _text(text, sign(text, LOG.public, LOG.private.sign)), Fault.UNKNOWN_LOG
    )
    stranger = SmallLog(ORIGIN, OTHER, TREE.size, TREE.tiles).note()
    yield Forged("signed by a stranger in its name", _noted(stranger), Fault.UNSIGNED)
    spoofed = Signature(ORIGIN, LOG.public.id, OTHER.private.sign(found.text.encode()))
    yield Forged("signed by a stranger under its key's id", _text(found.text, spoofed), Fault.BAD_SIGNATURE)
    larger = Checkpoint(ORIGIN, found.size + 1, found.root).text
    yield Forged("its size changed", _text(larger), Fault.BAD_SIGNATURE)
    fork = SmallLog().add(*leaves([*events()[:4], _said(events()[4], what={"zh": "不予", "en": "refused"})]))
    forked = [*events()[:4], _said(events()[4], what={"zh": "不予", "en": "refused"})]
    mine = Note(fork.checkpoint().text, PROOF.note.signatures)
    yield Forged("a tree of one's own under old signatures", receipt(fork, forked, 4, mine), Fault.BAD_SIGNATURE)
    replayed = SmallLog().add(*leaves(events())[:3]).note()
    yield Forged("an older checkpoint in its place", _noted(replayed), Fault.BEYOND_THE_TREE)
    earlier = busy(100)
    yield Forged("the checkpoint of another moment", _with(note=earlier.note(), index=3), Fault.NOT_IN_THE_LOG)
    yield Forged("the log's signature taken away", _text(found.text, *PROOF.note.signatures[1:]), Fault.UNSIGNED)
    yield Forged("signed twice", _text(found.text, PROOF.note.signatures[0], *_again(found.text)), Fault.SIGNED_TWICE)
    as_witness = cosign(found.text, replace(LOG, kind=WITNESS.kind).public, LOG.private.sign, int(NOW.timestamp()))
    yield Forged("the log's key as a witness only", _text(found.text, as_witness), Fault.UNSIGNED)
    confused = Signature(ORIGIN, LOG.public.id, as_witness.data)
    yield Forged("a witness's form under the log's id", _text(found.text, confused), Fault.BAD_SIGNATURE)
    unsure = Checkpoint(ORIGIN, found.size, found.root).text.replace(f"\n{found.size}\n", f"\n0{found.size}\n")
    yield Forged("a size written otherwise", _signed(unsure), Fault.BAD_CHECKPOINT)
    yield Forged("no root", _signed(f"{ORIGIN}\n{found.size}\n"), Fault.BAD_CHECKPOINT)
    yield Forged("a root cut short", _signed(f"{ORIGIN}\n{found.size}\nAAAA\n"), Fault.BAD_CHECKPOINT)
    yield Forged("a root of an empty log that is none", _signed(f"{ORIGIN}\n0\n{'A' * 43}=\n"), Fault.BAD_CHECKPOINT)
    ended = policy(ends=NOW - timedelta(days=40))
    yield Forged("by a key that was out of use", GOOD, Fault.KEY_NOT_IN_USE, ended)
    yield Forged("by a key that was not yet in use", GOOD, Fault.KEY_NOT_IN_USE, policy(begins=NOW + timedelta(days=1)))


def _again(text: str) -> list[Signature]:
    return [sign(text, LOG.public, LOG.private.sign)]


def _signed(text: str) -> bytes:
    return _text(text, sign(text, LOG.public, LOG.private.sign))


def _witnesses() -> Iterator[Forged]:
    text, seconds = TREE.checkpoint().text, int(NOW.timestamp())
    log = PROOF.note.signatures[0]
    seen = cosign(text, WITNESS.public, WITNESS.private.sign, seconds)
    spoiled = Signature(seen.name, seen.key_id, seen.data[:-1] + bytes([seen.data[-1] ^ 1]))
    yield Forged("a witness's signature spoiled", _text(text, log, spoiled), Fault.BAD_COSIGNATURE)
    moved = Signature(seen.name, seen.key_id, (seconds - 9).to_bytes(8, "big") + seen.data[8:])
    yield Forged("a witness's time changed", _text(text, log, moved), Fault.BAD_COSIGNATURE)
    other = Signature(WITNESS.name, WITNESS.public.id, cosign(text, SECOND.public, SECOND.private.sign, seconds).data)
    yield Forged("one witness in another's name", _text(text, log, other), Fault.BAD_COSIGNATURE)
    plain = Signature(WITNESS.name, WITNESS.public.id, WITNESS.private.sign(text.encode()))
    yield Forged("a witness's signature without a time", _text(text, log, plain), Fault.BAD_COSIGNATURE)
    future = cosign(text, WITNESS.public, WITNESS.private.sign, seconds + 86_400)
    yield Forged("witnessed tomorrow", _text(text, log, future), Fault.COSIGNED_IN_FUTURE)
    yield Forged("one witness where two are asked for", GOOD, Fault.TOO_FEW_WITNESSES, policy(least=2))
    yield Forged("the same witness twice", _text(text, log, seen, moved), Fault.SIGNED_TWICE, policy(least=2))
    later = cosign(text, WITNESS.public, WITNESS.private.sign, seconds - 60)
    yield Forged("one witness at two times", _text(text, log, seen, later), Fault.SIGNED_TWICE, policy(least=2))
    stranger = Key.of("w3", "witness.example/three", WITNESS.kind)
    unknown = cosign(text, stranger.public, stranger.private.sign, seconds)
    yield Forged("a witness that nobody knows", _text(text, log, unknown), Fault.TOO_FEW_WITNESSES, policy(least=1))


def _later_ones() -> Iterator[Forged]:
    """Each of these holds by itself; the earlier receipt in the person's hand shows what was done."""
    first = receipt(TREE, events(count=3), 202)
    yield Forged("an older receipt as the newest", first, Fault.HISTORY_SHORTENED, earlier=GOOD)
    changed = [*events()[:2], _said(events()[2], what={"zh": "不予", "en": "refused"})]
    fork = SmallLog().add(*(b"%032d" % n for n in range(200)), *leaves(changed), *(b"%032d" % n for n in range(300)))
    yield Forged("another history of the case", receipt(fork, changed, 202), Fault.HISTORY_CHANGED, earlier=first)
    rest = TREE.size - 205
    split = SmallLog().add(*(b"%032d" % n for n in range(200)), *leaves(events()), *(b"%032d" % n for n in range(rest)))
    yield Forged("a log with two faces", receipt(split, events(), PLACE), Fault.SPLIT_VIEW, earlier=GOOD)
    small = SmallLog().add(*(b"%032d" % n for n in range(20)), *leaves(events()))
    yield Forged("a log that has become shorter", receipt(small, events(), 24), Fault.ROLLED_BACK, earlier=GOOD)
    other = "990101-261103-ZZZZZZZZ"
    theirs = SmallLog().add(*leaves(events(other)))
    yield Forged(
        "somebody else's receipt", receipt(theirs, events(other), 4, case=other), Fault.OTHER_CASE, earlier=GOOD
    )
