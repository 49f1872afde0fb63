"""Cases between installations: our card, what we have said and heard, and whether two histories agree.
平台之间移交办件：本平台的名片、说过和收到的消息、两边的记录是否一致。"""

import argparse
import os
import sys
from pathlib import Path

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.cases.handover import agreeing, receipts
from tongban.cases.handover.agreeing import Findings, Statement
from tongban.cases.handover.model import Receipt
from tongban.cli.installed import with_database
from tongban.cli.saying import saying_refusals
from tongban.sharing.channel.neighbours import Card, Neighbours


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban handover`."""
    parser.add_argument("what", choices=("card", "statement", "compare"))
    parser.add_argument("file", nargs="?", type=Path, help="compare: the other side's statement · 对方的陈述")
    parser.add_argument("--out", type=Path, help="write there instead of printing · 写到文件")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0; 1 where there is no installation or the two histories differ; 2 for bad input."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        known = Neighbours(settings.data_dir, system_clock(settings.timezone))
        if options.what == "card":
            return _written(options.out, known.own)
        ours = with_database(settings, lambda db: _statement(db, known))
        if options.what == "statement":
            return _written(options.out, ours)
        return _compared(known, ours, options.file)
    return said.status


def _written(out: Path | None, made: Card | Statement) -> int:
    text = msgspec.json.format(msgspec.json.encode(made)) + b"\n"
    if out is None:
        sys.stdout.buffer.write(text)
    else:
        out.write_bytes(text)
    return 0


async def _statement(db: Database, known: Neighbours) -> Statement:
    others = known.all()
    if not others:
        raise refuse("no-neighbours", "没有别的平台的名片", "There is no card of another installation", status=404)
    own, peer = known.own.member.code, others[0].member.code
    return await agreeing.statement(db, own, peer, system_clock()())


def _compared(known: Neighbours, ours: Statement, file: Path | None) -> int:
    try:
        theirs = msgspec.json.decode((file or Path()).read_bytes(), type=Statement)
        found = agreeing.compare(ours, theirs, lambda signer, token: _read(known, signer, token))
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        print(f"The other side's statement cannot be used · 对方的陈述用不了：{error}", file=sys.stderr)
        return 2
    print("\n".join(_lines(found)))
    return 1 if found.differ else 0


def _read(known: Neighbours, signer: str, token: str) -> Receipt:
    return receipts.read(known, signer, token)


def _lines(found: Findings) -> list[str]:
    return [
        f"{found.agree} messages on which both agree · 两边一致的消息",
        f"{found.cases} cases taken over · 已接收的办件",
        f"{found.waiting} without an answer yet · 还没有回执的",
        f"{len(found.differ)} differ · 不一致的",
        *(f"  {one.message} {one.kind} {one.why.zh} {one.why.en}" for one in found.differ),
    ]
