"""A single record with the proof that it stands in the log: a grant of data, an opening of somebody's data.

The file is a `tlog-proof` as receipts are, whose `extra` opens the leaf: the record's own text and its salt. Where some
columns are not for whoever gets it, the leaf is of two parts, and of the hidden one only its hash is in the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final, cast

import msgspec

from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.once import read_once
from tongban.ledger import store
from tongban.ledger.checkpoints import Checkpoint, Trusted
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import Note
from tongban.ledger.policy import Policy
from tongban.ledger.proofs import HEAD, Proof
from tongban.ledger.receipts import NO_WITNESS, OF_WITNESSES, Check, Point
from tongban.ledger.tiles import needed, reader
from tongban.ledger.tree import inclusion_proof, leaf_hash

FORMAT: Final = "tongban/record@1"
_SALT: Final = 32

KINDS: Final[dict[str, Text]] = {
    "access": Text("查看个人信息的记录", "an opening of personal data"),
    "grant": Text("数据共享授权", "a grant of data"),
    "operator-exit": Text("运维单位退出的查清记录", "the check of an operator's exit"),
    "machine": Text("算法给出的一条建议", "a suggestion of a registered algorithm"),
    "machine-score": Text("一次对算法的测量", "a measurement of a registered algorithm"),
}
"""What can be shown by itself, in words."""

PROVES: Final[dict[str, Text]] = {
    "access": Text(
        "它证明：那时登记了哪个机关、哪个岗位、依据什么看过哪几项。",
        "It proves which body and post was put down then as having seen which fields, by which law.",
    ),
    "grant": Text(
        "它证明：那时给了谁、哪几项、用于什么、到哪天为止。",
        "It proves to whom which fields were given, what for and until when.",
    ),
    "operator-exit": Text(
        "它证明：那时登记了运维单位交还、删除了什么，由谁查清。",
        "It proves what was put down as given back or erased by the operator, and as checked.",
    ),
    "machine": Text(
        "它证明：哪个算法的哪一版那时对这个办件给出过建议，读进去的和给出来的各是哪个指纹；原文不在里面，也不说明人采纳了没有。",
        "It proves which version of which algorithm suggested something in this case then, by the digests of what it"
        " read and said. The words are not in it, nor whether anybody followed them.",
    ),
    "machine-score": Text(
        "它证明：那时测出来的是这些数字，以后没有改好看；不证明测量的方法是对的。",
        "It proves that these figures were found then and not improved since; not that the way of measuring is right.",
    ),
}
"""What follows where one of a kind holds."""

VERDICTS: Final[dict[bool, Text]] = {
    True: Text(
        "证明成立：这条记录在公开日志里，一个字也没有改过。",
        "It holds: this record is in the public log, no letter changed.",
    ),
    False: Text("证明不成立，不能作为依据。", "The proof does not hold. Do not rely on it."),
}
LIMITS: Final = (
    Text(
        "它证明这条记录当时就这样写下，以后没有改过；不证明所写的是真的，也不证明没有别的记录。",
        "It proves that the record was written so and not changed since; not that what it says is true, nor that there"
        " are no other records.",
    ),
)
"""Of every kind."""


class _Extra(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`said` is the record letter for letter; `hidden` the hash of what is not shown, where there is anything."""

    format: str = FORMAT
    kind: str
    said: str
    salt: bytes
    hidden: bytes = b""

    @property
    def value(self) -> bytes:
        """The leaf."""
        shown = hashlib.sha256(self.salt + self.kind.encode() + b"\0" + self.said.encode()).digest()
        return hashlib.sha256(b"tongban/record@2\0" + shown + self.hidden).digest() if self.hidden else shown


@dataclass(frozen=True, slots=True)
class Found:
    """What came of checking one. The record is there only where everything holds."""

    checks: tuple[Check, ...]
    kind: Text | None = None
    proves: Text | None = None
    record: dict[str, Any] | None = None
    seen: Trusted | None = None

    @property
    def holds(self) -> bool:
        """Whether it may be relied on."""
        return all(check.holds is not False for check in self.checks)

    @property
    def fault(self) -> Fault | None:
        """What was wrong, if anything was."""
        return next((check.fault for check in self.checks if check.fault), None)

    @property
    def limits(self) -> tuple[Text, ...]:
        """What it proves, where it holds, and what none does."""
        return (self.proves, *LIMITS) if self.proves else LIMITS

    @property
    def verdict(self) -> Text:
        """In one sentence."""
        return VERDICTS[self.holds]


async def record_proof(db: Database, kind: str, key: str, said: str, hidden: str | None = None) -> bytes:
    """The proof of a record whose row says this now, as a file. Who may have it is the caller's to know.

    `hidden` is the text of the columns that are not shown, where its kind has any. Raises Refused: `record-not-ready`
    (503) until it is in the checkpoint that everybody is shown; `record-not-provable` (409) where it was forgotten, was
    committed to in another form, or is not what was written then.
    """
    head, leaf = await store.head(db), await store.leaf(db, "", f"{kind}:{key}", 0)
    note = Note.read(head.published.encode()) if head and head.published else None
    checkpoint = Checkpoint.read(note.text) if note else None
    if note is None or checkpoint is None or leaf is None or leaf.place >= checkpoint.size:
        raise refuse(
            "record-not-ready",
            "证明还在做，几秒钟以后再来下载。",
            "The proof is still being made; come back in a few seconds.",
            status=503,
        )
    if leaf.salt is None:
        raise _not_provable()
    extra = _Extra(kind=kind, said=said, salt=leaf.salt)
    if hidden is not None:
        salts = {part: hashlib.sha256(leaf.salt + part).digest() for part in (b"shown", b"hidden")}
        rest = hashlib.sha256(salts[b"hidden"] + hidden.encode()).digest()
        extra = _Extra(kind=kind, said=said, salt=salts[b"shown"], hidden=rest)
    if extra.value != leaf.value:
        raise _not_provable()
    prove = partial(inclusion_proof, leaf.place, checkpoint.size)
    tiles = await store.tiles(db, needed(prove))
    proof = Proof(leaf.place, tuple(prove(reader(tiles))), note)
    return bytes(replace(proof, extra=msgspec.json.encode(extra)))


def _not_provable() -> Refused:
    return refuse(
        "record-not-provable",
        "这条记录不能单独证明：它写下时还没有这种证明，或者已经过了保存期。",
        "This record cannot be proven by itself: it is of before such proofs, or was kept long enough and forgotten.",
        status=409,
    )


_NAMES: Final[dict[str, Text]] = {
    "at": Text("时间", "When"),
    "person": Text("谁的信息", "Whose data"),
    "body": Text("哪个机关", "Body"),
    "post": Text("什么岗位", "Post"),
    "resource": Text("哪种数据", "Data"),
    "source": Text("看了什么", "What was seen"),
    "fields": Text("看了哪几项", "Fields"),
    "answered": Text("查到没有", "Found"),
    "law": Text("依据", "Law"),
    "kind": Text("怎么看的", "How"),
    "own": Text("本人的事", "The person's own matter"),
    "shown_from": Text("从何时起给本人看", "Shown to the person from"),
    "kept_until": Text("保存到", "Kept until"),
    "id": Text("编号", "Number"),
    "provider": Text("谁提供", "Provider"),
    "consumer": Text("谁在用", "Used by"),
    "service": Text("用于哪个事项", "Service"),
    "purpose": Text("用途", "Purpose"),
    "since": Text("从", "From"),
    "until": Text("到", "Until"),
    "number": Text("合同号", "Contract"),
    "operator": Text("运维单位", "Operator"),
    "uscc": Text("统一社会信用代码", "Social credit code"),
    "held": Text("持有过什么，怎么处理的", "What was held, and what became of it"),
    "checked_at": Text("查清时间", "Checked"),
    "use": Text("算法", "Algorithm"),
    "version": Text("版本", "Version"),
    "subject": Text("哪个办件", "Case"),
    "input_hash": Text("读进去的内容的指纹", "Digest of what it read"),
    "output_hash": Text("给出来的内容的指纹", "Digest of what it said"),
    "outcome": Text("结果", "Outcome"),
    "confidence": Text("把握", "Confidence"),
    "took_us": Text("用时（微秒）", "Time taken (µs)"),
    "cost_micro": Text("花费（百万分之一元）", "Cost (millionths of a yuan)"),
    "region": Text("地区", "Region"),
    "found": Text("测出来的", "What was found"),
    "sha256": Text("签名文件的SHA-256", "SHA-256 of the signed file"),
}
"""Names of what a record holds, in words; others stay as they are kept."""


def lines(found: Found) -> list[tuple[Text, Text]]:
    """What the record says, line by line; what is empty is left out."""
    record = found.record or {}
    names = [*(name for name in _NAMES if name in record), *(name for name in record if name not in _NAMES)]
    told = [name for name in names if record[name] not in ("", [], None)]
    return [(_NAMES.get(name, Text(name, name)), _said(record[name])) for name in told]


def _said(value: object) -> Text:
    match value:
        case {"zh": str(zh), "en": str(en)}:
            return Text(zh, en)
        case {"source": {"zh": str(zh), "en": str(en)}}:
            return Text(zh, en)
        case bool():
            return Text("是", "yes") if value else Text("否", "no")
        case str():
            return Text(value, value)
        case _:
            plain = msgspec.json.encode(value).decode()
            return Text(plain, plain)


def looks_like_record(data: bytes) -> bool:
    """Whether a file claims to be the proof of one record."""
    if not data.startswith(HEAD.encode()):
        return False
    try:
        return b'"format":"tongban/record@' in Proof.read(data).extra
    except Untrue:
        return False


def verify_record(data: bytes, policy: Policy, now: datetime) -> Found:
    """Check one against the keys of its log. Nobody is asked."""
    at = Point.READABLE
    try:
        proof = Proof.read(data)
        extra = _read(proof.extra)
        at = Point.SIGNED
        seen = policy.believe(proof.note, now)
        at = Point.INCLUDED
        proof.shows(leaf_hash(extra.value))
    except Untrue as untrue:
        at = OF_WITNESSES.get(untrue.fault, at)
        order = [Point.READABLE, Point.SIGNED, at]
        before = tuple(Check(point, True) for point in order[: order.index(at)])
        return Found((*before, Check(at, False, untrue.fault)))
    witnessed = Check(Point.WITNESSED, True) if seen.witnesses else Check(Point.WITNESSED, None, note=NO_WITNESS)
    checks = (Check(Point.READABLE, True), Check(Point.SIGNED, True), witnessed, Check(Point.INCLUDED, True))
    return Found(
        checks, KINDS[extra.kind], PROVES[extra.kind], cast("dict[str, Any]", read_once(extra.said.encode())), seen
    )


def _read(data: bytes) -> _Extra:
    try:
        extra = msgspec.json.decode(data, type=_Extra)
        said: object = read_once(extra.said.encode())
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        raise Untrue(Fault.BAD_STATEMENTS) from None
    if extra.format != FORMAT or extra.kind not in KINDS:
        raise Untrue(Fault.UNKNOWN_FORMAT, extra.format)
    if msgspec.json.encode(extra) != data or len(extra.salt) != _SALT or len(extra.hidden) not in (0, _SALT):
        raise Untrue(Fault.BAD_STATEMENTS)
    if not isinstance(said, dict):
        raise Untrue(Fault.BAD_STATEMENTS)
    return extra
