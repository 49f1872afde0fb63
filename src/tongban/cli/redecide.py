"""Decide again from the receipt of a decision alone, by the published service files. Exit status 1 if anything differs.
只凭决定凭据和公布的事项文件，把决定重新算一遍；有不一样的退出码为1。"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tongban.base.clock import ZONE, system_clock
from tongban.base.i18n import LANGS, Lang, Text
from tongban.base.keys import Keys, Use
from tongban.base.statements import Fault, Statement, Unbelieved, believed, read
from tongban.cases.deciding_again import Again, decide_again, read_receipt
from tongban.cases.decision_receipt import KIND, DecisionReceipt
from tongban.catalog.load import load_file
from tongban.catalog.model import Service
from tongban.catalog.shipped import shipped
from tongban.cli.published import keys_at_hand
from tongban.cli.saying import saying_refusals


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban redecide`."""
    parser.add_argument("receipt", type=Path, help="receipt of a decision · 决定凭据")
    parser.add_argument(
        "--services",
        type=Path,
        metavar="FOLDER",
        help="published service files (default: shipped) · 公布的事项文件",
    )
    parser.add_argument("--keys", type=Path, help="published list of keys · 公布的公钥名单")
    parser.add_argument("--data", type=Path, help="data directory whose keys to use · 数据目录")
    parser.add_argument("--json", action="store_true", help="for programs · 输出 JSON")
    parser.add_argument("--lang", choices=LANGS, default="zh")


def run(options: argparse.Namespace) -> int:
    """0 the same; 1 something differs, or the signature does not hold; 2 nothing could be decided again."""
    lang: Lang = options.lang
    with saying_refusals(lang) as said:
        keys = keys_at_hand(options.keys, options.data, system_clock()())
        try:
            statement = read(options.receipt.read_bytes())
            signed = _signature(statement, keys)
        except Unbelieved as unbelieved:
            print(unbelieved.text[lang], file=sys.stderr)
            return 2 if unbelieved.fault in _UNREADABLE else 1
        receipt = read_receipt(statement.said)
        again = decide_again(receipt, published_versions(receipt, options.services))
        if options.json:
            print(msgspec.json.encode(again.as_json() | {"signed": keys is not None}).decode())
        else:
            print("\n".join((signed[lang], *told(again, lang))))
        return 0 if again.same else 1
    return 2 if said.status else 0


_UNREADABLE = (Fault.TOO_LARGE, Fault.NOT_A_STATEMENT, Fault.WRONG_KIND)
_UNCHECKED = Text(
    "签名：没有核对，因为没有公钥（用 --keys 指定 /.well-known/tongban-keys.json）",
    "Signature: not checked, for there are no keys (name /.well-known/tongban-keys.json with --keys)",
)
_SIGNED = Text("签名：成立，签于 {at}", "Signature: holds, made {at}")


def _signature(statement: Statement, keys: Keys | None) -> Text:
    if keys is None:
        if statement.kind != KIND:
            raise Unbelieved(Fault.WRONG_KIND)
        return _UNCHECKED
    believed(statement, KIND, Use.DECISION, keys, system_clock()())
    return _SIGNED.format(at=f"{statement.at.astimezone(ZONE):%Y-%m-%d %H:%M}")


def published_versions(receipt: DecisionReceipt, folder: Path | None = None) -> Iterator[Service]:
    """Every version of the receipt's service in the folder (default: the shipped); no other file is opened."""
    slug = str(receipt.rules["service"])
    for path in sorted((folder or shipped("services")).glob("*.yaml")):
        if path.stem == slug or path.stem.startswith((f"{slug}@", f"{slug}.")):
            loaded = load_file(path)
            if isinstance(loaded.value, Service):
                yield loaded.value


def told(again: Again, lang: Lang) -> Iterator[str]:
    """What came out, line by line."""
    receipt = again.receipt
    rules, decided = receipt.rules, receipt.decided
    words = Text(
        f"办件 {receipt.case}，{receipt.service.zh}，申请日 {receipt.day}",
        f"Case {receipt.case}, {receipt.service.en}, applied {receipt.day}",
    )
    yield words[lang]
    yield f"{rules['service']}@{rules['version']}  {rules['hash']}"
    yield f"{again.found.outcome}  {again.found.message[lang]}"
    yield from (f"  {name} = {value}" for name, value in receipt.outputs.items())
    yield f"{decided.name[lang]}: {again.followed[lang]}"
    yield f"{again.digest}"
    if again.same:
        yield Text("重新计算，结果和摘要完全一样。", "Decided again: same outcome, same digest.")[lang]
    for one in again.differences:
        yield Text(
            f"不一样：{one.part}，凭据上是 {_plain(one.receipt)}，重新算是 {_plain(one.again)}",
            f"Differs: {one.part}: the receipt has {_plain(one.receipt)}, decided again {_plain(one.again)}",
        )[lang]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
